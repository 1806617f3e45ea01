#pragma once

/// Looks through a whole database, without executing anything: is every block there, does each follow the one before,
/// is it sealed, are extrinsics and journal those of its header, is every kept state whole and the one of its header.

#include "node/storage/chain_store.hpp"

#include <functional>

namespace substratee::node::service {

struct CheckReport {
  std::uint64_t blocks = 0;
  std::uint64_t states = 0;  ///< looked through
  std::uint64_t state_nodes = 0;
  std::vector<std::string> problems;  ///< for people, the first kMaxProblems of them
  bool has_more = false;
};
inline constexpr std::size_t kMaxProblems = 20;

/// `on_progress(what, done, all)` now and then. kCorrupt if not even the genesis can be read.
[[nodiscard]] storage::Result<CheckReport> check_chain(
    const storage::ChainStore& store,
    const std::function<void(std::string_view what, std::uint64_t done, std::uint64_t all)>& on_progress);

}  // namespace substratee::node::service
