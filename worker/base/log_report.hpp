#pragma once

/// Report as lines of the log and, if asked for, as JSON lines in a file.

#include "worker/base/failure.hpp"
#include "worker/base/report.hpp"

#include <filesystem>
#include <fstream>
#include <memory>

namespace substratee::worker {

class LogReport final : public Report {
 public:
  /// `events_file` empty: no JSON lines. kOption if it cannot be written.
  [[nodiscard]] static Result<std::unique_ptr<LogReport>> open(const std::filesystem::path& events_file);

  void started(const protocol::Started& enclave) override;
  void registered(BlockNumber block) override;
  void founded(BlockNumber block, registry::Epoch epoch) override;
  void connecting(const AccountId& provider, const std::string& url) override;
  void keys_received(const AccountId& provider, registry::Epoch epoch, Millis took) override;
  void keys_sent(const AccountId& joiner, registry::Epoch epoch, BlockNumber release_block, Millis took) override;
  void state_loaded(const registry::StateCid& root, std::uint64_t blocks, std::uint64_t bytes) override;
  void live(BlockNumber head) override;
  void processed(const protocol::Processed& block) override;
  void confirmed(BlockNumber block, BlockNumber included_in) override;
  void member_changed(registry::MemberStatus status) override;
  void diverged(const protocol::Divergence& divergence) override;
  void equivocation(const std::string& file) override;
  void info(const std::string& text) override;
  void warn(const std::string& text) override;

 private:
  explicit LogReport(std::ofstream events) : events_(std::move(events)) {}
  /// One JSON line; `text` is an object.
  void event(const std::string& text);

  std::ofstream events_;
  AccountId self_;
};

/// CID text of a root.
[[nodiscard]] std::string cid_text(const registry::StateCid& cid);

}  // namespace substratee::worker
