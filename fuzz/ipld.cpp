/// Blocks and names from anybody on the network: CIDs, dag-pb, UnixFS, shards, DAG-CBOR. First byte: which.

#include "core/base/check.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/dag_cbor.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/hamt.hpp"
#include "core/ipld/unixfs.hpp"
#include "core/ipld/walk.hpp"
#include "fuzz/target.hpp"

namespace {

using namespace substratee;
using namespace substratee::ipld;

constexpr std::string_view kPath[] = {"a", "0"};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte() % 3;
  const auto rest = input.rest();
  switch (form) {
    case 0: {
      const auto cid = Cid::from_bytes(rest);
      if (cid) {
        SUBSTRATEE_CHECK(cid->to_bytes() == to_bytes(rest));
        SUBSTRATEE_CHECK(Cid::from_text(cid->to_text()) == *cid);
        static_cast<void>(cid->verify(rest));
      }
      break;
    }
    case 1: {
      const auto cid = Cid::from_text(as_text(rest));
      if (cid) SUBSTRATEE_CHECK(Cid::from_bytes(cid->to_bytes()) == *cid);
      break;
    }
    default:
      static_cast<void>(decode_dag_pb(rest));
      static_cast<void>(decode_unixfs(rest));
      static_cast<void>(read_file_node(rest));
      static_cast<void>(read_directory(rest));
      if (const auto shard = read_hamt_shard(rest)) static_cast<void>(HamtPath("name").next(*shard));
      if (dag_cbor_links(rest)) static_cast<void>(resolve_dag_cbor(rest, kPath));
      break;
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  const auto form = [](std::uint8_t which, ByteView bytes) { return concat(Bytes{which}, bytes); };
  const auto cid = Cid::of_raw_block(Bytes{1, 2, 3});
  std::vector<Bytes> out{form(0, cid.to_bytes()), form(0, Cid::of_dag_pb(Bytes{1}).to_bytes()),
                         form(1, as_bytes(cid.to_text()))};
  std::vector<Block> blocks;
  static_cast<void>(make_file(Bytes(3000, 7), {.chunk_size = 1000, .max_links = 2}, blocks));
  for (const auto& block : blocks) out.push_back(form(2, block.bytes));
  UnixFsData shard{.type = UnixFsType::kHamtShard,
                   .data = Bytes{0x20},
                   .file_size = {},
                   .block_sizes = {},
                   .hash_type = 0x22,
                   .fanout = 8};
  const Node node{.links = {{.cid = cid, .name = "5name", .tsize = 3}}, .data = encode_unixfs(shard)};
  out.push_back(form(2, encode_dag_pb(node)));
  out.push_back(form(2, concat(Bytes{0xa1, 0x61, 'a', 0x81, 0xd8, 0x2a, 0x58, 0x25, 0x00}, cid.to_bytes())));
  return out;
}
