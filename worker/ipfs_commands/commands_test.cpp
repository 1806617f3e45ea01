#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "core/ipld/car.hpp"
#include "core/ipld/dag_pb.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/vectors.hpp"
#include "worker/ipfs/testing.hpp"
#include "worker/ipfs_commands/add.hpp"
#include "worker/ipfs_commands/car.hpp"
#include "worker/ipfs_commands/read.hpp"
#include "worker/ipfs_commands/run.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fstream>
#include <set>
#include <thread>

namespace substratee::worker::ipfs_commands {
namespace {

using ipfs::FailureCode;
using ipfs::testing::TestStore;
using ipld::Cid;
namespace fs = std::filesystem;

class ipfs_commands : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path(const std::string& name) const { return directory_.path() / name; }

  void write(const fs::path& file, std::string_view content) const {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }
  static Bytes bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  Result<Cid> add_file(const fs::path& file, std::size_t chunk = 262'144, bool is_recursive = false) {
    auto added = add(work_, {.file = file, .layout = {}, .chunk = chunk, .is_recursive = is_recursive});
    if (!added) return std::unexpected(added.error());
    return added->cid;
  }
  Bytes read(const Cid& cid, const Range& range = {}) {
    Bytes out;
    const auto done = read_file(work_, cid, range, [&](ByteView bytes) -> Result<void> {
      append(out, bytes);
      return {};
    });
    EXPECT_TRUE(done) << done.error().to_string();
    return out;
  }
  static Result<std::vector<Cid>> import_car(const Work& work, File& file) {
    auto roots = read_car(work, file);
    if (!roots) return roots;
    const auto pinned = pin_whole(work, *roots);
    if (!pinned) return std::unexpected(pinned.error());
    return roots;
  }
  Result<std::vector<Cid>> import_bytes(ByteView car) {
    write(path("in.car"), as_text(car));
    auto file = File::open_to_read(path("in.car"));
    return import_car(work_, *file);
  }
  Bytes export_bytes(const Cid& root) {
    const auto name = path("out.car");
    fs::remove(name);
    {
      auto file = File::create(AT_FDCWD, name.string());
      const auto done = export_car(work_, root, *file);
      EXPECT_TRUE(done) << done.error().to_string();
    }
    return bytes_of(name);
  }

