#include "client/sdk/session.hpp"

#include "core/base/hex.hpp"
#include "core/registry/storage.hpp"

#include <fmt/format.h>

#include <thread>

namespace substratee::client {
namespace key = registry::key;
namespace {

constexpr std::chrono::milliseconds kMaxCallTime{10'000};
/// Blocks come once a second, agreement within one or two.
constexpr std::chrono::milliseconds kPoll{100};

/// What to do about a failed call, by the chain's own name for the failure.
const char* advice_for(std::string_view error) {
  if (error.ends_with(".NoKey")) return "no worker has founded the shard yet; start one and send it again";
  if (error.ends_with(".Backlog")) return "the workers do not keep up; wait and send it again";
  if (error.ends_with(".UnknownShard")) return "name a shard of this chain with --shard";
  if (error.starts_with("Token") || error.starts_with("Balances"))
    return "see the account's balance: substratee-client balance";
  return "the extrinsic's fee is spent, nothing else has changed";
}

}  // namespace

Session::Session(SessionOptions options, std::unique_ptr<rpc::NodeClient> node, const BlockHash& genesis,
                 Random& random)
    : options_(std::move(options)), node_(std::move(node)), domain_{genesis, options_.shard}, random_(random) {}

Result<std::unique_ptr<Session>> Session::open(SessionOptions options, Random& random) {
  auto node = SUBSTRATEE_TRY(rpc::NodeClient::connect(options.node_url, std::min(options.timeout, kMaxCallTime)));
  const auto genesis = SUBSTRATEE_TRY(node->genesis_hash());
  SUBSTRATEE_TRY(check_genesis(genesis, options.genesis, options.node_url));
  return std::unique_ptr<Session>(new Session(std::move(options), std::move(node), genesis, random));
}

Result<View> Session::final_head() {
  View out{domain_, 0, SUBSTRATEE_TRY(node_->finalized_head()), {}, {}};
  const auto header = SUBSTRATEE_TRY(node_->header(out.hash));
  if (!header) {
    return fail(Code::kForged, fmt::format("the node at {} does not know its own final block", node_->url()),
                "look at its log");
  }
  out.number = header->number.value;
  return out;
}

Result<std::optional<View>> Session::find_view() {
  auto out = SUBSTRATEE_TRY(final_head());
  auto shard = SUBSTRATEE_TRY(node_->shard(domain_.shard, out.hash));
  if (!shard) return std::optional<View>{};
  out.shard = *std::move(shard);
  out.workers = SUBSTRATEE_TRY(members(out.hash));
  return std::optional<View>(std::move(out));
}

Result<View> Session::view() {
  auto view = SUBSTRATEE_TRY(find_view());
  if (view) return *std::move(view);
  return fail(Code::kUnknownShard,
              fmt::format("the chain at {} has no shard {}", node_->url(), to_hex_prefixed(domain_.shard)),
              "shards are made by genesis or root; name another with --shard");
}

Result<std::vector<Worker>> Session::members(const BlockHash& at) {
  std::vector<Worker> out;
  for (const auto& [account, member] : SUBSTRATEE_TRY(node_->members(domain_.shard, at))) {
    const auto index = SUBSTRATEE_TRY(node_->read<std::uint64_t>(key::enclave_index(account), at));
    if (!index) continue;
    auto enclave = SUBSTRATEE_TRY(node_->read<registry::Enclave>(key::enclave(*index), at));
    if (enclave) out.push_back({*index, *std::move(enclave), member});
  }
  std::ranges::sort(out, {}, &Worker::index);
  return out;
}

Result<std::vector<Worker>> Session::find_workers() {
  const auto at = SUBSTRATEE_TRY(node_->finalized_head());
  const auto count = SUBSTRATEE_TRY(node_->read<std::uint64_t>(key::enclave_count(), at)).value_or(0);
  std::vector<Worker> out;
  for (std::uint64_t index = 1; index <= count; ++index) {
    auto enclave = SUBSTRATEE_TRY(node_->read<registry::Enclave>(key::enclave(index), at));
    if (!enclave) continue;
    auto member = SUBSTRATEE_TRY(node_->member(domain_.shard, enclave->account, at));
    out.push_back({index, *std::move(enclave), member});
  }
  return out;
}

Result<ChainStatus> Session::status() {
  ChainStatus out;
  out.chain = SUBSTRATEE_TRY(node_->chain_name());
  out.genesis = domain_.genesis_hash;
  out.runtime = SUBSTRATEE_TRY(node_->runtime_version());
  out.view = SUBSTRATEE_TRY(find_view());
  const auto head = out.view ? *out.view : SUBSTRATEE_TRY(final_head());
  out.final_number = head.number;
  out.final_hash = head.hash;
  const auto best = SUBSTRATEE_TRY(node_->header());
  if (best) {
    out.best_number = best->number.value;
    out.best_hash = best->hash();
  }
  return out;
}

Result<AccountInfo> Session::account(const AccountId& account) {
  return SUBSTRATEE_TRY(node_->read<AccountInfo>(key::system_account(account))).value_or(AccountInfo{});
}

Result<CheckedBlock> Session::final_block(BlockNumber number) {
  for (const auto end = deadline();;) {
    const auto blocks = SUBSTRATEE_TRY(node_->verified_blocks(number, 1));
    if (!blocks.empty()) return check_block(blocks.front());
    if (std::chrono::steady_clock::now() >= end) break;
    std::this_thread::sleep_for(kPoll);
  }
  return fail(Code::kTimeout, fmt::format("block {} is not final after {} s", number, options_.timeout.count() / 1000),
              "see how far the chain is with: substratee-client status");
}

Result<ExtrinsicFrame> Session::frame(const View& view) {
  const auto version = SUBSTRATEE_TRY(node_->runtime_version());
  return mortal_frame(view, version.spec_version, version.transaction_version);
}

Result<ExtrinsicFrame> Session::frame() { return frame(SUBSTRATEE_TRY(final_head())); }

Result<rpc::Inclusion> Session::submit(ByteView extrinsic, rpc::Until until) {
  auto inclusion = SUBSTRATEE_TRY(node_->submit_and_wait(extrinsic, until, options_.timeout));
  if (!inclusion.error) return inclusion;
  return fail(Code::kRefused,
              fmt::format("the chain refused the call in block {}: {}", inclusion.block_number, *inclusion.error),
              advice_for(*inclusion.error));
}

Result<std::optional<registry::StateAgreed>> Session::find_agreed(BlockNumber block, const BlockHash& hash) {
  const auto at = SUBSTRATEE_TRY(node_->finalized_head());
  const auto shard = SUBSTRATEE_TRY(node_->shard(domain_.shard, at));
  if (shard && shard->disputed) {
    return fail(Code::kDisputed,
                fmt::format("the workers of shard {} disagree; nothing more is agreed", shard->name.value),
                "root has to quarantine one of them");
  }
  const auto confirmations = SUBSTRATEE_TRY(node_->confirmations(domain_.shard, block, at));
  if (confirmations && confirmations->is_agreed) {
    const auto announced_in = SUBSTRATEE_TRY(final_block(confirmations->agreed_in));
    return std::optional(SUBSTRATEE_TRY(find_agreement(announced_in, domain_.shard, block, hash)));
  }
  if (shard && shard->agreed && shard->agreed->block_number > block) {
    return fail(Code::kNotThere,
                fmt::format("block {} has no agreement of its own that is still kept; block {} is agreed", block,
                            shard->agreed->block_number),
                "receipts are provable for 256 blocks after the agreement; the state itself: substratee-client query");
  }
  return std::optional<registry::StateAgreed>{};
}

Failure Session::not_agreed(BlockNumber block) {
  const auto confirmations = node_->confirmations(domain_.shard, block);
  const auto count = confirmations && *confirmations ? (*confirmations)->confirmations.value.size() : 0;
  return {Code::kTimeout,
          fmt::format("block {} is not agreed after {} s; {} workers have confirmed it", block,
                      options_.timeout.count() / 1000, count),
          "see the members with: substratee-client workers"};
}

Result<registry::StateAgreed> Session::wait_agreed(BlockNumber block, const BlockHash& hash) {
  for (const auto end = deadline();;) {
    auto agreed = SUBSTRATEE_TRY(find_agreed(block, hash));
    if (agreed) return *std::move(agreed);
    if (std::chrono::steady_clock::now() >= end) return std::unexpected(not_agreed(block));
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace substratee::client
