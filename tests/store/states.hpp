#pragma once

/// A row of states that share most of their blocks: state N differs from state N-1 in one leaf. The same in the process
/// that is killed and in the one that checks.

#include "core/ipld/unixfs.hpp"

#include <vector>

namespace substratee::tests {

inline constexpr std::uint32_t kLeaves = 40;
inline constexpr std::size_t kLeafSize = 4'096;
inline constexpr std::uint32_t kKeptStates = 3;

struct State {
  ipld::Cid root;
  std::vector<ipld::Block> blocks;  ///< all of them
};

/// Number of the state that wrote this leaf of state `number`.
inline std::uint32_t writer_of(std::uint32_t number, std::uint32_t leaf) {
  const auto turn = number % kLeaves;
  const auto round = number - turn;
  if (leaf <= turn) return round + leaf;
  return round >= kLeaves ? round - kLeaves + leaf : 0;
}

inline State state(std::uint32_t number) {
  State out;
  std::vector<ipld::Child> children;
  for (std::uint32_t leaf = 0; leaf < kLeaves; ++leaf) {
    const auto writer = writer_of(number, leaf);
    Bytes content(kLeafSize, static_cast<std::uint8_t>(leaf));
    for (std::size_t i = 0; i < 4; ++i) content[i] = static_cast<std::uint8_t>(writer >> (8 * i));
    auto built = ipld::make_leaf(content);
    children.push_back(built.self);
    out.blocks.push_back(std::move(built.block));
  }
  out.root = ipld::make_file_tree(std::move(children), 8, out.blocks).cid;
  return out;
}

/// What state `number` adds to the one before: an enclave gives no others.
inline std::vector<ipld::Block> new_blocks(std::uint32_t number) {
  auto now = state(number);
  if (number == 0) return std::move(now.blocks);
  const auto before = state(number - 1);
  std::erase_if(now.blocks, [&](const ipld::Block& block) {
    for (const auto& old : before.blocks) {
      if (old.cid == block.cid) return true;
    }
    return false;
  });
  return std::move(now.blocks);
}

}  // namespace substratee::tests
