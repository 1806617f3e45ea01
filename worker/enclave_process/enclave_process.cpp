#include "worker/enclave_process/enclave_process.hpp"

#include "worker/enclave_process/child.hpp"
#include "worker/enclave_process/frame.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>

namespace substratee::worker::enclave_process {
namespace {

constexpr std::size_t kReadSize = std::size_t{64} * 1024;
constexpr std::size_t kMaxLogLine = 4096;

bool is_query(const protocol::Request& request) {
  return std::holds_alternative<protocol::ExecuteQuery>(request) ||
         std::holds_alternative<protocol::GetShieldingKey>(request);
}

/// A pipe whose reader has gone must be an error of write, not the end of the host.
void ignore_broken_pipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// 0 at the end of the stream.
std::size_t read_some(int fd, MutableByteView out) {
  while (true) {
    const auto count = ::read(fd, out.data(), out.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return 0;
  }
}

}  // namespace

class EnclaveProcess::Link {
 public:
  Link(EnclaveOptions options, std::unique_ptr<Child> child) : options_(std::move(options)), child_(std::move(child)) {
    writer_ = std::thread([this] { write_frames(); });
    reader_ = std::thread([this] { read_frames(); });
    logger_ = std::thread([this] { read_log(); });
  }

  ~Link() {
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    changed_.notify_all();
    // An enclave that no longer reads would hold the writer: its end frees it.
    const auto deadline = std::chrono::steady_clock::now() + options_.shutdown_timeout;
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [this] { return is_writer_done_; })) child_->kill();
    lock.unlock();
    writer_.join();
    if (!child_->wait(options_.shutdown_timeout)) child_->kill();
    reader_.join();
    logger_.join();
  }

  Result<protocol::Reply> call(const protocol::Request& request) {
    std::future<Result<protocol::Reply>> reply;
    {
      const std::lock_guard lock(mutex_);
      if (failure_) return std::unexpected(*failure_);
      const auto id = next_id_++;
      auto bytes = encode_frame({protocol::kFrameVersion, id, request});
      if (!bytes) return fail(FailureCode::kRefused, "a request to the enclave is over 8 MiB", "send less at once");
      auto& queue = is_query(request) ? queries_ : urgent_;
      queue.push_back({id, *std::move(bytes), {}});
      reply = queue.back().reply.get_future();
    }
    changed_.notify_all();
    if (reply.wait_for(options_.call_timeout) == std::future_status::timeout) {
      stop(fmt::format("the enclave has not answered for {} s", options_.call_timeout.count() / 1000));
      child_->kill();
    }
    return reply.get();
  }

 private:
  struct Waiting {
    std::uint64_t id = 0;
    Bytes bytes;
    std::promise<Result<protocol::Reply>> reply;
  };

  [[nodiscard]] bool may_send() const {
    return sent_.size() < protocol::kFrameCredit && (!urgent_.empty() || !queries_.empty());
  }

  void write_frames() {
    ignore_broken_pipe();
    while (true) {
      Bytes bytes;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return is_closing_ || failure_ || may_send(); });
        if (is_closing_ || failure_) break;
        auto& queue = urgent_.empty() ? queries_ : urgent_;
        bytes = std::move(queue.front().bytes);
        sent_.push_back(std::move(queue.front()));
        queue.pop_front();
      }
      if (!write_all(child_->input(), bytes)) break;  // the reader sees the end and says why
    }
    child_->close_input();
    {
      const std::lock_guard lock(mutex_);
      is_writer_done_ = true;
    }
    changed_.notify_all();
  }

  void read_frames() {
    FrameReader frames;
    Bytes buffer(kReadSize);
    while (const auto size = read_some(child_->output(), buffer)) {
      frames.push(ByteView(buffer).first(size));
      while (true) {
        auto frame = frames.next();
        if (!frame || (*frame && !deliver(**std::move(frame)))) {
          stop(fmt::format("the enclave speaks nonsense ({})", frame ? "an answer to nothing" : frame.error()));
          child_->kill();
          return;
        }
        if (!*frame) break;
      }
    }
    const auto end = child_->wait(std::chrono::seconds(2));
    stop(fmt::format("the enclave stopped ({})", end.value_or("it closed its output")));
    if (!end) child_->kill();
  }

  /// False if the frame answers nothing that was asked.
  bool deliver(protocol::ReplyFrame&& frame) {
    std::promise<Result<protocol::Reply>> reply;
    {
      const std::lock_guard lock(mutex_);
      if (sent_.empty() || sent_.front().id != frame.id) return false;
      reply = std::move(sent_.front().reply);
      sent_.pop_front();
    }
    changed_.notify_all();
    reply.set_value(std::move(frame.message));
    return true;
  }

  /// The first reason counts; everybody who waits gets it.
  void stop(std::string thing) {
    std::deque<Waiting> orphans;
    {
      const std::lock_guard lock(mutex_);
      if (failure_) return;
      failure_ = Failure{
          FailureCode::kEnclave, std::move(thing), "its last lines stand in the log; start the worker again", {}};
      for (auto* queue : {&sent_, &urgent_, &queries_}) {
        for (auto& waiting : *queue) orphans.push_back(std::move(waiting));
        queue->clear();
      }
    }
    changed_.notify_all();
    for (auto& orphan : orphans) orphan.reply.set_value(std::unexpected(*failure_));
  }

  void read_log() {
    std::string line;
    Bytes buffer(kReadSize);
    const auto flush = [&] {
      if (!line.empty() && options_.on_log) options_.on_log(line);
      line.clear();
    };
    while (const auto size = read_some(child_->log(), buffer)) {
      for (const auto byte : ByteView(buffer).first(size)) {
        if (byte == '\n' || line.size() == kMaxLogLine) flush();
        if (byte != '\n') line.push_back(byte < 0x20 || byte == 0x7f ? '?' : static_cast<char>(byte));
      }
    }
    flush();
  }

  const EnclaveOptions options_;
  const std::unique_ptr<Child> child_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> urgent_;
  std::deque<Waiting> queries_;
  std::deque<Waiting> sent_;
  std::optional<Failure> failure_;
  std::uint64_t next_id_ = 1;
  bool is_closing_ = false;
  bool is_writer_done_ = false;
  std::thread writer_;
  std::thread reader_;
  std::thread logger_;
};

EnclaveProcess::EnclaveProcess(std::unique_ptr<Link> link) : link_(std::move(link)) {}
EnclaveProcess::~EnclaveProcess() = default;

Result<std::unique_ptr<EnclaveProcess>> EnclaveProcess::start(EnclaveOptions options) {
  auto child = SUBSTRATEE_TRY(Child::spawn(options.program, options.arguments));
  return std::unique_ptr<EnclaveProcess>(
      new EnclaveProcess(std::make_unique<Link>(std::move(options), std::move(child))));
}

Result<protocol::Reply> EnclaveProcess::call(const protocol::Request& request) { return link_->call(request); }

}  // namespace substratee::worker::enclave_process
