#pragma once

/// An honest host for one enclave: supplies what a Need names, keeps blobs and blocks, carries bytes between two.

#include "enclave/platform/simulation/simulated_platform.hpp"
#include "tests/network/boundary.hpp"
#include "tests/network/world.hpp"

namespace substratee::test {

/// All blocks that any host published: IPFS, without the network.
using Blocks = std::map<Bytes, Bytes>;

/// What is in the fuses of the machine with this seed.
[[nodiscard]] crypto::Secret<32> platform_secret(std::uint64_t seed);

class Host {
 public:
  /// `platform_seed` is the machine; the same seed is the same machine.
  Host(World& world, Blocks& ipfs, std::uint64_t platform_seed, registry::Measurement measurement = test_measurement());
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// How this host starts an enclave; unless told otherwise one in this process, on the machine of its seed.
  using Starter = std::function<std::unique_ptr<Boundary>()>;
  void start_with(Starter starter) { starter_ = std::move(starter); }
  [[nodiscard]] const Starter& starter() const noexcept { return starter_; }
  /// The machine has no sealing key, from its next start on (as a confidential VM has none).
  void have_no_sealing_key();

  /// One request as it is; its Needs are the caller's.
  protocol::Reply raw(const protocol::Request& request) {
    if (record_ != nullptr) record_->push_back(request);
    return boundary_->handle(request);
  }
  /// The enclave pages its state, with the smallest cache, from the next start on.
  void page_state() { is_paged_ = true; }
  /// A state that this enclave founds has padding and so much cover.
  void shape_state(std::uint16_t cover) { cover_ = cover; }
  /// From now on every request is also appended to `to`.
  void record(std::vector<protocol::Request>& to) { record_ = &to; }
  /// One request, its Needs satisfied; fails the test after too many.
  protocol::Reply ask(const protocol::Request& request);
  /// As ask, and the reply is a T; else the test fails with the refusal.
  template <class T>
  T expect(const protocol::Request& request) {
    auto reply = ask(request);
    if (const auto* refused = std::get_if<protocol::Refused>(&reply)) {
      ADD_FAILURE() << "refused: " << protocol::to_string(refused->reason) << ": " << refused->detail.value;
    }
    EXPECT_TRUE(std::holds_alternative<T>(reply)) << "reply " << reply.index();
    return std::holds_alternative<T>(reply) ? std::get<T>(std::move(reply)) : T{};
  }
  /// The reason of a refusal; the test fails if there is none.
  protocol::Refusal refused(const protocol::Request& request);

  /// A process start with the blobs that were kept; its Needs are the caller's.
  protocol::Reply start_raw();
  /// A process start with the blobs that were kept.
  protocol::Reply start();
  void start_again();
  /// Imports what the chain has; keeps outputs.
  protocol::Status follow();
  protocol::ExtrinsicHints hints() const;
  void submit_registration();
  void submit_founding();
  /// Every confirmation that the enclave has.
  void submit_confirmations();
  /// All of the above as the phase demands, once.
  void step();

  [[nodiscard]] const protocol::Started& identity() const noexcept { return started_; }
  [[nodiscard]] const std::vector<protocol::Processed>& processed() const noexcept { return processed_; }

  World& world;
  std::map<std::string, protocol::Blob> blobs;
  std::map<primitives::BlockNumber, Bytes> receipts;

  /// Brings what is needed; false if it cannot.
  bool satisfy(const protocol::Need& need);
  /// Takes what the enclave has made.
  void keep_outputs();

 private:
  [[nodiscard]] protocol::Start start_request() const;
  void make_process();

  Blocks& ipfs_;
  SeededRandom random_;
  enclave::platform::simulation::SimulatedPlatform platform_;
  Starter starter_;
  std::unique_ptr<Boundary> boundary_;
  std::unique_ptr<enclave::platform::Platform> unsealed_;
  std::vector<protocol::Request>* record_ = nullptr;
  protocol::Started started_;
  std::vector<protocol::Processed> processed_;
  primitives::BlockNumber confirmed_ = 0;
  bool is_paged_ = false;
  std::uint16_t cover_ = 0;
};

/// Carries bytes between two sessions, without new blocks, until the provider owes its release or somebody replies with
/// anything but Tls: that reply.
protocol::Reply relay(Host& joiner, protocol::Tls& at_joiner, Host& provider, protocol::Tls& at_provider);

/// MU-RA between two hosts: the joiner's enclave gets the keys. Mines blocks while it waits for the release.
/// Returns the joiner's last reply.
protocol::Reply provision(Host& joiner, Host& provider);

}  // namespace substratee::test
