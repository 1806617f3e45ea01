/// A host that goes mad: a fresh enclave follows a recorded story for a while, then gets frames: recorded requests in
/// another order, changed in a few bytes, put together of the parts of several (headers with the journals of others,
/// proofs under other hashes, blocks under other CIDs), what the enclave said that it needs, or bytes of the input
/// alone. It must answer every one, and may never say what an honest enclave would not have said.
///   byte: founder or joiner · two bytes: how far the story goes · then operations

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/registry/calls.hpp"
#include "core/registry/storage.hpp"
#include "enclave/process/frame_loop.hpp"
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
  /// What honest enclaves made of each block with work.
  std::map<primitives::BlockNumber, Processed> processed;
  registry::Shard shard;

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
    for (const auto& done : founder.processed()) processed[done.block] = done;
    shard = *world.read<registry::Shard>(registry::key::shard(world.shard()));
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
        platform(test::platform_secret(seed), attestation::simulation::SimulationRoot::development(),
                 test::test_measurement(), random) {}
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
  if (auto* start = std::get_if<Start>(&*decoded)) {
    // A founder's choice that makes other roots than the honest story's.
    start->state_padding = false;
    start->state_cover = 0;
  }
  return *std::move(decoded);
}

template <class T>
const T& pick(const std::vector<T>& from, fuzz::Input& input) {
  return from[input.number() % from.size()];
}

/// A recorded request of the same kind as `request`, to take parts from.
template <class T>
const T& another(const std::vector<Request>& recorded, const T& request, fuzz::Input& input) {
  const auto start = input.number();
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    if (const auto* found = std::get_if<T>(&recorded[(start + i) % recorded.size()])) return *found;
  }
  return request;
}

void mix(std::vector<FinalBlock>& blocks, const std::vector<FinalBlock>& others, fuzz::Input& input) {
  if (blocks.empty() || others.empty()) return;
  auto& block = blocks[input.byte() % blocks.size()];
  const auto& other = pick(others, input);
  switch (input.byte() % 5) {
    case 0: block.header = other.header; break;
    case 1: block.journal = other.journal; break;
    case 2: block = other; break;
    case 3: blocks.push_back(other); break;
    default: blocks.erase(blocks.begin()); break;
  }
}

/// Parts of several genuine requests put together.
struct Mixer {
  const std::vector<Request>& recorded;
  fuzz::Input& input;

  void operator()(ImportBlocks& request) const {
    mix(request.blocks.value, another(recorded, request, input).blocks.value, input);
    if (request.blocks.value.size() > kMaxBlocksPerImport) request.blocks.value.resize(kMaxBlocksPerImport);
  }
  void operator()(SupplyProof& request) const {
    const auto& other = another(recorded, request, input);
    const auto way = input.byte() % 4;
    if (way == 0) request.block_hash = other.block_hash;
    if (way == 1) request.nodes = other.nodes;
    if (way == 2 && !request.nodes.value.empty()) request.nodes.value.pop_back();
    if (way == 3) request.block_hash = story().world.hash_of(input.byte() % (story().world.height() + 1));
  }
  void operator()(SupplyState& request) const {
    const auto& other = another(recorded, request, input).blocks.value;
    if (other.empty()) return;
    if (request.blocks.value.empty()) request.blocks.value.push_back(other.front());
    auto& block = request.blocks.value[input.byte() % request.blocks.value.size()];
    (input.byte() % 2 == 0 ? block.cid : block.bytes) =
        input.byte() % 2 == 0 ? pick(other, input).cid : pick(other, input).bytes;
  }
  void operator()(Stored& request) const {
    const auto& other = another(recorded, request, input);
    if (input.byte() % 2 == 0) request.name = other.name;
    if (input.byte() % 2 == 0) request.version = input.byte();
    if (input.byte() % 2 == 0) request.sha256 = other.sha256;
  }
  void operator()(TlsInput& request) const {
    request.session = input.byte() % 4;
    request.bytes = another(recorded, request, input).bytes;
  }
  void operator()(Start& request) const {
    auto& blobs = request.blobs.value;
    const auto& other = another(recorded, request, input).blobs.value;
    if (!blobs.empty() && input.byte() % 2 == 0) blobs.pop_back();
    if (!other.empty() && blobs.size() < 8) blobs.push_back(pick(other, input));
    if (input.byte() % 2 == 0) request.state_cache_mib = input.byte() % 2;  // paged, the results are the same
  }
  void operator()(ExecuteQuery& request) const {
    const auto& other = another(recorded, request, input).query;
    if (input.byte() % 2 == 0) request.query.enc = other.enc;
    if (input.byte() % 2 == 0) request.query.epoch = input.byte();
  }
  void operator()(SupplyReceipts& request) const {
    request.block = input.byte();
    request.sealed = another(recorded, request, input).sealed;
  }
  void operator()(ComposeConfirmation& request) const { request.above = input.byte(); }
  void operator()(JoinBegin& request) const {
    const auto& the_story = story();
    request.provider = (input.byte() % 2 == 0 ? the_story.founder : the_story.joiner).identity().account;
  }
  template <class T>
  void operator()(T& request) const {
    if constexpr (requires { request.session; }) request.session = input.byte() % 4;
    if constexpr (requires { request.hints; }) request.hints.nonce = input.byte();
  }
};

