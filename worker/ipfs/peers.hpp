#pragma once

/// The peers of one fetch: whom to ask, who has been given up and why. Shared by its threads.

#include "core/ipld/cid.hpp"
#include "net/http_client.hpp"
#include "net/url.hpp"
#include "worker/ipfs/failure.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace substratee::worker::ipfs {

class Peers {
 public:
  /// Any form of a registered worker_url: http and https, and ws and wss, which stand for the same port. Unusable
  /// addresses are given up at once, repeats are ignored.
  explicit Peers(std::span<const std::string> urls);

  [[nodiscard]] std::size_t count() const noexcept { return peers_.size(); }
  [[nodiscard]] const net::Url& url(std::size_t peer) const { return peers_[peer].url; }
  [[nodiscard]] const std::string& name(std::size_t peer) const { return peers_[peer].name; }

  [[nodiscard]] bool is_usable(std::size_t peer) const;
  /// Only the first reason is kept.
  void drop(std::size_t peer, std::string reason);
  /// A fault that may pass; true if it was one too many and the peer is now dropped.
  void strike(std::size_t peer, const std::string& reason);

  /// A peer that serves single blocks only is not asked for CARs again, nor one whose CARs fail again and again: it may
  /// lack a block or two.
  [[nodiscard]] bool serves_cars(std::size_t peer) const;
  void note_no_cars(std::size_t peer);
  void strike_cars(std::size_t peer);

  /// "http://host:port: reason" of every peer given up.
  [[nodiscard]] std::vector<std::string> dropped() const;

 private:
  struct Peer {
    std::string name;
    net::Url url;
    unsigned strikes = 0;
    unsigned car_strikes = 0;
    std::string reason;  ///< empty while in use
  };

  mutable std::mutex mutex_;
  std::vector<Peer> peers_;
  std::vector<std::string> unusable_;
};

/// One thread's connections to the peers.
class BlockClient {
 public:
  BlockClient(Peers& peers, net::HttpOptions options) : peers_(peers), options_(options) {}

  /// The block from the first peer that has it, starting with peer number `first` (modulo their count); checked.
  /// kNotFound names the CID and what each peer said.
  [[nodiscard]] Result<Bytes> get(const ipld::Cid& cid, std::size_t first, const std::stop_token& stop);

  /// Blocks below `cid` that are among `wanted`, as one CAR from the first peer that gives it; each checked. May be
  /// fewer than wanted, or none: the rest is asked for one by one.
  [[nodiscard]] std::vector<ipld::Block> get_below(const ipld::Cid& cid, const std::set<ipld::Cid>& wanted,
                                                   std::size_t first, const std::stop_token& stop);

  /// Asks every peer for `root` once more, so that they know that it is in use.
  void remind(const ipld::Cid& root, const std::stop_token& stop);

  /// Largest CAR that is taken.
  static constexpr std::size_t kMaxCar = std::size_t{48} << 20;

 private:
  /// The answer of a peer, which is asked again while it is busy.
  [[nodiscard]] net::Result<net::HttpResponse> request(std::size_t peer, const net::HttpRequest& request,
                                                       const std::stop_token& stop);
  /// The block, or what the peer said instead.
  [[nodiscard]] std::expected<Bytes, std::string> ask(std::size_t peer, const ipld::Cid& cid,
                                                      const std::stop_token& stop);
  [[nodiscard]] std::vector<ipld::Block> read_car(std::size_t peer, const ipld::Cid& cid,
                                                  const std::set<ipld::Cid>& wanted, ByteView car);
  [[nodiscard]] net::HttpConnection& connection(std::size_t peer);

  Peers& peers_;
  net::HttpOptions options_;
  std::map<std::size_t, std::unique_ptr<net::HttpConnection>> connections_;
};

}  // namespace substratee::worker::ipfs
