#pragma once

/// Collateral from PCS, PCCS and KDS over HTTP.

#include "net/http_client.hpp"
#include "rpc/collateral/source.hpp"

#include <string>

namespace substratee::rpc::collateral {

class HttpSource final : public Source {
 public:
  /// `key`: the subscription key, or empty.
  HttpSource(Config config, std::string key, std::chrono::milliseconds timeout = std::chrono::seconds(20));
  [[nodiscard]] Result<CollateralItem> fetch(const CollateralId& id) override;

 private:
  [[nodiscard]] Result<net::HttpResponse> get(const std::string& url) const;
  [[nodiscard]] Result<std::string> chain_for(const struct Endpoint& endpoint, const net::HttpResponse& answer) const;

  Config config_;
  std::string key_;
  net::HttpOptions options_;
};

}  // namespace substratee::rpc::collateral
