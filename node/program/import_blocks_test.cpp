#include "node/consensus/dev/author.hpp"
#include "node/program/commands.hpp"
#include "node/service/block_import.hpp"
#include "node/service/dev_chain_test.hpp"

#include <gtest/gtest.h>

namespace substratee::node::program {
namespace {

TEST(import_blocks, a_file_from_the_middle_makes_no_chain_and_leaves_nothing) {
  const substratee::test::TemporaryDirectory directory;
  const auto store = node::test::open_dev_store(directory.path() / "source");
  for (unsigned n = 1; n <= 3; ++n) {
    const auto authored = consensus::dev::author_block(*store, {}, 1'700'000'000'000 + n, node::test::authority());
    ASSERT_TRUE(authored && store->commit(authored->block, storage::Sync::kLater));
  }
  const auto all = [](const service::Progress&) { return true; };
  const auto file = directory.path() / "blocks";
  ASSERT_TRUE(service::export_blocks(*store, file, 2, 3, all));
  const auto base = directory.path() / "new";
  testing::internal::CaptureStderr();
  EXPECT_EQ(execute(ImportOptions{.base_path = base, .file = file, .chain = {}, .pruning = {}}), 1);
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("begins with #2 and has no genesis state"), std::string::npos) << said;
  EXPECT_FALSE(std::filesystem::exists(base));
}

}  // namespace
}  // namespace substratee::node::program
