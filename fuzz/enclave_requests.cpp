/// A host that goes mad: a fresh enclave follows a recorded story for a while, then gets requests that are recorded ones
/// in another order, changed in a few bytes, or made of the input alone. It must answer every one.
///   byte: founder or joiner · byte: how far the story goes · then operations

#include "core/base/check.hpp"
#include "fuzz/target.hpp"
#include "tests/network/host.hpp"

namespace {

using namespace substratee;
using namespace substratee::protocol;
using test::Host;

constexpr int kMostOperations = 48;
/// Blocks beyond what the story needs, so that there is something to import.
constexpr int kSpareBlocks = 3;

/// An honest run: a founder and a joiner, with every request that their hosts made.
struct Story {
  test::World world;
  test::Blocks ipfs;
  Host founder{world, ipfs, 1};
  Host joiner{world, ipfs, 2};
  std::vector<Request> founder_requests;
  std::vector<Request> joiner_requests;

  Story() {
    founder.record(founder_requests);
    joiner.record(joiner_requests);
    founder.start_again();
    rounds(6, {&founder});
    joiner.start_again();
    rounds(2, {&founder, &joiner});
    static_cast<void>(test::provision(joiner, founder));
    rounds(4, {&founder, &joiner});
    for (int i = 0; i < kSpareBlocks; ++i) world.mine();
  }
  void rounds(int count, const std::vector<Host*>& hosts) {
    for (int i = 0; i < count; ++i) {
      for (auto* host : hosts) host->step();
      world.mine();
    }
    for (auto* host : hosts) host->follow();
  }
};

Story& story() {
  static Story the_story;
  return the_story;
}

/// The same machine as Host makes of that seed, so that sealed blobs open and instances repeat.
struct Machine {
  test::SeededRandom random;
  enclave::platform::simulation::SimulatedPlatform platform;
  enclave::Enclave enclave{platform};
  explicit Machine(std::uint64_t seed)
      : random(seed + 1000),
        platform(test::platform_secret(seed), attestation::simulation::SimulationRoot::development(), test::test_measurement(),
                 random) {}
};

std::optional<Request> changed(const Request& request, fuzz::Input& input) {
  auto wire = scale::encode(request);
  for (auto times = 1 + input.byte() % 3; times > 0; --times) {
    const auto place = input.number() % wire.size();
    const auto value = input.byte();
    if (value % 8 == 0) {
      wire.resize(place + 1);
    } else {
      wire[place] ^= value;
    }
  }
  auto decoded = scale::decode<Request>(wire);
  if (!decoded) return std::nullopt;
  return *std::move(decoded);
}

std::optional<Request> next_request(const std::vector<Request>& recorded, fuzz::Input& input) {
  const auto operation = input.byte();
  if (operation % 4 == 0) {
    auto decoded = scale::decode<Request>(input.bytes(input.byte()));
    if (!decoded) return std::nullopt;
    return *std::move(decoded);
  }
  const auto& request = recorded[input.number() % recorded.size()];
  if (operation % 4 == 1) return changed(request, input);
  return request;
}

/// What must hold of every reply: it fits a frame, and it decodes to itself.
void check(const Reply& reply) {
  const auto wire = scale::encode(ReplyFrame{.id = 1, .message = reply});
  SUBSTRATEE_CHECK(wire.size() <= kMaxFrameSize);
  const auto decoded = scale::decode<ReplyFrame>(wire);
  SUBSTRATEE_CHECK(decoded.has_value() && decoded->message == reply);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const bool is_founder = input.byte() % 2 == 0;
  const auto& recorded = is_founder ? story().founder_requests : story().joiner_requests;
  const auto known = input.number() % (recorded.size() + 1);
  Machine machine(is_founder ? 1 : 2);
  for (std::size_t i = 0; i < known; ++i) static_cast<void>(machine.enclave.handle(recorded[i]));
  for (int i = 0; i < kMostOperations && !input.empty(); ++i) {
    const auto request = next_request(recorded, input);
    if (request) check(machine.enclave.handle(*request));
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  std::vector<Bytes> out;
  for (const auto who : {std::uint8_t{0}, std::uint8_t{1}}) {
    const auto count = who == 0 ? story().founder_requests.size() : story().joiner_requests.size();
    for (std::size_t known = 0; known <= count; known += 5) {
      Bytes input{who, static_cast<std::uint8_t>(known), static_cast<std::uint8_t>(known >> 8)};
      for (std::size_t i = known; i < std::min(count, known + 10); ++i) {
        append(input, Bytes{2, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)});
      }
      for (std::uint8_t i = 0; i < 20; ++i) append(input, Bytes{1, i, 0, 0, static_cast<std::uint8_t>(i * 3), 0, 1});
      out.push_back(std::move(input));
    }
  }
  return out;
}
