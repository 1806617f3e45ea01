#pragma once

/// What a worker tells the world, one function for each thing that happens. Nothing secret is ever among it.

#include "core/protocol/enclave_messages.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace substratee::worker {

using Millis = std::chrono::milliseconds;
using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;

class Report {
 public:
  virtual ~Report() = default;

  virtual void started(const protocol::Started& enclave) = 0;
  virtual void registered(BlockNumber block) = 0;
  virtual void founded(BlockNumber block, registry::Epoch epoch) = 0;
  virtual void connecting(const AccountId& provider, const std::string& url) = 0;
  virtual void keys_received(const AccountId& provider, registry::Epoch epoch, Millis took) = 0;
  virtual void keys_sent(const AccountId& joiner, registry::Epoch epoch, BlockNumber release_block, Millis took) = 0;
  virtual void state_loaded(const registry::StateCid& root, std::uint64_t blocks, std::uint64_t bytes) = 0;
  virtual void live(BlockNumber head) = 0;
  virtual void processed(const protocol::Processed& block) = 0;
  virtual void confirmed(BlockNumber block, BlockNumber included_in) = 0;
  virtual void member_changed(registry::MemberStatus status) = 0;
  /// The shard agreed on something else than this worker computed.
  virtual void diverged(const protocol::Divergence& divergence) = 0;
  /// The chain's authority sealed two blocks at one height; the evidence lies in `file`.
  virtual void equivocation(const std::string& file) = 0;

  /// A step on the way, said once.
  virtual void info(const std::string& text) = 0;
  /// Something is not as it should be; the worker goes on.
  virtual void warn(const std::string& text) = 0;
};

}  // namespace substratee::worker
