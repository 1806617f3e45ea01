#include "core/proof/assemble.hpp"

#include "core/proof/fixture_test.hpp"

#include <gtest/gtest.h>

namespace substratee::proof {
namespace {

using test::Chain;

TEST(find_agreement, names_the_position_in_the_journal) {
  Chain chain;
  EXPECT_EQ(find_agreement(chain.journal, chain.shard_id), 1u);
  EXPECT_EQ(find_agreement(chain.journal, chain.shard_id, Chain::kCarrier), 1u);
  EXPECT_EQ(find_agreement(chain.journal, chain.shard_id, Chain::kCarrier + 1), std::nullopt);
  EXPECT_EQ(find_agreement(chain.journal, test::filled(1)), std::nullopt);
  EXPECT_EQ(find_agreement({}, chain.shard_id), std::nullopt);
}

TEST(assemble, asks_for_no_more_than_is_needed) {
  Chain chain;
  std::size_t reads = 0;
  const auto made = assemble_agreement(
      Chain::block_of(chain.announced, chain.journal), 1,
      [&](const auto& names, const auto& at) {
        ++reads;
        return chain.read(names, at);
      },
      []() -> std::optional<protocol::FinalBlock> {
        ADD_FAILURE() << "nobody has left";
        return std::nullopt;
      });
  ASSERT_TRUE(made);
  EXPECT_EQ(reads, 2u);
  EXPECT_FALSE(made->before);
}

TEST(assemble, says_what_is_missing) {
  Chain chain;
  const auto good = Chain::block_of(chain.announced, chain.journal);
  const auto parent = [&] { return std::optional(Chain::block_of(chain.before)); };
  const auto refused = [&](const protocol::FinalBlock& block, std::uint32_t entry, const Reader& read) {
    const auto made = assemble_agreement(block, entry, read, parent);
    return made ? std::optional<Error>{} : std::optional(made.error());
  };
  EXPECT_EQ(refused(good, 1, chain.reader()), std::nullopt);
  EXPECT_EQ(refused(good, 0, chain.reader()), Error::kNoAgreement);
  EXPECT_EQ(refused(good, 3, chain.reader()), Error::kNoAgreement);
  EXPECT_EQ(refused({{1}, good.journal, {}}, 1, chain.reader()), Error::kMalformed);
  EXPECT_EQ(refused({good.header, {1}, {}}, 1, chain.reader()), Error::kMalformed);
  EXPECT_EQ(refused(good, 1, [](const auto&, const auto&) { return std::nullopt; }), Error::kStateNotProved);
  EXPECT_EQ(refused(good, 1, [](const auto&, const auto&) { return std::vector<Bytes>{{1}}; }), Error::kStateNotProved);
  EXPECT_EQ(refused(good, 1, [](const auto&, const auto&) { return std::vector<Bytes>(kMaxNodes + 1); }),
            Error::kStateNotProved);
  chain.unregister(0);
  chain.announce();
  const auto left = assemble_agreement(Chain::block_of(chain.announced, chain.journal), 1, chain.reader(),
                                       [] { return std::optional<protocol::FinalBlock>{}; });
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error(), Error::kNotRegistered);
}

}  // namespace
}  // namespace substratee::proof
