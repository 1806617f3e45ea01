#include "core/base/result.hpp"
#include "net/http_client.hpp"
#include "net/websocket_client.hpp"
#include "net/websocket_pipe.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <atomic>
#include <future>
#include <stop_token>
#include <thread>

namespace substratee::net {
namespace {

namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using Encrypted = beast::ssl_stream<beast::tcp_stream>;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Endpoints = std::vector<tcp::endpoint>;

constexpr std::uint32_t kMaxHeader = 64 * 1024;
constexpr std::size_t kReadSize = std::size_t{64} * 1024;  // of one read, and of the buffer of a connection

/// What an error of the network means to the caller. `what` names the server.
Failure to_failure(beast::error_code error, const std::string& what) {
  const auto thing = fmt::format("{}: {}", what, error.message());
  if (error == beast::error::timeout) {
    return {FailureCode::kTimeout, what, "check that the server is up, or allow more time"};
  }
  if (error == http::error::body_limit || error == http::error::header_limit ||
      error == websocket::error::message_too_big) {
    return {FailureCode::kTooLarge, thing, "ask for less, or raise the limit"};
  }
  if (error == asio::error::connection_refused || error == asio::error::host_unreachable ||
      error == asio::error::network_unreachable || error == asio::error::host_not_found) {
    return {FailureCode::kUnreachable, thing, "check the address, or that the server is started"};
  }
  if (error == websocket::error::upgrade_declined) {
    return {FailureCode::kRefused, thing, "check the path, or that the server has room for more connections"};
  }
  if (error.category() == asio::error::get_ssl_category()) {
    return {FailureCode::kRefused, thing,
            "the server does not prove who it is: check the address, or name the file of its authority (ca_file)"};
  }
  const bool is_end =
      error == http::error::end_of_stream || error == http::error::partial_message || error == websocket::error::closed;
  const bool is_talk = error.category() == http::make_error_code(http::error::bad_method).category() ||
                       error.category() == websocket::make_error_code(websocket::error::closed).category();
  if (is_talk && !is_end) return {FailureCode::kProtocol, thing, "check that the address names the right service"};
  return {FailureCode::kClosed, thing, "connect again"};
}

/// Name look-up blocks: the system's time limit applies.
Result<Endpoints> resolve(asio::io_context& io, const Url& url) {
  beast::error_code error;
  if (const auto address = asio::ip::make_address(url.host, error); !error) return Endpoints{{address, url.port}};
  tcp::resolver resolver(io);
  Endpoints out;
  for (const auto& entry : resolver.resolve(url.host, std::to_string(url.port), error)) out.push_back(entry.endpoint());
  if (!error && !out.empty()) return out;
  return fail(FailureCode::kUnreachable, fmt::format("{}: no such host", url.to_string()), "check the host's name");
}

asio::awaitable<beast::error_code> connect_to(beast::tcp_stream& stream, const Endpoints& endpoints) {
  const auto [error, endpoint] = co_await stream.async_connect(endpoints, kAsTuple);
  beast::error_code ignored;
  if (!error) stream.socket().set_option(tcp::no_delay(true), ignored);
  co_return error;
}

http::request<http::string_body> to_message(const HttpRequest& request, const Url& url) {
  http::request<http::string_body> out;
  out.method_string(request.method);
  out.target(url.target);
  out.version(11);
  out.set(http::field::host, url.authority());
  out.set(http::field::user_agent, "substratee");
  for (const auto& [name, value] : request.headers) out.set(name, value);
  out.body() = request.body;
  out.prepare_payload();
  return out;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
}

bool is_safe(const HttpRequest& request) {
  return is_word(request.method) && std::ranges::all_of(request.headers, [](const auto& header) {
           return is_word(header.first) && header.second.find_first_of("\r\n") == std::string::npos;
         });
}

}  // namespace

class HttpConnection::Link {
 public:
  Link(Url server, HttpOptions options) : server_(std::move(server)), options_(std::move(options)) {}

  Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) {
    const Url url = SUBSTRATEE_TRY(url_of(request));
    if (!is_safe(request)) {
      return fail(FailureCode::kBadUrl, url.to_string() + ": foreign characters in the method or a header",
                  "remove them");
    }
    deadline_ = Clock::now() + options_.total_timeout;
    if (is_open() && !is_alive()) drop();
    Endpoints endpoints;
    if (!is_open()) {
      endpoints = SUBSTRATEE_TRY(resolve(io_, url));
      SUBSTRATEE_TRY(make_stream());
    }
    Result<HttpResponse> result = fail(FailureCode::kSystem, url.to_string(), "free memory, then try again");
    io_.restart();
    asio::co_spawn(io_, exchange(request, url, endpoints, result), asio::detached);
    const std::stop_callback on_stop(stop, [this] { asio::post(io_, [this] { cut(); }); });
    io_.run();
    if (!result || std::exchange(is_over_, false)) drop();
    return result;
  }

