#include "core/finality/verified_chain.hpp"

#include "core/finality/dev_seal.hpp"
#include "core/registry/storage.hpp"

namespace substratee::finality {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kMalformedHeader: return "the header does not decode";
    case Error::kNotGenesis: return "not a genesis header";
    case Error::kNoEngine: return "the engine has not been proved yet";
    case Error::kUnknownEngine: return "the genesis state names an unknown engine";
    case Error::kNotNext: return "the header does not follow the verified head";
    case Error::kNotFinal: return "the block's justification does not hold";
    case Error::kMalformedJournal: return "the journal does not decode";
    case Error::kWrongJournal: return "the journal is not the one that the header names";
    case Error::kUnknownBlock: return "the proof is of a block that is not verified or too old";
    case Error::kBadProof: return "the proof's nodes do not parse";
    case Error::kNotProved: return "the proof does not tell about a key";
    case Error::kMalformedValue: return "a proved value does not decode";
  }
  return "unknown error";
}

Result<std::optional<Bytes>> VerifiedState::raw(ByteView key) const {
  return SUBSTRATEE_TRY_OR(Error::kNotProved, proof_.get(key));
}

Result<VerifiedChain> VerifiedChain::start(ByteView genesis_header) {
  if (genesis_header.size() > kMaxHeaderSize) return std::unexpected(Error::kMalformedHeader);
  const auto header = SUBSTRATEE_TRY_OR(Error::kMalformedHeader, scale::decode<primitives::Header>(genesis_header));
  if (header.number.value != 0 || header.parent_hash != primitives::BlockHash{} || !header.digest.empty()) {
    return std::unexpected(Error::kNotGenesis);
  }
  return VerifiedChain(Head{0, header.hash(), header.state_root});
}

Result<void> VerifiedChain::set_engine(const VerifiedState& genesis) {
  if (genesis.at().hash != genesis_.hash) return std::unexpected(Error::kUnknownBlock);
  const auto raw = SUBSTRATEE_TRY(genesis.raw(registry::key::engine()));
  if (!raw) return std::unexpected(Error::kUnknownEngine);
  engine_ = SUBSTRATEE_TRY_OR(Error::kUnknownEngine, scale::decode<registry::Engine>(*raw));
  return {};
}

bool VerifiedChain::is_final(const primitives::Header& header, ByteView justification) const {
  const auto& dev = std::get<registry::DevEngine>(*engine_);
  return justification.empty() && verify_seal(header, crypto::ed25519::PublicKey{dev.authority.bytes});
}

Result<VerifiedBlock> VerifiedChain::append(ByteView header_bytes, ByteView journal_bytes, ByteView justification) {
  if (!engine_) return std::unexpected(Error::kNoEngine);
  if (header_bytes.size() > kMaxHeaderSize) return std::unexpected(Error::kMalformedHeader);
  const auto header = SUBSTRATEE_TRY_OR(Error::kMalformedHeader, scale::decode<primitives::Header>(header_bytes));
  if (header.number.value != head().number + 1 || header.parent_hash != head().hash) {
    return std::unexpected(Error::kNotNext);
  }
  if (!is_final(header, justification)) return std::unexpected(Error::kNotFinal);
  if (journal_bytes.size() > kMaxJournalSize) return std::unexpected(Error::kMalformedJournal);
  auto journal = SUBSTRATEE_TRY_OR(Error::kMalformedJournal, scale::decode<registry::Journal>(journal_bytes));
  if (!registry::journal_matches(header, journal)) return std::unexpected(Error::kWrongJournal);

  recent_.push_back({header.number.value, header.hash(), header.state_root});
  if (recent_.size() > kRecent) recent_.pop_front();
  return VerifiedBlock{head().number, head().hash, std::move(journal)};
}

const Head* VerifiedChain::find(const primitives::BlockHash& block) const noexcept {
  if (block == genesis_.hash) return &genesis_;
  for (const auto& known : recent_) {
    if (known.hash == block) return &known;
  }
  return nullptr;
}

bool VerifiedChain::is_recent(primitives::BlockNumber number, const primitives::BlockHash& hash) const noexcept {
  const auto* known = find(hash);
  return known != nullptr && known->number == number;
}

std::optional<primitives::BlockHash> VerifiedChain::hash_of(primitives::BlockNumber number) const noexcept {
  if (number == 0) return genesis_.hash;
  for (const auto& known : recent_) {
    if (known.number == number) return known.hash;
  }
  return std::nullopt;
}

Result<VerifiedState> VerifiedChain::open(const primitives::BlockHash& block, std::vector<Bytes> nodes) const {
  const auto* known = find(block);
  if (known == nullptr) return std::unexpected(Error::kUnknownBlock);
  auto proof = SUBSTRATEE_TRY_OR(Error::kBadProof, trie::ReadProof::from(known->state_root, std::move(nodes)));
  return VerifiedState(*known, std::move(proof));
}

}  // namespace substratee::finality
