#include "worker/ipfs/peers.hpp"

#include "core/ipld/car.hpp"
#include "core/ipld/dag_pb.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace substratee::worker::ipfs {
namespace {

constexpr unsigned kMaxStrikes = 3;
/// Attempts at a peer that says "busy" (429, 503), and the pause after the first of them.
constexpr int kBusyAttempts = 5;
constexpr std::chrono::milliseconds kBusyPause{100};

bool is_busy(unsigned status) { return status == 429 || status == 503; }

/// Addresses come from strangers by way of the chain: nothing unprintable reaches a log.
std::string printable(std::string_view text) {
  constexpr std::size_t kMaxShown = 256;
  std::string out(text.substr(0, kMaxShown));
  std::ranges::replace_if(out, [](unsigned char c) { return c < 0x21 || c > 0x7e; }, '?');
  return out;
}

/// A worker may be registered under any of these; its gateway is on the same port, over HTTP.
net::Result<net::Url> to_gateway(std::string_view text) {
  constexpr std::string_view kWebSocket = "ws://";
  constexpr std::string_view kSecureWebSocket = "wss://";
  std::string url(text);
  if (text.starts_with(kWebSocket)) url.replace(0, kWebSocket.size(), "http://");
  if (text.starts_with(kSecureWebSocket)) url.replace(0, kSecureWebSocket.size(), "https://");
  return net::Url::parse(url);
}

std::string target_of(const net::Url& peer, const ipld::Cid& cid, std::string_view format) {
  std::string base = peer.target.substr(0, peer.target.find('?'));
  while (base.ends_with('/')) base.pop_back();
  return fmt::format("{}/ipfs/{}?format={}", base, cid.to_text(), format);
}

}  // namespace

Peers::Peers(std::span<const std::string> urls) {
  for (const auto& text : urls) {
    auto url = to_gateway(text);
    if (!url || !url->scheme.starts_with("http")) {
      unusable_.push_back(fmt::format("{}: not an address of http, https, ws or wss", printable(text)));
      continue;
    }
    const auto known = [&](const Peer& peer) { return peer.url == *url; };
    if (std::ranges::any_of(peers_, known)) continue;
    peers_.push_back({.name = printable(text), .url = *std::move(url), .strikes = 0, .car_strikes = 0, .reason = {}});
  }
}

bool Peers::is_usable(std::size_t peer) const {
  const std::scoped_lock lock(mutex_);
  return peers_[peer].reason.empty();
}

void Peers::drop(std::size_t peer, std::string reason) {
  const std::scoped_lock lock(mutex_);
  if (!peers_[peer].reason.empty()) return;
  spdlog::warn("peer {} is given up: {}", peers_[peer].name, reason);
  peers_[peer].reason = std::move(reason);
}

void Peers::strike(std::size_t peer, const std::string& reason) {
  {
    const std::scoped_lock lock(mutex_);
    if (++peers_[peer].strikes < kMaxStrikes) return;
  }
  drop(peer, reason);
}

bool Peers::serves_cars(std::size_t peer) const {
  const std::scoped_lock lock(mutex_);
  return peers_[peer].car_strikes < kMaxStrikes;
}

void Peers::note_no_cars(std::size_t peer) {
  const std::scoped_lock lock(mutex_);
  peers_[peer].car_strikes = kMaxStrikes;
}

void Peers::strike_cars(std::size_t peer) {
  const std::scoped_lock lock(mutex_);
  ++peers_[peer].car_strikes;
}

std::vector<std::string> Peers::dropped() const {
  const std::scoped_lock lock(mutex_);
  auto out = unusable_;
  for (const auto& peer : peers_) {
    if (!peer.reason.empty()) out.push_back(fmt::format("{}: {}", peer.name, peer.reason));
  }
  return out;
}

net::HttpConnection& BlockClient::connection(std::size_t peer) {
  auto& slot = connections_[peer];
  if (!slot) slot = std::make_unique<net::HttpConnection>(peers_.url(peer), options_);
  return *slot;
}

net::Result<net::HttpResponse> BlockClient::request(std::size_t peer, const net::HttpRequest& request,
                                                    const std::stop_token& stop) {
  auto response = connection(peer).send(request);
  for (int attempt = 1; response && is_busy(response->status) && attempt < kBusyAttempts; ++attempt) {
    if (stop.stop_requested()) break;
    std::this_thread::sleep_for(attempt * kBusyPause);
    response = connection(peer).send(request);
  }
  return response;
}

