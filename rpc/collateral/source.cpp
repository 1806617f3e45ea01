#include "rpc/collateral/source.hpp"

#include "core/base/hex.hpp"
#include "core/base/result.hpp"
#include "rpc/collateral/answer.hpp"
#include "rpc/collateral/endpoints.hpp"
#include "rpc/collateral/http_source.hpp"

#include <fmt/format.h>

#include <fstream>

namespace substratee::rpc::collateral {
namespace {

Result<std::string> read_text(const std::filesystem::path& file, std::size_t max) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(FailureCode::kNotFound, file.string() + ": no such file", "put it there");
  std::string out(max + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  if (out.size() > max) return fail(FailureCode::kBadAnswer, file.string() + ": too large", "replace it");
  return out;
}

}  // namespace

std::string name_of(const CollateralId& id) {
  switch (id.kind) {
    case CollateralKind::kSgxTcbInfo: return "sgx-tcb-" + fmspc_text(id.fmspc);
    case CollateralKind::kTdxTcbInfo: return "tdx-tcb-" + fmspc_text(id.fmspc);
    case CollateralKind::kSgxQeIdentity: return "sgx-qe-identity";
    case CollateralKind::kTdxQeIdentity: return "tdx-qe-identity";
    case CollateralKind::kPckProcessorCrl: return "pck-processor-crl";
    case CollateralKind::kPckPlatformCrl: return "pck-platform-crl";
    case CollateralKind::kIntelRootCrl: return "intel-root-crl";
    case CollateralKind::kSnpCrl: {
      auto product = std::string(product_of(id.root).value_or("unknown"));
      for (auto& c : product) c = static_cast<char>(c | 0x20);
      return "snp-" + product + "-crl";
    }
  }
  return "unknown";
}

Result<CollateralItem> MemorySource::fetch(const CollateralId& id) {
  const auto found = items.find(id);
  if (found == items.end()) return fail(FailureCode::kNotFound, name_of(id) + ": not here", "put it there");
  return found->second;
}

Result<CollateralItem> DirectorySource::fetch(const CollateralId& id) {
  const auto name = name_of(id);
  const auto body_file = folder_ / (name + (is_json(id.kind) ? ".json" : ".der"));
  const auto body = SUBSTRATEE_TRY(read_text(body_file, attestation::kMaxCollateralSize));
  const auto chain = SUBSTRATEE_TRY(read_text(folder_ / (name + ".pem"), attestation::kMaxIssuerChainSize));
  return read_item(id.kind, body, chain, body_file.string());
}

Result<std::unique_ptr<Source>> make_source(const Config& config) {
  if (config.source == SourceKind::kDirectory) return std::make_unique<DirectorySource>(config.directory);
  auto key = SUBSTRATEE_TRY(read_subscription_key(config.subscription_key_file));
  return std::make_unique<HttpSource>(config, std::move(key));
}

}  // namespace substratee::rpc::collateral
