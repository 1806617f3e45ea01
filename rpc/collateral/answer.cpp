#include "rpc/collateral/answer.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/pem.hpp"
#include "core/base/hex.hpp"
#include "core/base/result.hpp"
#include "net/url.hpp"
#include "rpc/collateral/endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace substratee::rpc::collateral {
namespace {

using attestation::CollateralKind;
namespace pem = attestation::pem;

constexpr std::string_view kBegin = "-----BEGIN X509 CRL-----";
constexpr std::string_view kEnd = "-----END X509 CRL-----";
constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint32_t kLongestPause = 24 * 3600;

std::unexpected<Failure> bad(const std::string& what, std::string_view why) {
  return fail(FailureCode::kBadAnswer, fmt::format("{}: {}", what, why), "check that the address names the service");
}

int digit_of(char c) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto found = kDigits.find(c);
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

/// Base64 with line ends in it; nothing on any other character.
std::optional<Bytes> from_base64(std::string_view text) {
  Bytes out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '=') continue;
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) out.push_back(static_cast<std::uint8_t>(bits >> (count -= 8)));
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n\"";
  const auto first = text.find_first_not_of(kSpaces);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// PCS gives DER or PEM, as asked; a PCCS gives its root list, and older ones every list, as hexadecimal text.
std::optional<Bytes> list_of(std::string_view body) {
  if (!body.empty() && static_cast<std::uint8_t>(body.front()) == kSequence && !from_hex(trim(body))) {
    return to_bytes(as_bytes(body));
  }
  const auto text = trim(body);
  if (text.starts_with(kBegin) && text.ends_with(kEnd)) {
    return from_base64(text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size()));
  }
  if (text.starts_with("0x")) return std::nullopt;
  return from_hex(text);
}

/// Whether a certificate's issuer is its subject, whatever its keys.
bool is_self_issued(ByteView der_bytes) {
  namespace der = attestation::der;
  const auto is_same = [&]() -> attestation::Result<bool> {
    der::Reader whole(der_bytes);
    auto certificate = SUBSTRATEE_TRY(whole.enter(der::kSequence));
    auto tbs = SUBSTRATEE_TRY(certificate.enter(der::kSequence));
    SUBSTRATEE_TRY(tbs.next());  // [0] version
    SUBSTRATEE_TRY(tbs.next());  // serialNumber
    SUBSTRATEE_TRY(tbs.next());  // signature
    const auto issuer = SUBSTRATEE_TRY(tbs.next());
    SUBSTRATEE_TRY(tbs.next());  // validity
    const auto subject = SUBSTRATEE_TRY(tbs.next());
    return std::ranges::equal(issuer.whole, subject.whole);
  }();
  return is_same.value_or(false);
}

bool is_of_root(CollateralKind kind) {
  return kind == CollateralKind::kIntelRootCrl || kind == CollateralKind::kSnpCrl;
}

}  // namespace

Result<attestation::CollateralItem> read_item(CollateralKind kind, std::string_view body, std::string_view issuer_chain,
                                              const std::string& what) {
  const auto certificates = pem::read_certificates(as_bytes(issuer_chain));
  if (!certificates) return bad(what, "the issuer chain is no list of certificates");
  std::string chain;
  for (const auto& certificate : *certificates) {
    if (!is_of_root(kind) || is_self_issued(certificate)) chain += pem::write_certificate(certificate);
  }
  if (chain.empty()) return bad(what, "the issuer chain has no root");
  if (chain.size() > attestation::kMaxIssuerChainSize) return bad(what, "the issuer chain is too large");
  auto bytes = is_json(kind) ? std::optional(to_bytes(as_bytes(body))) : list_of(body);
  if (!bytes || bytes->empty()) return bad(what, "neither DER nor PEM nor hexadecimal text");
  if (bytes->size() > attestation::kMaxCollateralSize) return bad(what, "larger than 64 KiB");
  return attestation::CollateralItem{kind, {*std::move(bytes)}, {to_bytes(as_bytes(chain))}};
}

Result<std::string> decode_chain_header(std::string_view value, const std::string& what) {
  auto decoded = net::percent_decode(value);
  if (!decoded) return bad(what, "the issuer chain in the header is not URL-encoded");
  return *std::move(decoded);
}

Result<void> check_status(unsigned status, const std::string* retry_after, const std::string& what) {
  const auto thing = fmt::format("{}: status {}", what, status);
  switch (status) {
    case 200: return {};
    case 400: return fail(FailureCode::kBadRequest, thing, "the service does not understand the request; correct url");
    case 401:
    case 403: return fail(FailureCode::kUnauthorized, thing, "the service wants a valid subscription_key_file");
    case 404: return fail(FailureCode::kNotFound, thing, "the service does not know it; is this platform registered?");
    case 410: return fail(FailureCode::kGone, thing, "the service no longer gives this data set");
    case 429: {
      auto failure = fail(FailureCode::kBusy, thing, "asking again later");
      std::uint32_t seconds = 0;
      if (retry_after != nullptr &&
          std::from_chars(retry_after->data(), retry_after->data() + retry_after->size(), seconds).ec == std::errc{}) {
        failure.error().retry_after = std::min(seconds, kLongestPause);
      }
      return failure;
    }
    default: return fail(FailureCode::kServer, thing, "asking again later");
  }
}

}  // namespace substratee::rpc::collateral
