#include "enclave/state/loader.hpp"

#include "core/crypto/hash.hpp"
#include "enclave/state/fixture_test.hpp"

#include <functional>
#include <memory>

namespace substratee::enclave::state::test {
namespace {

/// Builds a root as somebody with the shard's keys and bad intentions would: each part can be changed before it is
/// sealed.
struct Forgery {
  std::vector<std::vector<std::uint32_t>> leaves = {{1, 2, 3}};  // numbers of their records
  Writer writer = writer_at(5);
  registry::ShardId sealed_for = kShard;
  registry::Epoch manifest_epoch = 1;
  std::function<void(Bytes& content)> edit_first_leaf = [](Bytes&) {};
  std::function<void(std::vector<PageEntry>& children)> edit_children = [](std::vector<PageEntry>&) {};
  std::function<void(Bytes& content)> edit_page = [](Bytes&) {};
  std::function<void(Manifest& manifest)> edit_manifest = [](Manifest&) {};
  std::function<void(Bytes& content)> edit_manifest_content = [](Bytes&) {};
  std::function<void(PublicTree& tree)> edit_public = [](PublicTree&) {};
  std::shared_ptr<Store> store = std::make_shared<Store>();

  Hash256 seal(Store& to, ByteView content) const {
    auto block = seal_node(secret(1), sealed_for, writer, Frame::of(content));
    const auto digest = *Hash256::from(block.cid.digest);
    to.add({std::move(block)});
    return digest;
  }

  registry::StateCid make(Store& to) const {
    PublicTree tree;
    std::vector<PageEntry> children;
    Manifest manifest{.format = kFormat,
                      .shard = kShard,
                      .writer = writer,
                      .previous = {},
                      .records = 0,
                      .leaves = 0,
                      .levels = 1,
                      .top = {},
                      .top_writer = writer,
                      .shape = {}};
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      Records records;
      for (const auto number : leaves[i]) records.emplace(key_of(number), crypto::WipedBytes(value_of(number)));
      Bytes content = to_bytes(encode_leaf(records).content());
      if (i == 0) edit_first_leaf(content);
      children.push_back({{leaves[i].empty() ? Bytes{} : key_of(leaves[i].front())}, seal(to, content), writer});
      tree.leaves.put(Place::of_leaf(0, children.back().first_key.value), children.back().digest);
      manifest.records += records.size();
    }
    manifest.leaves = static_cast<std::uint32_t>(leaves.size());
    edit_children(children);
    Bytes page = scale::encode(std::tuple{kPageKind, std::uint8_t{1}, children});
    edit_page(page);
    manifest.top = seal(to, page);
    tree.index.put(Place::of_page(1, {}), manifest.top);
    edit_manifest(manifest);
    Bytes content = scale::encode(manifest);
    edit_manifest_content(content);
    auto block = seal_manifest(secret(static_cast<std::uint8_t>(manifest_epoch)), sealed_for, Frame::of(content));
    const auto digest = *Hash256::from(block.cid.digest);
    to.add({std::move(block)});
    edit_public(tree);
    std::vector<ipld::Block> blocks;
    const auto root = tree.update(digest, blocks);
    to.add(blocks);
    return root;
  }

