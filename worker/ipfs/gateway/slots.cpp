#include "worker/ipfs/gateway/slots.hpp"

namespace substratee::worker::ipfs::gateway {

std::unique_ptr<Slots::Slot> Slots::take(const std::string& client) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = by_client_.find(client);
    if (taken_ >= most_ || (found != by_client_.end() && found->second >= most_per_client_)) return nullptr;
    ++taken_;
    ++by_client_[client];
  }
  return std::make_unique<Slot>(shared_from_this(), client);
}

void Slots::release(const std::string& client) {
  const std::scoped_lock lock(mutex_);
  --taken_;
  if (const auto found = by_client_.find(client); --found->second == 0) by_client_.erase(found);
}

}  // namespace substratee::worker::ipfs::gateway
