#include "core/finality/equivocation.hpp"

#include "core/crypto/hash.hpp"
#include "core/finality/dev_seal.hpp"
#include "core/finality/verified_chain.hpp"

namespace substratee::finality {
namespace {

/// A header that this engine made final by itself.
Result<primitives::Header> read_sealed(const Bytes& bytes, const registry::DevEngine& dev) {
  auto header = SUBSTRATEE_TRY_OR(Error::kMalformedHeader, scale::decode<primitives::Header>(bytes));
  if (!verify_seal(header, crypto::ed25519::PublicKey{dev.authority.bytes})) return std::unexpected(Error::kNotFinal);
  return header;
}

}  // namespace

Result<primitives::BlockNumber> check_equivocation(const Equivocation& evidence, const registry::Engine& engine) {
  const auto& dev = std::get<registry::DevEngine>(engine);
  const auto first = SUBSTRATEE_TRY(read_sealed(evidence.first.value, dev));
  const auto second = SUBSTRATEE_TRY(read_sealed(evidence.second.value, dev));
  if (first.number.value != second.number.value || evidence.first.value == evidence.second.value) {
    return std::unexpected(Error::kNotEquivocation);
  }
  return first.number.value;
}

Result<EquivocationFinding> verify_equivocation_file(ByteView bytes, const primitives::BlockHash& genesis) {
  if (bytes.size() > kMaxEquivocationFileSize) return std::unexpected(Error::kMalformedEvidence);
  auto file = SUBSTRATEE_TRY_OR(Error::kMalformedEvidence, scale::decode<EquivocationFile>(bytes));
  if (file.version != 1) return std::unexpected(Error::kMalformedEvidence);
  auto chain = SUBSTRATEE_TRY(VerifiedChain::start(file.genesis_header));
  if (chain.genesis_hash() != genesis) return std::unexpected(Error::kOtherChain);
  const auto state = SUBSTRATEE_TRY(chain.open(genesis, std::move(file.engine_proof)));
  SUBSTRATEE_TRY(chain.set_engine(state));
  EquivocationFinding out{{}, {}, {}, *chain.engine()};
  out.height = SUBSTRATEE_TRY(check_equivocation(file.evidence, out.engine));
  out.first = crypto::blake2_256(file.evidence.first.value);
  out.second = crypto::blake2_256(file.evidence.second.value);
  return out;
}

}  // namespace substratee::finality
