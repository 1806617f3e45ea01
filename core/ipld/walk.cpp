#include "core/ipld/walk.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_cbor.hpp"
#include "core/ipld/dag_pb.hpp"

namespace substratee::ipld {

Result<std::vector<Cid>> links_of(const Cid& cid, ByteView block) {
  if (block.size() > kMaxBlockSize) return std::unexpected(Error::kTooLarge);
  if (!cid.verify(block)) return std::unexpected(Error::kHashMismatch);
  return links_in(cid.codec, block);
}

Result<std::vector<Cid>> links_in(Codec codec, ByteView block) {
  if (codec == Codec::kRaw) return std::vector<Cid>{};
  if (codec == Codec::kDagCbor) return dag_cbor_links(block);
  auto node = SUBSTRATEE_TRY(decode_dag_pb(block));
  std::vector<Cid> out;
  for (auto& link : node.links) out.push_back(std::move(link.cid));
  return out;
}

}  // namespace substratee::ipld
