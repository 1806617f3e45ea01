#pragma once

/// A Kubo daemon as far as the tests need one: it keeps blocks and pins in memory, answers as kubo-rpc.json records,
/// and misbehaves when told to.

#include "core/ipld/car.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/unixfs.hpp"
#include "core/ipld/walk.hpp"
#include "net/server.hpp"
#include "net/url.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace substratee::worker::ipfs::kubo::testing {

using Query = std::multimap<std::string, std::string>;

inline Query parse_query(std::string_view text) {
  Query out;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto item = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const auto equal = item.find('=');
    out.emplace(item.substr(0, equal), net::percent_decode(item.substr(equal + 1)).value());
  }
  return out;
}

inline std::string value_of(const Query& query, const std::string& name) {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

/// The only part of a form.
inline std::string file_in_form(const net::Request& request) {
  const auto* type = net::find_header(request.headers, "Content-Type");
  EXPECT_NE(type, nullptr);
  const auto boundary = "--" + type->substr(type->find("boundary=") + 9);
  const auto begin = request.body.find("\r\n\r\n") + 4;
  const auto end = request.body.rfind("\r\n" + boundary + "--\r\n");
  EXPECT_TRUE(request.body.starts_with(boundary + "\r\nContent-Disposition: form-data; name=\"file\""));
  EXPECT_NE(end, std::string::npos);
  return request.body.substr(begin, end - begin);
}

class FakeKubo {
 public:
  using Handler = std::function<net::Response(const Query&, const net::Request&)>;

  FakeKubo() : server_(options()) {
    server_.route("POST", "/api/v0/", [this](const net::Request& request) { return answer(request); });
    EXPECT_TRUE(server_.start());
  }

  [[nodiscard]] net::Url url() const {
    return net::Url::parse(fmt::format("http://127.0.0.1:{}", server_.port())).value();
  }

  /// What a command does instead.
  void replace(const std::string& command, Handler handler) {
    const std::scoped_lock lock(mutex_);
    instead_[command] = std::move(handler);
  }
  /// What happens behind each successful answer of a command, before it is sent.
  void after(const std::string& command, std::function<void()> event) {
    const std::scoped_lock lock(mutex_);
    after_[command] = std::move(event);
  }
  /// As another user of the daemon asks for it.
  void collect_garbage() {
    const std::scoped_lock lock(mutex_);
    collect();
  }
  void restore() {
    const std::scoped_lock lock(mutex_);
    instead_.clear();
  }
  /// "dag/import?pin-roots=true&..." of every request so far.
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }
  [[nodiscard]] std::size_t count(std::string_view command) const {
    std::size_t out = 0;
    for (const auto& request : requests()) out += request.starts_with(std::string(command) + "?") ? 1 : 0;
    return out;
  }
  [[nodiscard]] std::set<std::string> pins() const {
    const std::scoped_lock lock(mutex_);
    return pins_;
  }
  [[nodiscard]] std::size_t blocks() const {
    const std::scoped_lock lock(mutex_);
    return blocks_.size();
  }
  void spoil(const ipld::Cid& cid) {
    const std::scoped_lock lock(mutex_);
    blocks_.at(cid.multihash()).push_back(0);
  }
  void forget(const ipld::Cid& cid) {
    const std::scoped_lock lock(mutex_);
    blocks_.erase(cid.multihash());
  }

  static net::Response error(const std::string& message, unsigned status = 500) {
    return net::Response::json(
        status,
        boost::json::serialize(boost::json::object{{"Message", message}, {"Code", 0}, {"Type", "error"}}) + "\n");
  }
  static net::Response lines(const boost::json::object& object) {
    return net::Response::json(200, boost::json::serialize(object) + "\n");
  }

 private:
  /// The daemon itself knows no limit.
  static net::ServerOptions options() {
    net::ServerOptions out;
    out.max_body = std::size_t{16} << 20;
    return out;
  }

  net::Response answer(const net::Request& request) {
    const auto command = request.path.substr(std::string_view("/api/v0/").size());
    const auto query = parse_query(request.query);
    Handler instead;
    std::function<void()> event;
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(command + "?" + request.query);
      if (const auto found = instead_.find(command); found != instead_.end()) instead = found->second;
      if (const auto found = after_.find(command); found != after_.end()) event = found->second;
    }
    if (instead) return instead(query, request);
    auto answer = do_command(command, query, request);
    if (event) event();
    return answer;
  }

  net::Response do_command(const std::string& command, const Query& query, const net::Request& request) {
    const std::scoped_lock lock(mutex_);
    if (command == "version") return lines({{"Version", "0.39.0"}, {"Commit", ""}, {"Repo", "18"}});
    if (command == "id")
      return lines({{"ID", "12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d"}, {"Addresses", nullptr}});
    if (command == "add") return add(query, request);
    if (command == "block/put") return put(query, request);
    if (command == "block/get") return get(query);
    if (command == "block/stat") return stat(query);
    if (command == "dag/import") return import(query, request);
    if (command == "dag/export") return export_dag(query);
    if (command == "pin/add") return pin(query);
    if (command == "pin/rm") return unpin(query);
    if (command == "pin/ls") return list(query);
    if (command == "repo/gc") return collect();
    return net::Response::text(404, "404 page not found\n");
  }

  static ipld::Cid cid_of(const Query& query) { return ipld::Cid::from_text(value_of(query, "arg")).value(); }

  static net::Response absent(const ipld::Cid& cid) {
    return error(fmt::format("block was not found locally (offline): ipld: could not find {}", cid.to_text()));
  }

  net::Response add(const Query& query, const net::Request& request) {
    std::vector<ipld::Block> made;
    const auto file = file_in_form(request);
    const auto root = ipld::make_file(as_bytes(file), {}, made);
    if (value_of(query, "only-hash") != "true") {
      for (auto& block : made) blocks_[block.cid.multihash()] = std::move(block.bytes);
      pins_.insert(root.cid.to_text());
    }
    return lines({{"Name", root.cid.to_text()}, {"Hash", root.cid.to_text()}, {"Size", std::to_string(root.dag_size)}});
  }

  net::Response put(const Query& query, const net::Request& request) {
    const auto file = file_in_form(request);
    const auto cid = value_of(query, "cid-codec") == "dag-pb" ? ipld::Cid::of_dag_pb(as_bytes(file))
                                                              : ipld::Cid::of_raw_block(as_bytes(file));
    blocks_[cid.multihash()] = to_bytes(as_bytes(file));
    return lines({{"Key", cid.to_text()}, {"Size", file.size()}});
  }

  net::Response get(const Query& query) {
    const auto cid = cid_of(query);
    const auto found = blocks_.find(cid.multihash());
    return found == blocks_.end() ? absent(cid) : net::Response::bytes("application/vnd.ipld.raw", found->second);
  }

  net::Response stat(const Query& query) {
    const auto cid = cid_of(query);
    const auto found = blocks_.find(cid.multihash());
    return found == blocks_.end() ? absent(cid) : lines({{"Key", cid.to_text()}, {"Size", found->second.size()}});
  }

  net::Response import(const Query& query, const net::Request& request) {
    const auto file = file_in_form(request);
    ipld::CarReader reader;
    ByteView rest = as_bytes(file);
    std::size_t count = 0;
    while (true) {
      auto block = reader.read(rest);
      if (!block) return error(std::string(ipld::to_string(block.error())));
      if (!*block) break;
      blocks_[(*block)->cid.multihash()] = (*block)->bytes;
      ++count;
    }
    std::string out;
    if (value_of(query, "pin-roots") == "true") {
      for (const auto& root : reader.roots().value()) {
        const auto missing = first_missing(root);
        if (!missing) pins_.insert(root.to_text());
        boost::json::object pinned{{"Cid", boost::json::object{{"/", root.to_text()}}}};
        pinned["PinErrorMsg"] = missing ? fmt::format("ipld: could not find {}", missing->to_text()) : std::string();
        out += boost::json::serialize(boost::json::object{{"Root", std::move(pinned)}}) + "\n";
      }
    }
    out += fmt::format("{{\"Stats\":{{\"BlockCount\":{},\"BlockBytesCount\":{}}}}}\n", count, file.size());
    return net::Response::json(200, out);
  }

  net::Response export_dag(const Query& query) {
    const auto root = cid_of(query);
    if (const auto missing = first_missing(root)) return absent(*missing);
    Bytes car = ipld::car_header(std::span(&root, 1));
    std::vector<ipld::Cid> pending{root};
    while (!pending.empty()) {
      const auto cid = pending.back();
      pending.pop_back();
      const auto& bytes = blocks_.at(cid.multihash());
      append(car, ipld::car_section({.cid = cid, .bytes = bytes}));
      for (auto& link : ipld::links_of(cid, bytes).value()) pending.push_back(link);
    }
    return net::Response::bytes("application/vnd.ipld.car", std::move(car));
  }

  net::Response pin(const Query& query) {
    const auto root = cid_of(query);
    if (const auto missing = first_missing(root)) return absent(*missing);
    pins_.insert(root.to_text());
    return lines({{"Pins", boost::json::array{root.to_text()}}});
  }

  net::Response unpin(const Query& query) {
    const auto root = cid_of(query);
    if (pins_.erase(root.to_text()) == 0) return error("not pinned or pinned indirectly");
    return lines({{"Pins", boost::json::array{root.to_text()}}});
  }

  net::Response list(const Query& query) {
    const auto root = cid_of(query);
    if (!pins_.contains(root.to_text())) return error(fmt::format("path '{}' is not pinned", root.to_text()));
    return lines({{"Cid", root.to_text()}, {"Type", "recursive"}});
  }

  net::Response collect() {
    std::set<Bytes> live;
    for (const auto& pin : pins_) {
      std::vector<ipld::Cid> pending{ipld::Cid::from_text(pin).value()};
      while (!pending.empty()) {
        const auto cid = pending.back();
        pending.pop_back();
        const auto found = blocks_.find(cid.multihash());
        if (found == blocks_.end() || !live.insert(cid.multihash()).second) continue;
        for (auto& link : ipld::links_of(cid, found->second).value()) pending.push_back(link);
      }
    }
    std::erase_if(blocks_, [&](const auto& entry) { return !live.contains(entry.first); });
    return net::Response::json(200, "");
  }

  std::optional<ipld::Cid> first_missing(const ipld::Cid& root) const {
    std::vector<ipld::Cid> pending{root};
    while (!pending.empty()) {
      const auto cid = pending.back();
      pending.pop_back();
      const auto found = blocks_.find(cid.multihash());
      if (found == blocks_.end()) return cid;
      for (auto& link : ipld::links_of(cid, found->second).value()) pending.push_back(link);
    }
    return std::nullopt;
  }

  mutable std::mutex mutex_;
  std::map<Bytes, Bytes> blocks_;
  std::set<std::string> pins_;
  std::map<std::string, Handler> instead_;
  std::map<std::string, std::function<void()>> after_;
  std::vector<std::string> requests_;
  net::Server server_;
};

}  // namespace substratee::worker::ipfs::kubo::testing
