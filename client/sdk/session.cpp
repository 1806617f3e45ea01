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
/// Enclaves that one read proof tells about: far below its limit of nodes.
constexpr std::uint64_t kEnclavesPerProof = 128;

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

Session::Session(SessionOptions options, std::unique_ptr<rpc::NodeClient> node, ChainReader reader, Random& random)
    : options_(std::move(options)),
      node_(std::move(node)),
      reader_(std::move(reader)),
      domain_{reader_.genesis_hash(), options_.shard},
      random_(random) {}

Result<std::unique_ptr<Session>> Session::open(SessionOptions options, Random& random) {
  auto node = SUBSTRATEE_TRY(rpc::NodeClient::connect(options.node_url, std::min(options.timeout, kMaxCallTime)));
  auto reader = SUBSTRATEE_TRY(ChainReader::open(*node, options.genesis));
  return std::unique_ptr<Session>(new Session(std::move(options), std::move(node), std::move(reader), random));
}

View Session::empty_view(const finality::FinalHeader& head) const {
  return {domain_, head.number(), head.hash, {}, {}, {}};
}

Result<std::optional<View>> Session::find_view(const finality::FinalHeader& head) {
  const auto accounts = SUBSTRATEE_TRY(reader_.member_hints(domain_.shard, head.hash));
  std::vector<Bytes> keys{key::shard(domain_.shard), key::timestamp_now()};
  for (const auto& account : accounts) {
    keys.push_back(key::member(domain_.shard, account));
    keys.push_back(key::enclave_index(account));
  }
  const auto state = SUBSTRATEE_TRY(reader_.read(head, keys));
  auto shard = SUBSTRATEE_TRY(state.get<registry::Shard>(key::shard(domain_.shard)));
  if (!shard) return std::optional<View>{};
  SUBSTRATEE_TRY(check_charter(shard->charter, options_.charter));
  auto out = empty_view(head);
  out.shard = *std::move(shard);
  out.time = SUBSTRATEE_TRY(state.get<std::uint64_t>(key::timestamp_now()));
  out.workers = SUBSTRATEE_TRY(members(head, state, accounts));
  return std::optional<View>(std::move(out));
}

Result<View> Session::view() {
  const auto head = SUBSTRATEE_TRY(reader_.head());
  auto view = SUBSTRATEE_TRY(find_view(head));
  if (view) return *std::move(view);
  return fail(Code::kUnknownShard,
              fmt::format("the chain at {} has no shard {}", node_->url(), to_hex_prefixed(domain_.shard)),
              "shards are made by genesis or root; name another with --shard");
}

Result<std::vector<Worker>> Session::members(const finality::FinalHeader& at, const ProvedState& state,
                                             const std::vector<AccountId>& accounts) {
  std::vector<Worker> out;
  std::vector<Bytes> keys;
  for (const auto& account : accounts) {
    const auto member = SUBSTRATEE_TRY(state.get<registry::Member>(key::member(domain_.shard, account)));
    const auto index = SUBSTRATEE_TRY(state.get<std::uint64_t>(key::enclave_index(account)));
    if (!member || !index) continue;
    keys.push_back(key::enclave(*index));
    out.push_back({*index, {}, member});
  }
  if (out.empty()) return out;
  const auto enclaves = SUBSTRATEE_TRY(reader_.read(at, keys));
  for (auto& worker : out) {
    auto enclave = SUBSTRATEE_TRY(enclaves.get<registry::Enclave>(key::enclave(worker.index)));
    if (enclave) worker.enclave = *std::move(enclave);
  }
  std::ranges::sort(out, {}, &Worker::index);
  return out;
}

Result<std::vector<Worker>> Session::find_workers() {
  const auto head = SUBSTRATEE_TRY(reader_.head());
  const auto counted = SUBSTRATEE_TRY(reader_.read(head, {key::enclave_count()}));
  const auto count = SUBSTRATEE_TRY(counted.get<std::uint64_t>(key::enclave_count())).value_or(0);
  std::vector<Worker> out;
  for (std::uint64_t first = 1; first <= count; first += kEnclavesPerProof) {
    const auto end = std::min(count + 1, first + kEnclavesPerProof);
    std::vector<Bytes> keys;
    for (auto index = first; index < end; ++index) keys.push_back(key::enclave(index));
    const auto state = SUBSTRATEE_TRY(reader_.read(head, keys));
    keys.clear();
    const auto begin = out.size();
    for (auto index = first; index < end; ++index) {
      auto enclave = SUBSTRATEE_TRY(state.get<registry::Enclave>(key::enclave(index)));
      if (!enclave) continue;
      keys.push_back(key::member(domain_.shard, enclave->account));
      out.push_back({index, *std::move(enclave), {}});
    }
    if (keys.empty()) continue;
    const auto places = SUBSTRATEE_TRY(reader_.read(head, keys));
    for (auto i = begin; i < out.size(); ++i) {
      out[i].member = SUBSTRATEE_TRY(places.get<registry::Member>(keys[i - begin]));
    }
  }
  return out;
}

