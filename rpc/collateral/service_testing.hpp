#pragma once

/// A service on loopback that plays the vectors: PCS, PCCS and KDS in one, with outages.

#include "core/base/hex.hpp"
#include "net/server.hpp"
#include "tests/support/vectors.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace substratee::rpc::collateral::testing {

/// As JavaScript's encodeURIComponent, which the services use.
inline std::string url_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-_.!~*'()").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else {
      const std::uint8_t byte = static_cast<std::uint8_t>(c);
      out += "%" + to_hex(ByteView(&byte, 1));
    }
  }
  return out;
}

class FakeService {
 public:
  /// Of a TDX platform. `vector`: its folder below tests/vectors, with '/' at its end.
  explicit FakeService(std::string vector = "attestation/tdx/azure-v4-00806F050000/") : vector_(std::move(vector)) {
    put("/tdx/certification/v4/tcb", text("tcb_info.json"), "TCB-Info-Issuer-Chain", text("tcb_signing_chain.pem"));
    put("/tdx/certification/v4/qe/identity", text("qe_identity.json"), "SGX-Enclave-Identity-Issuer-Chain",
        text("tcb_signing_chain.pem"));
    put("/sgx/certification/v4/qe/identity", text("qe_identity.json"), "SGX-Enclave-Identity-Issuer-Chain",
        text("tcb_signing_chain.pem"));
    put("/sgx/certification/v4/pckcrl", text("pck_crl.der"), "SGX-PCK-CRL-Issuer-Chain",
        text("pck_crl_issuer_chain.pem"));
    put("/sgx/certification/v4/rootcacrl", to_hex(as_bytes(text("root_ca_crl.der"))), {}, {});
    put("/IntelSGXRootCA.der", text("root_ca_crl.der"), {}, {});
    start();
  }

  /// Whatever is asked from now on is answered so; 0: as it should be.
  std::atomic<unsigned> status = 0;
  std::atomic<int> delay_millis = 0;
  std::atomic<int> requests = 0;
  std::string retry_after;

  void put(const std::string& path, std::string body, const std::string& header, std::string_view chain) {
    const std::lock_guard lock(mutex_);
    auto& answer = answers_[path];
    answer.body = std::move(body);
    answer.headers.clear();
    if (!header.empty()) answer.headers.emplace_back(header, url_encode(chain));
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  [[nodiscard]] std::string text(const std::string& name) const {
    return std::string(as_text(test::load_bytes(vector_ + name)));
  }
  [[nodiscard]] net::Request last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  void stop() { server_->stop(); }

 private:
  struct Answer {
    std::string body;
    net::Headers headers;
  };

  void start() {
    server_ = std::make_unique<net::Server>(net::ServerOptions{});
    for (const auto& [path, ignored] : answers_) {
      server_->route("GET", path, [this](const net::Request& request) { return answer(request); });
    }
    if (!server_->start()) throw std::runtime_error("no port is free");
  }
  net::Response answer(const net::Request& request) {
    ++requests;
    std::this_thread::sleep_for(std::chrono::milliseconds(delay_millis));
    const std::lock_guard lock(mutex_);
    last_ = request;
    if (status != 0) {
      auto refused = net::Response::text(status, "no");
      if (!retry_after.empty()) refused.headers.emplace_back("Retry-After", retry_after);
      return refused;
    }
    auto response = net::Response::text(200, answers_[request.path].body);
    response.headers = answers_[request.path].headers;
    return response;
  }

  std::string vector_;
  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  net::Request last_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace substratee::rpc::collateral::testing
