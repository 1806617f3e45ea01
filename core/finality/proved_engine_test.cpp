#include "core/finality/proved_engine.hpp"

#include "core/finality/dev_seal.hpp"
#include "core/registry/storage.hpp"

#include <gtest/gtest.h>

namespace substratee::finality {
namespace {

crypto::ed25519::KeyPair key(std::uint8_t seed) {
  FixedBytes<32> bytes;
  bytes.bytes.fill(seed);
  return crypto::ed25519::KeyPair::from_seed(bytes.bytes);
}

const Bytes kPresent = to_bytes(as_bytes("present"));

class EngineTest : public testing::Test {
 protected:
  EngineTest() {
    content_[registry::key::engine()] =
        scale::encode(registry::Engine{registry::DevEngine{{key(1).public_key().bytes}, {}}});
    content_[kPresent] = scale::encode(std::uint32_t{7});
    genesis_.state_root = trie::root(content_, trie::Layout::kV1);
  }

  std::vector<Bytes> prove(const Bytes& name) const { return trie::prove(content_, std::vector<Bytes>{name}); }
  Result<ProvedEngine> engine() const {
    return ProvedEngine::prove(genesis_.hash(), scale::encode(genesis_), prove(registry::key::engine()));
  }
  primitives::Header header() const { return {{}, {9}, genesis_.state_root, {}, {}}; }
  static Bytes sealed(const primitives::Header& header, std::uint8_t by = 1) {
    return scale::encode(with_seal(header, key(by).sign(seal_message(header))));
  }
  void expect_unproved(Error error, const primitives::BlockHash& hash, const Bytes& header, std::vector<Bytes> nodes) {
    const auto proved = ProvedEngine::prove(hash, header, std::move(nodes));
    ASSERT_FALSE(proved.has_value());
    EXPECT_EQ(proved.error(), error) << to_string(proved.error());
  }
  void expect_refused(Error error, const Bytes& header, const Bytes& justification = {}) {
    const auto checked = engine()->check(header, justification);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error(), error) << to_string(checked.error());
  }

  trie::Content content_;
  primitives::Header genesis_;
};

TEST_F(EngineTest, checks_any_sealed_header_and_reads_its_state) {
  const auto engine = this->engine();
  ASSERT_TRUE(engine);
  EXPECT_EQ(engine->genesis_hash(), genesis_.hash());
  const auto checked = engine->check(sealed(header()), {});
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->number(), 9);
  const auto state = ProvedEngine::open(*checked, prove(kPresent));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->get<std::uint32_t>(kPresent).value(), 7);
  EXPECT_EQ(state->at().hash, checked->hash);
  EXPECT_TRUE(engine->check(scale::encode(genesis_), {})) << "genesis is final by itself";
}

TEST_F(EngineTest, needs_the_very_genesis_header_and_its_proof) {
  const auto nodes = prove(registry::key::engine());
  expect_unproved(Error::kNotGenesis, header().hash(), scale::encode(genesis_), nodes);
  expect_unproved(Error::kNotGenesis, header().hash(), scale::encode(header()), nodes);
  expect_unproved(Error::kMalformedHeader, genesis_.hash(), {1, 2}, nodes);
  expect_unproved(Error::kMalformedHeader, genesis_.hash(), Bytes(kMaxHeaderSize + 1), nodes);
  expect_unproved(Error::kNotProved, genesis_.hash(), scale::encode(genesis_), {});
  auto changed = nodes;
  changed.back().back() ^= 1;
  expect_unproved(Error::kNotProved, genesis_.hash(), scale::encode(genesis_), changed);
  expect_unproved(Error::kBadProof, genesis_.hash(), scale::encode(genesis_), std::vector<Bytes>(5000));
}

TEST_F(EngineTest, refuses_a_genesis_without_engine_or_with_an_unknown_one) {
  content_[registry::key::engine()] = {77};
  genesis_.state_root = trie::root(content_, trie::Layout::kV1);
  expect_unproved(Error::kUnknownEngine, genesis_.hash(), scale::encode(genesis_), prove(registry::key::engine()));
  content_.erase(registry::key::engine());
  content_[Bytes{1}] = Bytes{2};
  genesis_.state_root = trie::root(content_, trie::Layout::kV1);
  expect_unproved(Error::kUnknownEngine, genesis_.hash(), scale::encode(genesis_), prove(registry::key::engine()));
}

TEST_F(EngineTest, refuses_headers_that_are_not_final) {
  expect_refused(Error::kNotFinal, scale::encode(header()));
  expect_refused(Error::kNotFinal, sealed(header(), 2));
  expect_refused(Error::kNotFinal, sealed(header()), {1});
  auto changed = sealed(header());
  changed[40] ^= 1;
  expect_refused(Error::kNotFinal, changed);
  changed = sealed(header());
  for (std::size_t size = 0; size < changed.size(); ++size) {
    expect_refused(Error::kMalformedHeader,
                   Bytes(changed.begin(), changed.begin() + static_cast<std::ptrdiff_t>(size)));
  }
}

}  // namespace
}  // namespace substratee::finality
