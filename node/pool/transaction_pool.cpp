#include "node/pool/transaction_pool.hpp"

#include <algorithm>

namespace substratee::node::pool {

std::string_view to_string(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::kAlreadyImported: return "already imported";
    case Refusal::kPriorityTooLow: return "a transaction with this nonce waits already; pay a higher tip to replace it";
    case Refusal::kSenderLimit: return "too many transactions of this sender wait, or the nonce is too far ahead";
    case Refusal::kPoolFull: return "the pool is full; try again later or pay a tip";
  }
  return "unknown refusal";
}

/// What is worth less than a newcomer, poorest first: future ones before ready ones, then by priority; of equals, of
/// those who have more waiting than the newcomer's sender, so that nobody fills the pool alone. Only a sender's last
/// transaction can go without stranding another. It only looks: a newcomer that finds too little drops nobody.
class TransactionPool::Poorer {
 public:
  struct Candidate {
    Sender* sender;
    std::map<Nonce, Waiting>::const_iterator last;  ///< of those that are not taken yet
    std::size_t waiting;                            ///< so many
  };

  Poorer(Senders& senders, const runtime::ValidTransaction& newcomer) {
    const auto own = senders.find(newcomer.sender);
    const bool is_known = own != senders.end();
    const auto ready_end = is_known ? std::max(newcomer.next_expected, own->second.ready_end) : newcomer.next_expected;
    newcomer_ = worth(newcomer.nonce > ready_end, newcomer.priority, (is_known ? own->second.waiting.size() : 0) + 1);
    for (auto& [account, sender] : senders) {
      if (sender.waiting.empty() || account == newcomer.sender) continue;
      offer({&sender, std::prev(sender.waiting.end()), sender.waiting.size()});
    }
  }

  std::optional<Candidate> take() {
    if (queue_.empty()) return std::nullopt;
    const auto taken = queue_.begin()->second;
    queue_.erase(queue_.begin());
    if (taken.waiting > 1) offer({taken.sender, std::prev(taken.last), taken.waiting - 1});
    return taken;
  }

 private:
  using Worth = std::tuple<bool, std::uint64_t, std::int64_t>;

  static Worth worth(bool is_future, std::uint64_t priority, std::size_t waiting) {
    return {!is_future, priority, -static_cast<std::int64_t>(waiting)};
  }
  void offer(const Candidate& candidate) {
    const auto& [nonce, transaction] = *candidate.last;
    const auto its = worth(nonce >= candidate.sender->ready_end, transaction.priority, candidate.waiting);
    if (its < newcomer_) queue_.emplace(its, candidate);
  }

  Worth newcomer_;
  std::multimap<Worth, Candidate> queue_;
};

std::expected<Hash256, Refusal> TransactionPool::submit(Bytes wire, const runtime::ValidTransaction& verdict) {
  const auto hash = primitives::extrinsic_hash(wire);
  if (by_hash_.contains(hash)) return std::unexpected(Refusal::kAlreadyImported);
  if (verdict.nonce - verdict.next_expected > limits_.max_nonce_gap) return std::unexpected(Refusal::kSenderLimit);
  const auto giving_way = who_gives_way(verdict);
  if (!giving_way) return std::unexpected(giving_way.error());
  if (!make_room(wire.size(), verdict, *giving_way)) return std::unexpected(Refusal::kPoolFull);
  auto& sender = senders_[verdict.sender];
  if (*giving_way != nullptr) remove(sender, sender.waiting.find(verdict.nonce), Status::kUsurped, hash);
  sender.next = verdict.next_expected;
  bytes_ += wire.size();
  by_hash_.emplace(hash, std::pair(verdict.sender, verdict.nonce));
  sender.waiting.insert_or_assign(
      verdict.nonce, Waiting{std::move(wire), hash, verdict.priority, verdict.longevity, arrivals_++, std::nullopt});
  refresh(sender);
  return hash;
}

/// The holder of the same nonce, or nullptr if the nonce is free.
std::expected<const TransactionPool::Waiting*, Refusal> TransactionPool::who_gives_way(
    const runtime::ValidTransaction& verdict) const {
  const auto sender = senders_.find(verdict.sender);
  if (sender == senders_.end()) return nullptr;
  const auto& waiting = sender->second.waiting;
  const auto holder = waiting.find(verdict.nonce);
  if (holder == waiting.end()) {
    if (waiting.size() >= limits_.max_per_sender) return std::unexpected(Refusal::kSenderLimit);
    return nullptr;
  }
  if (holder->second.priority >= verdict.priority) return std::unexpected(Refusal::kPriorityTooLow);
  return &holder->second;
}

bool TransactionPool::make_room(std::size_t size, const runtime::ValidTransaction& newcomer,
                                const Waiting* giving_way) {
  if (size > limits_.max_bytes) return false;
  const auto needed = [this](std::size_t count, std::size_t bytes) {
    return count >= limits_.max_count || bytes > limits_.max_bytes;
  };
  auto count = by_hash_.size() - (giving_way != nullptr ? 1 : 0);
  auto bytes = bytes_ - (giving_way != nullptr ? giving_way->wire.size() : 0) + size;
  if (!needed(count, bytes)) return true;
  Poorer poorer(senders_, newcomer);
  std::vector<Sender*> victims;
  while (needed(count, bytes)) {
    const auto next = poorer.take();
    if (!next) return false;
    victims.push_back(next->sender);
    --count;
    bytes -= next->last->second.wire.size();
  }
  for (auto* victim : victims) remove(*victim, std::prev(victim->waiting.end()), Status::kDropped);
  for (auto* victim : std::set(victims.begin(), victims.end())) refresh(*victim);
  return true;
}