 private:
  [[nodiscard]] bool is_open() const { return plain_ || encrypted_; }
  beast::tcp_stream& lowest() { return encrypted_ ? encrypted_->next_layer() : *plain_; }
  void drop() {
    plain_.reset();
    encrypted_.reset();
  }
  /// Ends what is under way; what waits for it sees an error.
  void cut() {
    if (is_open()) lowest().close();
  }

  Result<void> make_stream() {
    buffer_.clear();
    buffer_.reserve(kReadSize);
    if (server_.scheme != "https") {
      plain_.emplace(io_);
      return {};
    }
    if (!tls_) SUBSTRATEE_TRY(make_tls());
    encrypted_.emplace(io_, *tls_);
    beast::error_code is_name;
    asio::ip::make_address(server_.host, is_name);
    if (is_name) SSL_set_tlsext_host_name(encrypted_->native_handle(), server_.host.c_str());
    return {};
  }

  Result<void> make_tls() {
    tls_.emplace(ssl::context::tls_client);
    tls_->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    tls_->set_verify_mode(ssl::verify_peer);
    tls_->set_verify_callback(ssl::host_name_verification(server_.host));
    beast::error_code error;
    if (options_.ca_file.empty()) {
      tls_->set_default_verify_paths(error);
    } else {
      tls_->load_verify_file(options_.ca_file, error);
    }
    if (!error) return {};
    tls_.reset();
    return fail(FailureCode::kSystem, fmt::format("the authorities in '{}': {}", options_.ca_file, error.message()),
                "name a PEM file that can be read");
  }

  Result<Url> url_of(const HttpRequest& request) const {
    Url url = server_;
    url.target.clear();
    const bool is_target = request.url.starts_with('/');
    url = SUBSTRATEE_TRY(Url::parse(is_target ? url.to_string() + request.url : request.url));
    if (url.scheme != server_.scheme || !url.scheme.starts_with("http") || url.host != server_.host ||
        url.port != server_.port) {
      return fail(FailureCode::kBadUrl, fmt::format("{} is not on {}", url.to_string(), server_.to_string()),
                  "use a connection of its own for each http or https server");
    }
    return url;
  }

  /// A server closes idle connections; a request must not be lost to that.
  bool is_alive() {
    beast::error_code error;
    char byte = 0;
    auto& socket = lowest().socket();
    socket.non_blocking(true, error);
    socket.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, error);
    return error == asio::error::would_block;
  }

  asio::awaitable<void> exchange(const HttpRequest& request, const Url& url, const Endpoints& endpoints,
                                 Result<HttpResponse>& result) {
    const auto failed = [&](beast::error_code error) {
      result = std::unexpected(to_failure(error, fmt::format("{} {}", request.method, url.to_string())));
    };
    if (!endpoints.empty()) {
      lowest().expires_at(std::min(deadline_, Clock::now() + options_.connect_timeout));
      if (const auto error = co_await connect_to(lowest(), endpoints)) co_return failed(error);
      if (encrypted_) {
        const auto [error] = co_await encrypted_->async_handshake(ssl::stream_base::client, kAsTuple);
        if (error) co_return failed(error);
      }
    }
    lowest().expires_at(deadline_);
    if (encrypted_) co_await talk(*encrypted_, to_message(request, url), failed, result);
    if (plain_) co_await talk(*plain_, to_message(request, url), failed, result);
  }

  template <class Stream, class Failed>
  asio::awaitable<void> talk(Stream& stream, http::request<http::string_body> message, const Failed& failed,
                             Result<HttpResponse>& result) {
    const auto [write_error, written] = co_await http::async_write(stream, message, kAsTuple);
    if (write_error == beast::error::timeout) co_return failed(write_error);

    // Read even if writing failed: a server that refuses a large body answers before it has it all.
    http::response_parser<http::string_body> parser;
    parser.header_limit(kMaxHeader);
    parser.body_limit(options_.max_body);
    parser.skip(message.method() == http::verb::head);
    const auto [read_error, read] = co_await http::async_read(stream, buffer_, parser, kAsTuple);
    if (read_error) co_return failed(read_error);
    take(parser, result);
    lowest().expires_never();
    is_over_ = write_error || !parser.get().keep_alive();
  }

  static void take(http::response_parser<http::string_body>& parser, Result<HttpResponse>& result) {
    HttpResponse out;
    out.status = parser.get().result_int();
    for (const auto& field : parser.get()) out.headers.emplace_back(field.name_string(), field.value());
    out.body = std::move(parser.get().body());
    result = std::move(out);
  }

  const Url server_;
  const HttpOptions options_;
  asio::io_context io_{1};
  std::optional<ssl::context> tls_;
  std::optional<beast::tcp_stream> plain_;
  std::optional<Encrypted> encrypted_;
  bool is_over_ = false;  ///< the server wants no further request on this connection
  beast::flat_buffer buffer_;
  Clock::time_point deadline_;
};

