#include "tests/hostile_host/enclave_process.hpp"

#include "core/base/hex.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <stdexcept>

namespace substratee::test {
namespace {

constexpr std::size_t kSizeBytes = 4;

bool read_all(int descriptor, MutableByteView out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto size = ::read(descriptor, out.data() + done, out.size() - done);
    if (size <= 0) return false;
    done += static_cast<std::size_t>(size);
  }
  return true;
}

}  // namespace

registry::Measurement measurement_of_program() {
  std::FILE* output = ::popen(SUBSTRATEE_ENCLAVE_PROGRAM " --measurement", "r");
  std::array<char, 128> line{};
  const bool read = output != nullptr && std::fgets(line.data(), line.size(), output) != nullptr;
  if (output != nullptr) ::pclose(output);
  const auto measurement = fixed_from_hex<32>(std::string_view(line.data()).substr(0, 64));
  EXPECT_TRUE(read && measurement.has_value()) << SUBSTRATEE_ENCLAVE_PROGRAM;
  return measurement.value_or(registry::Measurement{});
}

EnclaveProcess::EnclaveProcess(const std::filesystem::path& platform) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> to_enclave{};
  std::array<int, 2> from_enclave{};
  if (::pipe2(to_enclave.data(), O_CLOEXEC) != 0 || ::pipe2(from_enclave.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipes");
  }
  const auto directory = platform.string();
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(to_enclave[0], STDIN_FILENO);
    ::dup2(from_enclave[1], STDOUT_FILENO);
    ::execl(SUBSTRATEE_ENCLAVE_PROGRAM, SUBSTRATEE_ENCLAVE_PROGRAM, "--insecure-force-simulation", "--platform-dir",
            directory.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(to_enclave[0]);
  ::close(from_enclave[1]);
  input_ = to_enclave[1];
  output_ = from_enclave[0];
}

EnclaveProcess::~EnclaveProcess() {
  close_input();
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    wait();
  }
  ::close(output_);
}

void EnclaveProcess::write(ByteView bytes) const {
  while (!bytes.empty()) {
    const auto size = ::write(input_, bytes.data(), bytes.size());
    if (size <= 0) return;  // it has ended; reading says so
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
}

void EnclaveProcess::write_frame(ByteView payload) const {
  write(scale::encode(static_cast<std::uint32_t>(payload.size())));
  write(payload);
}

std::optional<Bytes> EnclaveProcess::read_frame() const {
  std::array<std::uint8_t, kSizeBytes> prefix{};
  if (!read_all(output_, prefix)) return std::nullopt;
  Bytes payload(*scale::decode<std::uint32_t>(prefix));
  if (!read_all(output_, payload)) return std::nullopt;
  return payload;
}

protocol::Reply EnclaveProcess::handle(const protocol::Request& request) {
  const auto id = next_id_++;
  write_frame(scale::encode(protocol::RequestFrame{.id = id, .message = request}));
  const auto payload = read_frame();
  if (!payload) throw std::runtime_error("the enclave has ended");
  auto reply = scale::decode<protocol::ReplyFrame>(*payload);
  if (!reply || reply->id != id) throw std::runtime_error("the enclave's reply does not decode or is another one");
  return std::move(reply->message);
}

void EnclaveProcess::close_input() {
  if (input_ >= 0) ::close(std::exchange(input_, -1));
}

int EnclaveProcess::wait() {
  int status = 0;
  if (process_ <= 0 || ::waitpid(std::exchange(process_, -1), &status, 0) < 0) return 0;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace substratee::test
