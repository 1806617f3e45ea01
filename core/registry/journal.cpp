#include "core/registry/journal.hpp"

#include "core/trie/trie.hpp"

namespace substratee::registry {

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
