#pragma once

/// The serving side of the IPFS Trustless Gateway (specs.ipfs.tech/http-gateways/trustless-gateway): GET and HEAD
/// /ipfs/{cid}, single blocks (`format=raw`) and whole or partial DAGs (`format=car`, with a path). Serves what the
/// store has and fetches nothing for strangers; its clients check the hashes themselves.

#include "net/http.hpp"
#include "net/server.hpp"
#include "worker/ipfs/block_source.hpp"
#include "worker/ipfs/gateway/limits.hpp"
#include "worker/ipfs/gateway/slots.hpp"

#include <memory>

namespace substratee::worker::ipfs::gateway {

class Gateway {
 public:
  /// `store` must outlive this and every answer.
  explicit Gateway(const BlockSource& store, const Limits& limits = {});

  /// 200; 206 a range of a block; 304 the client has it (If-None-Match); 400 bad CID, path or parameter, a range
  /// outside the file, or no format named; 404 not here; 406 a format that is not served; 412 not here and
  /// only-if-cached; 416 a range outside the block; 429 too many streams; 500 the stored block has gone bad or the disk
  /// failed; 502 the daemon that keeps the blocks failed. A CAR whose blocks are not all here, or beyond the limits, is
  /// cut.
  [[nodiscard]] net::Response answer(const net::Request& request) const;

 private:
  const BlockSource& store_;
  Limits limits_;
  std::shared_ptr<Slots> slots_;
};

/// Adds the routes under /ipfs/. Before the server's start; `store` must outlive the server.
void mount(net::Server& server, const BlockSource& store, const Limits& limits = {});

}  // namespace substratee::worker::ipfs::gateway
