/// With libFuzzer: writes the target's seeds into the directory named by SUBSTRATEE_FUZZ_SEEDS before it starts.

#include "fuzz/target.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

extern "C" int LLVMFuzzerInitialize(int*, char***);

int LLVMFuzzerInitialize(int*, char***) {
  const char* directory = std::getenv("SUBSTRATEE_FUZZ_SEEDS");
  if (directory == nullptr) return 0;
  std::filesystem::create_directories(directory);
  int number = 0;
  for (const auto& seed : substratee::fuzz::seeds()) {
    std::ofstream file(std::filesystem::path(directory) / ("seed" + std::to_string(number++)), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
  }
  return 0;
}