  test::TemporaryDirectory directory_;
  TestStore store_;
  Work work_{.store = *store_, .stop = {}};
};

/// 1000 bytes that differ from chunk to chunk.
std::string content() {
  std::string out;
  for (int i = 0; i < 1000; ++i) out += static_cast<char>(i * 7 + i / 256);
  return out;
}

TEST_F(ipfs_commands, a_file_goes_in_and_comes_out) {
  write(path("file"), content());
  const auto root = add_file(path("file"), 64);
  ASSERT_TRUE(root) << root.error().to_string();
  EXPECT_EQ(store_->roots(), std::vector{*root});
  EXPECT_EQ(as_text(read(*root)), content());
  ASSERT_TRUE(write_out(work_, *root, path("copy")));
  EXPECT_EQ(as_text(bytes_of(path("copy"))), content());
  // Chunks of exactly the file's size make one leaf, not an empty second one.
  EXPECT_EQ(add_file(path("file"), 1000).value(), Cid::of_raw_block(as_bytes(content())));
  write(path("empty"), "");
  EXPECT_EQ(add_file(path("empty")).value(), Cid::of_raw_block({}));
}

/// What `run` writes to standard output; its exit status.
std::pair<int, std::string> run_and_listen(const Options& options) {
  ::testing::internal::CaptureStdout();
  const int status = run(options, {});
  return {status, ::testing::internal::GetCapturedStdout()};
}

TEST_F(ipfs_commands, a_fifo_is_opened_once) {
  const auto fifo = path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  for (int i = 0; i < 10; ++i) {
    std::jthread writer([&] { std::ofstream(fifo) << "x"; });
    const auto [status, said] = run_and_listen({.store = path("store"), .command = Add{.file = fifo, .layout = {}}});
    ASSERT_EQ(status, 0);
    ASSERT_EQ(said, Cid::of_raw_block(as_bytes("x")).to_text() + "\n");
  }
}

TEST_F(ipfs_commands, ranges_are_those_of_the_content) {
  write(path("file"), content());
  const auto root = add_file(path("file"), 64).value();
  for (const auto& [offset, length] : std::vector<std::pair<std::size_t, std::size_t>>{
           {0, 1}, {63, 2}, {64, 64}, {999, 1}, {999, 50}, {0, 0}, {500, 400}, {1000, 1}, {5000, 1}}) {
    const auto expected = offset >= 1000 ? std::string() : content().substr(offset, length);
    EXPECT_EQ(as_text(read(root, {offset, length})), expected) << offset << " " << length;
  }
  EXPECT_EQ(as_text(read(root, {900, std::nullopt})), content().substr(900));
}

TEST_F(ipfs_commands, a_range_reads_only_what_it_needs) {
  write(path("file"), content());
  const auto root = add_file(path("file"), 64).value();
  ASSERT_TRUE(store_->unpin(root));
  const auto keep = Cid::of_raw_block(as_bytes(content().substr(128, 64)));
  const auto top = store_->get(root).value();
  ASSERT_TRUE(store_->collect_garbage(std::vector{keep}));
  ASSERT_TRUE(store_->put_all(std::vector{ipld::Block{.cid = root, .bytes = top}}));
  EXPECT_EQ(as_text(read(root, {130, 10})), content().substr(130, 10));
  EXPECT_EQ(read_file(work_, root, {}, [](ByteView) { return Result<void>(); }).error().code, FailureCode::kNotFound);
}

TEST_F(ipfs_commands, folders_go_in_and_come_out) {
  write(path("tree/a.txt"), "a");
  write(path("tree/sub/b.txt"), "b");
  write(path("tree/sub/.hidden"), "h");
  const auto refused = add_file(path("tree"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().next_step, "add it with -r");
  const auto root = add_file(path("tree"), 262'144, true).value();
  EXPECT_EQ(describe(work_, root).value().kind, Kind::kDirectory);
  EXPECT_EQ(as_text(read(resolve(work_, root.to_text() + "/sub/b.txt").value())), "b");
  EXPECT_EQ(resolve(work_, root.to_text() + "/sub/c.txt").error().code, FailureCode::kNotFound);
  EXPECT_EQ(resolve(work_, root.to_text() + "/a.txt/x").error().code, FailureCode::kBadDag);
  EXPECT_EQ(resolve(work_, "nonsense").error().code, FailureCode::kBadDag);
  ASSERT_TRUE(write_out(work_, root, path("copy")));
  EXPECT_EQ(as_text(bytes_of(path("copy/a.txt"))), "a");
  EXPECT_EQ(as_text(bytes_of(path("copy/sub/b.txt"))), "b");
  EXPECT_FALSE(fs::exists(path("copy/sub/.hidden")));
  fs::create_symlink("/etc/passwd", path("tree/link"));
  EXPECT_EQ(add_file(path("tree"), 262'144, true).error().code, FailureCode::kStorage);
}

TEST_F(ipfs_commands, get_never_writes_over_anything_and_leaves_no_half_file) {
  write(path("file"), content());
  const auto root = add_file(path("file"), 64).value();
  write(path("there"), "precious");
  fs::create_symlink(path("elsewhere"), path("link"));
  fs::create_directory(path("folder"));
  for (const auto* name : {"there", "link", "folder"}) {
    EXPECT_EQ(write_out(work_, root, path(name)).error().code, FailureCode::kStorage) << name;
  }
  EXPECT_EQ(as_text(bytes_of(path("there"))), "precious");
  EXPECT_FALSE(fs::exists(path("elsewhere")));

  const auto top = store_->get(root).value();
  ASSERT_TRUE(store_->unpin(root));
  ASSERT_TRUE(store_->collect_garbage());
  ASSERT_TRUE(store_->put_all(std::vector{ipld::Block{.cid = root, .bytes = top}}));
  EXPECT_EQ(write_out(work_, root, path("half")).error().code, FailureCode::kNotFound);
  EXPECT_FALSE(fs::exists(path("half")));
}

TEST_F(ipfs_commands, get_leaves_no_half_folder) {
  const auto leaf = ipld::make_leaf(as_bytes("x"));
  ipld::UnixFsData target;
  target.type = ipld::UnixFsType::kSymlink;
  target.data = to_bytes(as_bytes("/etc/passwd"));
  const auto link_bytes = ipld::encode_dag_pb({.links = {}, .data = ipld::encode_unixfs(target)});
  const auto link_cid = Cid::of_dag_pb(link_bytes);
  const auto inner = ipld::make_directory(std::vector<ipld::DirectoryEntry>{
      {"a", leaf.self}, {"link", {.cid = link_cid, .content_size = 0, .dag_size = link_bytes.size()}}});
  const auto root = ipld::make_directory(std::vector<ipld::DirectoryEntry>{{"file", leaf.self}, {"sub", inner->self}});
  ASSERT_TRUE(store_->put_all(
      std::vector{leaf.block, ipld::Block{.cid = link_cid, .bytes = link_bytes}, inner->block, root->block}));
  for (int i = 0; i < 2; ++i) {
    const auto refused = write_out(work_, root->self.cid, path("copy"));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().thing.find("symbolic link"), std::string::npos) << "and not that it exists";
    EXPECT_FALSE(fs::exists(path("copy")));
  }
  // What was there before stays.
  write(path("copy/precious"), "p");
  EXPECT_FALSE(write_out(work_, root->self.cid, path("copy")));
  EXPECT_EQ(as_text(bytes_of(path("copy/precious"))), "p");
}

TEST_F(ipfs_commands, what_has_gone_bad_is_good_again_after_it_was_added_or_imported) {
  const auto text = std::string(5000, 'x');
  write(path("file"), text);
  const auto root = add_file(path("file")).value();
  const auto car = export_bytes(root);
  for (const bool by_import : {false, true}) {
    store_.store.reset();
    std::size_t flipped = 0;
    for (const auto& entry : fs::directory_iterator(store_.directory.path())) {
      if (entry.path().extension() != ".blob") continue;
      auto bytes = bytes_of(entry.path());
      const auto at = as_text(bytes).find(text);
      if (at == std::string::npos) continue;
      bytes[at] ^= 1;
      write(entry.path(), as_text(bytes));
      ++flipped;
    }
    ASSERT_GT(flipped, 0U);
    store_.store = store_.open();
    ASSERT_EQ(store_->get(root).error().code, FailureCode::kCorrupt);
    const Work work{.store = *store_, .stop = {}};
    if (by_import) {
      auto file = File::open_to_read(path("out.car"));
      ASSERT_TRUE(import_car(work, *file));
    } else {
      ASSERT_TRUE(add(work, {.file = path("file"), .layout = {}}));
    }
    EXPECT_EQ(as_text(store_->get(root).value()), text);
  }
}

TEST_F(ipfs_commands, no_store_is_made_where_nobody_asked_for_one) {
  write(path("other/file"), "x");
  fs::create_directory(path("empty"));
  const std::vector<decltype(Options::command)> readers{
      Cat{"bafkqaaa", 0, {}}, Get{"bafkqaaa", path("got")}, Export{"bafkqaaa", path("got")}, Stat{}, Gc{},
      Serve{"127.0.0.1", 0}};
  for (const auto* folder : {"other", "empty", "absent", "other/file"}) {
    for (const auto& command : readers) EXPECT_EQ(run({.store = path(folder), .command = command}, {}), 1);
  }
  EXPECT_TRUE(fs::is_empty(path("empty")));
  EXPECT_FALSE(fs::exists(path("absent")));
  write(path("file"), "x");
  const Add add_file{.file = path("file"), .layout = {}};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run({.store = path("other"), .command = add_file}, {}), 1);
  const auto said = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find(path("other").string() + " is neither a store nor an empty folder"), std::string::npos) << said;
  EXPECT_NE(said.find("a new store takes an empty folder"), std::string::npos) << said;
  EXPECT_EQ(std::distance(fs::directory_iterator(path("other")), {}), 1);
  for (const auto* folder : {"empty", "absent", "empty"}) {
    EXPECT_EQ(run_and_listen({.store = path(folder), .command = add_file}).first, 0) << folder;
  }
  EXPECT_EQ(run_and_listen({.store = path("empty"), .command = Stat{}}).first, 0);
}

/// What a command says of its failure while standard output leads to `path`.
std::pair<int, std::string> run_into(const char* path, const Options& options) {
  std::fflush(stdout);
  const int kept = ::dup(STDOUT_FILENO);
  const int target = ::open(path, O_WRONLY);
  ::dup2(target, STDOUT_FILENO);
  ::close(target);
  ::testing::internal::CaptureStderr();
  const int status = run(options, {});
  auto said = ::testing::internal::GetCapturedStderr();
  ::dup2(kept, STDOUT_FILENO);
  ::close(kept);
  return {status, std::move(said)};
}

TEST_F(ipfs_commands, what_cannot_be_said_is_a_failure) {
  write(path("file"), content());
  const auto cid = Cid::of_raw_block(as_bytes(content())).to_text();
  const std::vector<decltype(Options::command)> commands{Add{.file = path("file"), .layout = {}}, Stat{}, Stat{cid},
                                                         Cat{cid, 0, {}}, Gc{}};
  for (const auto& command : commands) {
    const auto [status, said] = run_into("/dev/full", {.store = path("store"), .command = command});
    EXPECT_EQ(status, 1) << command.index();
    EXPECT_NE(said.find("cannot write standard output: No space left"), std::string::npos) << said;
    if (command.index() == 0) {
      EXPECT_NE(said.find(cid + " is stored"), std::string::npos) << said;
    }
  }
}

TEST_F(ipfs_commands, a_car_without_roots_is_said_to_pin_nothing) {
  const auto leaf = ipld::make_leaf(as_bytes("x"));
  auto car = ipld::car_header({});
  append(car, ipld::car_section(leaf.block));
  write(path("no-roots.car"), as_text(car));
  ::testing::internal::CaptureStderr();
  const auto [status, said] = run_and_listen({.store = path("store"), .command = Import{path("no-roots.car")}});
  EXPECT_EQ(status, 0);
  EXPECT_EQ(said, "");
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("nothing is pinned: the next gc removes"), std::string::npos);
}

TEST(ipfs_file, a_blocked_read_or_write_ends_with_a_stop_request) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  File from(ends[0], "the pipe");
  File to(ends[1], "the pipe");
  const auto is_stopped = [](const auto& work) {
    std::stop_source stop;
    const std::jthread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      stop.request_stop();
    });
    const auto done = work(stop.get_token());
    return !done && done.error().code == FailureCode::kCancelled;
  };
  EXPECT_TRUE(is_stopped([&](const std::stop_token& stop) { return from.read(10, stop); }));
  const Bytes much(std::size_t{1} << 20);
  EXPECT_TRUE(is_stopped([&](const std::stop_token& stop) { return to.write(much, stop); }));
  // A FIFO that nobody writes to is opened all the same.
  const test::TemporaryDirectory directory;
  const auto name = directory.path() / "fifo";
  ASSERT_EQ(::mkfifo(name.c_str(), 0600), 0);
  auto fifo = File::open_to_read(name);
  ASSERT_TRUE(fifo);
  EXPECT_TRUE(is_stopped([&](const std::stop_token& stop) { return fifo->read(10, stop); }));
  const std::jthread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    std::ofstream(name) << std::string(200'000, 'x');
  });
  EXPECT_EQ(fifo->read(300'000, {}).value(), Bytes(200'000, 'x'));
}

