#pragma once

/// What one stranger may ask of the gateway.

#include <cstddef>
#include <cstdint>

namespace substratee::worker::ipfs::gateway {

struct Limits {
  std::size_t max_path = 512;      ///< characters of the whole path, as sent
  std::size_t max_cid_text = 256;  ///< characters
  std::size_t max_segments = 64;   ///< names behind the CID
  std::uint64_t max_car_blocks = 1'000'000;
  std::uint64_t max_car_bytes = std::uint64_t{1} << 36;
  std::size_t max_streams = 64;  ///< CARs being sent at once
  std::size_t max_streams_per_address = 32;
};

}  // namespace substratee::worker::ipfs::gateway
