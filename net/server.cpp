#include "net/server.hpp"

#include "net/memory_pot.hpp"
#include "net/peer_address.hpp"
#include "net/pipe_session.hpp"
#include "net/server_messages.hpp"
#include "net/websocket_inbox.hpp"
#include "net/websocket_pipe.hpp"
#include "net/worker_pool.hpp"

#include <fmt/format.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

namespace substratee::net {
namespace {

using tcp = asio::ip::tcp;

constexpr std::uint32_t kMaxHeader = 16 * 1024;
constexpr std::size_t kReadBuffer = 64 * 1024;
constexpr std::size_t kMaxRefusals = 64;
constexpr std::chrono::seconds kLinger{2};
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kHandshake{10};
/// A connection's own share of memory.
constexpr std::size_t kOwnMemory = std::size_t{256} << 10;
/// One turn of a worker for one connection: then the others have theirs.
constexpr std::size_t kTurnMessages = 64;
constexpr std::chrono::milliseconds kTurn{5};

}  // namespace

/// All members but the pool and the routes belong to the I/O thread.
class Server::Engine {
 public:
  explicit Engine(ServerOptions options) : options_(std::move(options)), pool_(options_.threads) {}
  ~Engine() { stop(); }

  Routes& routes() { return routes_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  Result<void> start() {
    beast::error_code error;
    const auto address = asio::ip::make_address(options_.bind_address, error);
    if (error) {
      return fail(FailureCode::kBadUrl, fmt::format("'{}' is not an IPv4 or IPv6 address", options_.bind_address),
                  "bind to 127.0.0.1, ::1, 0.0.0.0 or an address of this machine");
    }
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return fail(FailureCode::kSystem,
                  fmt::format("listening on {} port {}: {}", options_.bind_address, options_.port, error.message()),
                  "choose another port, or end the program that holds it");
    }
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(*io_, accept_all(), asio::detached);
    thread_ = std::jthread([this] { io_->run(); });
    return {};
  }

  void stop() {
    if (thread_.joinable()) {
      asio::post(*io_, [this] { end_all(); });
      thread_.join();
    }
    pool_.stop();
  }

 private:
  /// One connection's place in the books: counted, and reachable by stop().
  class Ticket {
   public:
    Ticket(Engine& engine, std::string key, std::function<void()> abort)
        : engine_(engine), key_(std::move(key)), id_(engine.next_ticket_++) {
      ++engine_.per_address_[key_];
      set_abort(std::move(abort));
    }
    ~Ticket() {
      engine_.live_.erase(id_);
      const auto count = engine_.per_address_.find(key_);
      if (--count->second == 0) engine_.per_address_.erase(count);
    }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    void set_abort(std::function<void()> abort) { engine_.live_[id_] = std::move(abort); }

   private:
    Engine& engine_;
    const std::string key_;
    const std::uint64_t id_;
  };

  void end_all() {
    is_stopping_ = true;
    acceptor_.close();
    accept_pause_.cancel();
    for (const auto& [id, abort] : live_) abort();
  }

  asio::awaitable<void> accept_all() {
    while (!is_stopping_) {
      auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
      if (is_stopping_) co_return;
      if (error) {
        // No descriptors left, most likely: they come back when a connection ends.
        accept_pause_.expires_after(kAcceptPause);
        co_await accept_pause_.async_wait(kAsTuple);
        continue;
      }
      admit(std::move(socket));
    }
  }

  void admit(tcp::socket socket) {
    beast::error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return;
    socket.set_option(tcp::no_delay(true), error);
    const auto peer = without_mapping(endpoint.address());
    const auto count = per_address_.find(limit_key(peer));
    const bool is_crowd = count != per_address_.end() && count->second >= options_.max_connections_per_address;
    if (is_crowd || live_.size() - refusals_ >= options_.max_connections) {
      if (refusals_ < kMaxRefusals)
        asio::co_spawn(*io_, refuse(std::move(socket), is_crowd ? 429 : 503), asio::detached);
      return;
    }
    asio::co_spawn(*io_, serve(std::move(socket), peer), asio::detached);
  }

