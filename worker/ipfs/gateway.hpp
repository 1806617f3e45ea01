#pragma once

/// The serving side of the IPFS Trustless Gateway protocol (specs.ipfs.tech/http-gateways/trustless-gateway): single
/// blocks by CID, GET and HEAD /ipfs/{cid}, `?format=raw` or `Accept: application/vnd.ipld.raw`. Serves what the store
/// has and fetches nothing for strangers. Its clients check the hash themselves.

#include "net/http.hpp"
#include "net/server.hpp"
#include "worker/ipfs/block_source.hpp"

namespace substratee::worker::ipfs {

/// 200; 304 when the client has it (If-None-Match); 400 bad CID or no format named; 404 not here; 406 a format or a
/// path that is not served; 412 not here and only-if-cached; 500 the stored block has gone bad or the disk failed.
[[nodiscard]] net::Response answer_gateway(const BlockSource& store, const net::Request& request);

/// Adds the routes under /ipfs/. `store` must outlive the server. Before the server's start.
void mount_gateway(net::Server& server, const BlockSource& store);

}  // namespace substratee::worker::ipfs
