#pragma once

/// The processes that take part in the measured join, beside the joining worker: who makes the state, who serves it,
/// and the enclave that opens it.

#include "core/registry/types.hpp"

#include <cstdint>
#include <filesystem>

namespace substratee::bench {

struct JoinLoad {
  std::uint32_t records = 0;
  std::size_t value_size = 0;
};

/// Makes a state of that many records with the enclave's own code, and a later one in which one leaf in a hundred has
/// changed; puts both into a store and prints {"root", "changed_root", "leaves", "blocks", "bytes",
/// "microseconds_per_block"}: the last is what hashing, opening and hashing the content of one block takes one core.
/// The exit status.
int make_states(const std::filesystem::path& store, const JoinLoad& load);

/// Serves a store as a worker does, until its standard input ends; prints its port.
int serve(const std::filesystem::path& store);

/// What an enclave does from LoadState on, by the frames of its protocol: `root` is what is agreed.
int be_enclave(const registry::StateCid& root);

}  // namespace substratee::bench
