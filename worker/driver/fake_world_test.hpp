#pragma once

/// A whole small world for the driver: a chain that one can switch off, an enclave that follows a script, wires that
/// end nowhere, on a virtual clock.

#include "core/crypto/hash.hpp"
#include "tests/support/temporary_directory.hpp"
#include "worker/driver/driver.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace substratee::worker::driver {

inline AccountId account_of(std::uint8_t number) {
  AccountId out;
  out[0] = number;
  return out;
}
inline Bytes text_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

class FakeReport final : public Report {
 public:
  std::vector<std::string> lines;

  void started(const protocol::Started&) override { say("started"); }
  void registered(BlockNumber block) override { say(fmt::format("registered {}", block)); }
  void founded(BlockNumber block, registry::Epoch epoch) override {
    say(fmt::format("founded {} epoch {}", block, epoch));
  }
  void connecting(const AccountId& provider, const std::string& url) override {
    say(fmt::format("connecting {} {}", provider[0], url));
  }
  void keys_received(const AccountId& provider, registry::Epoch epoch, Millis) override {
    say(fmt::format("keys from {} epoch {}", provider[0], epoch));
  }
  void keys_sent(const AccountId& joiner, registry::Epoch, BlockNumber block, Millis) override {
    say(fmt::format("keys to {} after {}", joiner[0], block));
  }
  void state_loaded(const registry::StateCid&, std::uint64_t blocks, std::uint64_t) override {
    say(fmt::format("loaded {}", blocks));
  }
  void live(BlockNumber) override { say("live"); }
  void processed(const protocol::Processed& block) override { say(fmt::format("processed {}", block.block)); }
  void confirmed(BlockNumber block, BlockNumber in) override { say(fmt::format("confirmed {} in {}", block, in)); }
  void member_changed(registry::MemberStatus status) override {
    say(fmt::format("member {}", registry::to_string(status)));
  }
  void diverged(const protocol::Divergence& it) override { say(fmt::format("diverged {}", it.block)); }
  void equivocation(const std::string& file) override { say("equivocation " + file); }
  void info(const std::string& text) override { say("info: " + text); }
  void warn(const std::string& text) override { say("warn: " + text); }

  [[nodiscard]] bool has(std::string_view part) const { return count(part) > 0; }
  [[nodiscard]] std::size_t count(std::string_view part) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(lines, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
  }

 private:
  void say(std::string line) { lines.push_back(std::move(line)); }
};

/// Blocks contain the extrinsics that were sent before them, unless they are lost.
class FakeChain final : public chain_follower::Chain {
 public:
  std::vector<std::vector<std::string>> blocks{{}};  ///< by number; the genesis is empty
  std::vector<std::string> pool;
  std::vector<chain_follower::PeerWorker> members;
  std::map<std::string, std::string> errors;  ///< of calls, by extrinsic
  std::vector<std::string> proofs_asked;
  bool is_away = false;
  bool loses_extrinsics = false;
  BlockNumber finality_lag = 0;
  bool disputed = false;
  std::optional<BlockNumber> forked_at;  ///< another block than before stands there
  std::optional<chain_follower::Registration> registered;
  std::map<attestation::CollateralId, registry::Collateral> collateral_items;

  static BlockHash hash_of(BlockNumber number) { return crypto::sha256(as_bytes(std::to_string(number))); }

  void make_block() {
    blocks.push_back(loses_extrinsics ? std::vector<std::string>{} : std::exchange(pool, {}));
    pool.clear();
  }
  [[nodiscard]] BlockNumber best() const { return static_cast<BlockNumber>(blocks.size() - 1); }