TEST(ipfs_file, a_pipe_takes_what_is_read_at_the_other_end) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  File from(ends[0], "the pipe");
  Bytes much(1'000'003);
  for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  const std::jthread writer([&much, to = std::make_shared<File>(ends[1], "the pipe")]() mutable {
    EXPECT_TRUE(to->write(much, {}));
    to.reset();
  });
  EXPECT_EQ(from.read(2'000'000, {}), much);
}

TEST_F(ipfs_commands, names_that_lead_outside_are_refused) {
  const auto leaf = ipld::make_leaf(as_bytes("x"));
  for (const auto* name : {"..", "../x", "/tmp/x", "."}) {
    ipld::Node node{.links = {{.cid = leaf.self.cid, .name = name, .tsize = 1}},
                    .data = test::hex(std::string_view("0801"))};
    const auto bytes = ipld::encode_dag_pb(node);
    const auto cid = Cid::of_dag_pb(bytes);
    ASSERT_TRUE(store_->put_all(std::vector{leaf.block, ipld::Block{.cid = cid, .bytes = bytes}}));
    const auto refused = write_out(work_, cid, path(std::string("out") + std::to_string(bytes.size())));
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, FailureCode::kBadDag);
  }
}

TEST_F(ipfs_commands, files_that_contradict_themselves_are_refused) {
  const auto leaf = ipld::make_leaf(as_bytes("x"));
  auto claimed = leaf.self;
  claimed.content_size = 2;
  const auto lying = ipld::make_file_node(std::vector{claimed});
  ASSERT_TRUE(store_->put_all(std::vector{leaf.block, lying.block}));
  const auto take = [](ByteView) { return Result<void>(); };
  EXPECT_EQ(read_file(work_, lying.self.cid, {}, take).error().code, FailureCode::kBadDag);
  auto deep = leaf.self;
  for (int i = 0; i < 40; ++i) {
    auto node = ipld::make_file_node(std::vector{deep});
    ASSERT_TRUE(store_->put_all(std::vector{node.block}));
    deep = node.self;
  }
  EXPECT_EQ(read_file(work_, deep.cid, {}, take).error().code, FailureCode::kBadDag);
  const auto directory = ipld::make_directory({}).value();
  ASSERT_TRUE(store_->put_all(std::vector{directory.block}));
  EXPECT_EQ(read_file(work_, directory.self.cid, {}, take).error().code, FailureCode::kBadDag);
}