/// What the enclave asked for, given as an honest host would.
std::optional<Request> supply(const Reply& reply) {
  const auto* need = std::get_if<Need>(&reply);
  if (need == nullptr) return std::nullopt;
  auto& the_story = story();
  if (const auto* proofs = std::get_if<NeedProofs>(&need->what)) {
    return SupplyProof{proofs->block_hash, {the_story.world.prove(proofs->block_hash, proofs->keys.value)}};
  }
  if (const auto* store = std::get_if<NeedStore>(&need->what)) {
    return Stored{store->blob.name, store->blob.version, crypto::sha256(store->blob.sealed.value)};
  }
  if (const auto* state = std::get_if<NeedState>(&need->what)) {
    SupplyState out;
    for (const auto& cid : state->cids.value) {
      if (const auto found = the_story.ipfs.find(cid); found != the_story.ipfs.end())
        out.blocks.value.push_back({cid, found->second});
    }
    return out;
  }
  return std::nullopt;
}

std::optional<Request> next_request(const std::vector<Request>& recorded, const Reply& last, fuzz::Input& input) {
  const auto operation = input.byte() % 8;
  if (operation < 2) return supply(last);
  auto request = recorded[input.number() % recorded.size()];
  if (operation == 2) return changed(request, input);
  if (operation < 6) std::visit(Mixer{recorded, input}, request);
  return request;
}

void check_processed(const Processed& processed) {
  const auto honest = story().processed.find(processed.block);
  SUBSTRATEE_CHECK(honest != story().processed.end() && honest->second == processed);
}

/// A confirmation says what honest enclaves found; a key goes on the record for the joiner only.
void check_extrinsic(const Extrinsic& extrinsic) {
  const auto decoded = primitives::decode_extrinsic(extrinsic.wire);
  SUBSTRATEE_CHECK(decoded.has_value() && !decoded->call.empty());
  const auto call = scale::decode<registry::RegistryCall>(ByteView(decoded->call).subspan(1));
  SUBSTRATEE_CHECK(call.has_value());
  if (const auto* confirmation = std::get_if<registry::ConfirmBlock>(&*call)) {
    const auto honest = story().processed.find(confirmation->block_number);
    SUBSTRATEE_CHECK(honest != story().processed.end());
    SUBSTRATEE_CHECK(honest->second.block_hash == confirmation->block_hash &&
                     honest->second.receipts_root == confirmation->receipts_root &&
                     honest->second.state_cid == confirmation->state_cid);
  }
  if (const auto* release = std::get_if<registry::RecordKeyRelease>(&*call)) {
    SUBSTRATEE_CHECK(release->to == story().joiner.identity().account);
  }
}

/// What must hold of every reply, whatever was asked.
void check(const Reply& reply) {
  if (const auto* status = std::get_if<Status>(&reply)) {
    SUBSTRATEE_CHECK(status->head <= story().world.height());
    SUBSTRATEE_CHECK(status->head_hash == story().world.hash_of(status->head));
    for (const auto& processed : status->processed.value) check_processed(processed);
  }
  if (const auto* extrinsic = std::get_if<Extrinsic>(&reply)) check_extrinsic(*extrinsic);
  if (const auto* answer = std::get_if<ShieldingKeyAnswer>(&reply)) {
    SUBSTRATEE_CHECK(answer->key == story().shard.shielding_key && answer->epoch == story().shard.epoch);
  }
}

/// One frame: answered with a frame that fits, decodes to itself and bears the same id.
Reply converse(enclave::Enclave& enclave, ByteView payload) {
  const auto wire = enclave::process::answer(payload, [&](const Request& request) { return enclave.handle(request); });
  SUBSTRATEE_CHECK(wire.size() <= kMaxFrameSize);
  const auto frame = scale::decode<ReplyFrame>(wire);
  SUBSTRATEE_CHECK(frame.has_value() && scale::encode(*frame) == wire);
  check(frame->message);
  return frame->message;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const bool is_founder = input.byte() % 2 == 0;
  const auto& recorded = is_founder ? story().founder_requests : story().joiner_requests;
  const auto known = input.number() % (recorded.size() + 1);
  Machine machine(is_founder ? 1 : 2);
  Reply last = Done{};
  for (std::size_t i = 0; i < known; ++i) last = machine.enclave.handle(recorded[i]);
  for (int i = 0; i < kMostOperations && !input.empty(); ++i) {
    if (input.byte() % 16 == 0) {
      last = converse(machine.enclave, input.bytes(input.byte()));
    } else if (const auto request = next_request(recorded, last, input)) {
      last = converse(machine.enclave, scale::encode(RequestFrame{.id = input.byte(), .message = *request}));
    }
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
        append(input, Bytes{1, 6, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8), 1});
        append(input, Bytes{1, 0, 1});  // what it needs
      }
      for (std::uint8_t i = 0; i < 20; ++i) {
        append(input,
               Bytes{1, static_cast<std::uint8_t>(2 + i % 4), i, 0, i, 0, static_cast<std::uint8_t>(i * 3), 0, 1});
      }
      out.push_back(std::move(input));
    }
  }
  return out;
}