HttpConnection::HttpConnection(Url server, HttpOptions options)
    : link_(std::make_unique<Link>(std::move(server), std::move(options))) {}
HttpConnection::~HttpConnection() = default;
Result<HttpResponse> HttpConnection::send(const HttpRequest& request, const std::stop_token& stop) {
  return link_->send(request, stop);
}

Result<HttpResponse> fetch(const HttpRequest& request, const HttpOptions& options) {
  HttpRequest single = request;
  single.headers.emplace_back("Connection", "close");
  return HttpConnection(SUBSTRATEE_TRY(Url::parse(request.url)), options).send(single);
}

class WebSocketClient::Link {
 public:
  Link(const Url& url, WebSocketEvents events, const WebSocketOptions& options)
      : url_(url), events_(std::move(events)), options_(options) {}

  ~Link() {
    close();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> open() {
    const auto endpoints = SUBSTRATEE_TRY(resolve(*io_, url_));
    std::promise<beast::error_code> opened;
    asio::co_spawn(*io_, live(endpoints, opened), asio::detached);
    thread_ = std::jthread([this] { io_->run(); });
    if (const auto error = opened.get_future().get()) return std::unexpected(to_failure(error, url_.to_string()));
    return {};
  }

  Result<void> send(std::string text) {
    switch (pipe_->send(std::move(text))) {
      case WebSocketPipe::Sent::kQueued: return {};
      case WebSocketPipe::Sent::kClosed: return fail(FailureCode::kClosed, url_.to_string(), "connect again");
      case WebSocketPipe::Sent::kFull: break;
    }
    return fail(FailureCode::kTooLarge, url_.to_string() + ": too much waits to be sent", "send less at a time");
  }

  [[nodiscard]] bool is_open() const { return pipe_->is_open(); }

  void close() {
    is_closed_here_ = true;
    pipe_->close();
  }

 private:
  /// The life of the connection. open() waits for `opened` only, so that its arguments are gone afterwards.
  asio::awaitable<void> live(const Endpoints& endpoints, std::promise<beast::error_code>& opened) {
    const auto error = co_await shake_hands(endpoints);
    if (error) pipe_->finish();
    opened.set_value(error);
    if (!error) co_await read_messages();
  }

  asio::awaitable<beast::error_code> shake_hands(const Endpoints& endpoints) {
    auto& socket = pipe_->stream();
    auto& stream = beast::get_lowest_layer(socket);
    const auto deadline = Clock::now() + options_.connect_timeout;
    stream.expires_at(deadline);
    if (const auto error = co_await connect_to(stream, endpoints)) co_return error;
    stream.expires_never();  // Beast's WebSocket keeps its own time
    const auto left = std::max<Clock::duration>(deadline - Clock::now(), std::chrono::milliseconds(1));
    socket.set_option(websocket::stream_base::timeout{left, options_.idle_timeout, true});
    socket.read_message_max(options_.max_message);
    socket.auto_fragment(false);
    const auto [error] = co_await socket.async_handshake(url_.authority(), url_.target, kAsTuple);
    co_return error;
  }

  asio::awaitable<void> read_messages() {
    beast::error_code why;
    while (!why) {
      beast::flat_buffer buffer;
      const auto [error, size] = co_await pipe_->stream().async_read(buffer, kAsTuple);
      why = error;
      if (!error) events_.on_text(std::string(static_cast<const char*>(buffer.data().data()), size));
    }
    pipe_->finish();
    if (is_closed_here_) {
      events_.on_closed({FailureCode::kClosed, url_.to_string(), "it was closed on this side"});
    } else {
      events_.on_closed(to_failure(why, url_.to_string()));
    }
  }

  const Url url_;
  const WebSocketEvents events_;
  const WebSocketOptions options_;
  const std::shared_ptr<asio::io_context> io_ = std::make_shared<asio::io_context>(1);
  const std::shared_ptr<WebSocketPipe> pipe_ =
      std::make_shared<WebSocketPipe>(io_, beast::tcp_stream(*io_), options_.max_queued);
  std::atomic<bool> is_closed_here_ = false;
  std::jthread thread_;
};

WebSocketClient::WebSocketClient(std::unique_ptr<Link> link) : link_(std::move(link)) {}
WebSocketClient::~WebSocketClient() = default;

Result<std::unique_ptr<WebSocketClient>> WebSocketClient::connect(const Url& url, WebSocketEvents events,
                                                                  const WebSocketOptions& options) {
  if (url.scheme != "ws") return fail(FailureCode::kBadUrl, url.to_string(), "write it as ws://host:port");
  auto link = std::make_unique<Link>(url, std::move(events), options);
  SUBSTRATEE_TRY(link->open());
  return std::unique_ptr<WebSocketClient>(new WebSocketClient(std::move(link)));
}

Result<void> WebSocketClient::send(std::string text) { return link_->send(std::move(text)); }
bool WebSocketClient::is_open() const { return link_->is_open(); }
void WebSocketClient::close() { link_->close(); }

}  // namespace substratee::net
