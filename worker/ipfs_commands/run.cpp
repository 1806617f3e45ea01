#include "worker/ipfs_commands/run.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"
#include "net/server.hpp"
#include "net/url.hpp"
#include "worker/base/progress.hpp"
#include "worker/ipfs/folder.hpp"
#include "worker/ipfs/gateway/gateway.hpp"
#include "worker/ipfs_commands/add.hpp"
#include "worker/ipfs_commands/car.hpp"
#include "worker/ipfs_commands/read.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <type_traits>

namespace substratee::worker::ipfs_commands {
namespace {

using ipfs::FailureCode;
using ipld::Cid;

/// Bytes of a regular file, 0 for all else. Nothing is opened: what a FIFO holds is for its one reader.
std::uint64_t size_of(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return 0;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

/// One command on an open store.
class Run {
 public:
  Run(ipfs::BlockStore& store, const Options& options, const std::stop_token& stop)
      : options_(options), work_{.store = store, .stop = stop} {}

  Result<void> operator()(const Add& command) {
    const auto root =
        SUBSTRATEE_TRY(with_bar("add", size_of(command.file), [&](const Work& work) { return add(work, command); }));
    const auto text = root.cid.to_text();
    auto said = say(text + "\n");
    if (!said) said.error().thing = fmt::format("{} is stored and pinned, but {}", text, said.error().thing);
    return said;
  }

  Result<void> operator()(const Cat& command) {
    const auto cid = SUBSTRATEE_TRY(resolve(work_, command.path));
    auto out = File::standard_output();
    // A hint: what is wrong with it is said by who reads it.
    const auto size = describe(work_, cid).value_or(Described{}).size;
    const auto rest = size - std::min(size, command.offset);
    ProgressBar bar("cat", std::min(rest, command.length.value_or(rest)),
                    out.is_regular() && ProgressBar::is_terminal());
    return read_file(told(bar), cid, {command.offset, command.length},
                     [&](ByteView bytes) { return out.write(bytes, work_.stop); });
  }

  Result<void> operator()(const Get& command) {
    const auto cid = SUBSTRATEE_TRY(resolve(work_, command.path));
    const auto size = SUBSTRATEE_TRY(describe(work_, cid)).size;
    return with_bar("get", size, [&](const Work& work) { return write_out(work, cid, command.output); });
  }

  Result<void> operator()(const Import& command) {
    auto file = SUBSTRATEE_TRY(File::open_to_read(command.file));
    const auto roots =
        SUBSTRATEE_TRY(with_bar("import", file.size(), [&](const Work& work) { return read_car(work, file); }));
    SUBSTRATEE_TRY(with_bar("check", 0, [&](const Work& work) { return pin_whole(work, roots); }));
    if (roots.empty()) {
      fmt::print(stderr,
                 "Note: the CAR names no roots. Its blocks are stored, but nothing is pinned: the next gc removes "
                 "them.\n");
    }
    return say_each("", roots);
  }

  Result<void> operator()(const Export& command) {
    const auto cid = SUBSTRATEE_TRY(resolve(work_, command.path));
    const auto dag = SUBSTRATEE_TRY(with_bar("check", 0, [&](const Work& work) { return measure_whole(work, cid); }));
    auto file = SUBSTRATEE_TRY(output(command.output));
    auto written = with_bar("export", dag.bytes, [&](const Work& work) { return export_car(work, cid, file); });
    if (!written && !command.output.empty()) ::unlink(command.output.c_str());
    return written;
  }

  Result<void> operator()(const Stat& command) {
    if (command.path.empty()) return stat_store();
    const auto cid = SUBSTRATEE_TRY(resolve(work_, command.path));
    const auto dag = SUBSTRATEE_TRY(with_bar("stat", 0, [&](const Work& work) { return measure(work, cid); }));
    auto text = fmt::format("CID      {}\n", cid.to_text());
    if (const auto found = describe(work_, cid)) {
      const bool is_file = found->kind == Kind::kFile;
      text += fmt::format("type     {}\n", is_file ? "file" : "directory");
      if (is_file) text += fmt::format("size     {}\n", found->size);
    }
    return say(text +
               fmt::format("blocks   {}\nbytes    {}\nmissing  {}\n", dag.blocks, dag.bytes, dag.missing.size()));
  }

  Result<void> operator()(const Gc& command) {
    std::vector<Cid> keep;
    for (const auto& text : command.keep) keep.push_back(SUBSTRATEE_TRY(resolve(work_, text)));
    if (!keep.empty()) SUBSTRATEE_TRY(pin_exactly(keep));
    const auto removed = SUBSTRATEE_TRY(with_bar("gc", work_.store.usage().bytes, [](const Work& work) {
      return work.store.collect_garbage({}, work.stop, work.progress);
    }));
    return say(fmt::format("removed {} blocks, {} bytes\n", removed.blocks, removed.bytes));
  }

  Result<void> operator()(const Serve& command) {
    net::ServerOptions options;
    options.bind_address = command.address;
    options.port = command.port;
    net::Server server(options);
    ipfs::gateway::mount(server, work_.store);
    if (const auto started = server.start(); !started) {
      return ipfs::fail(FailureCode::kStorage, fmt::format("cannot serve: {}", started.error().thing),
                        "give another --listen");
    }
    const net::Url url{.scheme = "http", .host = command.address, .port = server.port(), .target = "/ipfs/"};
    SUBSTRATEE_TRY(say(url.to_string() + "\n"));
    wait_for_stop();
    server.stop();
    return {};
  }

 private:
  [[nodiscard]] Work told(ProgressBar& bar) const {
    Work out = work_;
    out.progress = [&bar](std::uint64_t bytes) { bar.add(bytes); };
    return out;
  }

  /// The bar is gone when this returns.
  template <class Do>
  [[nodiscard]] std::invoke_result_t<Do, const Work&> with_bar(const char* what, std::uint64_t total, Do work) const {
    ProgressBar bar(what, total);
    return work(told(bar));
  }

  /// To standard output: what cannot be written there is a failure.
  [[nodiscard]] Result<void> say(std::string_view text) const {
    return File::standard_output().write(as_bytes(text), work_.stop);
  }

  [[nodiscard]] Result<void> say_each(std::string_view title, const std::vector<Cid>& cids) const {
    std::string text;
    for (const auto& cid : cids) text += fmt::format("{}{}\n", title, cid.to_text());
    return say(text);
  }

  static Result<File> output(const std::filesystem::path& path) {
    if (!path.empty()) return File::create(AT_FDCWD, path.string());
    auto out = File::standard_output();
    if (!out.is_terminal()) return out;
    return ipfs::fail(FailureCode::kStorage, "standard output is a terminal, and a CAR is no text",
                      "give -o FILE, or send it into a program");
  }

  Result<void> stat_store() const {
    const auto usage = work_.store.usage();
    const auto roots = SUBSTRATEE_TRY(work_.store.roots());
    SUBSTRATEE_TRY(say(
        fmt::format("store    {}\nblocks   {}\nbytes    {}\n", options_.store.string(), usage.blocks, usage.bytes)));
    return say_each("root     ", roots);
  }

  Result<void> pin_exactly(const std::vector<Cid>& keep) const {
    for (const auto& root : keep) {
      if (!SUBSTRATEE_TRY(work_.store.has(root))) {
        return ipfs::fail(FailureCode::kNotFound, fmt::format("{} is not in the store", root.to_text()),
                          "nothing was removed; correct --keep");
      }
      SUBSTRATEE_TRY(work_.store.pin(root));
    }
    for (const auto& root : SUBSTRATEE_TRY(work_.store.roots())) {
      if (std::ranges::find(keep, root) == keep.end()) SUBSTRATEE_TRY(work_.store.unpin(root));
    }
    return {};
  }

  void wait_for_stop() const {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait(lock, work_.stop, [] { return false; });
  }

  const Options& options_;
  Work work_;
};

/// Commands that only read must not make a store where a path is mistyped, and none may among other files.
Result<void> expect_store(const Options& options) {
  const bool may_create =
      std::holds_alternative<Add>(options.command) || std::holds_alternative<Import>(options.command);
  const auto store = options.store.string();
  switch (ipfs::look_into(options.store)) {
    case ipfs::Folder::kStore:
    case ipfs::Folder::kTorn: return {};  // which opening it says
    case ipfs::Folder::kAbsent:
    case ipfs::Folder::kEmpty:
      if (may_create) return {};
      return ipfs::fail(FailureCode::kStorage, fmt::format("there is no store {}", store),
                        "correct --store or --base-path; `add` and `import` make a new one");
    case ipfs::Folder::kOther: break;
  }
  return ipfs::fail(FailureCode::kStorage, fmt::format("{} is neither a store nor an empty folder", store),
                    "correct --store or --base-path; a new store takes an empty folder, or one that is not there yet");
}

/// A file of the store must not get the number of a standard stream that the caller has closed.
void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // For the wrong direction, so that its use still fails.
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

Result<void> run_on_store(const Options& options, const std::stop_token& stop) {
  SUBSTRATEE_TRY(expect_store(options));
  auto store = ipfs::BlockStore::open(options.store);
  if (!store && store.error().code == FailureCode::kInUse) {
    store.error().next_step =
        "ask that worker's gateway instead (<worker URL>/ipfs/CID), stop it, or name another store";
  }
  const auto opened = SUBSTRATEE_TRY(std::move(store));
  Run command(*opened, options, stop);
  return std::visit([&](const auto& chosen) { return command(chosen); }, options.command);
}

}  // namespace

int run(const Options& options, const std::stop_token& stop) {
  occupy_standard_streams();
  const auto done = run_on_store(options, stop);
  if (done) return 0;
  fmt::print(stderr, "Error: {}\n", done.error().to_string());
  return 1;
}

}  // namespace substratee::worker::ipfs_commands
