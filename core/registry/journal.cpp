#include "core/registry/journal.hpp"

#include "core/trie/trie.hpp"

namespace substratee::registry {
namespace {

/// Entries stand in the trie under their compact index.
Bytes entry_key(std::uint32_t index) { return scale::encode(scale::Compact{index}); }

/// The only STEE item; nothing if there is none, or more than one.
const primitives::DigestConsensus* find_item(const primitives::Header& header) {
  const primitives::DigestConsensus* found = nullptr;
  for (const auto& item : header.digest) {
    const auto* consensus = std::get_if<primitives::DigestConsensus>(&item);
    if (consensus == nullptr || consensus->engine != kJournalEngine) continue;
    if (found != nullptr) return nullptr;
    found = consensus;
  }
  return found;
}

}  // namespace

Hash256 journal_root(const Journal& journal) {
  std::vector<Bytes> entries;
  entries.reserve(journal.size());
  for (const auto& entry : journal) entries.push_back(scale::encode(entry));
  return trie::ordered_root(entries, trie::Layout::kV0);
}

primitives::DigestItem journal_digest(const Journal& journal) {
  Bytes data{kJournalVersion};
  append(data, journal_root(journal));
  return primitives::DigestConsensus{kJournalEngine, std::move(data)};
}

bool journal_matches(const primitives::Header& header, const Journal& journal) {
  const primitives::DigestItem* found = nullptr;
  for (const auto& item : header.digest) {
    const auto* consensus = std::get_if<primitives::DigestConsensus>(&item);
    if (consensus == nullptr || consensus->engine != kJournalEngine) continue;
    if (found != nullptr) return false;
    found = &item;
  }
  if (journal.empty()) return found == nullptr;
  return found != nullptr && *found == journal_digest(journal);
}

std::optional<Hash256> journal_root_of(const primitives::Header& header) {
  const auto* item = find_item(header);
  if (item == nullptr || item->data.empty() || item->data[0] != kJournalVersion) return std::nullopt;
  return Hash256::from(ByteView(item->data).subspan(1));
}

std::vector<Bytes> journal_path(const Journal& journal, std::uint32_t index) {
  SUBSTRATEE_CHECK(index < journal.size());
  trie::Content content;
  for (const auto& entry : journal) {
    content.emplace(entry_key(static_cast<std::uint32_t>(content.size())), scale::encode(entry));
  }
  return trie::prove(content, std::vector<Bytes>{entry_key(index)}, trie::Layout::kV0);
}

std::optional<JournalEntry> entry_of(const Hash256& root, std::uint32_t index, std::vector<Bytes> path) {
  const auto proof = trie::ReadProof::from(root, std::move(path));
  if (!proof) return std::nullopt;
  const auto value = proof->get(entry_key(index));
  if (!value || !*value) return std::nullopt;
  auto entry = scale::decode<JournalEntry>(**value);
  if (!entry) return std::nullopt;
  return *std::move(entry);
}

bool has_work(const Journal& journal, const ShardId& shard) {
  bool work = false;
  for (const auto& entry : journal) {
    if (const auto* call = std::get_if<CallForwarded>(&entry); call != nullptr && call->shard == shard) work = true;
    if (const auto* founded = std::get_if<ShardFounded>(&entry); founded != nullptr && founded->shard == shard)
      work = true;
    if (const auto* void_ = std::get_if<FoundingReopened>(&entry); void_ != nullptr && void_->shard == shard)
      work = false;
  }
  return work;
}

}  // namespace substratee::registry
