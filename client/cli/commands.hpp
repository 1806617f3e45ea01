#pragma once

/// What each subcommand does. Each hands back a report; run.cpp prints it.

#include "client/cli/options.hpp"
#include "client/cli/run.hpp"

#include <boost/json.hpp>

namespace substratee::client::cli {

/// Writes a proof file; kUsage if it cannot be written.
[[nodiscard]] Result<void> write_proof(const std::string& path, const proof::File& file);

struct Report {
  boost::json::object machine;
  std::string people;
  std::optional<Failure> complaint;  ///< there is a result, but not the one wished for
  std::optional<int> status{};       ///< the exit status, where the result alone decides it
};

/// What commands share: options, progress lines, the session and the account, each made when first needed.
class Desk {
 public:
  Desk(const GlobalOptions& options, Streams& streams, Random& random)
      : options_(options), streams_(streams), random_(random) {}

  [[nodiscard]] const GlobalOptions& options() const noexcept { return options_; }
  [[nodiscard]] Random& random() noexcept { return random_; }
  [[nodiscard]] Result<Session*> session();
  [[nodiscard]] Result<const primitives::AccountKey*> account();

  /// Progress: "[>] …" what we do, "[<] …" what came back. With --json on standard error.
  void say(char direction, std::string_view text);

 private:
  const GlobalOptions& options_;
  Streams& streams_;
  Random& random_;
  std::unique_ptr<Session> session_;
  std::optional<primitives::AccountKey> account_;
};

[[nodiscard]] Result<Report> execute(const StatusCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const WorkersCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const ShardCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const BlockCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const WorkerHealthCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const EquivocationCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const BalanceCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const TransferCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const CallCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const ReceiptCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const VerifyCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const AuditCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const QueryCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const NonceCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const ShieldingKeyCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const AttestationInspectCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const AttestationVerifyCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const AttestationMembersCommand& command, Desk& desk);
[[nodiscard]] Result<Report> execute(const CollateralFetchCommand& command, Desk& desk);

}  // namespace substratee::client::cli
