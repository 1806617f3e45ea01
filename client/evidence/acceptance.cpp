#include "client/evidence/acceptance.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/dcap/pck_chain.hpp"
#include "core/attestation/ias/authenticate.hpp"
#include "core/attestation/json.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/attestation/snp/product.hpp"
#include "core/base/hex.hpp"

#include <fmt/format.h>

namespace substratee::client::evidence {
namespace {

using attestation::Kind;
using attestation::TcbStatus;
namespace json = attestation::json;

constexpr std::array<std::pair<std::string_view, Kind>, 5> kKinds{{{"sgx", Kind::kSgxDcap},
                                                                   {"tdx", Kind::kTdx},
                                                                   {"snp", Kind::kSevSnp},
                                                                   {"ias", Kind::kIas},
                                                                   {"simulated", Kind::kSimulated}}};
constexpr std::array<std::string_view, 4> kRequired{"measurements", "signers", "statuses", "advisories"};

std::unexpected<Failure> usage(std::string thing, std::string next_step) {
  return fail(Code::kUsage, std::move(thing), std::move(next_step));
}

std::optional<TcbStatus> status_from(std::string_view word) {
  for (auto i = std::uint8_t{0}; i <= static_cast<std::uint8_t>(scale_last(TcbStatus{})); ++i) {
    const auto status = static_cast<TcbStatus>(i);
    if (attestation::to_string(status) == word && status != TcbStatus::kRevoked) return status;
  }
  return std::nullopt;
}

std::optional<Kind> kind_from(std::string_view word) {
  const auto found = std::ranges::find(kKinds, word, &std::pair<std::string_view, Kind>::first);
  return found == kKinds.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Hash256> root_from(std::string_view word) {
  return word == "development" ? attestation::development_root() : fixed_from_hex<32>(word);
}

/// Reads one member after the other; the first that is wrong is remembered by its name.
class PolicyReader {
 public:
  Result<Acceptance> read(ByteView text) {
    out_.options.allow_vlek = false;
    json::Reader in(text);
    const auto read = in.object([this](std::string_view name, json::Reader& value) {
      member_ = name;
      return read_member(name, value);
    });
    if (!read || !in.finish()) {
      return usage(
          member_.empty() ? "the policy is not strict JSON" : fmt::format("the policy's '{}' is wrong", member_),
          "see docs/attestation.md for its members");
    }
    for (const auto name : kRequired) {
      if (std::ranges::find(seen_, name) == seen_.end()) {
        return usage(fmt::format("the policy says nothing about '{}'", name),
                     R"(list what is allowed, or write "any")");
      }
    }
    return std::move(out_);
  }

 private:
  using Done = attestation::Result<void>;
  static std::unexpected<attestation::Error> bad() { return std::unexpected(attestation::Error::kBadJson); }

  template <class T, class Convert>
  static Done read_list(json::Reader& in, std::vector<T>& out, Convert convert) {
    return in.array([&](json::Reader& element) -> Done {
      const auto word = SUBSTRATEE_TRY(element.text());
      auto value = convert(word);
      if (!value) return bad();
      out.push_back(*std::move(value));
      return {};
    });
  }
  template <class T, class Convert>
  static Done read_allowed(json::Reader& in, Allowed<T>& out, Convert convert) {
    auto here = in;
    if (const auto word = here.string()) {
      if (*word != "any") return bad();
      in = here;
      return {};
    }
    out.any = false;
    return read_list(in, out.listed, convert);
  }
  static Done read_flag(json::Reader& in, bool& out) {
    const auto word = SUBSTRATEE_TRY(in.skip());
    if (word != "true" && word != "false") return bad();
    out = word == "true";
    return {};
  }

  Done read_member(std::string_view name, json::Reader& in) {
    seen_.emplace_back(name);
    if (name == "measurements") return read_allowed(in, out_.measurements, [](const auto& t) { return from_hex(t); });
    if (name == "signers") return read_allowed(in, out_.signers, [](const auto& t) { return from_hex(t); });
    if (name == "statuses") return read_allowed(in, out_.statuses, status_from);
    if (name == "advisories") return read_allowed(in, out_.advisories, [](const auto& t) { return std::optional(t); });
    return read_optional(name, in);
  }
  Done read_optional(std::string_view name, json::Reader& in) {
    if (name == "evidence") {
      out_.kinds.clear();
      return read_list(in, out_.kinds, kind_from);
    }
    if (name == "simulation_roots") return read_list(in, out_.simulation_roots, root_from);
    if (name == "allow_debug") return read_flag(in, out_.allow_debug);
    if (name == "allow_vlek") return read_flag(in, out_.options.allow_vlek);
    if (name == "minimum_evaluation_number") {
      out_.minimum_evaluation_number = static_cast<std::uint32_t>(SUBSTRATEE_TRY(in.integer(UINT32_MAX)));
      return {};
    }
    if (name == "collateral_grace") {
      out_.options.collateral_grace = SUBSTRATEE_TRY(in.integer(UINT32_MAX));
      return {};
    }
    return bad();
  }

  Acceptance out_;
  std::string member_;
  std::vector<std::string> seen_;
};

bool lists(const std::vector<Kind>& kinds, Kind kind) { return std::ranges::find(kinds, kind) != kinds.end(); }

}  // namespace

attestation::TrustAnchors Acceptance::anchors() const {
  attestation::TrustAnchors out;
  out.intel_roots = {attestation::dcap::kIntelRoot};
  out.amd_roots = {attestation::snp::kMilanRoot, attestation::snp::kGenoaRoot, attestation::snp::kTurinRoot};
  out.simulation_roots = simulation_roots;
  if (lists(kinds, Kind::kIas)) out.ias_roots = {attestation::ias::kRoot};
  return out;
}

Result<Acceptance> parse_acceptance(ByteView json) { return PolicyReader().read(json); }

Result<std::vector<TcbStatus>> parse_statuses(std::string_view words) {
  std::vector<TcbStatus> out;
  while (true) {
    const auto comma = words.find(',');
    const auto word = words.substr(0, comma);
    const auto status = status_from(word);
    if (!status) {
      return usage(fmt::format("'{}' is no TCB status that can be accepted", word),
                   "write Intel's names, as in UpToDate,SWHardeningNeeded");
    }
    out.push_back(*status);
    if (comma == std::string_view::npos) return out;
    words.remove_prefix(comma + 1);
  }
}

std::optional<std::string_view> refuse(const Acceptance& acceptance, const Identity& identity,
                                       const attestation::AuthenticEvidence& evidence) {
  const auto& measurements = acceptance.measurements;
  if (!lists(acceptance.kinds, evidence.kind)) return "KindNotAllowed";
  if (evidence.debug && !acceptance.allow_debug) return "Debug";
  if (evidence.tcb_status == TcbStatus::kRevoked || !acceptance.statuses.allows(evidence.tcb_status)) {
    return "StatusNotAllowed";
  }
  if (!measurements.allows(identity.measurement) && !measurements.allows(to_bytes(evidence.measurement.bytes))) {
    return "MeasurementNotAllowed";
  }
  if (!acceptance.signers.allows(identity.signer)) return "SignerNotAllowed";
  const auto is_allowed = [&](const std::string& id) { return acceptance.advisories.allows(id); };
  if (!std::ranges::all_of(evidence.advisories, is_allowed)) return "AdvisoryNotAllowed";
  const bool has_number = evidence.kind == Kind::kSgxDcap || evidence.kind == Kind::kTdx;
  if (has_number && evidence.evaluation_number < acceptance.minimum_evaluation_number) return "EvaluationNumberTooLow";
  return std::nullopt;
}

}  // namespace substratee::client::evidence
