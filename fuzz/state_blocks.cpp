/// Blocks of a state from strangers. The first byte says which block of a genuine state the rest replaces: as it came
/// (its hash is made to fit), or sealed with the shard's own keys, as a broken member could.

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "enclave/state/loader.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/seal.hpp"
#include "enclave/state/testing.hpp"
#include "enclave/state/tree.hpp"
#include "fuzz/target.hpp"

namespace {

using namespace substratee;
using namespace substratee::enclave::state;

crypto::Secret<32> secret(std::uint8_t byte) {
  FixedBytes<32> out;
  out.bytes.fill(byte);
  return *crypto::Secret<32>::from(out.bytes);
}

const registry::ShardId kShard{};
const Writer kWriter{.epoch = 1, .height = 5, .block_hash = {}};
constexpr registry::BlockNumber kLimit = 10;

const KeyRing& ring() {
  static const KeyRing the_ring = [] {
    KeyRing out;
    out.add(1, secret(1));
    return out;
  }();
  return the_ring;
}

/// The plaintexts of a state with one leaf.
struct Plain {
  Bytes leaf;
  Bytes page;
  Bytes manifest;
};

Bytes page_over(const Hash256& leaf) {
  Level children;
  children.emplace(Bytes(33, 1), NodeRef{leaf, kWriter, {}});
  return to_bytes(encode_page(1, children.begin(), children.end()).view());
}

Plain genuine() {
  Records records;
  for (std::uint8_t i = 1; i <= 3; ++i) records.emplace(Bytes(33, i), crypto::WipedBytes(Bytes(20, i)));
  Plain out;
  out.leaf = to_bytes(encode_leaf(records).content());
  const auto leaf = seal_node(secret(1), kShard, kWriter, Frame::of(out.leaf));
  out.page = page_over(*Hash256::from(leaf.cid.digest));
  Manifest manifest;
  manifest.shard = kShard;
  manifest.writer = manifest.top_writer = kWriter;
  manifest.records = 3;
  manifest.leaves = manifest.levels = 1;
  manifest.top = *Hash256::from(seal_node(secret(1), kShard, kWriter, Frame::of(out.page)).cid.digest);
  out.manifest = scale::encode(manifest);
  return out;
}

struct Store {
  std::map<Bytes, Bytes> blocks;
  Hash256 add(ipld::Block block) {
    const auto digest = *Hash256::from(block.cid.digest);
    blocks[block.cid.to_bytes()] = std::move(block.bytes);
    return digest;
  }
};

void load(const Store& store, const registry::StateCid& root) {
  auto loader = Loader::start(root, kShard, kLimit, ring(), secret(2));
  if (!loader) return;
  for (int rounds = 0; rounds < 64 && !loader->is_complete(); ++rounds) {
    bool is_stuck = true;
    for (const auto& cid : loader->wanted(8)) {
      const auto found = store.blocks.find(cid.to_bytes());
      if (found != store.blocks.end() && loader->provide(cid, found->second)) is_stuck = false;
    }
    if (is_stuck) return;
  }
  if (!loader->is_complete()) return;
  const auto state = std::move(*loader).finish();
  if (state) static_cast<void>(state->record_count());
}

/// A whole state whose `changed` part has this content; the parts above it are made to fit.
void load_with(int changed, ByteView content) {
  const auto bounded = content.first(std::min(content.size(), kMaxContentSize));
  auto plain = genuine();
  Store store;
  if (changed == 1) plain.leaf = to_bytes(bounded);
  PublicTree tree;
  const auto leaf = store.add(seal_node(secret(1), kShard, kWriter, Frame::of(plain.leaf)));
  tree.leaves.put(Place::of_leaf(0, Bytes(33, 1)), leaf);
  plain.page = changed == 2 ? to_bytes(bounded) : page_over(leaf);
  auto manifest = *scale::decode<Manifest>(plain.manifest);
  manifest.top = store.add(seal_node(secret(1), kShard, kWriter, Frame::of(plain.page)));
  tree.index.put(Place::of_page(1, Bytes(33, 1)), manifest.top);
  plain.manifest = changed == 3 ? to_bytes(bounded) : scale::encode(manifest);
  const auto digest = store.add(seal_manifest(secret(1), kShard, Frame::of(plain.manifest)));
  std::vector<ipld::Block> blocks;
  const auto root = tree.update(digest, blocks);
  for (auto& block : blocks) static_cast<void>(store.add(std::move(block)));
  load(store, root);
}

void load_root(ByteView block) {
  Store store;
  const auto cid = ipld::Cid::of_dag_pb(block);
  store.blocks[cid.to_bytes()] = to_bytes(block);
  const auto root = registry::StateCid::from(cid.to_bytes());
  SUBSTRATEE_CHECK(root.has_value());
  load(store, *root);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte() % 5;
  const auto rest = input.rest();
  if (form == 4) {
    static_cast<void>(open_node(secret(1), kShard, kWriter, rest));
    static_cast<void>(read_root(rest));
  } else if (form == 0) {
    load_root(rest);
  } else {
    load_with(form, rest);
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  const auto plain = genuine();
  const auto form = [](std::uint8_t which, ByteView bytes) { return concat(Bytes{which}, bytes); };
  PublicTree tree;
  std::vector<ipld::Block> blocks;
  static_cast<void>(tree.update({}, blocks));
  return {form(0, blocks.back().bytes), form(1, plain.leaf), form(2, plain.page), form(3, plain.manifest),
          form(4, seal_node(secret(1), kShard, kWriter, Frame::of(plain.leaf)).bytes)};
}