  asio::awaitable<void> refuse(tcp::socket socket, unsigned status) {
    beast::tcp_stream stream(std::move(socket));
    ++refusals_;
    {
      const Ticket ticket(*this, "refused", [&stream] { stream.close(); });
      co_await write(stream, refusal(status), false, false);
      co_await linger(stream);
    }
    --refusals_;
  }

  asio::awaitable<void> serve(tcp::socket socket, asio::ip::address address) {
    const std::string peer = address.to_string();
    beast::tcp_stream stream(std::move(socket));
    Ticket ticket(*this, limit_key(address), [&stream] { stream.close(); });
    beast::flat_buffer buffer(kReadBuffer);
    const auto share = std::make_shared<MemoryShare>(memory_, kOwnMemory);
    while (co_await serve_one(stream, buffer, peer, ticket, share)) {
    }
  }

  /// One request; false ends the connection.
  asio::awaitable<bool> serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer, const std::string& peer,
                                  Ticket& ticket, const std::shared_ptr<MemoryShare>& share) {
    RequestParser parser;
    parser.header_limit(kMaxHeader);
    parser.body_limit(options_.max_body);
    MemoryHeld body(*share);
    const auto error = co_await read(stream, buffer, parser, body);
    if (const auto status = error ? status_of(error) : 0; status != 0) {
      co_await write(stream, refusal(status), false, false);
      co_await linger(stream);
    }
    if (error) co_return false;

    const bool keep_alive = parser.get().keep_alive();
    const bool is_head = parser.get().method() == http::verb::head;
    const bool takes_chunks = parser.get().version() >= 11;
    const std::string origin(parser.get()[http::field::origin]);
    if (!may_call(origin)) co_return co_await write(stream, refusal(403), keep_alive, is_head) && keep_alive;
    const auto* handlers = find_websocket(parser);
    if (handlers && buffer.size() == 0) {
      co_await serve_websocket(std::move(stream), parser, *handlers, peer, ticket, share);
      co_return false;
    }
    Response response = co_await answer(to_request(parser, peer));
    body.give_back();
    if (response.body_stream() != nullptr && !takes_chunks) response = refusal(505);
    MemoryHeld answered(*share);
    if (!answered.grow_to(response.body_view().size())) response = refusal(503);
    name_origin(response, origin);
    co_return co_await write(stream, response, keep_alive, is_head) && keep_alive;
  }

  /// Browsers name the page's origin; CORS alone would not keep a page from a WebSocket.
  bool may_call(const std::string& origin) const {
    const auto& allowed = options_.allowed_origins;
    return allowed.empty() || origin.empty() || std::ranges::find(allowed, origin) != allowed.end();
  }

  [[nodiscard]] Readers readers() const {
    return options_.allowed_origins.empty() ? Readers::kAnyPage : Readers::kNone;
  }

  void name_origin(Response& response, const std::string& origin) const {
    if (options_.allowed_origins.empty()) return;
    const auto& named = origin.empty() ? options_.allowed_origins.front() : origin;
    response.headers.emplace_back("Access-Control-Allow-Origin", named);
    response.headers.emplace_back("Vary", "Origin");
  }