  Result<std::vector<rpc::VerifiedBlock>> verified_blocks(BlockNumber from) override {
    if (is_away) return away();
    std::vector<rpc::VerifiedBlock> out;
    for (auto number = from; number <= best() && out.size() < 256; ++number) {
      const bool is_fork = number == forked_at;
      out.push_back({number,
                     hash_of(is_fork ? number + 500 : number),
                     {text_bytes(is_fork ? "fork" : std::to_string(number)), {}, {}}});
    }
    return out;
  }
  Result<BlockNumber> finalized() override {
    if (is_away) return away();
    return best() - std::min(best(), finality_lag);
  }
  Result<std::vector<Bytes>> read_proof(const std::vector<Bytes>& keys, const BlockHash&) override {
    if (is_away) return away();
    for (const auto& key : keys) proofs_asked.emplace_back(as_text(key));
    return std::vector<Bytes>{text_bytes("node")};
  }
  Result<protocol::ExtrinsicHints> hints(const AccountId&) override {
    if (is_away) return away();
    return protocol::ExtrinsicHints{};
  }
  Result<void> submit(ByteView extrinsic) override {
    if (is_away) return away();
    pool.emplace_back(as_text(extrinsic));
    return {};
  }
  Result<std::optional<chain_follower::Found>> find(ByteView extrinsic, const BlockHash& block) override {
    if (is_away) return away();
    for (BlockNumber number = 0; number <= best(); ++number) {
      if (hash_of(number) != block) continue;
      for (const auto& one : blocks[number]) {
        if (one != as_text(extrinsic)) continue;
        const auto error = errors.find(one);
        return std::optional(
            chain_follower::Found{number, error == errors.end() ? std::nullopt : std::optional(error->second)});
      }
    }
    return std::optional<chain_follower::Found>{};
  }
  Result<bool> is_disputed(const registry::ShardId&) override {
    if (is_away) return away();
    return disputed;
  }
  Result<std::vector<chain_follower::PeerWorker>> workers(const registry::ShardId&) override {
    if (is_away) return away();
    return members;
  }
  Result<std::optional<chain_follower::Registration>> registration(const AccountId&) override {
    if (is_away) return away();
    return registered;
  }
  Result<std::optional<registry::Collateral>> collateral(const attestation::CollateralId& id) override {
    if (is_away) return away();
    const auto found = collateral_items.find(id);
    return found == collateral_items.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  static std::unexpected<Failure> away() {
    return fail(FailureCode::kNode, "the node does not answer", "is it running?");
  }
};

class FakeWires final : public provisioning_relay::Wires {
 public:
  std::set<std::string> reachable;
  std::vector<std::string> dialled;
  std::vector<provisioning_relay::WireEvent> events;
  std::vector<std::string> sent;
  std::vector<provisioning_relay::WireId> closed;
  provisioning_relay::WireId next = 1;

  Result<provisioning_relay::WireId> dial(const std::string& url) override {
    dialled.push_back(url);
    if (!reachable.contains(url))
      return fail(FailureCode::kPeer, url + ": connection refused", "is that worker running?");
    return next++;
  }
  Result<void> send(provisioning_relay::WireId, ByteView bytes) override {
    sent.emplace_back(as_text(bytes));
    return {};
  }
  void close(provisioning_relay::WireId wire) override { closed.push_back(wire); }
  std::vector<provisioning_relay::WireEvent> take_events() override { return std::exchange(events, {}); }
};

class FakeStore final : public ipfs::StateStore {
 public:
  std::map<Bytes, Bytes> blocks;
  std::map<Bytes, Bytes> at_peers;
  std::vector<std::string> asked;
  std::vector<ipld::Cid> retained;

  bool is_full = false;
  bool is_away = false;            ///< a daemon that does not answer
  std::vector<ipld::Cid> earlier;  ///< roots of before this start

  ipfs::Result<void> put_all(std::span<const ipld::Block> more, const ipld::Cid&) override {
    if (is_away) return ipfs::fail(ipfs::FailureCode::kUnreachable, "no daemon", "start it");
    if (is_full) return ipfs::fail(ipfs::FailureCode::kDiskFull, "no room", "free some space");
    for (const auto& block : more) blocks[block.cid.to_bytes()] = block.bytes;
    return {};
  }
  ipfs::Result<Bytes> get(const ipld::Cid& cid) override {
    const auto found = blocks.find(cid.to_bytes());
    if (found == blocks.end()) return ipfs::fail(ipfs::FailureCode::kNotFound, "block", "");
    return found->second;
  }
  ipfs::Result<bool> has(const ipld::Cid& cid) override { return blocks.contains(cid.to_bytes()); }
  ipfs::Result<ipfs::FetchReport> fetch(const ipld::Cid&, std::span<const std::string> peers, const ipfs::FetchOptions&,
                                        const std::stop_token&) override {
    asked.assign(peers.begin(), peers.end());
    if (at_peers.empty()) return ipfs::fail(ipfs::FailureCode::kNotFound, "no worker has the state", "ask later");
    ipfs::FetchReport report;
    report.total.blocks = at_peers.size();
    blocks.insert(at_peers.begin(), at_peers.end());
    return report;
  }
  ipfs::Result<ipfs::Usage> retain(std::span<const ipld::Cid> roots) override {
    retained.assign(roots.begin(), roots.end());
    return ipfs::Usage{};
  }
  ipfs::Result<std::vector<ipld::Cid>> roots() override { return earlier; }
};

/// Answers as an enclave would, by what the blocks contain: "register", "found", "confirm N", "release".
class FakeEnclave final : public enclave_process::EnclaveChannel {
 public:
  explicit FakeEnclave(FakeChain& chain) : chain_(chain) { status.phase = protocol::Phase::kFollowing; }

