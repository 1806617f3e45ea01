#include "client/sdk/view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::client {
using registry::MemberStatus;

const Worker* View::find(const AccountId& enclave) const noexcept {
  const auto found =
      std::ranges::find_if(workers, [&](const Worker& worker) { return worker.enclave.account == enclave; });
  return found == workers.end() ? nullptr : &*found;
}

std::size_t View::count(MemberStatus status) const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(workers, [=](const Worker& worker) { return worker.is(status); }));
}

Result<ShardKey> chain_key(const View& view) {
  if (!view.shard.shielding_key) {
    return fail(Code::kNotFounded,
                fmt::format("shard {} has no key yet: no worker has founded it", view.shard.name.value),
                "start a worker for it, or wait until it has registered");
  }
  return ShardKey{*view.shard.shielding_key, view.shard.epoch};
}

Result<std::vector<Target>> choose(const View& view, const Choice& choice) {
  if (choice.url) return std::vector<Target>{{*choice.url, std::nullopt}};
  std::vector<Target> targets;
  for (const auto& worker : view.workers) {
    const bool fits = choice.index ? worker.index == *choice.index : worker.is(MemberStatus::kActive);
    if (fits) targets.push_back({worker.enclave.worker_url.value, worker.enclave.account});
  }
  if (!targets.empty()) return targets;
  if (choice.index) {
    return fail(Code::kNoWorker,
                fmt::format("no member of shard {} is registered at index {}", view.shard.name.value, *choice.index),
                "list them with: substratee-client workers");
  }
  return fail(Code::kNoWorker, fmt::format("shard {} has no Active worker", view.shard.name.value),
              "start one, or see who is registered with: substratee-client workers");
}

}  // namespace substratee::client
