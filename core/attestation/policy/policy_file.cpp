#include "core/attestation/policy/policy_file.hpp"

#include "core/attestation/json.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/base/hex.hpp"

namespace substratee::attestation {
namespace {

constexpr std::string_view kAny = "any";
constexpr std::string_view kDevelopment = "development";

/// Reads one member of the object; says which one is wrong and what it takes.
class Members {
 public:
  Result<void> read(std::string_view name, json::Reader& in) {
    if (name == "allowed_kinds")
      return list(in, name, policy_.allowed_kinds, "a kind: sgx, tdx, snp, ias, simulated", kind);
    if (name == "allowed_statuses") return list(in, name, policy_.allowed_statuses, "a TCB status but Revoked", status);
    if (name == "allowed_advisories") return advisories(in, name);
    if (name == "simulation_roots")
      return list(in, name, policy_.simulation_roots, "64 hex digits, or development", root);
    if (name == "ias_roots") return list(in, name, policy_.ias_roots, "64 hex digits", hex<32>);
    if (name == "denied_platforms") return list(in, name, policy_.denied_platforms, "32 hex digits", hex<16>);
    if (name == "denied_fmspcs") return list(in, name, policy_.denied_fmspcs, "12 hex digits", hex<6>);
    if (name == "minimum_evaluation_number") return number(in, name, policy_.minimum_evaluation_number);
    if (name == "collateral_grace") return number(in, name, policy_.collateral_grace);
    if (name == "confirmation_grace") return number(in, name, policy_.confirmation_grace);
    if (name == "allow_vlek") return flag(in, name);
    return wrong(name, "is no member of a policy");
  }

  std::expected<Policy, PolicyFileError> finish(const Result<void>& read) && {
    if (!read && error_.empty()) error_ = "not strict JSON: one object with printable ASCII, no name twice";
    if (read && !has_advisories_) error_ = "\"allowed_advisories\" is missing: write a list, or \"any\"";
    if (!error_.empty()) return std::unexpected(PolicyFileError{std::move(error_)});
    return std::move(policy_);
  }

 private:
  std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
    error_ = "\"" + std::string(name) + "\" " + std::string(what);
    return std::unexpected(Error::kBadJson);
  }

  static std::optional<Kind> kind(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(scale_last(Kind{})); ++i) {
      if (to_code(static_cast<Kind>(i)) == text) return static_cast<Kind>(i);
    }
    return std::nullopt;
  }
  static std::optional<TcbStatus> status(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(scale_last(TcbStatus{})); ++i) {
      const auto one = static_cast<TcbStatus>(i);
      if (to_string(one) == text && one != TcbStatus::kRevoked) return one;
    }
    return std::nullopt;
  }
  template <std::size_t N>
  static std::optional<FixedBytes<N>> hex(std::string_view text) {
    return fixed_from_hex<N>(text);
  }
  static std::optional<Hash256> root(std::string_view text) {
    return text == kDevelopment ? development_root() : fixed_from_hex<32>(text);
  }

  template <class T, std::size_t kMax, class Read>
  Result<void> list(json::Reader& in, std::string_view name, scale::Bounded<std::vector<T>, kMax>& out,
                    std::string_view form, Read read_one) {
    const auto read = in.array([&](json::Reader& element) -> Result<void> {
      const auto value = read_one(SUBSTRATEE_TRY(element.string()));
      if (!value) return wrong(name, "has an entry that is not " + std::string(form));
      if (out.value.size() >= kMax) return wrong(name, "has too many entries");
      out.value.push_back(*value);
      return {};
    });
    if (!read && error_.empty()) return wrong(name, "must be a list of texts");
    return read;
  }

  Result<void> advisories(json::Reader& in, std::string_view name) {
    has_advisories_ = true;
    if (SUBSTRATEE_TRY(json::Reader(in).skip()) == "\"any\"") {
      SUBSTRATEE_TRY(in.skip());
      return {};
    }
    const auto one = [](std::string_view text) -> std::optional<scale::BoundedText<32>> {
      if (text.empty() || text.size() > 32) return std::nullopt;
      return scale::BoundedText<32>{std::string(text)};
    };
    return list(in, name, policy_.allowed_advisories.emplace(), "an advisory's name", one);
  }

  Result<void> number(json::Reader& in, std::string_view name, std::uint32_t& out) {
    const auto value = in.integer(~std::uint32_t{0});
    if (!value) return wrong(name, "must be a whole number below 2^32");
    out = static_cast<std::uint32_t>(*value);
    return {};
  }

  Result<void> flag(json::Reader& in, std::string_view name) {
    const auto word = SUBSTRATEE_TRY(in.skip());
    if (word != "true" && word != "false") return wrong(name, "must be true or false");
    policy_.allow_vlek = word == "true";
    return {};
  }

  Policy policy_;
  bool has_advisories_ = false;
  std::string error_;
};

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

template <class List, class Text>
std::string list_of(const List& list, Text text) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : ", ") + quoted(text(one));
  return "[" + out + "]";
}

std::string hex_list(const auto& list) {
  return list_of(list.value, [](const auto& one) { return to_hex(one); });
}

}  // namespace

std::expected<Policy, PolicyFileError> policy_from_json(std::string_view json) {
  if (json.size() > kMaxPolicyFileSize) return std::unexpected(PolicyFileError{"longer than 64 KiB"});
  json::Reader in(json);
  Members members;
  auto read = in.object([&](std::string_view name, json::Reader& value) { return members.read(name, value); });
  if (read) read = in.finish();
  return std::move(members).finish(read);
}

std::string to_json(const Policy& policy) {
  const auto name = [](const auto& one) { return to_string(one); };
  const auto code = [](Kind kind) { return to_code(kind); };
  const auto advisory = [](const auto& one) -> const std::string& { return one.value; };
  std::string out = "{\n";
  const auto add = [&](std::string_view member, const std::string& value, bool is_last = false) {
    out += "  " + quoted(member) + ": " + value + (is_last ? "\n" : ",\n");
  };
  add("allowed_kinds", list_of(policy.allowed_kinds.value, code));
  add("allowed_statuses", list_of(policy.allowed_statuses.value, name));
  add("allowed_advisories",
      policy.allowed_advisories ? list_of(policy.allowed_advisories->value, advisory) : quoted(kAny));
  add("minimum_evaluation_number", std::to_string(policy.minimum_evaluation_number));
  add("collateral_grace", std::to_string(policy.collateral_grace));
  add("confirmation_grace", std::to_string(policy.confirmation_grace));
  add("allow_vlek", policy.allow_vlek ? "true" : "false");
  add("simulation_roots", hex_list(policy.simulation_roots));
  add("ias_roots", hex_list(policy.ias_roots));
  add("denied_platforms", hex_list(policy.denied_platforms));
  add("denied_fmspcs", hex_list(policy.denied_fmspcs), true);
  return out + "}\n";
}

}  // namespace substratee::attestation
