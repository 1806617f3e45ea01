/// Asks a node over one WebSocket, always with some requests on their way, and counts the answers.
/// Prints {"answers", "seconds"}.

#include "core/base/hex.hpp"
#include "core/base/result.hpp"
#include "net/websocket_client.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace {

using namespace substratee;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string url;
  std::string method = "state_getStorage";
  std::string params = "[]";
  unsigned on_the_way = 256;
  double seconds = 5;
};

/// Requests go out again as fast as answers come in.
class Pipeline {
 public:
  explicit Pipeline(const Options& options) : options_(options) {}

  [[nodiscard]] net::Result<void> start() {
    auto client = net::WebSocketClient::connect(SUBSTRATEE_TRY(net::Url::parse(options_.url)),
                                                {.on_text = [this](const std::string& text) { on_answer(text); },
                                                 .on_closed = [this](const net::Failure&) { is_broken_ = true; }});
    if (!client) return std::unexpected(client.error());
    client_ = *std::move(client);
    is_running_ = true;
    for (unsigned i = 0; i < options_.on_the_way; ++i) ask();
    return {};
  }

  [[nodiscard]] std::uint64_t answers() const { return answers_; }
  [[nodiscard]] bool is_broken() const { return is_broken_; }
  void stop() { is_running_ = false; }

 private:
  void ask() {
    const auto id = next_id_.fetch_add(1);
    const auto sent = client_->send(
        fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, options_.method, options_.params));
    if (!sent) is_broken_ = true;
  }
  void on_answer(const std::string& text) {
    if (text.find("\"result\"") == std::string::npos) is_broken_ = true;
    ++answers_;
    if (is_running_) ask();
  }

  const Options options_;
  std::atomic<std::uint64_t> next_id_ = 1;
  std::atomic<std::uint64_t> answers_ = 0;
  std::atomic<bool> is_running_ = false;
  std::atomic<bool> is_broken_ = false;
  std::unique_ptr<net::WebSocketClient> client_;
};

int measure(const Options& options) {
  Pipeline pipeline(options);
  if (const auto started = pipeline.start(); !started) {
    fmt::print(stderr, "Error: {}\n", started.error().to_string());
    return 1;
  }
  const auto begin = Clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds));
  const auto answers = pipeline.answers();
  const std::chrono::duration<double> passed = Clock::now() - begin;
  pipeline.stop();
  if (pipeline.is_broken()) {
    fmt::print(stderr, "Error: the node closed the connection or answered with an error\n");
    return 1;
  }
  fmt::print(R"({{"answers": {}, "seconds": {}}})"
             "\n",
             answers, passed.count());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Counts the answers of a node to requests over one WebSocket.");
  app.add_option("--url", options.url, "ws://host:port")->required();
  app.add_option("--method", options.method)->capture_default_str();
  app.add_option("--params", options.params, "JSON array")->capture_default_str();
  app.add_option("--on-the-way", options.on_the_way, "requests without answer at a time")->capture_default_str();
  app.add_option("--seconds", options.seconds)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return measure(options);
}
