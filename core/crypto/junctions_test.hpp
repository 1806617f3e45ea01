#pragma once

/// The junctions of the secret URIs in tests/vectors/substrate: enough of the grammar for those, no more.

#include "core/crypto/hash.hpp"
#include "core/crypto/sr25519.hpp"

#include <charconv>
#include <string>
#include <vector>

namespace substratee::crypto::test_junctions {

struct Junction {
  bool hard;
  FixedBytes<32> chain_code;
};

/// A number is a u64, anything else a SCALE string; hashed when longer than 32 bytes.
inline FixedBytes<32> to_chain_code(std::string_view name) {
  Bytes encoded;
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
  if (parsed.ec == std::errc{} && parsed.ptr == name.data() + name.size()) {
    for (int i = 0; i < 8; ++i) encoded.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  } else {
    encoded.push_back(static_cast<std::uint8_t>(name.size() << 2));
    append(encoded, as_bytes(name));
  }
  if (encoded.size() > 32) return blake2_256(encoded);
  encoded.resize(32);
  return *FixedBytes<32>::from(encoded);
}

/// "//Alice/soft" to its junctions; nothing for a bare phrase.
inline std::vector<Junction> to_junctions(std::string_view path) {
  std::vector<Junction> junctions;
  while (path.starts_with('/')) {
    const bool hard = path.starts_with("//");
    path.remove_prefix(hard ? 2 : 1);
    const auto name = path.substr(0, path.find('/'));
    path.remove_prefix(name.size());
    junctions.push_back({hard, to_chain_code(name)});
  }
  return junctions;
}

}  // namespace substratee::crypto::test_junctions
