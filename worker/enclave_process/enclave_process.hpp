#pragma once

/// The enclave as a child process: frames over its standard input and output, its standard error line by line into the
/// log. One thread writes, one reads, one logs. At most kFrameCredit requests are on the way at once; what moves the
/// chain goes before queries.

#include "worker/enclave_process/channel.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace substratee::worker::enclave_process {

struct EnclaveOptions {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::chrono::milliseconds call_timeout{120'000};      ///< an enclave silent for longer hangs: it is killed
  std::chrono::milliseconds shutdown_timeout{5'000};    ///< from the end of its input to SIGKILL
  std::function<void(const std::string& line)> on_log;  ///< from a thread of its own
};

class EnclaveProcess final : public EnclaveChannel {
 public:
  [[nodiscard]] static Result<std::unique_ptr<EnclaveProcess>> start(EnclaveOptions options);
  ~EnclaveProcess() override;  ///< ends its input, waits, kills after shutdown_timeout

  /// Any thread. What happened to the enclave is part of the Failure ("killed by SIGSYS").
  [[nodiscard]] Result<protocol::Reply> call(const protocol::Request& request) override;

 private:
  class Link;
  explicit EnclaveProcess(std::unique_ptr<Link> link);
  std::unique_ptr<Link> link_;
};

}  // namespace substratee::worker::enclave_process
