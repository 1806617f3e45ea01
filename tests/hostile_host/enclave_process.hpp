#pragma once

/// The real enclave program behind two pipes, as its host has it.

#include "tests/network/boundary.hpp"

#include <sys/types.h>

#include <filesystem>

namespace substratee::test {

/// What `substratee-enclave --measurement` says.
[[nodiscard]] registry::Measurement measurement_of_program();

class EnclaveProcess final : public Boundary {
 public:
  /// `platform` is the machine: the same directory is the same machine.
  explicit EnclaveProcess(const std::filesystem::path& platform);
  EnclaveProcess(const EnclaveProcess&) = delete;
  EnclaveProcess& operator=(const EnclaveProcess&) = delete;
  ~EnclaveProcess() override;

  /// Through frames; a process that does not answer fails the test.
  protocol::Reply handle(const protocol::Request& request) override;

  /// Bytes as they are, without a size in front.
  void write(ByteView bytes) const;
  /// One frame around these bytes.
  void write_frame(ByteView payload) const;
  /// The next frame's payload; nothing when the process has closed its output.
  [[nodiscard]] std::optional<Bytes> read_frame() const;
  void close_input();
  /// Waits for the end: exit status, or minus the signal.
  int wait();

 private:
  pid_t process_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::uint64_t next_id_ = 1;
};

}  // namespace substratee::test