  asio::awaitable<beast::error_code> read(beast::tcp_stream& stream, beast::flat_buffer& buffer, RequestParser& parser,
                                          MemoryHeld& body) {
    stream.expires_after(options_.idle_timeout);
    auto [error, size] = co_await http::async_read_header(stream, buffer, parser, kAsTuple);
    if (error) co_return error;
    stream.expires_after(options_.request_timeout);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      std::tie(error, size) = co_await asio::async_write(stream, asio::buffer(kContinue), kAsTuple);
      if (error) co_return error;
    }
    while (!error && !parser.is_done()) {
      std::tie(error, size) = co_await http::async_read_some(stream, buffer, parser, kAsTuple);
      if (!error && !body.grow_to(parser.get().body().size())) error = no_memory();
    }
    stream.expires_never();
    co_return error;
  }

  /// True if the answer is out.
  asio::awaitable<bool> write(beast::tcp_stream& stream, const Response& response, bool keep_alive, bool is_head) {
    if (auto* body = response.body_stream())
      co_return co_await write_stream(stream, response, *body, keep_alive, is_head);
    auto message = to_message(response, keep_alive, readers());
    http::response_serializer<http::span_body<const char>> serializer(message);
    stream.expires_after(options_.request_timeout);
    if (is_head) {
      const auto [error, size] = co_await http::async_write_header(stream, serializer, kAsTuple);
      co_return !error;
    }
    const auto [error, size] = co_await http::async_write(stream, serializer, kAsTuple);
    co_return !error;
  }

  /// In chunks, one at a time. A body that fails, or a client that does not take it in time, is cut: no last chunk.
  asio::awaitable<bool> write_stream(beast::tcp_stream& stream, const Response& response, BodyStream& body,
                                     bool keep_alive, bool is_head) {
    auto head = to_stream_head(response, keep_alive, readers());
    http::response_serializer<http::empty_body> serializer(head);
    stream.expires_after(options_.request_timeout);
    if (const auto [error, size] = co_await http::async_write_header(stream, serializer, kAsTuple); error)
      co_return false;
    const auto deadline = std::chrono::steady_clock::now() + options_.stream_timeout;
    while (!is_head) {
      std::optional<Bytes> piece;
      co_await on_worker([&] { piece = body.next(); });
      if (!piece || is_stopping_ || std::chrono::steady_clock::now() > deadline) co_return false;
      stream.expires_after(options_.request_timeout);
      if (piece->empty()) break;
      const auto [error, size] = co_await asio::async_write(stream, http::make_chunk(asio::buffer(*piece)), kAsTuple);
      if (error) co_return false;
    }
    if (is_head) co_return true;
    const auto [error, size] = co_await asio::async_write(stream, http::make_chunk_last(), kAsTuple);
    co_return !error;
  }

  /// Takes what the client is still sending: to close at once would make its system throw our answer away.
  asio::awaitable<void> linger(beast::tcp_stream& stream) {
    beast::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream.expires_after(kLinger);
    std::array<char, 4096> sink{};
    std::size_t total = 0;
    while (total < 2 * options_.max_body) {
      const auto [error, size] = co_await stream.async_read_some(asio::buffer(sink), kAsTuple);
      if (error) co_return;
      total += size;
    }
  }

  asio::awaitable<Response> answer(const Request& request) {
    if (request.method == "OPTIONS") co_return preflight(routes_.allowed_methods(request.path));
    if (pool_.waiting() >= options_.max_waiting_requests) co_return refusal(503);
    Response response;
    co_await on_worker([&] { response = routes_.answer(request); });
    co_return response;
  }

  const WebSocketHandlers* find_websocket(const RequestParser& parser) const {
    if (!websocket::is_upgrade(parser.get())) return nullptr;
    const std::string_view target = parser.get().target();
    return routes_.websocket(target.substr(0, target.find('?')));
  }

  asio::awaitable<void> serve_websocket(beast::tcp_stream stream, RequestParser& parser,
                                        const WebSocketHandlers& handlers, const std::string& peer, Ticket& ticket,
                                        const std::shared_ptr<MemoryShare>& share) {
    const auto pipe = std::make_shared<WebSocketPipe>(io_, std::move(stream), options_.max_queued, share);
    ticket.set_abort([pipe] { pipe->abort(); });
    auto& socket = pipe->stream();
    beast::get_lowest_layer(socket).expires_never();  // Beast's WebSocket keeps its own time
    socket.set_option(websocket::stream_base::timeout{kHandshake, options_.idle_timeout, true});
    socket.read_message_max(options_.max_body);
    socket.auto_fragment(false);
    const auto [error] = co_await socket.async_accept(parser.get(), kAsTuple);
    if (!error) {
      const std::shared_ptr<WebSocketSession> session = std::make_shared<PipeSession>(pipe, peer);
      co_await on_worker([&] { handlers.on_open(session); });
      WebSocketInbox inbox(*io_, share);
      asio::co_spawn(*io_, handle_messages(inbox, *pipe, session, handlers), asio::detached);
      co_await read_messages(inbox, *pipe);
      pipe->finish();
      co_await on_worker([&] { handlers.on_close(session); });
    }
    pipe->finish();
    ticket.set_abort([] {});
  }

  /// Until the connection has ended and what came before is handled.
  asio::awaitable<void> read_messages(WebSocketInbox& inbox, WebSocketPipe& pipe) {
    do {
      co_await pipe.wait_until_drained();
      co_await inbox.wait_for_room();
    } while (co_await inbox.read_from(pipe));
    pipe.abort();
    inbox.end();
    co_await inbox.wait_until_finished();
  }

  asio::awaitable<void> handle_messages(WebSocketInbox& inbox, WebSocketPipe& pipe,
                                        const std::shared_ptr<WebSocketSession>& session,
                                        const WebSocketHandlers& handlers) {
    while (co_await inbox.wait_for_message()) {
      co_await pipe.wait_until_drained();
      auto messages = inbox.take(kTurnMessages);
      std::size_t next = 0;
      std::size_t bytes = 0;
      co_await on_worker([&] {
        const auto end = std::chrono::steady_clock::now() + kTurn;
        do {
          bytes += messages[next].size();
          handle_one(session, handlers, std::move(messages[next++]));
        } while (next < messages.size() && !pipe.is_crowded() && std::chrono::steady_clock::now() < end);
      });
      inbox.handled(bytes);
      inbox.put_back(std::move(messages), next);
    }
    inbox.finish();
  }

  /// What a handler throws is its bug and ends here.
  static void handle_one(const std::shared_ptr<WebSocketSession>& session, const WebSocketHandlers& handlers,
                         std::string text) {
    try {
      handlers.on_text(session, std::move(text));
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
  }

  /// Runs `job` on a worker thread and comes back. What it throws is a bug of a handler and ends there.
  template <class Job>
  asio::awaitable<void> on_worker(Job job) {
    auto start = [this, &job](auto handler) {
      pool_.post([this, &job, done = std::move(handler), busy = asio::make_work_guard(*io_)]() mutable {
        try {
          job();
        } catch (...) {  // NOLINT(bugprone-empty-catch)
        }
        asio::post(*io_, std::move(done));
      });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
  }

  const ServerOptions options_;
  Routes routes_;
  const std::shared_ptr<asio::io_context> io_ = std::make_shared<asio::io_context>(1);  ///< see WebSocketPipe
  tcp::acceptor acceptor_{*io_};
  asio::steady_timer accept_pause_{*io_};
  std::map<std::uint64_t, std::function<void()>> live_;
  std::map<std::string, std::size_t, std::less<>> per_address_;
  std::uint64_t next_ticket_ = 0;
  std::size_t refusals_ = 0;
  bool is_stopping_ = false;
  std::uint16_t port_ = 0;
  const std::shared_ptr<MemoryPot> memory_ = std::make_shared<MemoryPot>(options_.max_memory);
  WorkerPool pool_;
  std::jthread thread_;
};

Server::Server(ServerOptions options) : engine_(std::make_unique<Engine>(std::move(options))) {}
Server::~Server() = default;

void Server::route(std::string method, std::string path, HttpHandler handler) {
  engine_->routes().add(std::move(method), std::move(path), std::move(handler));
}

void Server::websocket(std::string path, WebSocketHandlers handlers) {
  engine_->routes().add_websocket(std::move(path), std::move(handlers));
}

Result<void> Server::start() { return engine_->start(); }
std::uint16_t Server::port() const noexcept { return engine_->port(); }
void Server::stop() { engine_->stop(); }

}  // namespace substratee::net
