#include "node/api/modern/broadcasts.hpp"

namespace substratee::node::api {

namespace {

using runtime::InvalidReason;

/// May be in order later.
bool may_change(InvalidReason reason) {
  return reason == InvalidReason::kFuture || reason == InvalidReason::kPayment ||
         reason == InvalidReason::kExhaustsResources;
}

}  // namespace

Broadcasts::Broadcasts(const NodeContext& context)
    : context_(context), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Broadcasts::~Broadcasts() = default;

bool Broadcasts::offer(const Bytes& extrinsic) const {
  const auto answer = submit(context_, extrinsic, nullptr);
  if (!answer || *answer) return true;
  const auto* reason = std::get_if<InvalidReason>(&answer->error());
  return reason == nullptr || may_change(*reason);
}

bool Broadcasts::add(Bytes extrinsic, SubscriberPtr operation) {
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(entries_, [](const Entry& entry) { return !entry.operation->is_open(); });
    if (entries_.size() >= kMaxCount) return false;
  }
  if (!offer(extrinsic)) return true;
  const std::scoped_lock lock(mutex_);
  entries_.push_back({std::move(extrinsic), std::move(operation)});
  return true;
}

void Broadcasts::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::list<Entry> due;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kPeriod, [] { return false; });
      std::erase_if(entries_, [](const Entry& entry) { return !entry.operation->is_open(); });
      due = entries_;
    }
    for (const auto& entry : due) {
      if (stop.stop_requested()) return;
      if (offer(entry.extrinsic)) continue;
      const std::scoped_lock lock(mutex_);
      std::erase_if(entries_, [&](const Entry& other) { return other.operation == entry.operation; });
    }
  }
}

}  // namespace substratee::node::api
