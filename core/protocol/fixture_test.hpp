#pragma once

/// What the tests of core/protocol share: a shard with keys, accounts, and entropy that is given.

#include "core/protocol/call.hpp"
#include "core/protocol/keys.hpp"
#include "core/protocol/query.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>

namespace substratee::protocol::test {

using substratee::test::SeededRandom;

template <std::size_t N = 32>
FixedBytes<N> filled(std::uint8_t byte) {
  FixedBytes<N> out;
  out.bytes.fill(byte);
  return out;
}

inline crypto::Secret<32> secret(std::uint8_t byte) { return *crypto::Secret<32>::from(filled(byte).bytes); }

inline registry::ShardId shard() { return registry::shard_id("counter", "default"); }
inline Domain domain() { return {filled(0x11), shard()}; }
inline EpochKeys keys(registry::Epoch epoch = 1, std::uint8_t byte = 0x22) { return {epoch, secret(byte), shard()}; }
inline registry::ShieldingKey shielding_key(const EpochKeys& of) { return {of.shielding().public_key().bytes}; }
inline primitives::AccountKey account(std::uint8_t byte = 0x44) {
  return primitives::AccountKey::from_ed25519_seed(filled(byte).bytes);
}
inline primitives::AccountKey alice() {
  SeededRandom random;
  return *primitives::AccountKey::from_uri("//Alice", primitives::Scheme::kSr25519, random);
}

/// Gives these bytes over and over.
class GivenRandom final : public Random {
 public:
  explicit GivenRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(MutableByteView out) override {
    for (auto& byte : out) byte = bytes_[next_++ % bytes_.size()];
  }

 private:
  Bytes bytes_;
  std::size_t next_ = 0;
};

}  // namespace substratee::protocol::test
