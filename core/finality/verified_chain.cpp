#include "core/finality/verified_chain.hpp"

#include "core/finality/dev_seal.hpp"
#include "core/registry/storage.hpp"

namespace substratee::finality {

namespace {

/// The wire form of a place.
struct Snapshot {
  static constexpr std::uint8_t kVersion = 1;
  std::uint8_t version = kVersion;
  Bytes genesis_header;
  registry::Engine engine;
  scale::Bounded<std::vector<Bytes>, VerifiedChain::kRecent> recent;
  SUBSTRATEE_FIELDS(Snapshot, version, genesis_header, engine, recent)
};

}  // namespace

Result<std::optional<Bytes>> VerifiedState::raw(ByteView key) const {
  return SUBSTRATEE_TRY_OR(Error::kNotProved, proof_.get(key));
}

Result<VerifiedChain> VerifiedChain::start(ByteView genesis_header) {
  if (genesis_header.size() > kMaxHeaderSize) return std::unexpected(Error::kMalformedHeader);
  const auto header = SUBSTRATEE_TRY_OR(Error::kMalformedHeader, scale::decode<primitives::Header>(genesis_header));
  if (header.number.value != 0 || header.parent_hash != primitives::BlockHash{} || !header.digest.empty()) {
    return std::unexpected(Error::kNotGenesis);
  }
  return VerifiedChain(Head{0, header.hash(), header.state_root}, to_bytes(genesis_header));
}

Result<Bytes> VerifiedChain::snapshot() const {
  if (!engine_) return std::unexpected(Error::kNoEngine);
  Snapshot out{Snapshot::kVersion, genesis_header_, *engine_, {}};
  for (const auto& known : recent_) out.recent.value.push_back(known.header);
  return scale::encode(out);
}

Result<VerifiedChain> VerifiedChain::restore(ByteView bytes) {
  const auto snapshot = SUBSTRATEE_TRY_OR(Error::kMalformedSnapshot, scale::decode<Snapshot>(bytes));
  if (snapshot.version != Snapshot::kVersion || snapshot.recent.value.empty()) {
    return std::unexpected(Error::kMalformedSnapshot);
  }
  auto chain = SUBSTRATEE_TRY_OR(Error::kMalformedSnapshot, start(snapshot.genesis_header));
  chain.engine_ = snapshot.engine;
  // A young chain's recent blocks begin with genesis itself.
  const bool from_genesis = snapshot.recent.value.front() == snapshot.genesis_header;
  if (!from_genesis) chain.recent_.clear();
  for (std::size_t i = from_genesis ? 1 : 0; i < snapshot.recent.value.size(); ++i) {
    const auto& wire = snapshot.recent.value[i];
    if (wire.size() > kMaxHeaderSize) return std::unexpected(Error::kMalformedSnapshot);
    const auto header = SUBSTRATEE_TRY_OR(Error::kMalformedSnapshot, scale::decode<primitives::Header>(wire));
    const bool follows = chain.recent_.empty() ? header.number.value > 0
                                               : header.number.value == chain.head().number + 1 &&
                                                     header.parent_hash == chain.head().hash;
    if (!follows) return std::unexpected(Error::kMalformedSnapshot);
    chain.push(header, wire);
  }
  return chain;
}

void VerifiedChain::push(const primitives::Header& header, ByteView bytes) {
  recent_.push_back({{header.number.value, header.hash(), header.state_root}, to_bytes(bytes)});
  if (recent_.size() > kRecent) recent_.pop_front();
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

  push(header, header_bytes);
  return VerifiedBlock{head().number, head().hash, std::move(journal)};
}

std::optional<Equivocation> VerifiedChain::find_equivocation(ByteView header_bytes) const {
  if (!engine_ || header_bytes.size() > kMaxHeaderSize) return std::nullopt;
  const auto header = scale::decode<primitives::Header>(header_bytes);
  if (!header) return std::nullopt;
  for (const auto& known : recent_) {
    if (known.number != header->number.value) continue;
    Equivocation evidence{{known.header}, {to_bytes(header_bytes)}};
    return check_equivocation(evidence, *engine_) ? std::optional(std::move(evidence)) : std::nullopt;
  }
  return std::nullopt;
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
