#pragma once

/// A sealed chain over one fixed state, for tests of this library.

#include "core/finality/dev_seal.hpp"
#include "core/finality/verified_chain.hpp"
#include "core/registry/storage.hpp"

#include <gtest/gtest.h>

namespace substratee::finality {

using registry::Journal;

inline crypto::ed25519::KeyPair key(std::uint8_t seed) {
  FixedBytes<32> bytes;
  bytes.bytes.fill(seed);
  return crypto::ed25519::KeyPair::from_seed(bytes.bytes);
}

inline const Bytes kPresent = to_bytes(as_bytes("present"));
inline const Bytes kAbsent = to_bytes(as_bytes("absent"));

class Chain : public testing::Test {
 protected:
  Chain() {
    content_[registry::key::engine()] =
        scale::encode(registry::Engine{registry::DevEngine{{key(1).public_key().bytes}, {}}});
    content_[kPresent] = scale::encode(std::uint32_t{7});
    for (std::uint8_t i = 0; i < 50; ++i) content_[Bytes(3, i)] = Bytes(40, i);
    genesis_.state_root = trie::root(content_, trie::Layout::kV1);
    chain_ = std::make_unique<VerifiedChain>(*VerifiedChain::start(scale::encode(genesis_)));
  }

  std::vector<Bytes> prove(const std::vector<Bytes>& keys) const { return trie::prove(content_, keys); }
  void set_engine() {
    const auto state = chain_->open(chain_->genesis_hash(), prove({registry::key::engine()}));
    ASSERT_TRUE(state.has_value());
    ASSERT_TRUE(chain_->set_engine(*state).has_value());
  }
  primitives::Header next(const Journal& journal = {}) const {
    primitives::Header header{chain_->head().hash, {chain_->head().number + 1}, genesis_.state_root, {}, {}};
    if (!journal.empty()) header.digest.push_back(registry::journal_digest(journal));
    return header;
  }
  static primitives::Header sealed(const primitives::Header& header, std::uint8_t by = 1) {
    return with_seal(header, key(by).sign(seal_message(header)));
  }
  Result<VerifiedBlock> append(const primitives::Header& header, const Journal& journal = {}) {
    return chain_->append(scale::encode(header), scale::encode(journal), {});
  }
  /// Expects the refusal and an unchanged head.
  void expect_refused(Error error, const primitives::Header& header, const Journal& journal = {}) {
    expect_refused(error, scale::encode(header), scale::encode(journal));
  }
  void expect_refused(Error error, const Bytes& header, const Bytes& journal, const Bytes& justification = {}) {
    const auto before = chain_->head();
    const auto appended = chain_->append(header, journal, justification);
    ASSERT_FALSE(appended.has_value());
    EXPECT_EQ(appended.error(), error) << to_string(appended.error());
    EXPECT_EQ(chain_->head().number, before.number);
    EXPECT_EQ(chain_->head().hash, before.hash);
    EXPECT_FALSE(chain_->hash_of(before.number + 1).has_value());
  }
  void grow(int blocks) {
    for (int i = 0; i < blocks; ++i) ASSERT_TRUE(append(sealed(next())).has_value());
  }

  trie::Content content_;
  primitives::Header genesis_;
  std::unique_ptr<VerifiedChain> chain_;
};

}  // namespace substratee::finality