Result<ChainStatus> Session::status() {
  ChainStatus out;
  out.chain = SUBSTRATEE_TRY(node_->chain_name());
  out.genesis = domain_.genesis_hash;
  out.runtime = SUBSTRATEE_TRY(node_->runtime_version());
  const auto head = SUBSTRATEE_TRY(reader_.head());
  out.view = SUBSTRATEE_TRY(find_view(head));
  out.final_number = head.number();
  out.final_hash = head.hash;
  const auto best = SUBSTRATEE_TRY(reader_.best());
  out.best_number = best.number();
  out.best_hash = best.hash;
  return out;
}

Result<AccountInfo> Session::account(const AccountId& account) {
  const auto best = SUBSTRATEE_TRY(reader_.best());
  const auto state = SUBSTRATEE_TRY(reader_.read(best, {key::system_account(account)}));
  return SUBSTRATEE_TRY(state.get<AccountInfo>(key::system_account(account))).value_or(AccountInfo{});
}

Result<CheckedBlock> Session::final_block(BlockNumber number) {
  for (const auto end = deadline();;) {
    auto blocks = SUBSTRATEE_TRY(reader_.blocks(number, 1));
    if (!blocks.empty()) return std::move(blocks.front());
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

Result<ExtrinsicFrame> Session::frame() { return frame(empty_view(SUBSTRATEE_TRY(reader_.head()))); }

Result<rpc::Inclusion> Session::submit(ByteView extrinsic, rpc::Until until) {
  auto inclusion = SUBSTRATEE_TRY(node_->submit_and_wait(extrinsic, until, options_.timeout));
  if (!inclusion.error) return inclusion;
  return fail(Code::kRefused,
              fmt::format("the chain refused the call in block {}: {}", inclusion.block_number, *inclusion.error),
              advice_for(*inclusion.error));
}

Result<std::optional<Session::Announced>> Session::find_agreed(const finality::FinalHeader& at, BlockNumber block,
                                                               const BlockHash& hash) {
  const auto state =
      SUBSTRATEE_TRY(reader_.read(at, {key::shard(domain_.shard), key::confirmations(domain_.shard, block)}));
  const auto shard = SUBSTRATEE_TRY(state.get<registry::Shard>(key::shard(domain_.shard)));
  if (shard && shard->disputed) {
    return fail(Code::kDisputed,
                fmt::format("the workers of shard {} disagree; nothing more is agreed", shard->name.value),
                "root has to quarantine one of them");
  }
  const auto confirmations =
      SUBSTRATEE_TRY(state.get<registry::BlockConfirmations>(key::confirmations(domain_.shard, block)));
  if (confirmations && confirmations->is_agreed) {
    auto announced_in = SUBSTRATEE_TRY(final_block(confirmations->agreed_in));
    auto agreement = SUBSTRATEE_TRY(find_agreement(announced_in, domain_.shard, block, hash));
    return std::optional(Announced{std::move(agreement), std::move(announced_in)});
  }
  if (shard && shard->agreed && shard->agreed->block_number > block) {
    return fail(Code::kNotThere,
                fmt::format("block {} has no agreement of its own that is still kept; block {} is agreed", block,
                            shard->agreed->block_number),
                "a worker that kept the proof still has the receipt; the state itself: substratee-client query");
  }
  return std::optional<Announced>{};
}

Failure Session::not_agreed(BlockNumber block) {
  const auto confirmations = node_->confirmations(domain_.shard, block);
  const auto count = confirmations && *confirmations ? (*confirmations)->confirmations.value.size() : 0;
  return {Code::kTimeout,
          fmt::format("block {} is not agreed after {} s; {} workers have confirmed it", block,
                      options_.timeout.count() / 1000, count),
          "see the members with: substratee-client workers"};
}

Result<Session::Announced> Session::wait_announced(BlockNumber block, const BlockHash& hash) {
  std::optional<BlockHash> looked_at;
  for (const auto end = deadline();;) {
    const auto head = SUBSTRATEE_TRY(reader_.head());
    if (looked_at != head.hash) {
      auto agreed = SUBSTRATEE_TRY(find_agreed(head, block, hash));
      if (agreed) return *std::move(agreed);
      looked_at = head.hash;
    }
    if (std::chrono::steady_clock::now() >= end) return std::unexpected(not_agreed(block));
    std::this_thread::sleep_for(kPoll);
  }
}

Result<registry::StateAgreed> Session::wait_agreed(BlockNumber block, const BlockHash& hash) {
  return SUBSTRATEE_TRY(wait_announced(block, hash)).agreement;
}

}  // namespace substratee::client
