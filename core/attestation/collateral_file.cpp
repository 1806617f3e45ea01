#include "core/attestation/collateral_file.hpp"

#include "core/attestation/dcap/collateral.hpp"
#include "core/attestation/json.hpp"
#include "core/attestation/name.hpp"
#include "core/attestation/pem.hpp"
#include "core/base/hex.hpp"

namespace substratee::attestation {
namespace {

constexpr std::array<std::string_view, 11> kNames{"pck_crl_issuer_chain",
                                                  "root_ca_crl",
                                                  "pck_crl",
                                                  "tcb_info",
                                                  "tcb_info_signature",
                                                  "tcb_info_issuer_chain",
                                                  "qe_identity",
                                                  "qe_identity_signature",
                                                  "qe_identity_issuer_chain",
                                                  "snp_crl",
                                                  "snp_crl_issuer_chain"};

class File {
 public:
  Result<void> read(ByteView text) {
    json::Reader in(text);
    SUBSTRATEE_TRY(in.object([&](std::string_view name, json::Reader& value) -> Result<void> {
      const auto found = std::ranges::find(kNames, name);
      if (found == kNames.end()) {
        SUBSTRATEE_TRY(value.skip());
      } else {
        texts_[static_cast<std::size_t>(found - kNames.begin())] = SUBSTRATEE_TRY(value.text());
      }
      return {};
    }));
    return in.finish();
  }
  /// Empty when it is not there.
  [[nodiscard]] const std::string& operator[](std::string_view name) const noexcept {
    return texts_[static_cast<std::size_t>(std::ranges::find(kNames, name) - kNames.begin())];
  }

 private:
  std::array<std::string, kNames.size()> texts_;
};

Result<void> add(CollateralSet& out, CollateralKind kind, Bytes body, ByteView issuer_chain) {
  if (body.empty()) return {};
  if (body.size() > kMaxCollateralSize || issuer_chain.size() > kMaxIssuerChainSize) {
    return std::unexpected(Error::kTooLarge);
  }
  CollateralItem item{kind, {std::move(body)}, {to_bytes(issuer_chain)}};
  const auto id = SUBSTRATEE_TRY(read_collateral_id(item));
  out.emplace_back(id, std::move(item));
  return {};
}

/// The body as its publisher serves it.
Bytes signed_document(std::string_view name, const std::string& value, const std::string& signature) {
  if (value.empty()) return {};
  std::string text = "{\"";
  text += name;
  text += "\":";
  text += value;
  text += ",\"signature\":\"" + signature + "\"}";
  return to_bytes(as_bytes(text));
}

/// What the member "id" says; empty when there is none.
Result<std::string_view> id_in(std::string_view value) {
  std::string_view id;
  json::Reader in(value);
  SUBSTRATEE_TRY(in.object([&](std::string_view name, json::Reader& member) -> Result<void> {
    if (name == "id") {
      id = SUBSTRATEE_TRY(member.string());
    } else {
      SUBSTRATEE_TRY(member.skip());
    }
    return {};
  }));
  return id;
}

Result<Bytes> hex_of(const std::string& text) {
  auto bytes = from_hex(text);
  if (!bytes) return std::unexpected(Error::kBadJson);
  return *std::move(bytes);
}

/// The self-issued certificate of a chain, in PEM.
Result<std::string> root_in(const std::string& chain) {
  const auto bundle = SUBSTRATEE_TRY(pem::read_certificates(as_bytes(chain)));
  for (const auto& der : bundle) {
    const auto certificate = SUBSTRATEE_TRY(x509::parse(der));
    if (std::ranges::equal(certificate.issuer, certificate.subject)) return pem::write_certificate(der);
  }
  return std::unexpected(Error::kBadChain);
}

/// Of Intel's two CAs the platforms' is told by its name; whatever else there is counts as the processors'.
Result<CollateralKind> kind_of_list(const std::string& chain) {
  const auto bundle = SUBSTRATEE_TRY(pem::read_certificates(as_bytes(chain)));
  for (const auto& der : bundle) {
    const auto certificate = SUBSTRATEE_TRY(x509::parse(der));
    if (x509::common_name(certificate.subject) == dcap::kPlatformCaName) return CollateralKind::kPckPlatformCrl;
  }
  return CollateralKind::kPckProcessorCrl;
}

Result<void> add_tcb_data(CollateralSet& out, const File& file) {
  if (const auto& info = file["tcb_info"]; !info.empty()) {
    const auto id = SUBSTRATEE_TRY(id_in(info));
    const auto kind = id == "TDX" ? CollateralKind::kTdxTcbInfo : CollateralKind::kSgxTcbInfo;
    SUBSTRATEE_TRY(add(out, kind, signed_document("tcbInfo", info, file["tcb_info_signature"]),
                       as_bytes(file["tcb_info_issuer_chain"])));
  }
  if (const auto& identity = file["qe_identity"]; !identity.empty()) {
    const auto id = SUBSTRATEE_TRY(id_in(identity));
    const auto kind = id == "TD_QE" ? CollateralKind::kTdxQeIdentity : CollateralKind::kSgxQeIdentity;
    SUBSTRATEE_TRY(add(out, kind, signed_document("enclaveIdentity", identity, file["qe_identity_signature"]),
                       as_bytes(file["qe_identity_issuer_chain"])));
  }
  return {};
}

Result<void> add_lists(CollateralSet& out, const File& file) {
  const auto& ca_chain = file["pck_crl_issuer_chain"];
  if (!file["pck_crl"].empty()) {
    const auto kind = SUBSTRATEE_TRY(kind_of_list(ca_chain));
    auto list = SUBSTRATEE_TRY(hex_of(file["pck_crl"]));
    SUBSTRATEE_TRY(add(out, kind, std::move(list), as_bytes(ca_chain)));
  }
  if (!file["root_ca_crl"].empty()) {
    const auto root = SUBSTRATEE_TRY(root_in(ca_chain.empty() ? file["tcb_info_issuer_chain"] : ca_chain));
    auto list = SUBSTRATEE_TRY(hex_of(file["root_ca_crl"]));
    SUBSTRATEE_TRY(add(out, CollateralKind::kIntelRootCrl, std::move(list), as_bytes(root)));
  }
  if (!file["snp_crl"].empty()) {
    auto list = SUBSTRATEE_TRY(hex_of(file["snp_crl"]));
    SUBSTRATEE_TRY(add(out, CollateralKind::kSnpCrl, std::move(list), as_bytes(file["snp_crl_issuer_chain"])));
  }
  return {};
}

}  // namespace

Result<CollateralSet> parse_collateral_file(ByteView text) {
  if (text.size() > kMaxCollateralFileSize) return std::unexpected(Error::kTooLarge);
  File file;
  SUBSTRATEE_TRY(file.read(text));
  CollateralSet out;
  SUBSTRATEE_TRY(add_tcb_data(out, file));
  SUBSTRATEE_TRY(add_lists(out, file));
  return out;
}

}  // namespace substratee::attestation
