#pragma once

/// A child process with pipes (its input is a socket) on its standard streams, an empty environment and nothing else
/// inherited.

#include "net/tcp.hpp"
#include "worker/base/failure.hpp"

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace substratee::worker::enclave_process {

class Child {
 public:
  /// In a process group of its own, so that Ctrl-C in a terminal reaches only the host. kOption if it cannot be
  /// started.
  [[nodiscard]] static Result<std::unique_ptr<Child>> spawn(const std::filesystem::path& program,
                                                            const std::vector<std::string>& arguments);
  ~Child();  ///< kills it if it still runs, and reaps it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] int input() const noexcept { return input_.get(); }    ///< to write to; its standard input
  [[nodiscard]] int output() const noexcept { return output_.get(); }  ///< to read from; its standard output
  [[nodiscard]] int log() const noexcept { return log_.get(); }        ///< to read from; its standard error
  void close_input() noexcept { input_ = net::Descriptor(); }

  /// Waits for its end; "exit status 3" or "killed by SIGSYS", nothing if it still runs afterwards.
  [[nodiscard]] std::optional<std::string> wait(std::chrono::milliseconds timeout);
  void kill() noexcept;

 private:
  Child(int pid, net::Descriptor input, net::Descriptor output, net::Descriptor log)
      : pid_(pid), input_(std::move(input)), output_(std::move(output)), log_(std::move(log)) {}

  const int pid_;
  net::Descriptor input_;
  net::Descriptor output_;
  net::Descriptor log_;
  std::mutex mutex_;
  std::optional<std::string> end_;  ///< once reaped
};

}  // namespace substratee::worker::enclave_process