TEST_F(ipfs_commands, cars_go_out_and_come_in) {
  write(path("file"), content());
  const auto root = add_file(path("file"), 64).value();
  const auto car = export_bytes(root);
  TestStore other;
  const Work there{.store = *other, .stop = {}};
  auto file = File::open_to_read(path("out.car"));
  EXPECT_EQ(import_car(there, *file).value(), std::vector{root});
  EXPECT_EQ(other->roots(), std::vector{root});
  EXPECT_EQ(other->usage(), store_->usage());
  // Cut between two blocks: no fault of the file, but the DAG is not complete.
  const auto last = Cid::of_raw_block(as_bytes(content().substr(960)));
  const auto section = ipld::car_section({.cid = last, .bytes = to_bytes(as_bytes(content().substr(960)))}).size();
  TestStore third;
  const Work incomplete{.store = *third, .stop = {}};
  write(path("cut.car"), as_text(ByteView(car).first(car.size() - section)));
  auto cut = File::open_to_read(path("cut.car"));
  const auto refused = import_car(incomplete, *cut);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::kNotFound);
  EXPECT_NE(refused.error().thing.find("one block is missing: " + last.to_text()), std::string::npos);
  EXPECT_EQ(third->roots(), std::vector<Cid>{});
}

TEST_F(ipfs_commands, exported_cars_are_the_published_ones) {
  const auto vectors = test::load_json("ipfs/unixfs-tiny.json");
  for (const auto& vector : vectors.at("vectors").as_array()) {
    const auto& expect = vector.at("expect").as_object();
    const auto* digest = expect.if_contains("car_v1_sha256");
    if (digest == nullptr) continue;
    SCOPED_TRACE(test::text(vector, "id"));
    std::vector<ipld::Block> blocks;
    for (const auto& block : expect.at("blocks").as_array()) {
      blocks.push_back({.cid = Cid::from_text(test::text(block, "cid")).value(), .bytes = test::hex(block.at("hex"))});
    }
    ASSERT_TRUE(store_->put_all(blocks));
    const auto root = Cid::from_text(test::text(vector.at("expect"), "root_cid")).value();
    EXPECT_EQ(crypto::sha256(export_bytes(root)), fixed_from_hex<32>(std::string_view(digest->as_string())));
  }
}