  FakeChain& chain_;
  protocol::Status status;
  std::optional<Failure> dead;
  std::set<BlockNumber> work;  ///< processed, not confirmed on the chain
  std::vector<protocol::Outputs> outputs;
  std::vector<std::string> log;  ///< what was asked, by name
  bool is_blob_stored = false;
  bool is_shard_founded = false;
  bool refuses_blocks = false;
  bool refuses_providing = false;
  std::optional<Bytes> needed_block;  ///< CID
  bool is_paged = false;              ///< blocks wait for it, too
  std::vector<protocol::FinalBlock> kept;
  std::optional<protocol::Refusal> query_refusal;
  std::function<protocol::Reply(const protocol::TlsInput&)> on_tls;

  void stop_for(const finality::Equivocation& evidence) {
    status.phase = protocol::Phase::kEquivocation;
    status.equivocation = evidence;
  }
  Result<protocol::Reply> call(const protocol::Request& request) override {
    if (dead) return std::unexpected(*dead);
    return std::visit([this](const auto& message) { return protocol::Reply(on(message)); }, request);
  }

 private:
  using Reply = protocol::Reply;

  static protocol::Extrinsic extrinsic(std::string_view text, BlockNumber subject = 0) {
    return {text_bytes(text), subject, 64};
  }
  Reply done(std::string name) {
    log.push_back(std::move(name));
    return protocol::Done{};
  }
  protocol::Status current() const {
    auto out = status;
    out.has_outputs = !outputs.empty();
    out.has_confirmation = !work.empty();
    return out;
  }

