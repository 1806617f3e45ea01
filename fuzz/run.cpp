/// Runs a fuzz target for a second or two without libFuzzer: its seeds, the files of its corpus, then mutations of
/// both, always the same ones.
///   <target> [--seed N] [--milliseconds N] [file or directory ...]

#include "fuzz/target.hpp"
#include "tests/support/effort.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace {

using substratee::Bytes;
namespace fs = std::filesystem;

Bytes read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void add_files(std::vector<Bytes>& inputs, const fs::path& path) {
  if (!fs::is_directory(path)) return inputs.push_back(read(path));
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const auto& file : files) inputs.push_back(read(file));
}

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : engine_(seed) {}

  Bytes next(const std::vector<Bytes>& inputs) {
    Bytes out = inputs.empty() || below(16) == 0 ? random_bytes(below(256)) : inputs[below(inputs.size())];
    for (auto times = 1 + below(4); times > 0; --times) mutate(out, inputs);
    return out;
  }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : engine_() % bound; }
  Bytes random_bytes(std::size_t size) {
    Bytes out(size);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
    return out;
  }
  auto at(Bytes& bytes, std::size_t index) { return bytes.begin() + static_cast<std::ptrdiff_t>(index); }

  void mutate(Bytes& bytes, const std::vector<Bytes>& inputs) {
    if (bytes.empty()) bytes.push_back(0);
    const auto place = below(bytes.size());
    switch (below(6)) {
      case 0: bytes[place] ^= static_cast<std::uint8_t>(1 << below(8)); break;
      case 1: bytes[place] = kInteresting[below(kInteresting.size())]; break;
      case 2: bytes.resize(place); break;
      case 3:
        bytes.erase(at(bytes, place), at(bytes, place + std::min<std::size_t>(1 + below(8), bytes.size() - place)));
        break;
      case 4: {
        const auto more = random_bytes(1 + below(8));
        bytes.insert(at(bytes, place), more.begin(), more.end());
        break;
      }
      default: splice(bytes, place, inputs); break;
    }
  }
  void splice(Bytes& bytes, std::size_t place, const std::vector<Bytes>& inputs) {
    if (inputs.empty()) return;
    const auto& other = inputs[below(inputs.size())];
    const auto from = below(other.size());
    bytes.resize(place);
    bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
  }

  static constexpr std::array<std::uint8_t, 10> kInteresting{0, 1, 2, 3, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff};
  std::mt19937_64 engine_;
};

std::uint64_t number_of(std::string_view text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

void run_one(const Bytes& input) {
  // A copy of exactly this size on the heap: reading one byte behind it is seen.
  const Bytes exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int count, char** arguments) {
  std::uint64_t seed = 1;
  std::uint64_t milliseconds = 1000;
  auto inputs = substratee::fuzz::seeds();
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--seed" && i + 1 < count) {
      seed = number_of(arguments[++i]);
    } else if (argument == "--milliseconds" && i + 1 < count) {
      milliseconds = number_of(arguments[++i]);
    } else if (fs::exists(argument)) {
      add_files(inputs, argument);
    }
  }
  run_one({});
  for (const auto& input : inputs) run_one(input);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(substratee::test::effort(milliseconds));
  Mutator mutator(seed);
  std::size_t runs = 0;
  for (; std::chrono::steady_clock::now() < end; ++runs) run_one(mutator.next(inputs));
  std::printf("seed %llu: %zu inputs, %zu mutations\n", static_cast<unsigned long long>(seed), inputs.size(), runs);
  return 0;
}
