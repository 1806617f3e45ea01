#pragma once

/// The way from a trie's root to a place in it, as half bytes.

#include "core/base/check.hpp"
#include "core/trie/node.hpp"

namespace substratee::node::storage {

class Path {
 public:
  void append(const trie::Nibbles& more) {
    for (std::size_t i = 0; i < more.size(); ++i) nibbles_.push_back(more[i]);
  }
  void append(std::uint8_t nibble) { nibbles_.push_back(nibble); }
  [[nodiscard]] std::uint8_t operator[](std::size_t index) const { return nibbles_[index]; }
  [[nodiscard]] std::size_t size() const noexcept { return nibbles_.size(); }
  void cut(std::size_t size) { nibbles_.resize(size); }
  /// Of an entry that stands here: keys are whole bytes.
  [[nodiscard]] Bytes key() const {
    SUBSTRATEE_CHECK(nibbles_.size() % 2 == 0);
    Bytes out(nibbles_.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint8_t>(nibbles_[2 * i] << 4 | nibbles_[2 * i + 1]);
    }
    return out;
  }

 private:
  Bytes nibbles_;
};

}  // namespace substratee::node::storage
