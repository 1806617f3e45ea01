#include "node/service/setup.hpp"

#include "core/crypto/hash.hpp"
#include "node/service/keystore.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace substratee::node::service {
namespace {

using storage::Code;

ChainSpec spec_with(const Seed& seed) {
  ChainSpec spec;
  spec.identity = {.name = "Mine", .id = "mine", .type = "Local"};
  spec.engine.block_time = 77;
  spec.genesis = runtime::development_genesis(crypto::ed25519::KeyPair::from_seed(seed.view()).public_key(), {}, {});
  return spec;
}

class SetupTest : public ::testing::Test {
 protected:
  storage::Result<OpenChain> open(SetupOptions options = {}) {
    options.base_path = directory.path() / "base";
    return open_chain(options, random);
  }
  storage::Result<OpenChain> open_dev(std::vector<registry::Measurement> given = {},
                                      std::optional<registry::Measurement> by_default = std::nullopt) {
    return open({.base_path = {},
                 .dev = true,
                 .spec = {},
                 .pruning = {},
                 .given_measurements = std::move(given),
                 .default_measurement = by_default});
  }
  std::filesystem::path base() const { return directory.path() / "base"; }
  std::filesystem::path key() const { return base() / "keystore" / "authority"; }
  static void expect_purge_advice(const storage::Result<OpenChain>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::kForeign);
    EXPECT_NE(result.error().message.find("purge-chain"), std::string::npos) << result.error().message;
  }

  substratee::test::TemporaryDirectory directory;
  substratee::test::SeededRandom random;
  const registry::Measurement one{{1}};
  const registry::Measurement two{{2}};
};

TEST_F(SetupTest, draws_key_and_genesis_once) {
  const auto first = open_dev({}, one)->store->genesis_hash();
  auto again = open_dev({}, one);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->store->genesis_hash(), first);
  EXPECT_EQ(again->allowed_measurements, std::vector{one});
  EXPECT_TRUE(again->warnings.empty());
}

TEST_F(SetupTest, two_chains_are_two_chains) {
  const auto first = open_dev()->store->genesis_hash();
  EXPECT_EQ(purge_chain(base(), Purge::kChain), true);
  EXPECT_EQ(purge_chain(base(), Purge::kChain), false);
  EXPECT_NE(open_dev()->store->genesis_hash(), first);
}

TEST_F(SetupTest, a_chain_is_purged_without_its_key) {
  const auto seed = Seed::draw(random);
  const auto spec = spec_with(seed);
  ASSERT_TRUE(write_seed(key(), seed));
  ASSERT_TRUE(open({.spec = spec}));
  EXPECT_EQ(purged_files(base(), Purge::kChain), (std::vector{base() / "db", base() / "chain.json"}));
  EXPECT_EQ(purge_chain(base(), Purge::kChain), true);
  EXPECT_FALSE(std::filesystem::exists(base() / "db"));
  EXPECT_FALSE(std::filesystem::exists(base() / "chain.json"));
  const auto kept = read_seed(key());
  ASSERT_TRUE(kept && *kept);
  EXPECT_TRUE(crypto::equal_in_constant_time((*kept)->view(), seed.view()));
  const auto again = open({.spec = spec});
  EXPECT_TRUE(again) << again.error().message;
}

TEST_F(SetupTest, a_key_is_purged_when_that_is_said) {
  ASSERT_TRUE(open_dev());
  EXPECT_EQ(purged_files(base(), Purge::kChainAndKey), (std::vector{base() / "db", base() / "keystore"}));
  EXPECT_EQ(purge_chain(base(), Purge::kChainAndKey), true);
  EXPECT_FALSE(std::filesystem::exists(key()));
  EXPECT_EQ(purge_chain(base(), Purge::kChainAndKey), false);
  ASSERT_TRUE(write_seed(key(), Seed::draw(random)));
  EXPECT_EQ(purge_chain(base(), Purge::kChain), false);
  EXPECT_EQ(purge_chain(base(), Purge::kChainAndKey), true);
}

TEST_F(SetupTest, a_development_chain_never_replaces_a_key) {
  const auto seed = Seed::draw(random);
  ASSERT_TRUE(write_seed(key(), seed));
  const auto made = open_dev();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->authority.public_key(), crypto::ed25519::KeyPair::from_seed(seed.view()).public_key());
  EXPECT_TRUE(crypto::equal_in_constant_time((**read_seed(key())).view(), seed.view()));
}

