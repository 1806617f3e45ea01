#include "core/finality/proved_engine.hpp"

#include "core/finality/dev_seal.hpp"
#include "core/registry/storage.hpp"

namespace substratee::finality {
namespace {

Result<primitives::Header> decode_header(ByteView bytes) {
  if (bytes.size() > kMaxHeaderSize) return std::unexpected(Error::kMalformedHeader);
  return SUBSTRATEE_TRY_OR(Error::kMalformedHeader, scale::decode<primitives::Header>(bytes));
}

bool is_genesis(const primitives::Header& header) {
  return header.number.value == 0 && header.parent_hash == primitives::BlockHash{} && header.digest.empty();
}

}  // namespace

Result<ProvedEngine> ProvedEngine::prove(const primitives::BlockHash& genesis_hash, ByteView genesis_header,
                                         std::vector<Bytes> nodes) {
  auto header = SUBSTRATEE_TRY(decode_header(genesis_header));
  if (!is_genesis(header) || header.hash() != genesis_hash) return std::unexpected(Error::kNotGenesis);
  const auto state = SUBSTRATEE_TRY(open({genesis_hash, std::move(header)}, std::move(nodes)));
  const auto raw = SUBSTRATEE_TRY(state.raw(registry::key::engine()));
  if (!raw) return std::unexpected(Error::kUnknownEngine);
  return ProvedEngine(genesis_hash, SUBSTRATEE_TRY_OR(Error::kUnknownEngine, scale::decode<registry::Engine>(*raw)));
}

Result<FinalHeader> ProvedEngine::check(ByteView header_bytes, ByteView justification) const {
  auto header = SUBSTRATEE_TRY(decode_header(header_bytes));
  const auto hash = header.hash();
  const auto& dev = std::get<registry::DevEngine>(engine_);
  const bool is_sealed = verify_seal(header, crypto::ed25519::PublicKey{dev.authority.bytes});
  if (!justification.empty() || (hash != genesis_hash_ && !is_sealed)) return std::unexpected(Error::kNotFinal);
  return FinalHeader{hash, std::move(header)};
}

Result<VerifiedState> ProvedEngine::open(const FinalHeader& at, std::vector<Bytes> nodes) {
  auto proof = SUBSTRATEE_TRY_OR(Error::kBadProof, trie::ReadProof::from(at.header.state_root, std::move(nodes)));
  return VerifiedState({at.number(), at.hash, at.header.state_root}, std::move(proof));
}

}  // namespace substratee::finality
