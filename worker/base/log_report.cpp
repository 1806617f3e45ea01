#include "worker/base/log_report.hpp"

#include "core/base/hex.hpp"
#include "core/ipld/cid.hpp"
#include "core/primitives/ss58.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/json.hpp>

namespace substratee::worker {
namespace {

namespace json = boost::json;

std::int64_t unix_millis() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Millis>(now).count();
}

std::string line(std::string_view name, json::object fields) {
  json::object out{{"event", name}, {"time", unix_millis()}};
  for (auto& field : fields) out.insert(std::move(field));
  return json::serialize(out);
}

std::string plural(std::uint64_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace

std::string cid_text(const registry::StateCid& cid) {
  const auto parsed = ipld::Cid::from_bytes(cid);
  return parsed ? parsed->to_text() : to_hex_prefixed(cid);
}

Result<std::unique_ptr<LogReport>> LogReport::open(const std::filesystem::path& events_file) {
  std::ofstream events;
  if (!events_file.empty()) {
    events.open(events_file, std::ios::app);
    if (!events) {
      return fail(FailureCode::kOption, fmt::format("the events file {} cannot be written", events_file.string()),
                  "give --events-file a path in a folder that exists");
    }
  }
  return std::unique_ptr<LogReport>(new LogReport(std::move(events)));
}

void LogReport::event(const std::string& text) {
  if (events_.is_open()) events_ << text << '\n' << std::flush;
}

void LogReport::started(const protocol::Started& enclave) {
  self_ = enclave.account;
  const auto account = primitives::to_ss58(enclave.account);
  spdlog::info("Enclave ready: account {}, measurement {}, {}", account, to_hex_prefixed(enclave.measurement),
               enclave.hardware ? fmt::format("protected by {}", attestation::to_string(enclave.kind))
                                : std::string("SIMULATED - NOT SECURE"));
  if (enclave.head != 0) spdlog::info("Goes on from its sealed place at block #{}", enclave.head);
  event(line("started", {{"account", account},
                         {"head", enclave.head},
                         {"measurement", to_hex_prefixed(enclave.measurement)},
                         {"platform", attestation::to_string(enclave.kind)},
                         {"hardware", enclave.hardware},
                         {"genesis", to_hex_prefixed(enclave.genesis_hash)}}));
}

void LogReport::registered(BlockNumber block) {
  spdlog::info("Registered enclave in block #{}", block);
  event(line("registered", {{"account", primitives::to_ss58(self_)}, {"block", block}}));
}

void LogReport::founded(BlockNumber block, registry::Epoch epoch) {
  spdlog::info("Shard founded in block #{} (epoch {})", block, epoch);
  event(line("founded", {{"block", block}, {"epoch", epoch}}));
}

void LogReport::connecting(const AccountId& provider, const std::string& url) {
  spdlog::info("MU-RA: connecting to {} at {}", primitives::to_ss58(provider), url);
}

void LogReport::keys_received(const AccountId& provider, registry::Epoch epoch, Millis took) {
  const auto from = primitives::to_ss58(provider);
  spdlog::info("MU-RA: keys received from {} (epoch {}) in {} ms", from, epoch, took.count());
  event(line("provisioning", {{"role", "joiner"},
                              {"from", from},
                              {"to", primitives::to_ss58(self_)},
                              {"epoch", epoch},
                              {"millis", took.count()}}));
}

void LogReport::keys_sent(const AccountId& joiner, registry::Epoch epoch, BlockNumber release_block, Millis took) {
  const auto to = primitives::to_ss58(joiner);
  spdlog::info("MU-RA: keys sent to {} after release in block #{}", to, release_block);
  event(line("provisioning", {{"role", "provider"},
                              {"from", primitives::to_ss58(self_)},
                              {"to", to},
                              {"epoch", epoch},
                              {"block", release_block},
                              {"millis", took.count()}}));
}

void LogReport::state_loaded(const registry::StateCid& root, std::uint64_t blocks, std::uint64_t bytes) {
  if (blocks == 0) {
    spdlog::info("State {} loaded from the own block store", cid_text(root));
  } else {
    spdlog::info("State {} loaded: {}, {} KiB over IPFS", cid_text(root), plural(blocks, "block"),
                 (bytes + 512) / 1024);
  }
  event(line("state_loaded", {{"state_cid", cid_text(root)}, {"blocks", blocks}, {"bytes", bytes}}));
}

void LogReport::live(BlockNumber head) {
  spdlog::info("Live at block #{}", head);
  event(line("live", {{"block", head}}));
}

void LogReport::processed(const protocol::Processed& block) {
  spdlog::info("Processed block #{}: {}, state {}, receipts {}", block.block, plural(block.calls, "call"),
               cid_text(block.state_cid), to_hex_prefixed(block.receipts_root));
  event(line("processed", {{"block", block.block},
                           {"hash", to_hex_prefixed(block.block_hash)},
                           {"calls", block.calls},
                           {"state_cid", cid_text(block.state_cid)},
                           {"receipts_root", to_hex_prefixed(block.receipts_root)}}));
}

void LogReport::confirmed(BlockNumber block, BlockNumber included_in) {
  spdlog::info("Confirmed block #{} in #{}", block, included_in);
  event(line("confirmed", {{"block", block}, {"included_in", included_in}}));
}

void LogReport::member_changed(registry::MemberStatus status) {
  spdlog::info("Member status: {}", registry::to_string(status));
  event(line("member", {{"status", registry::to_string(status)}}));
}

void LogReport::diverged(const protocol::Divergence& it) {
  spdlog::error(
      "This worker differs: for block #{} it computed state {} and receipts {}, agreed are state {} and receipts {}. "
      "Both states can be downloaded from the workers that computed them; see docs/recipes.md, \"When workers differ\"",
      it.block, cid_text(it.own_state), to_hex_prefixed(it.own_receipts), cid_text(it.agreed_state),
      to_hex_prefixed(it.agreed_receipts));
  event(line("diverged", {{"block", it.block},
                          {"own_state_cid", cid_text(it.own_state)},
                          {"own_receipts_root", to_hex_prefixed(it.own_receipts)},
                          {"agreed_state_cid", cid_text(it.agreed_state)},
                          {"agreed_receipts_root", to_hex_prefixed(it.agreed_receipts)}}));
}

void LogReport::equivocation(const std::string& file) {
  spdlog::error(
      "The chain's authority sealed two blocks at one height: the enclave serves nothing. The evidence is {}; see "
      "docs/recipes.md, \"When the chain has two faces\"",
      file);
  event(line("equivocation", {{"file", file}}));
}

void LogReport::info(const std::string& text) { spdlog::info("{}", text); }
void LogReport::warn(const std::string& text) { spdlog::warn("{}", text); }

}  // namespace substratee::worker