TEST_F(SetupTest, the_key_file_is_for_its_owner_only) {
  ASSERT_TRUE(open_dev());
  struct stat status{};
  ASSERT_EQ(::stat(key().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  ::chmod(key().c_str(), 0644);
  const auto open_to_all = open_dev();
  ASSERT_FALSE(open_to_all);
  EXPECT_NE(open_to_all.error().message.find("readable by others"), std::string::npos);
}

TEST_F(SetupTest, refuses_a_missing_a_foreign_and_a_broken_key) {
  ASSERT_TRUE(open_dev());
  std::filesystem::rename(key(), directory.path() / "saved");
  expect_purge_advice(open_dev());
  ASSERT_TRUE(write_seed(key(), Seed::draw(random)));
  expect_purge_advice(open_dev());
  std::ofstream(key(), std::ios::trunc) << "hello";
  EXPECT_EQ(open_dev().error().code, Code::kCorrupt);
  std::filesystem::remove(key());
  std::filesystem::rename(directory.path() / "saved", key());
  EXPECT_TRUE(open_dev());
}

TEST_F(SetupTest, a_given_measurement_must_be_that_of_the_genesis) {
  ASSERT_TRUE(open_dev({two, one}, std::nullopt));
  EXPECT_TRUE(open_dev({one, two, one}));
  EXPECT_TRUE(open_dev());
  expect_purge_advice(open_dev({one}));
}

TEST_F(SetupTest, a_changed_default_measurement_is_a_warning) {
  ASSERT_TRUE(open_dev({}, one));
  const auto changed = open_dev({}, two);
  ASSERT_TRUE(changed);
  ASSERT_EQ(changed->warnings.size(), 1U);
  EXPECT_NE(changed->warnings[0].find("does not allow"), std::string::npos);
  EXPECT_EQ(changed->allowed_measurements, std::vector{one});
}

TEST_F(SetupTest, allowing_nothing_is_a_warning) {
  const auto chain = open_dev();
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->warnings.size(), 1U);
  EXPECT_NE(chain->warnings[0].find("put substratee-enclave beside"), std::string::npos);
}

TEST_F(SetupTest, a_specification_that_allows_nothing_names_the_command_that_makes_it) {
  const auto seed = Seed::draw(random);
  ASSERT_TRUE(write_seed(key(), seed));
  const auto chain = open({.spec = spec_with(seed)});
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->warnings.size(), 1U);
  EXPECT_NE(chain->warnings[0].find("build-spec --allow-measurement"), std::string::npos) << chain->warnings[0];
}

TEST_F(SetupTest, without_dev_no_chain_is_made) {
  const auto none = open();
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("--dev"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "base"));
}

TEST_F(SetupTest, a_specified_chain_wants_its_authority_s_key_first) {
  const auto seed = Seed::draw(random);
  const auto spec = spec_with(seed);
  const auto without_key = open({.spec = spec});
  ASSERT_FALSE(without_key);
  EXPECT_NE(without_key.error().message.find("key insert"), std::string::npos) << without_key.error().message;
  ASSERT_TRUE(write_seed(key(), Seed::draw(random)));
  EXPECT_FALSE(open({.spec = spec}));
  ASSERT_TRUE(write_seed(key(), seed));
  const auto made = open({.spec = spec, .pruning = storage::Pruning{std::nullopt}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->is_new);
  EXPECT_TRUE(made->store->pruning().is_archive());
  EXPECT_EQ(made->store->genesis_hash(), runtime::genesis_header(runtime::build_genesis(spec.genesis)).hash());
}

TEST_F(SetupTest, a_specified_chain_is_known_again_without_its_file) {
  const auto seed = Seed::draw(random);
  const auto spec = spec_with(seed);
  ASSERT_TRUE(write_seed(key(), seed));
  ASSERT_TRUE(open({.spec = spec}));
  const auto again = open();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->identity, spec.identity);
  EXPECT_EQ(again->engine.block_time, 77U);
  EXPECT_FALSE(again->is_new);
}

TEST_F(SetupTest, a_specified_chain_is_no_development_chain) {
  const auto seed = Seed::draw(random);
  const auto spec = spec_with(seed);
  ASSERT_TRUE(write_seed(key(), seed));
  ASSERT_TRUE(open({.spec = spec}));
  expect_purge_advice(open_dev());
  EXPECT_NE(open_dev().error().message.find("leave --dev out"), std::string::npos);
  std::filesystem::remove_all(base() / "db");
  expect_purge_advice(open_dev());
  EXPECT_TRUE(open({.spec = spec})) << "nothing of it is touched";
}

TEST_F(SetupTest, another_specification_is_refused) {
  const auto seed = Seed::draw(random);
  auto spec = spec_with(seed);
  ASSERT_TRUE(write_seed(key(), seed));
  ASSERT_TRUE(open({.spec = spec}));
  spec.genesis.engine.salt.bytes[0] = 9;
  expect_purge_advice(open({.spec = spec}));
  EXPECT_EQ(purge_chain(base(), Purge::kChain), true);
  EXPECT_TRUE(open({.spec = spec}));
}

TEST_F(SetupTest, a_store_is_made_from_a_genesis_and_needs_no_key) {
  const auto genesis = runtime::build_genesis(spec_with(Seed::draw(random)).genesis);
  const auto base = directory.path() / "base";
  EXPECT_FALSE(open_store(base));
  EXPECT_FALSE(open_or_make_store(base, {}, std::nullopt, std::nullopt));
  EXPECT_FALSE(std::filesystem::exists(base));
  ASSERT_TRUE(open_or_make_store(base, genesis, std::nullopt, storage::Pruning{9}));
  const auto opened = open_store(base);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->store->genesis_hash(), runtime::genesis_header(genesis).hash());
  EXPECT_EQ(opened->store->pruning(), storage::Pruning{9});
}

TEST_F(SetupTest, one_node_at_a_time) {
  const auto running = open_dev();
  ASSERT_TRUE(running);
  EXPECT_EQ(open_dev().error().code, Code::kBusy);
  EXPECT_EQ(purge_chain(base(), Purge::kChain).error().code, Code::kBusy);
}

TEST(simulated_measurement, is_the_hash_of_label_and_file) {
  const substratee::test::TemporaryDirectory directory;
  const auto path = directory.path() / "enclave";
  const std::string content(200'000, 'x');
  std::ofstream(path) << content;
  EXPECT_EQ(simulated_measurement(path), crypto::sha256(as_bytes("substratee/simulated/v1" + content)));
  EXPECT_EQ(simulated_measurement(directory.path() / "none"), std::nullopt);
}

}  // namespace
}  // namespace substratee::node::service