  Reply on(const protocol::Start& start) {
    log.push_back(fmt::format("start {} blobs", start.blobs.value.size()));
    protocol::Started out;
    out.account = account_of(1);
    return out;
  }
  Reply on(const protocol::SupplyProof&) { return done("proof"); }
  Reply on(const protocol::SupplyState& state) {
    if (!state.blocks.value.empty()) needed_block.reset();
    return done(fmt::format("state {}", state.blocks.value.size()));
  }
  Reply on(const protocol::Stored& stored) {
    is_blob_stored = true;
    return done(fmt::format("stored {} {}", stored.name.value, stored.version));
  }
  Reply on(const protocol::ImportBlocks& request) {
    if (is_paged && needed_block) {
      if (!request.blocks.value.empty()) kept = request.blocks.value;
      return protocol::Need{protocol::NeedState{*registry::StateCid::from(*needed_block), {{*needed_block}}}};
    }
    auto blocks = request;
    if (blocks.blocks.value.empty()) blocks.blocks.value = std::exchange(kept, {});
    const auto is_fork = [](const protocol::FinalBlock& block) { return as_text(block.header) == "fork"; };
    if (refuses_blocks && std::ranges::none_of(blocks.blocks.value, is_fork)) {
      return protocol::Refused{protocol::Refusal::kBadHeader, {"not its seal"}};
    }
    auto out = current();
    for (const auto& block : blocks.blocks.value) {
      if (is_fork(block)) {
        stop_for({{text_bytes("ours")}, {block.header}});
        return current();
      }
      if (std::string(as_text(block.header)) != std::to_string(status.head + 1))
        return protocol::Refused{protocol::Refusal::kBadHeader, {}};
      ++status.head;
      for (const auto& extrinsic : chain_.blocks[status.head]) {
        if (!chain_.errors.contains(extrinsic)) see(extrinsic, out);
      }
    }
    const auto processed = out.processed;
    out = current();
    out.processed = processed;
    return out;
  }
  void see(const std::string& extrinsic, protocol::Status& out) {
    if (extrinsic == "register") {
      status.member = registry::MemberStatus::kJoining;
      status.phase = is_shard_founded ? protocol::Phase::kJoining : protocol::Phase::kUnfounded;
    }
    if (extrinsic == "found") {
      status.phase = protocol::Phase::kLive;
      status.member = registry::MemberStatus::kActive;
      status.epoch = 1;
    }
    if (extrinsic == "found" || extrinsic == "call") {
      work.insert(status.head);
      out.processed.value.push_back(
          {.block = status.head, .block_hash = {}, .receipts_root = {}, .state_cid = {}, .calls = 0});
    }
    if (extrinsic.starts_with("confirm ")) {
      work.erase(static_cast<BlockNumber>(std::stoul(extrinsic.substr(8))));
      status.member = registry::MemberStatus::kActive;
    }
  }
  Reply on(const protocol::GetStatus&) { return current(); }
  Reply on(const protocol::ComposeRegistration& request) {
    log.push_back("compose registration " + request.worker_url.value);
    return extrinsic("register");
  }
  Reply on(const protocol::ComposeFounding&) {
    if (!is_blob_stored) return protocol::Need{protocol::NeedStore{{{"shard"}, 1, {text_bytes("sealed")}}}};
    status.phase = protocol::Phase::kFoundingSent;
    return extrinsic("found");
  }
  Reply on(const protocol::ComposeConfirmation& request) {
    const auto next = work.upper_bound(request.above);
    if (next == work.end()) return protocol::Done{};
    return extrinsic(fmt::format("confirm {}", *next), *next);
  }
  Reply on(const protocol::ComposeUnregistration&) { return extrinsic("unregister"); }
  Reply on(const protocol::JoinBegin& request) {
    log.push_back(fmt::format("join {}", request.provider[0]));
    return protocol::Tls{5, protocol::TlsPhase::kHandshake, {text_bytes("hello")}, false, {}};
  }
  Reply on(const protocol::ProvideBegin&) {
    log.emplace_back("provide");
    if (refuses_providing) return protocol::Refused{protocol::Refusal::kWrongPhase, {"not yet"}};
    return protocol::Tls{6, protocol::TlsPhase::kHandshake, {}, false, {}};
  }
  Reply on(const protocol::TlsInput& input) {
    return on_tls ? on_tls(input) : protocol::Tls{input.session, protocol::TlsPhase::kHandshake, {}, false, {}};
  }
  Reply on(const protocol::TlsClose& close) { return done(fmt::format("close {}", close.session)); }
  Reply on(const protocol::ComposeRelease&) { return extrinsic("release"); }
  Reply on(const protocol::LoadState&) {
    if (needed_block)
      return protocol::Need{protocol::NeedState{*registry::StateCid::from(*needed_block), {{*needed_block}}}};
    status.phase = protocol::Phase::kLive;
    status.root = registry::StateCid{};
    return current();
  }
  Reply on(const protocol::TakeOutputs&) {
    if (outputs.empty()) return protocol::Outputs{};
    auto out = outputs.front();
    outputs.erase(outputs.begin());
    out.more = !outputs.empty();
    return out;
  }
  Reply on(const protocol::ExecuteQuery&) {
    if (query_refusal) return protocol::Refused{*query_refusal, {}};
    return protocol::SealedAnswer{text_bytes("answer")};
  }
  Reply on(const protocol::SupplyReceipts& receipts) {
    return done(fmt::format("receipts {}", receipts.sealed.value.size()));
  }
  Reply on(const protocol::GetShieldingKey&) { return protocol::ShieldingKeyAnswer{}; }
  Reply on(const protocol::KeepPlace&) {
    if (status.has_place) {
      status.has_place = false;
      return protocol::Need{protocol::NeedStore{{{"place"}, 1, {text_bytes("sealed")}}}};
    }
    return done("place");
  }
  Reply on(const protocol::ReportEquivocation& report) {
    if (report.evidence.first == report.evidence.second) {
      return protocol::Refused{protocol::Refusal::kNotEquivocation, {"one header twice"}};
    }
    stop_for(report.evidence);
    return current();
  }
  Reply on(const protocol::ComposeCollateral& request) {
    return extrinsic("collateral " + std::string(as_text(request.item.body.value)));
  }
};

struct World {
  test::TemporaryDirectory folder;
  FakeChain chain;
  FakeEnclave enclave{chain};
  FakeStore store;
  FakeWires wires;
  FakeReport report;
  conversation::BlobStore blobs = *conversation::BlobStore::open(folder.path() / "sealed");
  conversation::ReceiptStore receipts = *conversation::ReceiptStore::open(folder.path() / "receipts");
  conversation::EvidenceStore evidence = *conversation::EvidenceStore::open(folder.path() / "evidence");
  conversation::Conversation conversation{{enclave, chain, blobs, receipts}};
  QueryDesk desk{[] {}};
  std::map<attestation::CollateralId, attestation::CollateralItem> source;
  Driver driver{
      {conversation, chain, store, blobs, receipts, evidence, wires, desk, report},
      {.shard = registry::shard_id("counter", "default"),
       .worker_url = "http://here:1",
       .provisioning_url = "tcp://here:2",
       .find_collateral = [this](const attestation::CollateralId& id) -> std::optional<attestation::CollateralItem> {
         const auto found = source.find(id);
         return found == source.end() ? std::nullopt : std::optional(found->second);
       }},
      {}};
  Millis now{3'600'000};

  World() { EXPECT_TRUE(driver.start(text_bytes("genesis"))); }

  Driver::Step step(Millis later = Millis(1'000)) {
    now += later;
    driver.announce();
    auto out = driver.step(now);
    EXPECT_TRUE(out) << out.error().to_string();
    return out ? *out : Driver::Step{};
  }
  /// A block, then a step.
  Driver::Step block() {
    chain.make_block();
    return step();
  }
  void blocks(int count) {
    for (int i = 0; i < count; ++i) block();
  }
  /// Up to the point where the shard is founded and the worker is live.
  void found() { blocks(4); }
};

}  // namespace substratee::worker::driver
