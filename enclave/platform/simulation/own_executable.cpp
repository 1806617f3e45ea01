#include "enclave/platform/simulation/own_executable.hpp"

#include "core/attestation/simulation/platform.hpp"
#include "enclave/platform/descriptor.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace substratee::enclave::platform::simulation {

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

}  // namespace substratee::enclave::platform::simulation
