#include "worker/collateral/service.hpp"

#include "core/crypto/system_random.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace substratee::worker::collateral {
namespace {

using rpc::collateral::Failure;
using rpc::collateral::name_of;

constexpr UnixSeconds kDay = 24 * 3600;
constexpr std::chrono::seconds kLongestSleep{3600};

std::string date(UnixSeconds time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(static_cast<std::time_t>(time)));
}

std::string days(UnixSeconds from, UnixSeconds to) {
  if (to <= from) return "has ended";
  const auto count = (to - from) / kDay;
  return fmt::format("{} day{} left", count, count == 1 ? "" : "s");
}

}  // namespace

Service::Service(Ports ports, RefreshOptions options)
    : ports_(std::move(ports)),
      random_(std::make_unique<crypto::SystemRandom>()),
      refresher_(options, ports_.verify, *random_) {
  // Twice: what is checked against the root's list may be read before it.
  const auto kept = ports_.cache.all();
  for (int round = 0; round < 2; ++round) {
    for (const auto& item : kept) refresher_.restore(item, ports_.now());
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Service::~Service() {
  thread_.request_stop();
  changed_.notify_all();
}

void Service::want(const std::vector<CollateralId>& ids) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& id : ids) refresher_.want(id);
  }
  changed_.notify_all();
}

std::optional<CollateralItem> Service::find(const CollateralId& id) {
  std::optional<CollateralItem> out;
  {
    const std::lock_guard lock(mutex_);
    refresher_.want(id);
    if (const auto* held = refresher_.find(id)) out = held->item;
  }
  changed_.notify_all();
  return out;
}

attestation::CollateralSet Service::held() const {
  const std::lock_guard lock(mutex_);
  return refresher_.held();
}

rpc::CollateralHealth Service::health() const {
  const std::lock_guard lock(mutex_);
  return refresher_.health(ports_.now());
}

void Service::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto now = ports_.now();
    if (const auto id = refresher_.due(now)) {
      lock.unlock();
      fetch(*id);
      lock.lock();
      continue;
    }
    const auto next = refresher_.next_due();
    const auto left = next == Refresher::kNever ? kLongestSleep : std::chrono::seconds(next - now);
    changed_.wait_for(lock, stop, std::min(left, kLongestSleep), [&] { return refresher_.next_due() < next; });
  }
}

void Service::fetch(const CollateralId& id) {
  const auto item = ports_.source->fetch(id);
  std::unique_lock lock(mutex_);
  const auto now = ports_.now();
  if (!item) refresher_.fail(id, item.error(), now);
  const auto taken = item ? refresher_.take(id, *item, now) : std::unexpected(item.error());
  const auto* found = refresher_.find(id);
  const auto held = found == nullptr ? std::optional<Held>() : *found;
  lock.unlock();
  if (!taken) return tell_failure(id, taken.error(), held ? &*held : nullptr);
  said_.erase(id);
  if (*taken) tell_new(id, *held);
}

void Service::tell_new(const CollateralId& id, const Held& held) {
  if (const auto kept = ports_.cache.put(id, held.item); !kept) ports_.warn(kept.error().to_string());
  ports_.info(fmt::format("Collateral {}: of {}, holds until {} ({})", name_of(id), date(held.verified.version.issued),
                          date(held.verified.expires), days(ports_.now(), held.verified.expires)));
  ports_.on_new();
}

/// Each failure once, and once a day while it lasts.
void Service::tell_failure(const CollateralId& id, const Failure& failure, const Held* held) {
  const auto now = ports_.now();
  auto& said = said_[id];
  if (said.at != 0 && said.code == failure.code && now < said.at + kDay) return;
  said = {failure.code, now};
  const auto rest = held == nullptr ? std::string("nothing is held")
                                    : fmt::format("what is held ends {} ({})", date(held->verified.expires),
                                                  days(now, held->verified.expires));
  ports_.warn(fmt::format("Collateral {} could not be refreshed ({}): {}; {}", name_of(id),
                          rpc::collateral::to_string(failure.code), failure.to_string(), rest));
}

}  // namespace substratee::worker::collateral
