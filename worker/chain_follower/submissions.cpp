#include "worker/chain_follower/submissions.hpp"

#include <algorithm>

namespace substratee::worker::chain_follower {

std::string_view to_string(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::kRegistration: return "register_enclave";
    case Purpose::kFounding: return "found_shard";
    case Purpose::kConfirmation: return "confirm_block";
    case Purpose::kRelease: return "record_key_release";
    case Purpose::kUnregistration: return "unregister_enclave";
    case Purpose::kCollateral: return "register_collateral";
  }
  return "unknown";
}

Result<void> Submissions::send(Purpose purpose, std::uint64_t subject, const protocol::Extrinsic& extrinsic,
                               BlockNumber head) {
  SUBSTRATEE_TRY(chain_.submit(extrinsic.wire));
  entries_.push_back({purpose, subject, extrinsic.wire, head});
  return {};
}

bool Submissions::has(Purpose purpose) const { return count(purpose) > 0; }

std::size_t Submissions::count(Purpose purpose) const {
  return static_cast<std::size_t>(std::ranges::count(entries_, purpose, &Entry::purpose));
}

void Submissions::drop(Purpose purpose) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.purpose == purpose; });
}

Result<std::vector<Outcome>> Submissions::on_block(BlockNumber number, const BlockHash& hash) {
  std::vector<Outcome> outcomes;
  std::vector<Entry> rest;
  for (auto& entry : entries_) {
    auto found = SUBSTRATEE_TRY(chain_.find(entry.wire, hash));
    if (found || number >= entry.sent_at + kPatience) {
      outcomes.push_back({entry.purpose, entry.subject, std::move(found)});
    } else {
      rest.push_back(entry);
    }
  }
  entries_ = std::move(rest);
  return outcomes;
}

}  // namespace substratee::worker::chain_follower
