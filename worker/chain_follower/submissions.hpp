#pragma once

/// Extrinsics on the way: sent, then looked for in every final block until found, or given up after a few blocks. The
/// enclave composes them anew then; a duplicate does no harm.

#include "worker/chain_follower/chain.hpp"

namespace substratee::worker::chain_follower {

enum class Purpose : std::uint8_t { kRegistration, kFounding, kConfirmation, kRelease, kUnregistration, kCollateral };
[[nodiscard]] std::string_view to_string(Purpose purpose) noexcept;

/// What became of one.
struct Outcome {
  Purpose purpose{};
  std::uint64_t subject = 0;   ///< the block confirmed, the session of a release, the kind of collateral, else 0
  std::optional<Found> found;  ///< nothing: not included in time
};

class Submissions {
 public:
  /// Blocks without inclusion after which an extrinsic is given up.
  static constexpr BlockNumber kPatience = 6;

  explicit Submissions(Chain& chain) : chain_(chain) {}

  [[nodiscard]] Result<void> send(Purpose purpose, std::uint64_t subject, const protocol::Extrinsic& extrinsic,
                                  BlockNumber head);
  [[nodiscard]] bool has(Purpose purpose) const;
  [[nodiscard]] std::size_t count(Purpose purpose) const;
  /// Forgets all of one purpose.
  void drop(Purpose purpose);

  /// A new final block; returns what is settled by it, in order of sending.
  [[nodiscard]] Result<std::vector<Outcome>> on_block(BlockNumber number, const BlockHash& hash);

 private:
  struct Entry {
    Purpose purpose{};
    std::uint64_t subject = 0;
    Bytes wire;
    BlockNumber sent_at = 0;
  };
  Chain& chain_;
  std::vector<Entry> entries_;
};

}  // namespace substratee::worker::chain_follower
