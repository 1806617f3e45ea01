#include "node/api/modern/follow_session.hpp"

namespace substratee::node::api {

namespace {

/// Of one operationStorageItems event.
constexpr std::size_t kEventBytes = std::size_t{64} << 10;
/// Events before an operation waits for the client.
constexpr int kEventsAtOnce = 4;

json::object runtime_json() { return {{"type", "valid"}, {"spec", runtime_version_json(ApisForm::kObject)}}; }

}  // namespace

void FollowSession::start(const std::vector<BlockHash>& finals, const std::vector<primitives::Header>& unfinalized) {
  json::array hashes;
  {
    const std::scoped_lock lock(mutex_);
    pinned_.insert(finals.begin(), finals.end());
  }
  for (const auto& hash : finals) hashes.push_back(hex_json(hash));
  json::object event{{"event", "initialized"}, {"finalizedBlockHashes", std::move(hashes)}};
  if (with_runtime_) event.emplace("finalizedBlockRuntime", runtime_json());
  subscriber_->notify(event);
  auto best = finals.back();
  for (const auto& header : unfinalized) {
    best = header.hash();
    static_cast<void>(tell_new_block(header, best));
  }
  subscriber_->notify(json::object{{"event", "bestBlockChanged"}, {"bestBlockHash", hex_json(best)}});
}

bool FollowSession::tell_new_block(const primitives::Header& header, const BlockHash& hash) {
  std::size_t pinned = 0;
  {
    const std::scoped_lock lock(mutex_);
    pinned_.insert(hash);
    pinned = pinned_.size();
  }
  if (pinned > kMaxPinned) {
    subscriber_->notify(json::object{{"event", "stop"}});
    subscriber_->finish();
    return false;
  }
  json::object event{
      {"event", "newBlock"}, {"blockHash", hex_json(hash)}, {"parentBlockHash", hex_json(header.parent_hash)}};
  if (with_runtime_) event.emplace("newRuntime", nullptr);
  return subscriber_->notify(event);
}

bool FollowSession::on_best(const primitives::Header& header, const BlockHash& hash) {
  return tell_new_block(header, hash) &&
         subscriber_->notify(json::object{{"event", "bestBlockChanged"}, {"bestBlockHash", hex_json(hash)}});
}

bool FollowSession::on_final(const storage::BlockId& block) {
  return subscriber_->notify(json::object{{"event", "finalized"},
                                          {"finalizedBlockHashes", json::array{hex_json(block.hash)}},
                                          {"prunedBlockHashes", json::array{}}});
}

bool FollowSession::is_pinned(const BlockHash& hash) const {
  const std::scoped_lock lock(mutex_);
  return pinned_.contains(hash);
}

FollowSession::Unpin FollowSession::unpin(const std::vector<BlockHash>& hashes) {
  if (std::set<BlockHash>(hashes.begin(), hashes.end()).size() != hashes.size()) return Unpin::kTwice;
  const std::scoped_lock lock(mutex_);
  for (const auto& hash : hashes) {
    if (!pinned_.contains(hash)) return Unpin::kUnknown;
  }
  for (const auto& hash : hashes) pinned_.erase(hash);
  return Unpin::kDone;
}

std::string FollowSession::new_operation() {
  const std::scoped_lock lock(mutex_);
  return std::to_string(++operations_);
}

std::size_t FollowSession::room() const {
  const std::scoped_lock lock(mutex_);
  std::size_t used = 0;
  for (const auto& [id, operation] : suspended_) used += operation.reader.item_count();
  return kMaxItems - std::min(kMaxItems, used);
}

void FollowSession::tell(std::string_view event, const std::string& operation, json::object more) {
  json::object out{{"event", event}, {"operationId", operation}};
  for (auto& member : more) out.emplace(member.key(), std::move(member.value()));
  subscriber_->notify(out);
}

void FollowSession::tell_failure(const std::string& operation, const RpcError& error) {
  tell("operationError", operation, {{"error", error.message}});
}

void FollowSession::run_body(const NodeContext& context, const std::string& operation, const BlockHash& hash) {
  const auto number = context.store.number(hash);
  const auto body = number ? context.store.extrinsics(*number) : std::unexpected(number.error());
  if (!body) return tell("operationInaccessible", operation);
  json::array extrinsics;
  for (const auto& extrinsic : *body) extrinsics.push_back(hex_json(extrinsic));
  tell("operationBodyDone", operation, {{"value", std::move(extrinsics)}});
}

void FollowSession::run_call(const NodeContext& context, const std::string& operation, const BlockHash& hash,
                             const std::string& function, const Bytes& arguments) {
  const auto at = state_at(context, hash);
  if (!at) return tell("operationInaccessible", operation);
  const auto output = call_runtime(*at, function, arguments);
  if (!output) return tell_failure(operation, output.error());
  tell("operationCallDone", operation, {{"output", hex_json(*output)}});
}

void FollowSession::run_storage(const NodeContext& context, const std::string& operation, const BlockHash& hash,
                                StorageReader reader) {
  const auto at = state_at(context, hash);
  if (!at) return tell("operationInaccessible", operation);
  for (int i = 0; i < kEventsAtOnce; ++i) {
    auto items = reader.read(*at->state, kEventBytes);
    if (!items.empty()) tell("operationStorageItems", operation, {{"items", std::move(items)}});
    if (reader.is_done()) return tell("operationStorageDone", operation);
  }
  {
    const std::scoped_lock lock(mutex_);
    suspended_.emplace(operation, Suspended{hash, std::move(reader)});
  }
  tell("operationWaitingForContinue", operation);
}

bool FollowSession::can_continue(const std::string& operation) const {
  const std::scoped_lock lock(mutex_);
  return suspended_.contains(operation);
}

void FollowSession::continue_storage(const NodeContext& context, const std::string& operation) {
  std::optional<Suspended> next;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = suspended_.find(operation);
    if (found == suspended_.end()) return;
    next = std::move(found->second);
    suspended_.erase(found);
  }
  run_storage(context, operation, next->hash, std::move(next->reader));
}

void FollowSession::stop(const std::string& operation) {
  const std::scoped_lock lock(mutex_);
  suspended_.erase(operation);
}

}  // namespace substratee::node::api
