#pragma once

/// The peers of one fetch: whom to ask, who has been given up and why. Shared by its threads.

#include "core/ipld/cid.hpp"
#include "net/http_client.hpp"
#include "net/url.hpp"
#include "worker/ipfs/failure.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace substratee::worker::ipfs {

class Peers {
 public:
  /// Unusable addresses are given up at once, repeats are ignored.
  explicit Peers(std::span<const std::string> urls);

  [[nodiscard]] std::size_t count() const noexcept { return peers_.size(); }
  [[nodiscard]] const net::Url& url(std::size_t peer) const { return peers_[peer].url; }
  [[nodiscard]] const std::string& name(std::size_t peer) const { return peers_[peer].name; }

  [[nodiscard]] bool is_usable(std::size_t peer) const;
  /// Only the first reason is kept.
  void drop(std::size_t peer, std::string reason);
  /// A fault that may pass; true if it was one too many and the peer is now dropped.
  void strike(std::size_t peer, const std::string& reason);

  /// "http://host:port: reason" of every peer given up.
  [[nodiscard]] std::vector<std::string> dropped() const;

 private:
  struct Peer {
    std::string name;
    net::Url url;
    unsigned strikes = 0;
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

 private:
  /// The block, or what the peer said instead.
  [[nodiscard]] std::expected<Bytes, std::string> ask(std::size_t peer, const ipld::Cid& cid,
                                                      const std::stop_token& stop);
  [[nodiscard]] net::HttpConnection& connection(std::size_t peer);

  Peers& peers_;
  net::HttpOptions options_;
  std::map<std::size_t, std::unique_ptr<net::HttpConnection>> connections_;
};

}  // namespace substratee::worker::ipfs