TEST_F(ipfs_commands, broken_cars_are_refused_and_their_good_blocks_kept) {
  write(path("file"), content());
  const auto root = add_file(path("file"), 64).value();
  auto car = export_bytes(root);
  TestStore other;
  Work there{.store = *other, .stop = {}};
  car.back() ^= 1;
  write(path("broken.car"), as_text(car));
  auto broken = File::open_to_read(path("broken.car"));
  const auto refused = import_car(there, *broken);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::kCorrupt);
  EXPECT_EQ(other->usage().blocks, store_->usage().blocks - 1);
  EXPECT_EQ(other->roots(), std::vector<Cid>{});
  for (const std::size_t size : {std::size_t{0}, std::size_t{30}, car.size() - 1}) {
    const auto cut = import_bytes(ByteView(car).first(size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, FailureCode::kCorrupt);
  }
}

TEST_F(ipfs_commands, measures_what_is_here_and_what_is_not) {
  write(path("file"), content());
  const auto root = add_file(path("file"), 64).value();
  std::uint64_t told = 0;
  work_.progress = [&](std::uint64_t bytes) { told += bytes; };
  const auto dag = measure_whole(work_, root).value();
  EXPECT_EQ(dag.blocks, store_->usage().blocks);
  EXPECT_EQ(dag.bytes, store_->usage().bytes);
  EXPECT_EQ(told, dag.bytes);
  const auto unknown = Cid::of_raw_block(as_bytes("unknown"));
  EXPECT_EQ(measure(work_, unknown).value().missing, std::vector{unknown});
  EXPECT_EQ(measure_whole(work_, unknown).error().code, FailureCode::kNotFound);
}