  /// Why it is refused; nothing if it is not.
  std::optional<Error> refusal(registry::BlockNumber limit = 10) const {
    const auto root = make(*store);
    const auto keys = ring(2);
    const auto loaded = load(*store, root, limit, keys);
    const auto paged = load(*store, root, limit, keys, kShard, test_cut_key(), 0);
    EXPECT_EQ(loaded.has_value(), paged.has_value());
    if (!loaded && !paged) EXPECT_EQ(loaded.error(), paged.error());
    if (loaded) return std::nullopt;
    return loaded.error();
  }
};

struct Committed {
  State state = new_state();
  Store store;
  registry::StateCid root;
};

Committed committed(std::uint32_t count, registry::BlockNumber height = 7) {
  Committed out{.state = filled_state(count), .store = {}, .root = {}};
  const auto made = commit(out.state, writer_at(height), ring());
  out.store.add(made.new_blocks);
  out.root = made.root;
  return out;
}

TEST(loader, what_is_loaded_goes_on_as_if_never_closed) {
  const auto keys = ring();
  auto [state, store, root] = committed(2000);
  auto loaded = load(store, root, 7, keys);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->root(), root);
  EXPECT_EQ(loaded->record_count(), 2000U);
  EXPECT_EQ(loaded->get(key_of(77)), value_of(77));
  EXPECT_FALSE(commit(*loaded, writer_at(8), keys).changed);
  for (State* one : {&state, &*loaded}) {
    one->put(key_of(50), value_of(51));
    one->erase(key_of(1000));
    one->put(key_of(99'999), value_of(1));
  }
  const auto mine = commit(state, writer_at(9), keys);
  const auto theirs = commit(*loaded, writer_at(9), keys);
  EXPECT_EQ(mine.root, theirs.root);
  EXPECT_EQ(mine.new_blocks, theirs.new_blocks);
}

TEST(loader, asks_for_a_bounded_number_and_again_for_what_did_not_come) {
  const auto keys = ring();
  const auto [state, store, root] = committed(2000);
  auto loader = Loader::start(root, kShard, 7, keys, test_cut_key());
  ASSERT_TRUE(loader.has_value());
  std::size_t asked = 0;
  while (!loader->is_complete()) {
    const auto cids = loader->wanted(4);
    ASSERT_LE(cids.size(), 4U);
    ASSERT_FALSE(cids.empty());
    EXPECT_EQ(loader->wanted(4), cids);
    ASSERT_TRUE(loader->provide(cids.front(), store.blocks.at(cids.front().to_bytes())).has_value());
    ++asked;
  }
  EXPECT_EQ(asked, state.leaf_count() + 3);  // root, manifest, one page
  EXPECT_TRUE(std::move(*loader).finish().has_value());
}

TEST(loader, refuses_every_wanted_block_in_anothers_place) {
  const auto keys = ring();
  const auto [state, store, root] = committed(300);
  auto loader = Loader::start(root, kShard, 7, keys, test_cut_key());
  while (loader->wanted(2).size() < 2) {
    const auto cid = loader->wanted(1).front();
    ASSERT_TRUE(loader->provide(cid, store.blocks.at(cid.to_bytes())).has_value());
  }
  const auto leaves = loader->wanted(2);
  EXPECT_EQ(loader->provide(leaves[0], store.blocks.at(leaves[1].to_bytes())).error(), Error::kHashMismatch);
  EXPECT_EQ(loader->provide(leaves[1], store.blocks.at(leaves[0].to_bytes())).error(), Error::kHashMismatch);
}

TEST(loader, does_not_finish_early) {
  const auto keys = ring();
  const auto [state, store, root] = committed(10);
  auto loader = Loader::start(root, kShard, 7, keys, test_cut_key());
  const auto finished = std::move(*loader).finish();
  ASSERT_FALSE(finished.has_value());
  EXPECT_EQ(finished.error(), Error::kIncomplete);
}

TEST(loader, only_a_dag_pb_cid_is_a_root) {
  const auto keys = ring();
  const auto raw = ipld::Cid::of_raw_block({});
  EXPECT_EQ(Loader::start(*raw.to_cid_bytes(), kShard, 7, keys, test_cut_key()).error(), Error::kBadRoot);
  EXPECT_EQ(Loader::start({}, kShard, 7, keys, test_cut_key()).error(), Error::kBadRoot);
}

TEST(loader, a_block_nobody_asked_for_is_refused) {
  const auto keys = ring();
  const auto [state, store, root] = committed(10);
  auto loader = Loader::start(root, kShard, 7, keys, test_cut_key());
  const Bytes other = to_bytes(as_bytes("other"));
  EXPECT_EQ(loader->provide(ipld::Cid::of_raw_block(other), other).error(), Error::kNotWanted);
  EXPECT_EQ(loader->provide(ipld::Cid{}, {}).error(), Error::kNotWanted);
  const auto cid = loader->wanted(1).front();
  EXPECT_TRUE(loader->provide(cid, store.blocks.at(cid.to_bytes())).has_value());
  EXPECT_EQ(loader->provide(cid, store.blocks.at(cid.to_bytes())).error(), Error::kNotWanted);
}

TEST(loader, every_flipped_bit_and_every_truncation_is_refused_and_the_block_still_wanted) {
  const auto keys = ring();
  const auto [state, store, root] = committed(300);
  auto loader = Loader::start(root, kShard, 7, keys, test_cut_key());
  while (!loader->is_complete()) {
    const auto cid = loader->wanted(1).front();
    Bytes block = store.blocks.at(cid.to_bytes());
    const std::size_t step = block.size() > 1000 ? 211 : 1;
    for (std::size_t bit = 0; bit < block.size() * 8; bit += step) {
      block[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      ASSERT_EQ(loader->provide(cid, block).error(), Error::kHashMismatch);
      block[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
    for (std::size_t size = 0; size < block.size(); size += step) {
      ASSERT_EQ(loader->provide(cid, ByteView(block).first(size)).error(), Error::kHashMismatch);
    }
    ASSERT_TRUE(loader->provide(cid, block).has_value());
  }
  EXPECT_TRUE(std::move(*loader).finish().has_value());
}

TEST(loader, a_block_changed_under_its_own_cid_does_not_open) {
  const Bytes content = to_bytes(as_bytes("content"));
  const auto block = seal_node(secret(1), kShard, writer_at(1), Frame::of(content));
  ASSERT_TRUE(open_node(secret(1), kShard, writer_at(1), block.bytes).has_value());
  for (std::size_t bit = 0; bit < kBlockSize * 8; bit += 1009) {
    Bytes changed = block.bytes;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    ASSERT_EQ(open_node(secret(1), kShard, writer_at(1), changed).error(), Error::kNotAuthentic);
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{15}, kBlockSize - 1}) {
    EXPECT_EQ(open_node(secret(1), kShard, writer_at(1), ByteView(block.bytes).first(size)).error(), Error::kBadSize);
  }
  Writer writer = writer_at(1);
  EXPECT_EQ(open_node(secret(2), kShard, writer, block.bytes).error(), Error::kNotAuthentic);
  EXPECT_EQ(open_node(secret(1), filled(1), writer, block.bytes).error(), Error::kNotAuthentic);
  EXPECT_EQ(open_manifest(secret(1), kShard, block.bytes).error(), Error::kNotAuthentic);
  writer.block_hash[0] ^= 1;
  EXPECT_EQ(open_node(secret(1), kShard, writer, block.bytes).error(), Error::kNotAuthentic);
}

TEST(loader, a_state_later_than_the_agreed_block_is_refused) {
  const auto [state, store, root] = committed(10, 7);
  EXPECT_TRUE(load(store, root, 7, ring()).has_value());
  EXPECT_TRUE(load(store, root, 8, ring()).has_value());
  EXPECT_EQ(load(store, root, 6, ring()).error(), Error::kTooNew);
}

TEST(loader, another_shard_or_another_key_does_not_open) {
  const auto [state, store, root] = committed(10);
  EXPECT_EQ(load(store, root, 7, ring(), filled(1)).error(), Error::kNotAuthentic);
  KeyRing other;
  other.add(1, secret(9));
  EXPECT_EQ(load(store, root, 7, other).error(), Error::kNotAuthentic);
  EXPECT_EQ(load(store, root, 7, KeyRing()).error(), Error::kNotAuthentic);
}

TEST(loader, another_cut_key_is_noticed) {
  const auto [state, store, root] = committed(1000);
  EXPECT_EQ(load(store, root, 7, ring(), kShard, secret(3)).error(), Error::kWrongCut);
}

TEST(loader, nodes_of_an_epoch_without_key_are_refused) {
  auto [state, store, root] = committed(1000);
  state.put(key_of(3), value_of(4));
  const auto second = commit(state, writer_at(8, 2), ring(2));
  store.add(second.new_blocks);
  EXPECT_TRUE(load(store, second.root, 8, ring(2)).has_value());
  KeyRing newest;
  newest.add(2, secret(2));
  EXPECT_EQ(load(store, second.root, 8, newest).error(), Error::kUnknownEpoch);
  EXPECT_EQ(load(store, second.root, 8, ring(1)).error(), Error::kNotAuthentic);
}

TEST(loader, an_unedited_forgery_is_a_state) {
  EXPECT_EQ(Forgery{}.refusal(), std::nullopt);
  EXPECT_EQ(Forgery{.leaves = {}}.refusal(), std::nullopt);
}

TEST(loader, a_root_that_is_another_directory_is_refused) {
  Store store;
  PublicTree tree;
  tree.index.put(Place::of_page(1, {}), filled(2));
  std::vector<ipld::Block> blocks;
  static_cast<void>(tree.update(filled(1), blocks));
  ASSERT_EQ(blocks.size(), 2U);
  ASSERT_TRUE(read_root(blocks.back().bytes).has_value());
  EXPECT_EQ(read_root(blocks.front().bytes).error(), Error::kBadDirectory);
  EXPECT_EQ(read_root(Bytes(2000)).error(), Error::kBadSize);
  EXPECT_EQ(read_root({}).error(), Error::kBadDirectory);
  const auto bytes = ByteView(blocks.back().bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(read_root(bytes.first(size)).has_value());
}

TEST(loader, manifest_of_another_shard_under_our_key) {
  Forgery forgery;
  forgery.edit_manifest = [](Manifest& manifest) { manifest.shard = filled(1); };
  EXPECT_EQ(forgery.refusal(), Error::kWrongShard);
}

TEST(loader, manifest_of_another_epoch_than_it_says) {
  Forgery forgery;
  forgery.manifest_epoch = 2;
  EXPECT_EQ(forgery.refusal(), Error::kWrongWriter);
}

TEST(loader, manifest_of_another_format) {
  Forgery forgery;
  forgery.edit_manifest = [](Manifest& manifest) { manifest.format = 1; };
  EXPECT_EQ(forgery.refusal(), Error::kUnknownFormat);
}

TEST(loader, manifest_truncated_or_with_more) {
  for (std::size_t cut = 1; cut <= scale::encode(Manifest{}).size(); ++cut) {
    Forgery forgery;
    forgery.edit_manifest_content = [cut](Bytes& content) { content.resize(content.size() - cut); };
    EXPECT_EQ(forgery.refusal(), Error::kBadEncoding);
  }
  Forgery forgery;
  forgery.edit_manifest_content = [](Bytes& content) { content.push_back(0); };
  EXPECT_EQ(forgery.refusal(), Error::kBadEncoding);
}

TEST(loader, wrong_counts) {
  Forgery forgery;
  forgery.edit_manifest = [](Manifest& manifest) { ++manifest.records; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongCount);
  forgery.edit_manifest = [](Manifest& manifest) { ++manifest.leaves; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongCount);
  forgery.edit_manifest = [](Manifest& manifest) { manifest.levels = 0; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongCount);
  forgery.edit_manifest = [](Manifest& manifest) { manifest.levels = 9; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongCount);
  forgery.edit_manifest = [](Manifest& manifest) { manifest.levels = 2; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  Forgery no_children;
  no_children.edit_children = [](std::vector<PageEntry>& children) { children.clear(); };
  EXPECT_EQ(no_children.refusal(), Error::kWrongCount);
  EXPECT_EQ((Forgery{.leaves = {{}}}.refusal()), Error::kWrongCount);
}

TEST(loader, a_leaf_in_place_of_a_page) {
  Forgery forgery;
  forgery.edit_page = [](Bytes& content) { content[0] = kLeafKind; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  forgery.edit_page = [](Bytes& content) { content[1] = 2; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  Forgery leaf;
  leaf.edit_first_leaf = [](Bytes& content) { content[0] = kPageKind; };
  EXPECT_EQ(leaf.refusal(), Error::kWrongKind);
}

TEST(loader, truncated_nodes) {
  Forgery page;
  page.edit_page = [](Bytes& content) { content.pop_back(); };
  EXPECT_EQ(page.refusal(), Error::kBadEncoding);
  page.edit_page = [](Bytes& content) { content.resize(1); };
  EXPECT_EQ(page.refusal(), Error::kBadEncoding);
  Forgery leaf;
  leaf.edit_first_leaf = [](Bytes& content) { content.pop_back(); };
  EXPECT_EQ(leaf.refusal(), Error::kBadEncoding);
  leaf.edit_first_leaf = [](Bytes& content) { content.push_back(0); };
  EXPECT_EQ(leaf.refusal(), Error::kBadEncoding);
}

TEST(loader, swapped_leaves) {
  Forgery forgery{.leaves = {{1, 2}, {3, 4}}};
  forgery.edit_children = [](std::vector<PageEntry>& children) { std::swap(children[0], children[1]); };
  EXPECT_EQ(forgery.refusal(), Error::kKeyOrder);
  forgery.edit_children = [](std::vector<PageEntry>& children) { std::swap(children[0].digest, children[1].digest); };
  EXPECT_EQ(forgery.refusal(), Error::kKeyOrder);
}

TEST(loader, overlapping_repeated_and_unordered_keys) {
  EXPECT_EQ((Forgery{.leaves = {{1, 3}, {2, 4}}}.refusal()), Error::kKeyOrder);
  EXPECT_EQ((Forgery{.leaves = {{1, 2}, {2, 4}}}.refusal()), Error::kKeyOrder);
  Forgery twice{.leaves = {{1, 2}, {3, 4}}};
  twice.edit_children = [](std::vector<PageEntry>& children) { children[1].digest = children[0].digest; };
  EXPECT_EQ(twice.refusal(), Error::kKeyOrder);
  Forgery lower{.leaves = {{1, 2}}};
  lower.edit_children = [](std::vector<PageEntry>& children) { children[0].first_key.value = key_of(0); };
  EXPECT_EQ(lower.refusal(), Error::kKeyOrder);
  Forgery unordered{.leaves = {{1, 2}}};
  unordered.edit_first_leaf = [](Bytes& content) { content[4 + 3] = 9; };  // the first key becomes 9
  EXPECT_EQ(unordered.refusal(), Error::kKeyOrder);
}

TEST(loader, a_child_of_another_writer_or_later_than_its_parent) {
  Forgery forgery;
  forgery.edit_children = [](std::vector<PageEntry>& children) { children[0].writer.block_hash = filled(1); };
  EXPECT_EQ(forgery.refusal(), Error::kNotAuthentic);
  forgery.edit_children = [](std::vector<PageEntry>& children) { children[0].writer.height = 6; };
  EXPECT_EQ(forgery.refusal(), Error::kTooNew);
  forgery.edit_children = [](std::vector<PageEntry>& children) { children[0].writer.epoch = 3; };
  EXPECT_EQ(forgery.refusal(), Error::kUnknownEpoch);
  Forgery top;
  top.edit_manifest = [](Manifest& manifest) { manifest.top_writer.height = 6; };
  EXPECT_EQ(top.refusal(), Error::kTooNew);
}

TEST(loader, nodes_cut_elsewhere) { EXPECT_EQ((Forgery{.leaves = {{1, 2}, {3, 4}}}.refusal()), Error::kWrongCut); }

TEST(loader, a_public_tree_of_other_nodes) {
  Forgery forgery;
  forgery.edit_public = [](PublicTree& tree) { tree.leaves.put(Place::of_leaf(0, key_of(9)), filled(9)); };
  EXPECT_EQ(forgery.refusal(), Error::kWrongTree);
  forgery.edit_public = [](PublicTree& tree) { tree.index.put(Place::of_page(1, {}), filled(9)); };
  EXPECT_EQ(forgery.refusal(), Error::kWrongTree);
}

TEST(loader, a_value_above_its_bound) {
  Bytes content = {kLeafKind, 0, 1 << 2, 1 << 2, 'k'};
  scale::Encoder size;
  size.compact(stf::kMaxValueSize + 1);
  append(content, size.bytes());
  content.resize(content.size() + 65 * 72);  // as many pieces as it would have
  EXPECT_EQ(decode_leaf(content).error(), Error::kBadEncoding);
}

/// A state of one record whose value stands in pieces, as somebody with the shard's keys and bad intentions would write
/// it.
struct LargeForgery {
  Bytes key = key_of(1);
  Bytes value = value_of(1, 2 * kPieceSize + 100);
  std::size_t claimed_size = value.size();
  std::function<void(std::vector<Bytes>& contents)> edit_contents = [](std::vector<Bytes>&) {};
  std::function<void(std::vector<PieceEntry>& pieces)> edit_pieces = [](std::vector<PieceEntry>&) {};
  std::function<void(Manifest& manifest)> edit_manifest = [](Manifest&) {};

  std::optional<Error> refusal() const {
    Store store;
    const auto seal = [&](ByteView content) {
      auto block = seal_node(secret(1), kShard, writer_at(5), Frame::of(content));
      const auto digest = *Hash256::from(block.cid.digest);
      store.add({std::move(block)});
      return digest;
    };
    std::vector<Bytes> contents;
    for (std::uint32_t i = 0; i < piece_count(value.size()); ++i) {
      contents.push_back(to_bytes(encode_piece(key, i, value).view()));
    }
    edit_contents(contents);
    PublicTree tree;
    LeafRecord record{.key = key, .size = claimed_size, .value = {}, .pieces = {}};
    for (const auto& content : contents) record.pieces.push_back({seal(content), writer_at(5)});
    edit_pieces(record.pieces);
    for (std::uint32_t i = 0; i < record.pieces.size(); ++i) {
      tree.leaves.put(Place::of_piece(key, i), record.pieces[i].digest);
    }
    LeafEncoder encoder;
    encoder.add(record);
    const auto leaf = seal(encoder.take().content());
    tree.leaves.put(Place::of_leaf(0, key), leaf);
    Manifest manifest{};
    manifest.shard = kShard;
    manifest.writer = manifest.top_writer = writer_at(5);
    manifest.records = 1;
    manifest.leaves = manifest.levels = 1;
    manifest.top = seal(
        scale::encode(std::tuple{kPageKind, std::uint8_t{1}, std::vector<PageEntry>{{{key}, leaf, writer_at(5)}}}));
    tree.index.put(Place::of_page(1, key), manifest.top);
    edit_manifest(manifest);
    auto block = seal_manifest(secret(1), kShard, Frame::of(scale::encode(manifest)));
    const auto digest = *Hash256::from(block.cid.digest);
    store.add({std::move(block)});
    std::vector<ipld::Block> blocks;
    const auto root = tree.update(digest, blocks);
    store.add(blocks);
    const auto loaded = load(store, root, 10, ring());
    if (!loaded) return loaded.error();
    EXPECT_EQ(loaded->get(key), value);
    return std::nullopt;
  }
};

TEST(loader, an_unedited_large_value_is_a_state) { EXPECT_EQ(LargeForgery{}.refusal(), std::nullopt); }

TEST(loader, pieces_that_are_not_of_their_place) {
  LargeForgery forgery;
  forgery.edit_contents = [](std::vector<Bytes>& contents) { std::swap(contents[0], contents[1]); };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  forgery.edit_contents = [&](std::vector<Bytes>& contents) {
    contents[0] = to_bytes(encode_piece(key_of(2), 0, forgery.value).view());
  };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  forgery.edit_contents = [](std::vector<Bytes>& contents) { contents[0][0] = kLeafKind; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  forgery.edit_contents = [](std::vector<Bytes>& contents) { contents[2].pop_back(); };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  forgery.edit_contents = [](std::vector<Bytes>& contents) { contents[1].push_back(0); };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  forgery.edit_contents = [](std::vector<Bytes>& contents) { contents[1].clear(); };
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
}

TEST(loader, pieces_of_another_number_size_or_writer) {
  LargeForgery forgery;
  forgery.claimed_size = forgery.value.size() + 1;
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  forgery.claimed_size = forgery.value.size() + kPieceSize;
  EXPECT_EQ(forgery.refusal(), Error::kBadEncoding);
  LargeForgery twice;
  twice.edit_pieces = [](std::vector<PieceEntry>& pieces) { pieces[1] = pieces[0]; };
  EXPECT_EQ(twice.refusal(), Error::kKeyOrder);
  LargeForgery late;
  late.edit_pieces = [](std::vector<PieceEntry>& pieces) { pieces[1].writer.height = 6; };
  EXPECT_EQ(late.refusal(), Error::kTooNew);
  late.edit_pieces = [](std::vector<PieceEntry>& pieces) { pieces[1].writer.epoch = 4; };
  EXPECT_EQ(late.refusal(), Error::kUnknownEpoch);
  late.edit_pieces = [](std::vector<PieceEntry>& pieces) { pieces[1].writer.block_hash = filled(1); };
  EXPECT_EQ(late.refusal(), Error::kNotAuthentic);
}

TEST(loader, padding_that_is_missing) {
  LargeForgery forgery;
  forgery.value = value_of(1, 8 * kPieceSize);  // nine blocks, ten with padding
  forgery.claimed_size = forgery.value.size();
  EXPECT_EQ(forgery.refusal(), std::nullopt);
  forgery.edit_manifest = [](Manifest& manifest) { manifest.shape.padding = true; };
  EXPECT_EQ(forgery.refusal(), Error::kWrongCount);
  forgery.edit_manifest = [](Manifest& manifest) { manifest.shape.cover = kMaxCover + 1; };
  EXPECT_EQ(forgery.refusal(), Error::kBadEncoding);
}

TEST(loader, padding_that_nobody_ordered_and_padding_with_something_in_it) {
  Forgery forgery;
  const auto add_padding = [&](ByteView content) {
    return [&, content = to_bytes(content)](std::vector<PageEntry>& children) {
      children.push_back({{padding_key(0)}, forgery.seal(*forgery.store, content), forgery.writer});
    };
  };
  forgery.edit_children = add_padding(encode_padding(padding_key(0)).view());
  EXPECT_EQ(forgery.refusal(), Error::kWrongCount);
  forgery.edit_children = add_padding(encode_padding(padding_key(1)).view());
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
  forgery.edit_children = add_padding(as_bytes("something else"));
  EXPECT_EQ(forgery.refusal(), Error::kWrongKind);
}

}  // namespace
}  // namespace substratee::enclave::state::test
