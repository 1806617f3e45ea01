#include "worker/ipfs/kubo/pin_ledger.hpp"

#include "core/base/hex.hpp"
#include "core/base/result.hpp"
#include "core/crypto/system_random.hpp"
#include "core/ipld/dag_pb.hpp"
#include "worker/conversation/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::worker::ipfs::kubo {
namespace {

constexpr std::size_t kMaxFile = std::size_t{16} << 20;
constexpr std::size_t kOwnerSize = 16;
constexpr std::string_view kHold = "hold ";

Failure to_failure(const worker::Failure& failure) {
  const bool is_full = failure.code == worker::FailureCode::kDiskFull;
  return {is_full ? FailureCode::kDiskFull : FailureCode::kStorage, failure.thing, failure.next_step};
}

std::string draw_owner() { return to_hex(crypto::SystemRandom().draw<kOwnerSize>()); }

bool is_owner(std::string_view text) { return text.size() == 2 * kOwnerSize && from_hex(text).has_value(); }

}  // namespace

Result<PinLedger> PinLedger::open(const std::filesystem::path& file) {
  PinLedger out(file);
  const auto bytes = conversation::read_file(file, kMaxFile);
  if (!bytes) return std::unexpected(to_failure(bytes.error()));
  if (!*bytes) {
    out.owner_ = draw_owner();
    SUBSTRATEE_TRY(out.write());
    return out;
  }
  const auto broken = [&] {
    return Failure{FailureCode::kStorage, fmt::format("{} does not list this worker's pins", file.string()),
                   "remove it; what it listed stays pinned in Kubo until somebody unpins it"};
  };
  for (auto rest = as_text(**bytes); !rest.empty();) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return std::unexpected(broken());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (out.owner_.empty()) {
      if (!is_owner(line)) return std::unexpected(broken());
      out.owner_ = line;
      continue;
    }
    if (!out.read_line(line)) return std::unexpected(broken());
  }
  if (out.owner_.empty()) return std::unexpected(broken());
  return out;
}

bool PinLedger::read_line(std::string_view line) {
  const bool is_hold = line.starts_with(kHold);
  if (is_hold) line.remove_prefix(kHold.size());
  auto cid = ipld::Cid::from_text(line);
  if (cid) (is_hold ? holds_ : roots_).push_back(*std::move(cid));
  return cid.has_value();
}

ipld::BuiltNode PinLedger::pin_node(const ipld::Cid& root) const {
  const ipld::DirectoryEntry entry{.name = owner_, .child = {.cid = root, .content_size = 0, .dag_size = 0}};
  return ipld::make_directory(std::span(&entry, 1)).value();
}

ipld::Block PinLedger::hold_node(std::span<const ipld::Block> blocks) const {
  ipld::Node node{.links = {}, .data = to_bytes(as_bytes(owner_))};
  for (const auto& block : blocks) {
    auto cid = block.cid.as_v1();
    cid.codec = ipld::Codec::kRaw;
    node.links.push_back({.cid = std::move(cid), .name = {}, .tsize = {}});
  }
  auto bytes = ipld::encode_dag_pb(node);
  return {.cid = ipld::Cid::of_dag_pb(bytes), .bytes = std::move(bytes)};
}

bool PinLedger::has(const ipld::Cid& root) const { return std::ranges::find(roots_, root) != roots_.end(); }

Result<void> PinLedger::add(const ipld::Cid& root) {
  if (has(root)) return {};
  roots_.push_back(root);
  return write();
}

Result<void> PinLedger::remove(const ipld::Cid& root) {
  std::erase(roots_, root);
  return write();
}

Result<void> PinLedger::add_hold(const ipld::Cid& node) {
  if (std::ranges::find(holds_, node) != holds_.end()) return {};
  holds_.push_back(node);
  return write();
}

Result<void> PinLedger::remove_holds() {
  if (holds_.empty()) return {};
  holds_.clear();
  return write();
}

Result<void> PinLedger::write() const {
  auto text = owner_ + "\n";
  for (const auto& root : roots_) text += root.to_text() + "\n";
  for (const auto& node : holds_) text += std::string(kHold) + node.to_text() + "\n";
  const auto written = conversation::write_durably(file_, as_bytes(text));
  if (!written) return std::unexpected(to_failure(written.error()));
  return {};
}

}  // namespace substratee::worker::ipfs::kubo
