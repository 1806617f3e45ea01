#include "rpc/collateral/document.hpp"

#include "core/base/hex.hpp"
#include "core/base/result.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>

namespace substratee::rpc::collateral {
namespace {

namespace json = boost::json;
using attestation::CollateralItem;
using attestation::CollateralKind;

constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::size_t kSignatureDigits = 128;

struct Signed {
  std::string_view text;
  std::string_view signature;
};

/// The end of the object that begins at `text`'s front; npos when it has none.
std::size_t end_of_object(std::string_view text) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      is_in_string = !is_in_string;
    } else if (!is_in_string && c == '{') {
      ++depth;
    } else if (!is_in_string && c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

/// Moves behind `token`, spaces before it included; false if something else is there.
bool skip(std::string_view& text, std::string_view token) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}

/// {"<member>":{…},"signature":"…"}, as Intel's service writes it.
std::optional<Signed> split(std::string_view body, std::string_view member) {
  Signed out;
  if (!skip(body, "{") || !skip(body, "\"") || !skip(body, member) || !skip(body, "\"") || !skip(body, ":") ||
      !skip(body, "")) {
    return std::nullopt;
  }
  const auto end = end_of_object(body);
  if (!body.starts_with('{') || end == std::string_view::npos) return std::nullopt;
  out.text = body.substr(0, end);
  body.remove_prefix(end);
  if (!skip(body, ",") || !skip(body, "\"signature\"") || !skip(body, ":") || !skip(body, "\"")) return std::nullopt;
  out.signature = body.substr(0, body.find('"'));
  if (out.signature.size() != kSignatureDigits || !from_hex(out.signature)) return std::nullopt;
  return out;
}

Result<void> add_signed(json::object& out, const CollateralItem& item, std::string_view member,
                        const std::string& name) {
  const auto parts = split(as_text(item.body.value), member);
  if (!parts) {
    return fail(FailureCode::kBadAnswer,
                name + ": the answer is not {\"" + std::string(member) + "\":…,\"signature\":…}",
                "check that the address names the service");
  }
  out[name + "_issuer_chain"] = as_text(item.issuer_chain.value);
  out[name] = parts->text;
  out[name + "_signature"] = parts->signature;
  return {};
}

Result<void> add(json::object& out, const CollateralItem& item) {
  switch (item.kind) {
    case CollateralKind::kSgxTcbInfo:
    case CollateralKind::kTdxTcbInfo: return add_signed(out, item, "tcbInfo", "tcb_info");
    case CollateralKind::kSgxQeIdentity:
    case CollateralKind::kTdxQeIdentity: return add_signed(out, item, "enclaveIdentity", "qe_identity");
    case CollateralKind::kPckProcessorCrl:
    case CollateralKind::kPckPlatformCrl:
      out["pck_crl_issuer_chain"] = as_text(item.issuer_chain.value);
      out["pck_crl"] = to_hex(item.body.value);
      return {};
    case CollateralKind::kIntelRootCrl: out["root_ca_crl"] = to_hex(item.body.value); return {};
    case CollateralKind::kSnpCrl:
      out["snp_crl_issuer_chain"] = as_text(item.issuer_chain.value);
      out["snp_crl"] = to_hex(item.body.value);
      return {};
  }
  return {};
}

}  // namespace

Result<std::string> to_document(const std::vector<CollateralItem>& items) {
  json::object out;
  for (const auto& item : items) SUBSTRATEE_TRY(add(out, item));
  return json::serialize(out);
}

}  // namespace substratee::rpc::collateral
