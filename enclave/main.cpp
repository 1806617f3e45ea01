// substratee-enclave: the trusted half of a worker, simulated. A thin shell: reads its platform, locks in, answers.
// Standard output carries frames only; standard error carries fixed sentences, never a secret.

#include "core/base/hex.hpp"
#include "core/crypto/system_random.hpp"
#include "enclave/enclave.hpp"
#include "enclave/platform/simulation/platform_directory.hpp"
#include "enclave/platform/simulation/simulated_platform.hpp"
#include "enclave/platform/simulation/surroundings.hpp"
#include "enclave/process/command_line.hpp"
#include "enclave/process/frame_loop.hpp"
#include "enclave/process/lock_in.hpp"

#include <unistd.h>

namespace substratee::enclave {
namespace {

namespace simulation = platform::simulation;

constexpr int kFailed = 1;
constexpr int kWrongArguments = 2;

void write_text(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const auto size = ::write(descriptor, text.data(), text.size());
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

void report(std::string_view sentence) {
  write_text(STDERR_FILENO, "substratee-enclave: " + std::string(sentence) + "\n");
}

int fail(std::string_view sentence) {
  report(sentence);
  return kFailed;
}

int print_measurement() {
  const auto measurement = simulation::measure_own_executable();
  if (!measurement) return fail("the program cannot read itself; is /proc mounted?");
  write_text(STDOUT_FILENO, to_hex(measurement->bytes) + "\n");
  return 0;
}

int run(const process::CommandLine& options) {
  process::clear_environment();
  process::prepare_libraries();
  if (simulation::find_real_tee()) {
    if (!options.force_simulation) {
      return fail(
          "this machine has a real TEE, and simulating would throw its protection away; "
          "use a build for it, or --insecure-force-simulation");
    }
    report("WARNING: SIMULATION FORCED ALTHOUGH THIS MACHINE HAS A REAL TEE - NOTHING IS PROTECTED");
  }
  crypto::SystemRandom random;
  auto directory = simulation::open_platform_directory(options.platform_directory, random);
  if (!directory) return fail(simulation::to_string(directory.error()));
  const auto measurement = simulation::measure_own_executable();
  if (!measurement) return fail("the program cannot read itself; is /proc mounted?");
  simulation::SimulatedPlatform platform(std::move(directory->platform_secret), directory->root, *measurement, random);
  const auto locked = process::lock_in();
  if (!locked) return fail(process::to_string(locked.error()));
  if (!locked->denies_write_execute) report("this kernel lacks PR_SET_MDWE; the seccomp filter alone stands in");
  Enclave enclave(platform);
  const auto end = process::run_frame_loop(STDIN_FILENO, STDOUT_FILENO,
                                           [&](const protocol::Request& request) { return enclave.handle(request); });
  if (end != process::LoopEnd::kEndOfInput) report(process::to_string(end));
  return static_cast<int>(end);
}

}  // namespace
}  // namespace substratee::enclave

int main(int count, char** arguments) {
  using namespace substratee::enclave;
  const auto options =
      process::parse_command_line({arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)});
  if (!options) {
    report(options.error());
    return kWrongArguments;
  }
  switch (options->action) {
    case process::Action::kMeasurement: return print_measurement();
    case process::Action::kVersion: write_text(STDOUT_FILENO, "substratee-enclave " SUBSTRATEE_VERSION "\n"); return 0;
    case process::Action::kHelp: write_text(STDOUT_FILENO, process::help_text()); return 0;
    case process::Action::kRun: return run(*options);
  }
  return kFailed;
}
