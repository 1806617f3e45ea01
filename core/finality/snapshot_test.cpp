#include "core/finality/fixture_test.hpp"

/// A place in the chain survives, whole or not at all.

namespace substratee::finality {
namespace {

class Snapshots : public Chain {
 protected:
  void SetUp() override { set_engine(); }
  std::unique_ptr<VerifiedChain> restored() const {
    auto chain = VerifiedChain::restore(*chain_->snapshot());
    EXPECT_TRUE(chain.has_value());
    return std::make_unique<VerifiedChain>(*std::move(chain));
  }
};

TEST_F(Snapshots, there_is_none_before_the_engine_is_proved) {
  const auto fresh = *VerifiedChain::start(scale::encode(genesis_));
  EXPECT_EQ(fresh.snapshot().error(), Error::kNoEngine);
}

TEST_F(Snapshots, a_restored_chain_goes_on_where_it_stood) {
  for (const int blocks : {0, 1, 5, static_cast<int>(VerifiedChain::kRecent) + 3}) {
    grow(blocks);
    const auto before = chain_->head();
    chain_ = restored();
    EXPECT_EQ(chain_->head().number, before.number);
    EXPECT_EQ(chain_->head().hash, before.hash);
    EXPECT_EQ(chain_->genesis_hash(), genesis_.hash());
    EXPECT_TRUE(chain_->has_engine());
    const auto first = before.number >= VerifiedChain::kRecent
                           ? before.number + 1 - static_cast<primitives::BlockNumber>(VerifiedChain::kRecent)
                           : 0;
    EXPECT_TRUE(chain_->hash_of(first).has_value()) << first;
    if (first > 1) {
      EXPECT_FALSE(chain_->hash_of(first - 1).has_value());
    }
    EXPECT_TRUE(chain_->open(chain_->head().hash, prove({kPresent})).has_value());
    EXPECT_TRUE(chain_->open(chain_->genesis_hash(), prove({kPresent})).has_value());
    grow(1);
  }
}

TEST_F(Snapshots, are_of_one_size_however_long_the_chain_is) {
  grow(2 * static_cast<int>(VerifiedChain::kRecent));
  const auto size = chain_->snapshot()->size();
  grow(100);
  EXPECT_EQ(chain_->snapshot()->size(), size) << "all numbers take two bytes";
  EXPECT_LT(size, 20'000u);
}

TEST_F(Snapshots, of_the_longest_headers_fit_a_sealed_blob) {
  grow(3);
  const auto bound = kMaxHeaderSize * VerifiedChain::kRecent + 4096;
  EXPECT_LT(bound, 200u * 1024);
}

TEST_F(Snapshots, every_truncation_and_every_addition_is_malformed) {
  grow(3);
  auto wire = *chain_->snapshot();
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const auto chain = VerifiedChain::restore(ByteView(wire).first(size));
    ASSERT_FALSE(chain.has_value()) << size;
    ASSERT_EQ(chain.error(), Error::kMalformedSnapshot) << size;
  }
  wire.push_back(0);
  EXPECT_EQ(VerifiedChain::restore(wire).error(), Error::kMalformedSnapshot);
  wire.pop_back();
  wire[0] = 2;
  EXPECT_EQ(VerifiedChain::restore(wire).error(), Error::kMalformedSnapshot) << "another version";
}

TEST_F(Snapshots, headers_that_do_not_follow_each_other_are_malformed) {
  const auto snapshot_of = [&](const std::vector<Bytes>& headers) {
    return scale::encode(std::tuple{std::uint8_t{1}, scale::encode(genesis_), *chain_->engine(), headers});
  };
  const auto genesis = scale::encode(genesis_);
  const auto first = sealed(next());
  ASSERT_TRUE(append(first).has_value());
  const auto second = sealed(next());
  ASSERT_TRUE(append(second).has_value());
  const auto one = scale::encode(first);
  const auto two = scale::encode(second);
  EXPECT_TRUE(VerifiedChain::restore(snapshot_of({genesis, one, two})).has_value());
  EXPECT_TRUE(VerifiedChain::restore(snapshot_of({one, two})).has_value());
  for (const auto& headers : std::vector<std::vector<Bytes>>{
           {}, {genesis, two}, {two, one}, {one, one}, {genesis, genesis}, {one, genesis}, {Bytes(10)}}) {
    EXPECT_EQ(VerifiedChain::restore(snapshot_of(headers)).error(), Error::kMalformedSnapshot);
  }
  EXPECT_EQ(VerifiedChain::restore(snapshot_of(std::vector<Bytes>(VerifiedChain::kRecent + 1, one))).error(),
            Error::kMalformedSnapshot);
}

}  // namespace
}  // namespace substratee::finality
