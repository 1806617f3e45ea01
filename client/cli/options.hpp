#pragma once

/// The command line, as values. Parsing does no I/O.

#include "client/evidence/judgement.hpp"
#include "client/sdk/session.hpp"
#include "core/attestation/collateral.hpp"

#include <variant>

namespace substratee::client::cli {

struct AccountOptions {
  std::string uri = "//Alice";
  std::optional<std::string> uri_file;  ///< "-": standard input
  primitives::Scheme scheme = primitives::Scheme::kSr25519;
};

struct GlobalOptions {
  SessionOptions session;
  AccountOptions account;
  bool is_json = false;
};

enum class Wait : std::uint8_t { kNone, kBlock, kAgreed };

struct StatusCommand {};
struct WorkersCommand {};
struct ShardCommand {};
struct ShieldingKeyCommand {
  Choice choice;
};
struct BalanceCommand {
  std::optional<AccountId> account;
};
struct TransferCommand {
  AccountId to;
  primitives::Balance amount = 0;
  rpc::Until until = rpc::Until::kFinalized;
};
struct CallCommand {
  std::string text;
  Choice choice;
  std::uint32_t valid_for = 64;
  Wait wait = Wait::kAgreed;
  std::optional<primitives::Nonce> nonce;
};
struct QueryCommand {
  std::string text;
  protocol::Mode mode = protocol::Mode::kAgreed;
  Choice choice;
  std::optional<std::string> proof;  ///< file to write
};
struct NonceCommand {
  Choice choice;
};
struct ReceiptCommand {
  BlockNumber block = 0;
  std::uint32_t index = 0;
  Choice choice;
  std::optional<std::string> file;  ///< to write; absent: receipt-<block>-<index>.proof
};
enum class Proves : std::uint8_t { kReceipt, kAnswer };
/// Needs no node.
struct VerifyCommand {
  Proves what{};
  std::string file;
};
struct AuditCommand {};
struct BlockCommand {
  BlockNumber number = 0;
};
struct WorkerHealthCommand {
  std::string url;
};
struct CollateralFetchCommand {
  std::string config;
  std::string out;
  attestation::Fmspc fmspc;
  bool is_tdx = false;
  bool is_processor = false;  ///< the CA of the platform's certificate; else "platform"
};
struct EquivocationCommand {
  std::string file;
};
/// What would become of the registered enclaves under a policy or at a time.
struct AttestationMembersCommand {
  std::optional<std::string> policy;  ///< path of a policy file
  std::optional<std::uint64_t> time;  ///< seconds
};
struct AttestationInspectCommand {
  std::string path;
};
struct AttestationVerifyCommand {
  evidence::Question question;
  bool has_time = false;  ///< else the time is that of the call
};
using Command =
    std::variant<StatusCommand, WorkersCommand, ShardCommand, ShieldingKeyCommand, BalanceCommand, TransferCommand,
                 CallCommand, QueryCommand, NonceCommand, ReceiptCommand, VerifyCommand, AuditCommand, BlockCommand,
                 WorkerHealthCommand, EquivocationCommand, AttestationInspectCommand, AttestationVerifyCommand,
                 AttestationMembersCommand, CollateralFetchCommand>;

struct Options {
  GlobalOptions global;
  Command command;
};

/// Nothing is to be carried out: help was asked for (status 0), or the command line is wrong (status 2).
struct Stop {
  int status = 0;
  std::string out;
  std::string err;
};

/// `arguments` without the program's name.
[[nodiscard]] std::expected<Options, Stop> parse(std::vector<std::string> arguments);

}  // namespace substratee::client::cli
