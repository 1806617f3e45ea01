#pragma once

/// A CAR, made while it is sent: the blocks that a traversal names, from the store.

#include "core/ipld/traversal.hpp"
#include "net/http.hpp"
#include "worker/ipfs/block_source.hpp"
#include "worker/ipfs/gateway/limits.hpp"
#include "worker/ipfs/gateway/slots.hpp"

#include <cstdint>
#include <memory>

namespace substratee::worker::ipfs::gateway {

class CarStream final : public net::BodyStream {
 public:
  /// `store` must outlive this. The CAR's only root is `root`.
  CarStream(const BlockSource& store, const ipld::Cid& root, ipld::Traversal traversal, const Limits& limits,
            std::unique_ptr<Slots::Slot> slot);

  /// What was read before a failure is still given out.
  std::optional<Bytes> next() override;

 private:
  [[nodiscard]] bool add_block();

  const BlockSource& store_;
  ipld::Traversal traversal_;
  const std::unique_ptr<Slots::Slot> slot_;
  Bytes piece_;  ///< begins with the CAR's header
  std::uint64_t blocks_left_;
  std::uint64_t bytes_left_;
  bool is_broken_ = false;
};

}  // namespace substratee::worker::ipfs::gateway
