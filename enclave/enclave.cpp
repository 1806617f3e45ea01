#include "enclave/enclave.hpp"

#include "enclave/core.hpp"

namespace substratee::enclave {

using protocol::Refusal;

Enclave::Enclave(platform::Platform& platform) : platform_(platform) {}
Enclave::~Enclave() = default;

protocol::Reply Enclave::handle(const protocol::Request& request) {
  if (const auto* start = std::get_if<protocol::Start>(&request); start != nullptr && core_ == nullptr) {
    auto core = Core::make(platform_, *start);
    if (!core) return core.error();
    core_ = *std::move(core);
  }
  if (core_ == nullptr) return provisioning::refuse(Refusal::kNotStarted, "the first request is Start");
  if (core_->is_stopped() && !std::holds_alternative<protocol::GetStatus>(request)) {
    return provisioning::refuse(Refusal::kStopped,
                                "this enclave was replaced or quarantined, or the chain's authority sealed two "
                                "blocks at one height: nothing is served");
  }
  return std::visit([&](const auto& message) { return core_->on(message); }, request);
}

}  // namespace substratee::enclave
