// substratee_lock_in_probe ATTEMPT [unlocked] [FOLDER]: locks in, attempts, and exits with 0 if that worked. `unlocked`
// attempts without lock-in: the control that shows that an attempt can work at all. `locked` FOLDER keeps that folder.

#include "core/attestation/ratls/certificate.hpp"
#include "core/base/check.hpp"
#include "core/crypto/hpke.hpp"
#include "core/crypto/system_random.hpp"
#include "enclave/platform/files.hpp"
#include "enclave/platform/simulation/simulated_platform.hpp"
#include "enclave/process/frame_loop.hpp"
#include "enclave/process/lock_in.hpp"
#include "enclave/provisioning/tls_session.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

namespace substratee::enclave::process {
namespace {

using attestation::simulation::SimulationRoot;
using platform::simulation::SimulatedPlatform;
using provisioning::Role;
using provisioning::TlsSession;

constexpr int kInheritedDescriptor = 100;
constexpr std::size_t kPage = 4096;
constexpr attestation::UnixSeconds kNow = 1'800'000'000;

bool map(int protection, int flags, int descriptor) {
  return ::mmap(nullptr, kPage, protection, flags, descriptor, 0) != MAP_FAILED;
}

bool make_executable() {
  void* page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page != MAP_FAILED && ::mprotect(page, kPage, PROT_READ | PROT_EXEC) == 0;
}

bool execute() {
  char name[] = "/bin/true";
  char* arguments[] = {name, nullptr};
  ::execv(name, arguments);
  return false;
}

bool fork_child() {
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  return child > 0;
}

bool start_thread() {
  pthread_t thread{};
  return ::pthread_create(
             &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr) == 0 &&
         ::pthread_join(thread, nullptr) == 0;
}

bool read_inherited() {
  char byte = 0;
  return ::read(kInheritedDescriptor, &byte, 1) == 1;
}

bool raise_core_limit() {
  const rlimit limit{0, 0};
  return ::setrlimit(RLIMIT_CORE, &limit) == 0;
}

bool seal_and_open() {
  crypto::SystemRandom random;
  const auto recipient = crypto::x25519::KeyPair::draw(random);
  const auto sealed = crypto::hpke::seal(recipient.public_key(), {}, {}, Bytes(1000), random);
  return sealed && crypto::hpke::open(recipient, sealed->enc, {}, {}, sealed->ciphertext).has_value();
}

bool allocate() {
  Bytes bytes;
  for (std::size_t size = 1; size <= 64 * 1024 * 1024; size *= 2) bytes.resize(size, 1);
  std::vector<Bytes> many(2000, Bytes(10'000));
  const crypto::Secret<4096> large;
  return bytes.back() == 1 && many.back().size() == 10'000 && large.view().size() == 4096;
}

bool ask_for_time() {
  std::tm parts{};
  timespec now{};
  const std::time_t seconds = std::time(nullptr);
  return ::clock_gettime(CLOCK_MONOTONIC, &now) == 0 && ::gmtime_r(&seconds, &parts) != nullptr;
}

bool has_no_environment() { return environ == nullptr && std::getenv("SUBSTRATEE_PROBE") == nullptr; }

/// Tells its parent that it is there, then waits for the end of its input.
bool wait_for_parent() {
  char byte = 'r';
  return ::write(STDOUT_FILENO, &byte, 1) == 1 && ::read(STDIN_FILENO, &byte, 1) == 0;
}

std::optional<TlsSession> start_session(Role role, SimulatedPlatform& platform) {
  const auto key = crypto::p256::KeyPair::draw(platform.random());
  const auto evidence = platform.attest({});
  if (!evidence) return std::nullopt;
  const auto certificate = attestation::ratls::make_certificate(key, *evidence);
  if (!certificate) return std::nullopt;
  auto session = TlsSession::start(role, key, *certificate);
  return session ? std::optional(std::move(*session)) : std::nullopt;
}

bool speak_tls() {
  crypto::SystemRandom random;
  SimulatedPlatform platform(crypto::Secret<32>::draw(random), SimulationRoot::development(), {}, random);
  auto client = start_session(Role::kClient, platform);
  auto server = start_session(Role::kServer, platform);
  if (!client || !server) return false;
  const auto pump = [&] {
    while (client->has_output() || server->has_output()) {
      if (!server->input(client->output(kPage)) || !client->input(server->output(kPage))) return false;
    }
    return true;
  };
  if (!pump() || !server->is_established() || !server->send(Bytes(60'000)) || !pump()) return false;
  const auto message = client->receive();
  return message && message->has_value() && client->session_id() == server->session_id();
}

bool attest() {
  crypto::SystemRandom random;
  SimulatedPlatform platform(crypto::Secret<32>::draw(random), SimulationRoot::development(), {}, random);
  const auto evidence = platform.attest({});
  // The claims are of no key; that the quote and its chain verify is what counts here.
  return evidence && attestation::verify(*evidence, {}, {{}, {platform.root()}}, kNow).has_value();
}

/// The folder that stays within reach, as the last argument.
std::string folder;

bool use_folder() {
  platform::PosixFiles files;
  const auto made = folder + "/request";
  for (int i = 0; i < 3; ++i) {
    const bool worked = files.make_directory(made) && files.write(folder + "/file", as_bytes("new")) &&
                        files.read(folder + "/file", 100) == to_bytes(as_bytes("new")) && files.remove_directory(made);
    if (!worked) return false;
  }
  return files.read(folder + "/none", 100).error() == ENOENT;
}

/// Landlock refuses what is outside; asking does not kill.
bool is_outside_refused() {
  platform::PosixFiles files;
  const auto above = folder + "/..";
  return files.read("/etc/passwd", 1 << 20).error() == EACCES &&
         files.read("/proc/self/maps", 1 << 20).error() == EACCES &&
         files.read(above + "/outside", 100).error() == EACCES && files.read(folder + "/link", 100).error() == EACCES &&
         files.write(above + "/outside", as_bytes("x")).error() == EACCES &&
         files.make_directory(above + "/new").error() == EACCES &&
         files.remove_directory(above + "/empty").error() == EACCES;
}

bool read_second_file() {
  const int first = ::open((folder + "/file").c_str(), O_RDONLY);
  const int second = ::open((folder + "/file").c_str(), O_RDONLY);
  char byte = 0;
  return first >= 0 && ::read(second, &byte, 1) == 1;
}

int serve() {
  return static_cast<int>(run_frame_loop(STDIN_FILENO, STDOUT_FILENO,
                                         [](const protocol::Request&) -> protocol::Reply { return protocol::Done{}; }));
}

struct Attempt {
  std::string_view name;
  bool (*run)();
};

constexpr std::array kAttempts = std::to_array<Attempt>({
    // What must die.
    {"openat", [] { return ::open("/dev/null", O_RDONLY) >= 0; }},
    {"open", [] { return ::syscall(SYS_open, "/dev/null", O_RDONLY) >= 0; }},
    {"socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
    {"execve", execute},
    {"fork", fork_child},
    {"thread", start_thread},
    {"ptrace", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }},
    {"kill", [] { return ::kill(::getppid(), 0) == 0; }},
    {"prctl", [] { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0; }},
    {"setrlimit", raise_core_limit},
    {"memfd", [] { return ::memfd_create("probe", 0) >= 0; }},
    {"read_inherited", read_inherited},
    {"write_input", [] { return ::syscall(SYS_write, STDIN_FILENO, "", 1) == 1; }},
    {"mmap_file", [] { return map(PROT_READ, MAP_PRIVATE, STDIN_FILENO); }},
    {"mmap_executable", [] { return map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1); }},
    {"mmap_write_execute", [] { return map(PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1); }},
    {"mprotect_executable", make_executable},
    {"x32", [] { return ::syscall(0x4000'0000 | SYS_getpid) != 0; }},
    // What must die even where a folder stays within reach.
    {"create_file", [] { return ::open((folder + "/new").c_str(), O_WRONLY | O_CREAT, 0600) >= 0; }},
    {"truncate_file", [] { return ::open((folder + "/file").c_str(), O_WRONLY | O_TRUNC) >= 0; }},
    {"remove_file", [] { return ::unlinkat(AT_FDCWD, (folder + "/file").c_str(), 0) == 0; }},
    {"rename_file", [] { return ::rename((folder + "/file").c_str(), (folder + "/other").c_str()) == 0; }},
    {"read_second_file", read_second_file},
    // What must work.
    {"use_folder", use_folder},
    {"outside_is_refused", is_outside_refused},
    {"hpke", seal_and_open},
    {"tls", speak_tls},
    {"attest", attest},
    {"heap", allocate},
    {"time", ask_for_time},
    {"no_environment", has_no_environment},
    {"wait", wait_for_parent},
});

int attempt(std::string_view name) {
  if (name == "serve") return serve();
  for (const auto& candidate : kAttempts) {
    if (candidate.name == name) return candidate.run() ? 0 : 1;
  }
  return 2;
}

}  // namespace
}  // namespace substratee::enclave::process

int main(int count, char** arguments) {
  using namespace substratee::enclave::process;
  if (count < 2) return 2;
  ::dup2(STDIN_FILENO, kInheritedDescriptor);
  if (count > 3) folder = arguments[3];
  if (count > 2 && std::string_view(arguments[2]) == "unlocked") return attempt(arguments[1]);
  clear_environment();
  prepare_libraries();
  if (!lock_in(folder.empty() ? nullptr : folder.c_str())) return 5;
  return attempt(arguments[1]);
}
