#include "node/service/chain_check.hpp"

#include "core/base/hex.hpp"
#include "core/finality/dev_seal.hpp"
#include "core/trie/trie.hpp"
#include "node/service/genesis_facts.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace substratee::node::service {

namespace {

using primitives::BlockHash;
using primitives::BlockNumber;
using storage::NodeId;

constexpr std::uint64_t kProgressEach = 1'000;

class Check {
 public:
  Check(const storage::ChainStore& store, crypto::ed25519::PublicKey authority)
      : store_(store), authority_(authority) {}

  void block(BlockNumber number) {
    ++report_.blocks;
    const auto header = store_.header(number);
    if (!header) return problem(number, header.error().message);
    const auto hash = header->hash();
    if (header->number.value != number) problem(number, "the header has another number");
    if (number > 0 && header->parent_hash != parent_) problem(number, "it does not follow the block before it");
    if (number > 0 && !finality::verify_seal(*header, authority_)) problem(number, "the seal is not the authority's");
    if (store_.number(hash).value_or(~BlockNumber{0}) != number) problem(number, "it is not found by its hash");
    parent_ = hash;
    body(number, *header);
    journal(number, *header);
  }

  /// Subtrees that have been looked through as part of another state are not looked through again.
  void state(BlockNumber number) {
    ++report_.states;
    const auto hash = store_.hash(number);
    const auto snapshot = hash ? store_.at(*hash) : std::unexpected(hash.error());
    if (!snapshot) return problem(number, snapshot.error().message);
    const auto& trie = (*snapshot)->trie();
    try {
      if (trie.root().id != 0) walk(trie.nodes(), trie.root().id, trie.root().hash.bytes);
    } catch (const storage::Unreadable& unreadable) {
      problem(number, fmt::format("the state is not whole: {}", unreadable.error().message));
    }
    report_.state_nodes = seen_.size();
  }

  [[nodiscard]] CheckReport take() && { return std::move(report_); }

 private:
  void problem(BlockNumber number, std::string_view what) {
    if (report_.problems.size() == kMaxProblems) {
      report_.has_more = true;
      return;
    }
    report_.problems.push_back(fmt::format("block #{}: {}", number, what));
  }

  void body(BlockNumber number, const primitives::Header& header) {
    const auto extrinsics = store_.extrinsics(number);
    if (!extrinsics) return problem(number, extrinsics.error().message);
    if (trie::ordered_root(*extrinsics) != header.extrinsics_root) {
      problem(number, "the extrinsics are not those of the header");
    }
  }

  void journal(BlockNumber number, const primitives::Header& header) {
    const auto encoded = store_.encoded_journal(number);
    if (!encoded) return problem(number, encoded.error().message);
    const auto decoded = scale::decode<registry::Journal>(*encoded);
    if (!decoded) return problem(number, "the journal does not decode");
    if (!registry::journal_matches(header, *decoded)) problem(number, "the journal is not the one of the header");
  }

  /// Every node is compared with its parent's reference as it is read.
  void walk(const storage::NodeSource& nodes, NodeId id, ByteView reference) {
    if (!seen_.insert(id).second) return;
    const auto node = nodes.load(id, reference);
    const auto decoded = node->decoded();
    for (std::uint8_t nibble = 0; nibble < decoded.children.size(); ++nibble) {
      const auto child = decoded.children[nibble];
      if (!child.empty()) walk(nodes, node->child(decoded, nibble), child);
    }
  }

  const storage::ChainStore& store_;
  crypto::ed25519::PublicKey authority_;
  BlockHash parent_;
  std::unordered_set<NodeId> seen_;
  CheckReport report_;
};

}  // namespace

storage::Result<CheckReport> check_chain(
    const storage::ChainStore& store,
    const std::function<void(std::string_view, std::uint64_t, std::uint64_t)>& on_progress) {
  Check check(store, SUBSTRATEE_TRY(authority_of(store)));
  const auto best = store.best().number;
  for (std::uint64_t number = 0; number <= best; ++number) {
    check.block(static_cast<BlockNumber>(number));
    if (number % kProgressEach == 0) on_progress("blocks", number, best);
  }
  const auto oldest = std::max<std::uint64_t>(store.oldest_state(), 1);
  check.state(0);
  for (auto number = oldest; number <= best; ++number) {
    check.state(static_cast<BlockNumber>(number));
    if (number % kProgressEach == 0) on_progress("states", number - oldest + 1, best - oldest + 1);
  }
  return std::move(check).take();
}

}  // namespace substratee::node::service
