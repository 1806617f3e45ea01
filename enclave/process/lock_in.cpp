#include "enclave/process/lock_in.hpp"

#include "core/crypto/system_random.hpp"
#include "enclave/process/landlock.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <initializer_list>
#include <memory>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SUBSTRATEE_SANITIZED
#endif
#endif

#ifdef SUBSTRATEE_SANITIZED
// The leak check at exit starts a tracer, which the filter kills.
extern "C" const char* __asan_default_options();
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

namespace substratee::enclave::process {
namespace {

// Linux 6.3; Debian 12's headers are older.
constexpr int kSetMemoryDenyWriteExecute = 65;
constexpr unsigned long kRefuseExecGain = 1;

// A descriptor is an int: the upper half of its register says nothing.
constexpr scmp_datum_t kIntMask = 0xFFFF'FFFF;

bool allow(scmp_filter_ctx filter, std::initializer_list<int> calls) noexcept {
  for (const int call : calls) {
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0) return false;
  }
  return true;
}

bool allow_if(scmp_filter_ctx filter, int call, std::initializer_list<scmp_arg_cmp> conditions) noexcept {
  return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, static_cast<unsigned>(conditions.size()),
                                conditions.begin()) == 0;
}

scmp_arg_cmp masked(unsigned argument, scmp_datum_t mask, scmp_datum_t value) noexcept {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

bool allow_descriptors(scmp_filter_ctx filter) noexcept {
  return allow_if(filter, SCMP_SYS(read), {masked(0, kIntMask, STDIN_FILENO)}) &&
         allow_if(filter, SCMP_SYS(write), {masked(0, kIntMask, STDOUT_FILENO)}) &&
         allow_if(filter, SCMP_SYS(write), {masked(0, kIntMask, STDERR_FILENO)});
}

bool allow_memory(scmp_filter_ctx filter) noexcept {
  return allow_if(filter, SCMP_SYS(mmap), {masked(2, PROT_EXEC, 0), masked(3, MAP_ANONYMOUS, MAP_ANONYMOUS)}) &&
         allow_if(filter, SCMP_SYS(mprotect), {masked(2, PROT_EXEC, 0)}) &&
         allow(filter, {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mlock),
                        SCMP_SYS(munlock)});
}

bool allow_rest(scmp_filter_ctx filter) noexcept {
  return allow(filter, {
                           SCMP_SYS(futex), SCMP_SYS(getrandom),
                           SCMP_SYS(getpid),  // OpenSSL's generator notices forks
                           SCMP_SYS(clock_gettime), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
                           SCMP_SYS(rt_sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group),
#ifdef SUBSTRATEE_SANITIZED
                           SCMP_SYS(sigaltstack),  // the runtime's own stack for signals, given back at exit
#endif
                       });
}

/// Where files are opened: the first free descriptor, since only one is open at a time.
constexpr int kOnlyFile = STDERR_FILENO + 1;

/// What platform::PosixFiles does. Which paths: Landlock decides.
bool allow_folder(scmp_filter_ctx filter) noexcept {
  return allow_if(filter, SCMP_SYS(openat), {masked(2, O_CREAT | O_TRUNC, 0)}) &&
         allow_if(filter, SCMP_SYS(read), {masked(0, kIntMask, kOnlyFile)}) &&
         allow_if(filter, SCMP_SYS(write), {masked(0, kIntMask, kOnlyFile)}) &&
         allow_if(filter, SCMP_SYS(close), {masked(0, kIntMask, kOnlyFile)}) && allow(filter, {SCMP_SYS(mkdirat)}) &&
         allow_if(filter, SCMP_SYS(unlinkat), {masked(2, kIntMask, AT_REMOVEDIR)});
}

using Filter = std::unique_ptr<void, decltype([](void* filter) { seccomp_release(filter); })>;

bool load_filter(bool with_folder) noexcept {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  return filter != nullptr && seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
         allow_descriptors(filter.get()) && allow_memory(filter.get()) && allow_rest(filter.get()) &&
         (!with_folder || allow_folder(filter.get())) && seccomp_load(filter.get()) == 0;
}

// The C library's qsort, which OpenSSL uses, asks with its first large array how much memory there is.
void ask_for_size_of_memory() noexcept {
  std::array<int, 1024> numbers{};
  std::qsort(numbers.data(), numbers.size(), sizeof(int),
             [](const void* a, const void* b) { return *static_cast<const int*>(a) - *static_cast<const int*>(b); });
}

// Of what a dump would still take, whoever forces it: none of the kinds of memory. Keys are left out page by page, the
// state and the plaintext of calls by this. The file is ours to write only while the process can be dumped.
bool leave_memory_out_of_dumps() noexcept {
  const int file = ::open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
  const bool written = file >= 0 && ::write(file, "0", 1) == 1;
  return file >= 0 && ::close(file) == 0 && written;
}

bool switch_off_dumps() noexcept {
  const rlimit none{0, 0};
  return leave_memory_out_of_dumps() && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0;
}

}  // namespace

std::string_view to_string(LockInError error) noexcept {
  switch (error) {
    case LockInError::kDescriptors:
      return "lock-in failed: inherited files cannot be closed; Linux 5.9 or later is needed";
    case LockInError::kDumps: return "lock-in failed: memory dumps cannot be switched off";
    case LockInError::kPrivileges: return "lock-in failed: the kernel does not give up new privileges";
    case LockInError::kFilter: return "lock-in failed: the kernel does not take a seccomp filter";
    case LockInError::kFolder:
      return "lock-in failed: the kernel does not limit this process to its folder; Landlock is needed "
             "(CONFIG_SECURITY_LANDLOCK, and landlock among the kernel's lsm=)";
  }
  return "unknown error";
}

void clear_environment() noexcept { ::clearenv(); }

void prepare_libraries() noexcept {
  crypto::initialise();
  const std::time_t epoch = 0;
  std::tm parts{};
  static_cast<void>(::gmtime_r(&epoch, &parts));  // the first call opens /etc/localtime
  ask_for_size_of_memory();
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

std::expected<LockedIn, LockInError> lock_in(const char* folder) noexcept {
  if (::close_range(STDERR_FILENO + 1, ~0u, 0) != 0) return std::unexpected(LockInError::kDescriptors);
  if (!switch_off_dumps()) return std::unexpected(LockInError::kDumps);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return std::unexpected(LockInError::kPrivileges);
  const bool denies = prctl(kSetMemoryDenyWriteExecute, kRefuseExecGain, 0, 0, 0) == 0;
  if (folder != nullptr && !landlock::keep_only(folder)) return std::unexpected(LockInError::kFolder);
  if (!load_filter(folder != nullptr)) return std::unexpected(LockInError::kFilter);
  return LockedIn{denies};
}

}  // namespace substratee::enclave::process
