#include "rpc/collateral/endpoints.hpp"

#include "core/attestation/snp/product.hpp"
#include "core/base/hex.hpp"

namespace substratee::rpc::collateral {
namespace {

using attestation::CollateralKind;

constexpr std::string_view kSgx = "/sgx/certification/v4";
constexpr std::string_view kTdx = "/tdx/certification/v4";
constexpr std::string_view kTcbChain = "TCB-Info-Issuer-Chain";
constexpr std::string_view kOlderTcbChain = "SGX-TCB-Info-Issuer-Chain";
constexpr std::string_view kIdentityChain = "SGX-Enclave-Identity-Issuer-Chain";
constexpr std::string_view kCrlChain = "SGX-PCK-CRL-Issuer-Chain";

std::string join(std::string_view base, std::string_view api, std::string_view method) {
  return std::string(base).append(api).append(method);
}

Endpoint root_crl(const Config& config) {
  Endpoint out;
  out.url = config.source == SourceKind::kPccs ? join(config.url, kSgx, "/rootcacrl") : config.root_crl_url;
  out.chain_header = kIdentityChain;
  out.chain_url = join(config.url, kSgx, "/qe/identity");
  return out;
}

Endpoint pck_crl(const Config& config, std::string_view ca) {
  return {.url = join(config.url, kSgx, std::string("/pckcrl?ca=").append(ca).append("&encoding=der")),
          .chain_header = kCrlChain};
}

std::optional<Endpoint> snp_crl(const Config& config, const Hash256& root) {
  const auto product = product_of(root);
  if (!product) return std::nullopt;
  const auto base = config.kds_url + "/vcek/v1/" + std::string(*product);
  return Endpoint{.url = base + "/crl", .chain_url = base + "/cert_chain"};
}

}  // namespace

bool is_json(CollateralKind kind) noexcept {
  return kind == CollateralKind::kSgxTcbInfo || kind == CollateralKind::kTdxTcbInfo ||
         kind == CollateralKind::kSgxQeIdentity || kind == CollateralKind::kTdxQeIdentity;
}

std::string fmspc_text(const attestation::Fmspc& fmspc) {
  auto text = to_hex(fmspc);
  for (auto& c : text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::optional<std::string_view> product_of(const Hash256& root) noexcept {
  namespace snp = attestation::snp;
  if (root == snp::kMilanRoot) return to_string(snp::Product::kMilan);
  if (root == snp::kGenoaRoot) return to_string(snp::Product::kGenoa);
  if (root == snp::kTurinRoot) return to_string(snp::Product::kTurin);
  return std::nullopt;
}

std::optional<Endpoint> endpoint_of(const Config& config, const attestation::CollateralId& id) {
  const auto tcb = [&](std::string_view api) {
    return Endpoint{.url = join(config.url, api, "/tcb?fmspc=" + fmspc_text(id.fmspc)),
                    .chain_header = kTcbChain,
                    .older_chain_header = kOlderTcbChain};
  };
  const auto identity = [&](std::string_view api) {
    return Endpoint{.url = join(config.url, api, "/qe/identity"), .chain_header = kIdentityChain};
  };
  switch (id.kind) {
    case CollateralKind::kSgxTcbInfo: return tcb(kSgx);
    case CollateralKind::kTdxTcbInfo: return tcb(kTdx);
    case CollateralKind::kSgxQeIdentity: return identity(kSgx);
    case CollateralKind::kTdxQeIdentity: return identity(kTdx);
    case CollateralKind::kPckProcessorCrl: return pck_crl(config, "processor");
    case CollateralKind::kPckPlatformCrl: return pck_crl(config, "platform");
    case CollateralKind::kIntelRootCrl: return root_crl(config);
    case CollateralKind::kSnpCrl: return snp_crl(config, id.root);
  }
  return std::nullopt;
}

}  // namespace substratee::rpc::collateral
