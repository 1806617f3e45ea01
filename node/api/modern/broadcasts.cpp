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

Broadcasts::Broadcasts(const NodeContext& context, std::size_t max_bytes)
    : context_(context),
      memory_(std::make_shared<net::MemoryPot>(max_bytes)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

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
    std::erase_if(entries_, [](const EntryPtr& entry) { return !entry->operation->is_open(); });
    if (entries_.size() >= kMaxCount) return false;
  }
  const auto size = extrinsic.size();
  const auto entry = std::make_shared<Entry>(std::move(extrinsic), std::move(operation), memory_);
  // Small ones are not kept out by large ones of others.
  if (!entry->operation->reserve(size) && !entry->common.take(size)) return false;
  if (!offer(entry->extrinsic)) return true;
  const std::scoped_lock lock(mutex_);
  entries_.push_back(entry);
  return true;
}

void Broadcasts::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::list<EntryPtr> due;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kPeriod, [] { return false; });
      std::erase_if(entries_, [](const EntryPtr& entry) { return !entry->operation->is_open(); });
      due = entries_;
    }
    for (const auto& entry : due) {
      if (stop.stop_requested()) return;
      if (offer(entry->extrinsic)) continue;
      const std::scoped_lock lock(mutex_);
      std::erase(entries_, entry);
    }
  }
}

}  // namespace substratee::node::api