void TransactionPool::tell(const Hash256& transaction, Status status, const Hash256& hash) {
  notices_.push_back({transaction, status, hash});
}

void TransactionPool::remove(Sender& sender, std::map<Nonce, Waiting>::iterator it, Status status,
                             const Hash256& hash) {
  tell(it->second.hash, status, hash);
  bytes_ -= it->second.wire.size();
  by_hash_.erase(it->second.hash);
  if (it->second.told == Status::kReady) --ready_count_;
  sender.waiting.erase(it);
}

/// Tells who has become ready or future.
void TransactionPool::refresh(Sender& sender) {
  auto expected = sender.next;
  for (auto& [nonce, transaction] : sender.waiting) {
    const auto status = nonce == expected ? Status::kReady : Status::kFuture;
    if (status == Status::kReady) ++expected;
    if (transaction.told == status) continue;
    if (transaction.told == Status::kReady) --ready_count_;
    if (status == Status::kReady) ++ready_count_;
    transaction.told = status;
    tell(transaction.hash, status);
  }
  sender.ready_end = expected;
}

std::vector<TransactionPool::Candidate> TransactionPool::candidates(std::size_t max_bytes) const {
  struct Cursor {
    const Sender* sender;
    std::map<Nonce, Waiting>::const_iterator next;
  };
  std::vector<Cursor> turn;
  for (const auto& [account, sender] : senders_) {
    if (sender.ready_end > sender.next && !sender.waiting.empty()) turn.push_back({&sender, sender.waiting.begin()});
  }
  std::vector<Candidate> out;
  std::size_t size = 0;
  while (!turn.empty()) {
    std::ranges::sort(turn, [](const Cursor& a, const Cursor& b) {
      const auto& [x, y] = std::pair(&a.next->second, &b.next->second);
      return x->priority != y->priority ? x->priority > y->priority : x->arrival < y->arrival;
    });
    for (auto& cursor : turn) {
      const auto& transaction = cursor.next->second;
      if (size + transaction.wire.size() > max_bytes) return out;
      size += transaction.wire.size();
      out.push_back({transaction.hash, transaction.wire});
      ++cursor.next;
    }
    std::erase_if(turn, [](const Cursor& cursor) {
      return cursor.next == cursor.sender->waiting.end() || cursor.next->first >= cursor.sender->ready_end;
    });
  }
  return out;
}

void TransactionPool::reject(const Hash256& transaction) {
  const auto known = by_hash_.find(transaction);
  if (known == by_hash_.end()) return;
  const auto [account, nonce] = known->second;
  const auto sender = senders_.find(account);
  remove(sender->second, sender->second.waiting.find(nonce), Status::kInvalid);
  refresh(sender->second);
  if (sender->second.waiting.empty()) senders_.erase(sender);
}

void TransactionPool::on_block(BlockNumber number, const BlockHash& hash, std::span<const Hash256> included,
                               const std::function<Nonce(const AccountId&)>& nonce_of) {
  for (const auto& transaction : included) {
    const auto known = by_hash_.find(transaction);
    if (known == by_hash_.end()) continue;
    const auto [account, nonce] = known->second;
    auto& sender = senders_.at(account);
    in_blocks_[number].push_back(transaction);
    remove(sender, sender.waiting.find(nonce), Status::kInBlock, hash);
  }
  for (auto it = senders_.begin(); it != senders_.end();) {
    it->second.next = nonce_of(it->first);
    prune(it->second, number);
    it = it->second.waiting.empty() ? senders_.erase(it) : std::next(it);
  }
}

void TransactionPool::prune(Sender& sender, BlockNumber best) {
  for (auto it = sender.waiting.begin(); it != sender.waiting.end();) {
    const auto here = it++;
    if (here->first < sender.next || here->second.longevity <= std::uint64_t{best} + 1)
      remove(sender, here, Status::kInvalid);
  }
  refresh(sender);
}

void TransactionPool::on_final(BlockNumber number, const BlockHash& hash) {
  const auto block = in_blocks_.find(number);
  if (block == in_blocks_.end()) return;
  for (const auto& transaction : block->second) tell(transaction, Status::kFinalized, hash);
  in_blocks_.erase(block);
}

Nonce TransactionPool::next_nonce(const AccountId& account, Nonce in_state) const {
  const auto sender = senders_.find(account);
  return sender == senders_.end() ? in_state : std::max(in_state, sender->second.ready_end);
}

std::vector<Bytes> TransactionPool::pending() const {
  std::vector<Bytes> out;
  for (const auto& candidate : candidates(limits_.max_bytes)) out.push_back(to_bytes(candidate.wire));
  return out;
}

}  // namespace substratee::node::pool
