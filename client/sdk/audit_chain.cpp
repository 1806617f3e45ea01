#include "client/sdk/audit_chain.hpp"

#include "core/primitives/ss58.hpp"
#include "core/registry/calls.hpp"
#include "core/trie/trie.hpp"

#include <fmt/format.h>

namespace substratee::client {
using primitives::to_ss58;
namespace {

constexpr const char* kOtherNode = "do not use it; connect to another node with --node-url";

/// All final blocks up to `head`, each on the one before.
Result<void> walk(Session& session, ChainAudit& out, const Progress& progress) {
  auto parent = session.domain().genesis_hash;
  for (BlockNumber next = 1; next <= out.head;) {
    const auto blocks = SUBSTRATEE_TRY(session.reader().blocks(next, rpc::kMaxVerifiedBlocks));
    if (blocks.empty()) {
      return fail(Code::kForged, fmt::format("the node does not show block {}, below its own final one", next),
                  kOtherNode);
    }
    for (const auto& block : blocks) {
      if (block.header.parent_hash != parent) {
        return fail(Code::kForged, fmt::format("block {} does not stand on the one before", block.number), kOtherNode);
      }
      parent = block.hash;
      if (block.number <= out.head) out.audit.apply(block);
      if (block.number == out.head && block.hash != out.head_hash) {
        return fail(Code::kForged, fmt::format("the node shows two blocks {}", block.number), kOtherNode);
      }
    }
    next = blocks.back().number + 1;
    progress(std::min(next - 1, out.head), out.head);
  }
  return {};
}

/// Timestamp.set, the first extrinsic of every block; 0 if it is something else.
std::uint64_t time_of(const std::vector<Bytes>& extrinsics) {
  if (extrinsics.empty()) return 0;
  const auto first = primitives::decode_extrinsic(extrinsics.front());
  if (!first || first->call.size() < 2 || first->call[0] != registry::kTimestampIndex) return 0;
  const auto now = scale::decode<scale::Compact<std::uint64_t>>(ByteView(first->call).subspan(2));
  return now ? now->value : 0;
}

/// Its registration with this instance, if the extrinsic is that.
std::optional<attestation::Evidence> evidence_of(const Bytes& wire, const AuditedInstance& wanted) {
  const auto extrinsic = primitives::decode_extrinsic(wire);
  if (!extrinsic || !extrinsic->signed_part || extrinsic->signed_part->signer != wanted.account) return std::nullopt;
  if (extrinsic->call.empty() || extrinsic->call[0] != registry::kRegistryIndex) return std::nullopt;
  auto call = scale::decode<registry::RegistryCall>(ByteView(extrinsic->call).subspan(1));
  auto* registration = call ? std::get_if<registry::RegisterEnclave>(&*call) : nullptr;
  if (registration == nullptr) return std::nullopt;
  const auto claims = attestation::decode_claims(registration->evidence.claims.value);
  if (!claims || claims->substratee.instance != wanted.instance) return std::nullopt;
  return std::move(registration->evidence);
}

/// The body of a block, proved by its header.
Result<std::vector<Bytes>> body_of(Session& session, const AuditedInstance& instance) {
  auto block = SUBSTRATEE_TRY(session.node().block(instance.block_hash));
  if (!block || block->header.hash() != instance.block_hash ||
      trie::ordered_root(block->extrinsics) != block->header.extrinsics_root) {
    return fail(Code::kForged, fmt::format("the node does not show what stands in block {}", instance.block),
                kOtherNode);
  }
  return std::move(block->extrinsics);
}

/// Anchors of the other kinds are left out: a root is trusted for what the charter names it for.
attestation::TrustAnchors anchors_of(const registry::Charter& charter, attestation::Kind kind) {
  attestation::TrustAnchors out;
  const auto& roots = charter.trust_anchors.value;
  if (kind == attestation::Kind::kSimulated) out.simulation_roots = roots;
  return out;
}

void verify(AuditedEvidence& out, const attestation::Evidence& evidence, const registry::Charter& charter) {
  if (evidence.kind != attestation::Kind::kSimulated) {
    out.doubt = "verifying it again needs the collateral of that time";
    return;
  }
  auto verified = attestation::verify(evidence, {}, anchors_of(charter, evidence.kind), out.time / 1000);
  if (verified) {
    out.verified = *std::move(verified);
  } else {
    out.doubt = attestation::to_string(verified.error());
  }
}

/// What the evidence says against the charter and the record.
void appraise(const AuditedEvidence& evidence, const BlockHash& genesis, const registry::Charter& charter,
              Audit& audit) {
  const auto who = to_ss58(evidence.account);
  if (!evidence.verified) {
    if (evidence.kind == attestation::Kind::kSimulated) {
      audit.add({evidence.block, "evidence_refused",
                 fmt::format("the evidence of {} does not hold: {}", who, evidence.doubt)});
    }
    return;
  }
  const auto& found = *evidence.verified;
  const auto& allowed = charter.measurements.value;
  if (std::ranges::find(allowed, found.measurement) == allowed.end() ||
      (charter.hardware_required && !found.hardware)) {
    audit.add({evidence.block, "not_in_charter", fmt::format("the charter does not allow the enclave of {}", who)});
  }
  if (found.claims.account != evidence.account || found.claims.genesis_hash != genesis) {
    audit.add({evidence.block, "evidence_of_another", fmt::format("the evidence of {} is not about it", who)});
  }
}

/// The registration of the process that got the key.
const AuditedInstance* find_instance(const Audit& audit, const KeyHolder& holder) {
  const AuditedInstance* found = nullptr;
  for (const auto& one : audit.instances()) {
    if (one.account == holder.account && one.instance == holder.instance && one.block <= holder.block) found = &one;
  }
  return found;
}

Result<void> add_evidence(Session& session, const KeyHolder& holder, ChainAudit& out) {
  const bool is_known = std::ranges::any_of(
      out.evidence, [&](const auto& one) { return one.account == holder.account && one.instance == holder.instance; });
  if (is_known) return {};
  const auto* instance = find_instance(out.audit, holder);
  if (instance != nullptr) {
    const auto body = SUBSTRATEE_TRY(body_of(session, *instance));
    for (const auto& extrinsic : body) {
      const auto evidence = evidence_of(extrinsic, *instance);
      if (!evidence) continue;
      AuditedEvidence audited{
          holder.account, holder.instance, instance->block, time_of(body), {}, evidence->kind, {}, {}};
      audited.sha256 = crypto::sha256(scale::encode(*evidence));
      verify(audited, *evidence, out.shard.charter);
      appraise(audited, session.domain().genesis_hash, out.shard.charter, out.audit);
      out.evidence.push_back(std::move(audited));
      return {};
    }
  }
  out.audit.add({holder.block, "no_evidence",
                 fmt::format("no registration of {} with the instance that got the key is on the chain",
                             to_ss58(holder.account))});
  return {};
}

}  // namespace

Result<ChainAudit> audit_chain(Session& session, const Progress& progress) {
  auto view = SUBSTRATEE_TRY(session.view());
  ChainAudit out{
      view.number, view.hash, std::move(view.shard), {}, Audit(session.domain().shard), {}, std::move(view.workers)};
  out.charter_hash = registry::charter_hash(out.shard.charter);
  SUBSTRATEE_TRY(walk(session, out, progress));
  const auto epochs = out.audit.epochs();
  for (const auto& epoch : epochs) {
    for (const auto& holder : epoch.holders) SUBSTRATEE_TRY(add_evidence(session, holder, out));
  }
  const bool has_key = !epochs.empty() && !epochs.back().is_void;
  if (out.shard.shielding_key && (!has_key || epochs.back().shielding_key != *out.shard.shielding_key)) {
    out.audit.add({out.head, "other_shielding_key", "the shard's shielding key is not that of its founding"});
  }
  return out;
}

}  // namespace substratee::client
