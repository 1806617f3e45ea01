// substratee-enclave: the trusted half of a worker. A thin shell: opens its platform, locks in, answers.
// Standard output carries frames only; standard error carries sentences for the host's log, never a secret.

#include "core/base/hex.hpp"
#include "core/crypto/system_random.hpp"
#include "enclave/enclave.hpp"
#include "enclave/platform/gramine/gramine_platform.hpp"
#include "enclave/platform/simulation/own_executable.hpp"
#include "enclave/platform/simulation/platform_directory.hpp"
#include "enclave/platform/simulation/simulated_platform.hpp"
#include "enclave/platform/surroundings.hpp"
#include "enclave/platform/tsm/tsm_platform.hpp"
#include "enclave/process/command_line.hpp"
#include "enclave/process/frame_loop.hpp"
#include "enclave/process/lock_in.hpp"

#include <unistd.h>

namespace substratee::enclave {
namespace {

using platform::Platform;
using platform::Surroundings;
using process::PlatformChoice;

constexpr int kFailed = 1;
constexpr int kWrongArguments = 2;

/// The error is a sentence for the log.
template <class T>
using Outcome = std::expected<T, std::string>;

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

Outcome<attestation::Measurement> measure_program() {
  const auto measurement = platform::simulation::measure_own_executable();
  if (!measurement) return std::unexpected("the program cannot read itself; is /proc mounted?");
  return *measurement;
}

/// What runs, and what lives as long as it.
class Machine {
 public:
  [[nodiscard]] Outcome<std::unique_ptr<Platform>> open(const process::CommandLine& options) {
    switch (options.platform) {
      case PlatformChoice::kGramine: return open_gramine();
      case PlatformChoice::kTsm: return open_tsm();
      case PlatformChoice::kSimulated: return open_simulated(options);
      case PlatformChoice::kAuto: break;
    }
    const bool prefers_hardware = !options.force_simulation;
    const auto surroundings = platform::look_around();
    if (prefers_hardware && surroundings == Surroundings::kGramine) return open_gramine();
    if (prefers_hardware && surroundings == Surroundings::kTsm) return open_tsm();
    return open_simulated(options);
  }

 private:
  Outcome<std::unique_ptr<Platform>> open_gramine() {
    auto opened = platform::gramine::GraminePlatform::open(files_, random_, std::string(platform::kGramineRoot));
    if (!opened) return std::unexpected(std::string(platform::gramine::to_string(opened.error())));
    return *std::move(opened);
  }

  Outcome<std::unique_ptr<Platform>> open_tsm() {
    auto opened = platform::tsm::TsmPlatform::open(files_, random_, std::string(platform::kTsmRoot));
    if (!opened) return std::unexpected(std::move(opened).error());
    return *std::move(opened);
  }

  Outcome<std::unique_ptr<Platform>> open_simulated(const process::CommandLine& options) {
    namespace simulation = platform::simulation;
    SUBSTRATEE_TRY(check_simulation(options));
    if (options.platform_directory == nullptr) {
      return std::unexpected("there is no real TEE here, and to simulate one --platform-dir DIR is needed; see --help");
    }
    auto directory = simulation::open_platform_directory(options.platform_directory, random_);
    if (!directory) return std::unexpected(std::string(simulation::to_string(directory.error())));
    const auto measurement = SUBSTRATEE_TRY(measure_program());
    return std::make_unique<simulation::SimulatedPlatform>(std::move(directory->platform_secret), directory->root,
                                                           measurement, random_);
  }

  static Outcome<void> check_simulation(const process::CommandLine& options) {
    const auto surroundings = platform::look_around();
    if (surroundings == Surroundings::kGramineDirect) {
      report("WARNING: THIS IS gramine-direct, WHICH PROTECTS NOTHING - SIMULATING");
    }
    if (!platform::has_real_tee(surroundings)) return {};
    if (options.force_simulation) {
      report("WARNING: SIMULATION FORCED ALTHOUGH THIS MACHINE HAS A REAL TEE - NOTHING IS PROTECTED");
      return {};
    }
    return std::unexpected(
        surroundings == Surroundings::kUnreachableTee
            ? "this machine has a real TEE that does not protect this process: on SGX start it under Gramine, in a "
              "confidential VM mount configfs and load the guest's driver; or give --insecure-force-simulation"
            : "this machine has a real TEE, and simulating would throw its protection away; use --platform auto, or "
              "--insecure-force-simulation");
  }

  platform::PosixFiles files_;
  crypto::SystemRandom random_;
};

/// Gramine is the boundary of its enclaves; everywhere else the process locks itself in.
Outcome<void> lock_in(attestation::Kind kind) {
  using attestation::Kind;
  if (kind == Kind::kSgxDcap) return {};
  const bool is_vm = kind == Kind::kTdx || kind == Kind::kSevSnp;
  const auto locked = process::lock_in(is_vm ? platform::kTsmRoot.data() : nullptr);
  if (!locked) return std::unexpected(std::string(process::to_string(locked.error())));
  if (!locked->denies_write_execute) report("this kernel lacks PR_SET_MDWE; the seccomp filter alone stands in");
  return {};
}

void introduce(const Platform& platform) {
  report("platform: " + std::string(attestation::to_string(platform.kind())));
  if (!platform.sealing_key({})) {
    report(
        "WARNING: this platform has no sealing key: keys live in memory only, and after a restart this is a new "
        "enclave that joins anew; a shard needs a second member, or its keys end with this process");
  }
}

int print_measurement(const process::CommandLine& options) {
  if (options.platform == PlatformChoice::kAuto || options.platform == PlatformChoice::kSimulated) {
    const auto measurement = measure_program();
    if (!measurement) return fail(measurement.error());
    write_text(STDOUT_FILENO, to_hex(*measurement) + "\n");
    return 0;
  }
  process::prepare_libraries();
  Machine machine;
  const auto opened = machine.open(options);
  if (!opened) return fail(opened.error());
  write_text(STDOUT_FILENO, to_hex((*opened)->measurement()) + "\n");
  return 0;
}

int run(const process::CommandLine& options) {
  process::clear_environment();
  process::prepare_libraries();
  Machine machine;
  const auto opened = machine.open(options);
  if (!opened) return fail(opened.error());
  Platform& platform = **opened;
  introduce(platform);
  if (const auto locked = lock_in(platform.kind()); !locked) return fail(locked.error());
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
    case process::Action::kRun: return run(*options);
    case process::Action::kMeasurement: return print_measurement(*options);
    case process::Action::kVersion: write_text(STDOUT_FILENO, "substratee-enclave " SUBSTRATEE_VERSION "\n"); return 0;
    case process::Action::kHelp: write_text(STDOUT_FILENO, process::help_text()); return 0;
  }
  return kFailed;
}
