#pragma once

/// Hands blocks of a state to the enclave while they are fetched, in frames of about a MiB: it opens the first while
/// the last are on their way. What it does not take here it asks for again, so nothing depends on this. Any thread.

#include "worker/conversation/conversation.hpp"

#include "core/ipld/cid.hpp"

#include <mutex>
#include <vector>

namespace substratee::worker::driver {

class StateFeed {
 public:
  explicit StateFeed(conversation::Conversation& conversation) : conversation_(conversation) {}

  /// Waits while the enclave has enough to do.
  void add(const ipld::Block& block);
  void flush();
  /// Blocks that the enclave has been given.
  [[nodiscard]] std::size_t count() const;

 private:
  void send(std::vector<protocol::StateBlock> blocks);

  conversation::Conversation& conversation_;
  mutable std::mutex mutex_;
  std::vector<protocol::StateBlock> batch_;
  std::size_t batch_bytes_ = 0;
  std::size_t count_ = 0;
  bool is_over_ = false;  ///< the enclave refused one: its own requests say the rest
};

}  // namespace substratee::worker::driver
