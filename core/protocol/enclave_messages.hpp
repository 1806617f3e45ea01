#pragma once

/// Every message between a worker's host and its enclave, in one place (docs/protocol.md, "Host and enclave").
///
/// Frame = u32 LE size (≤ 8 MiB) ‖ SCALE{version u8, id u64, message}. The host asks, the enclave answers, in order,
/// exactly once; it never calls out. What it lacks it names in a Need; the host supplies it (Supply*, Stored) and asks
/// again. All that the host brings is hostile until checked; all that leaves is public, sealed or encrypted.

#include "core/protocol/enclave_replies.hpp"
#include "core/protocol/enclave_requests.hpp"

namespace substratee::protocol {

inline constexpr std::uint8_t kFrameVersion = 1;

template <class Message>
struct Frame {
  std::uint8_t version = kFrameVersion;
  std::uint64_t id = 0;
  Message message;
  SUBSTRATEE_FIELDS(Frame, version, id, message)
  friend bool operator==(const Frame&, const Frame&) = default;
};
using RequestFrame = Frame<Request>;
using ReplyFrame = Frame<Reply>;

/// "substratee/shielding-key/v1" ‖ SCALE{genesis, shard, epoch, key}.
[[nodiscard]] Bytes shielding_key_message(const Domain& domain, registry::Epoch epoch,
                                          const registry::ShieldingKey& key);

}  // namespace substratee::protocol