/// {a: B as a raw block, b: B as the node of a file}: what is below B belongs to the second name only.
struct TwoNames {
  ipld::BuiltNode first = ipld::make_leaf(as_bytes("first leaf"));
  ipld::BuiltNode second = ipld::make_leaf(as_bytes("second leaf"));
  ipld::BuiltNode file = ipld::make_file_node(std::vector{first.self, second.self});
  ipld::Block raw{.cid = Cid::of_raw_block(file.block.bytes), .bytes = file.block.bytes};
  ipld::BuiltNode root =
      ipld::make_directory(std::vector<ipld::DirectoryEntry>{
                               {"a", {.cid = raw.cid, .content_size = raw.bytes.size(), .dag_size = raw.bytes.size()}},
                               {"b", file.self}})
          .value();
};

TEST_F(ipfs_commands, what_is_below_a_block_with_two_names_is_not_forgotten) {
  const TwoNames dag;
  ASSERT_TRUE(store_->put_all(std::vector{dag.first.block, dag.second.block, dag.file.block, dag.root.block}));
  const auto size = measure_whole(work_, dag.root.self.cid).value();
  EXPECT_EQ(size.blocks, 4U);
  EXPECT_EQ(size.bytes, store_->usage().bytes);
  // As in Kubo, a section for each name.
  auto expected = ipld::car_header(std::vector{dag.root.self.cid});
  for (const auto& block : {dag.root.block, dag.raw, dag.file.block, dag.first.block, dag.second.block}) {
    append(expected, ipld::car_section(block));
  }
  EXPECT_EQ(export_bytes(dag.root.self.cid), expected);
  TestStore other;
  auto file = File::open_to_read(path("out.car"));
  ASSERT_TRUE(import_car({.store = *other, .stop = {}}, *file));
  EXPECT_EQ(other->usage(), store_->usage());
}

TEST_F(ipfs_commands, a_car_that_lacks_what_is_below_the_second_name_of_a_block_is_not_pinned) {
  const TwoNames dag;
  auto car = ipld::car_header(std::vector{dag.root.self.cid});
  for (const auto& block : {dag.root.block, dag.raw, dag.first.block}) append(car, ipld::car_section(block));
  const auto refused = import_bytes(car);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::kNotFound);
  EXPECT_NE(refused.error().thing.find(dag.second.self.cid.to_text()), std::string::npos);
  EXPECT_EQ(store_->roots(), std::vector<Cid>{});
  EXPECT_EQ(measure(work_, dag.root.self.cid).value().missing, std::vector{dag.second.self.cid});
}

TEST_F(ipfs_commands, a_stop_request_ends_them) {
  write(path("file"), content());
  const auto root = add_file(path("file"), 64).value();
  std::stop_source stop;
  stop.request_stop();
  work_.stop = stop.get_token();
  EXPECT_EQ(add_file(path("file"), 64).error().code, FailureCode::kCancelled);
  EXPECT_EQ(measure(work_, root).error().code, FailureCode::kCancelled);
  EXPECT_EQ(write_out(work_, root, path("copy")).error().code, FailureCode::kCancelled);
  EXPECT_FALSE(fs::exists(path("copy")));
}

}  // namespace
}  // namespace substratee::worker::ipfs_commands