std::expected<Bytes, std::string> BlockClient::ask(std::size_t peer, const ipld::Cid& cid,
                                                   const std::stop_token& stop) {
  const auto response = request(peer,
                                {.method = "GET",
                                 .url = target_of(peers_.url(peer), cid, "raw"),
                                 .headers = {{"Accept", "application/vnd.ipld.raw"}},
                                 .body = {}},
                                stop);
  if (!response) {
    const auto reason = response.error().to_string();
    const auto code = response.error().code;
    if (code == net::FailureCode::kUnreachable || code == net::FailureCode::kTooLarge ||
        code == net::FailureCode::kRefused) {
      peers_.drop(peer, reason);
    } else {
      peers_.strike(peer, reason);
    }
    return std::unexpected(reason);
  }
  if (response->status != 200) return std::unexpected(fmt::format("HTTP status {}", response->status));
  const auto bytes = as_bytes(response->body);
  if (bytes.size() > ipld::kMaxBlockSize || !cid.verify(bytes)) {
    peers_.drop(peer, fmt::format("sent wrong bytes for block {}", cid.to_text()));
    return std::unexpected("sent wrong bytes");
  }
  return to_bytes(bytes);
}

void BlockClient::remind(const ipld::Cid& root, const std::stop_token& stop) {
  for (std::size_t peer = 0; peer < peers_.count(); ++peer) {
    if (peers_.is_usable(peer)) static_cast<void>(ask(peer, root, stop));
  }
}

std::vector<ipld::Block> BlockClient::get_below(const ipld::Cid& cid, const std::set<ipld::Cid>& wanted,
                                                std::size_t first, const std::stop_token& stop) {
  for (std::size_t i = 0; i < peers_.count() && !stop.stop_requested(); ++i) {
    const auto peer = (first + i) % peers_.count();
    if (!peers_.is_usable(peer) || !peers_.serves_cars(peer)) continue;
    const auto response = request(peer,
                                  {.method = "GET",
                                   .url = target_of(peers_.url(peer), cid, "car&dag-scope=all"),
                                   .headers = {{"Accept", "application/vnd.ipld.car; version=1; order=dfs; dups=n"}},
                                   .body = {}},
                                  stop);
    if (!response) peers_.strike_cars(peer);
    if (!response) continue;
    if (response->status == 400 || response->status == 406 || response->status == 501) peers_.note_no_cars(peer);
    if (response->status != 200) continue;
    auto blocks = read_car(peer, cid, wanted, as_bytes(response->body));
    if (!blocks.empty()) return blocks;
    peers_.strike(peer, fmt::format("sent a CAR of {} without any block that was asked for", cid.to_text()));
  }
  return {};
}

/// What arrived rightly counts, also if the end is missing: a server that fails midway can only cut its answer off.
std::vector<ipld::Block> BlockClient::read_car(std::size_t peer, const ipld::Cid& cid,
                                               const std::set<ipld::Cid>& wanted, ByteView car) {
  std::vector<ipld::Block> out;
  ipld::CarReader reader;
  while (true) {
    auto block = reader.read(car);
    if (!block) {
      peers_.drop(peer, fmt::format("sent a bad CAR of {}: {}", cid.to_text(), ipld::to_string(block.error())));
      return out;
    }
    if (!*block) return out;
    (*block)->cid = (*block)->cid.as_v1();
    if (wanted.contains((*block)->cid) && out.size() < wanted.size()) out.push_back(**std::move(block));
  }
}

Result<Bytes> BlockClient::get(const ipld::Cid& cid, std::size_t first, const std::stop_token& stop) {
  std::vector<std::string> said;
  for (std::size_t i = 0; i < peers_.count() && !stop.stop_requested(); ++i) {
    const auto peer = (first + i) % peers_.count();
    if (!peers_.is_usable(peer)) continue;
    auto block = ask(peer, cid, stop);
    if (block) return *std::move(block);
    said.push_back(fmt::format("{} ({})", peers_.name(peer), block.error()));
  }
  if (stop.stop_requested()) return fail(FailureCode::kCancelled, "the fetch was asked to stop", "start it again");
  for (const auto& peer : peers_.dropped()) said.push_back(fmt::format("given up {}", peer));
  return fail(FailureCode::kNotFound,
              fmt::format("block {}; asked: {}", cid.to_text(),
                          said.empty() ? "nobody" : fmt::to_string(fmt::join(said, ", "))),
              "add a peer that has it, or wait until one is back");
}

}  // namespace substratee::worker::ipfs
