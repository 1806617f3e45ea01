#pragma once

/// What a shard's state costs as it grows: parts of substratee-bench-state.

#include "core/ipld/cid.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace substratee::bench {

/// Processor time of this process, in seconds: nothing here waits, and nothing else on the machine counts.
[[nodiscard]] double processor_seconds();

/// The blocks that a host would hold, in memory: what is measured is the enclave.
class BlockMemory {
 public:
  /// The bytes that came.
  std::size_t add(std::vector<ipld::Block> blocks);
  [[nodiscard]] const Bytes& at(const ipld::Cid& cid) const { return blocks_.at(as_text(cid.digest)); }
  [[nodiscard]] std::size_t size() const noexcept { return blocks_.size(); }

 private:
  std::unordered_map<std::string_view, Bytes> blocks_;  // keys are the digests' own
  std::vector<Bytes> digests_;
};

/// Commits of a state of `records` records of 140 bytes, and opening it again.
[[nodiscard]] boost::json::object measure_state(std::size_t records, std::size_t commits);

/// Sealed calls of accounts drawn uniformly from `accounts`, in one enclave on one core.
[[nodiscard]] boost::json::object measure_calls(std::size_t accounts, std::size_t calls, std::size_t calls_per_block);

}  // namespace substratee::bench
