#include "enclave/platform/simulation/surroundings.hpp"

#include "core/attestation/simulation/platform.hpp"
#include "enclave/platform/simulation/descriptor.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace substratee::enclave::platform::simulation {
namespace {

constexpr std::array kSignsOfTee = std::to_array<std::string_view>({
    "/dev/attestation/quote",         // Gramine
    "/dev/sgx_enclave",               // Intel SGX
    "/dev/tdx_guest",                 // Intel TDX
    "/dev/sev-guest",                 // AMD SEV-SNP
    "/sys/kernel/config/tsm/report",  // configfs-tsm, there when a provider is loaded
});

}  // namespace

std::optional<attestation::Measurement> measure_own_executable() {
  const Descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || status.st_size <= 0) return std::nullopt;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (mapping == MAP_FAILED) return std::nullopt;
  const auto measurement = attestation::simulation::measure({static_cast<const std::uint8_t*>(mapping), size});
  ::munmap(mapping, size);
  return measurement;
}

std::optional<std::string_view> find_real_tee(const std::string& root) {
  for (const auto sign : kSignsOfTee) {
    if (::access((root + std::string(sign)).c_str(), F_OK) == 0) return sign;
  }
  return std::nullopt;
}

}  // namespace substratee::enclave::platform::simulation
