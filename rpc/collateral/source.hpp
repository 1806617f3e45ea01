#pragma once

/// Sources of collateral. What they give is as hostile as the network that it came over: whoever uses it verifies it
/// (attestation::verify_collateral).
///
/// A directory holds for each item a body and the issuer chain beside it (PEM, "<name>.pem"):
///   sgx-tcb-<FMSPC>.json  tdx-tcb-<FMSPC>.json  sgx-qe-identity.json  tdx-qe-identity.json   as the PCS serves them
///   pck-processor-crl.der  pck-platform-crl.der  intel-root-crl.der  snp-<product>-crl.der    DER
/// FMSPC in capital hexadecimal digits, product "milan", "genoa" or "turin".

#include "core/attestation/collateral.hpp"
#include "rpc/collateral/config.hpp"

#include <map>
#include <memory>

namespace substratee::rpc::collateral {

using attestation::CollateralId;
using attestation::CollateralItem;
using attestation::CollateralKind;

class Source {
 public:
  virtual ~Source() = default;
  /// May take until its time limits are over. One thread at a time.
  [[nodiscard]] virtual Result<CollateralItem> fetch(const CollateralId& id) = 0;
};

class MemorySource final : public Source {
 public:
  std::map<CollateralId, CollateralItem> items;
  [[nodiscard]] Result<CollateralItem> fetch(const CollateralId& id) override;
};

class DirectorySource final : public Source {
 public:
  explicit DirectorySource(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] Result<CollateralItem> fetch(const CollateralId& id) override;

 private:
  std::filesystem::path folder_;
};

/// The source that a configuration names. kConfig: a key that cannot be read.
[[nodiscard]] Result<std::unique_ptr<Source>> make_source(const Config& config);

/// "sgx-tcb-00906ED50000": how an item is named, in directories and for people.
[[nodiscard]] std::string name_of(const CollateralId& id);

}  // namespace substratee::rpc::collateral
