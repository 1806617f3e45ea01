#pragma once

/// One thread's talk with the enclave: asks, brings what the enclave lacks (Need), asks again, until there is an
/// answer.

#include "worker/chain_follower/chain.hpp"
#include "worker/conversation/files.hpp"
#include "worker/enclave_process/channel.hpp"

#include <functional>

namespace substratee::worker::conversation {

/// What only the driver can bring.
class Supplier {
 public:
  virtual ~Supplier() = default;
  /// Has final blocks up to `number` imported.
  [[nodiscard]] virtual Result<void> import_up_to(BlockNumber number) = 0;
  /// Blocks of the state, in the order asked for.
  [[nodiscard]] virtual Result<std::vector<protocol::StateBlock>> state_blocks(const protocol::NeedState& need) = 0;
};

class Conversation {
 public:
  struct Ports {
    enclave_process::EnclaveChannel& enclave;
    chain_follower::Chain& chain;
    const BlobStore& blobs;
    const ReceiptStore& receipts;
  };

  explicit Conversation(Ports ports) : ports_(ports) {}
  /// Without one, Need{blocks} and Need{state} are failures.
  void set_supplier(Supplier* supplier) noexcept { supplier_ = supplier; }

  /// Never Need. A Refused comes as a reply.
  [[nodiscard]] Result<protocol::Reply> ask(protocol::Request request);

  /// The reply must be a T; a Refused is a Failure kRefused.
  template <class T>
  [[nodiscard]] Result<T> ask_for(protocol::Request request) {
    return expect<T>(SUBSTRATEE_TRY(ask(std::move(request))));
  }

  template <class T>
  [[nodiscard]] static Result<T> expect(protocol::Reply reply) {
    if (auto* wanted = std::get_if<T>(&reply)) return std::move(*wanted);
    if (const auto* refused = std::get_if<protocol::Refused>(&reply)) return std::unexpected(to_failure(*refused));
    return std::unexpected(unexpected_reply());
  }

  [[nodiscard]] static Failure to_failure(const protocol::Refused& refused);
  [[nodiscard]] static Failure unexpected_reply();

  /// Blocks of the state that the enclave is loading, before it asks for them: it passes over what it does not want.
  /// Any thread, also while ask() waits for its Supplier. One frame: at most 512 blocks and some 6 MiB.
  [[nodiscard]] Result<void> supply_ahead(std::vector<protocol::StateBlock> blocks);

 private:
  /// How often one request may need something before the enclave counts as stuck.
  static constexpr int kMaxNeeds = 1'000'000;
  static constexpr std::size_t kStateBatch = 64;

  [[nodiscard]] Result<void> supply(const protocol::Need& need);
  [[nodiscard]] Result<void> supply(const protocol::NeedProofs& need);
  [[nodiscard]] Result<void> supply(const protocol::NeedBlocks& need);
  [[nodiscard]] Result<void> supply(const protocol::NeedState& need);
  [[nodiscard]] Result<void> supply(const protocol::NeedStore& need);
  [[nodiscard]] Result<void> supply(const protocol::NeedReceipts& need);
  [[nodiscard]] Result<void> tell(const protocol::Request& request);

  Ports ports_;
  Supplier* supplier_ = nullptr;
};

}  // namespace substratee::worker::conversation
