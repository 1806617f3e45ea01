#include "tests/network/host.hpp"

#include "core/crypto/hash.hpp"
#include "node/runtime/version.hpp"

#include <algorithm>

namespace substratee::test {

using namespace protocol;

namespace {

using enclave::platform::NoEvidence;
using enclave::platform::Platform;

/// The same machine, without its sealing key.
class Unsealed final : public Platform {
 public:
  explicit Unsealed(Platform& machine) : machine_(machine) {}
  attestation::Kind kind() const noexcept override { return machine_.kind(); }
  bool hardware() const noexcept override { return machine_.hardware(); }
  attestation::Measurement measurement() const noexcept override { return machine_.measurement(); }
  Hash256 root() const noexcept override { return machine_.root(); }
  std::expected<attestation::Evidence, NoEvidence> attest(const attestation::Claims& claims) override {
    return machine_.attest(claims);
  }
  std::optional<crypto::Secret<32>> sealing_key(const Hash256&) const override { return std::nullopt; }
  Random& random() noexcept override { return machine_.random(); }

 private:
  Platform& machine_;
};

}  // namespace

crypto::Secret<32> platform_secret(std::uint64_t seed) {
  SeededRandom random(seed);
  return crypto::Secret<32>::draw(random);
}

Host::Host(World& the_world, Blocks& ipfs, std::uint64_t platform_seed, registry::Measurement measurement)
    : world(the_world),
      ipfs_(ipfs),
      random_(platform_seed + 1000),
      platform_(platform_secret(platform_seed), attestation::simulation::SimulationRoot::development(), measurement,
                random_),
      starter_([this] { return std::make_unique<EnclaveObject>(platform_); }) {}

void Host::have_no_sealing_key() {
  unsealed_ = std::make_unique<Unsealed>(platform_);
  start_with([this] { return std::make_unique<EnclaveObject>(*unsealed_); });
}

Reply Host::ask(const Request& first) {
  constexpr int kMostNeeds = 256;
  auto request = first;
  for (int i = 0; i < kMostNeeds; ++i) {
    auto reply = raw(request);
    const auto* need = std::get_if<Need>(&reply);
    if (need == nullptr) return reply;
    if (!satisfy(*need)) return reply;
    if (auto* input = std::get_if<TlsInput>(&request)) input->bytes.value.clear();  // the enclave kept them
    if (auto* import = std::get_if<ImportBlocks>(&request)) import->blocks.value.clear();
  }
  ADD_FAILURE() << "the enclave never has enough";
  return Done{};
}

bool Host::satisfy(const Need& need) {
  if (const auto* proofs = std::get_if<NeedProofs>(&need.what)) {
    const auto reply = raw(SupplyProof{proofs->block_hash, {world.prove(proofs->block_hash, proofs->keys.value)}});
    EXPECT_TRUE(std::holds_alternative<Done>(reply));
    return true;
  }
  if (const auto* store = std::get_if<NeedStore>(&need.what)) {
    blobs[store->blob.name.value] = store->blob;
    const auto reply = raw(Stored{store->blob.name, store->blob.version, crypto::sha256(store->blob.sealed.value)});
    EXPECT_TRUE(std::holds_alternative<Done>(reply));
    return true;
  }
  if (const auto* wanted = std::get_if<NeedState>(&need.what)) {
    const auto is_here = [&](const Bytes& cid) { return ipfs_.contains(cid); };
    // A paged enclave may need what it has only just made.
    if (!std::ranges::all_of(wanted->cids.value, is_here)) keep_outputs();
    SupplyState supply;
    for (const auto& cid : wanted->cids.value) {
      const auto found = ipfs_.find(cid);
      if (found != ipfs_.end()) supply.blocks.value.push_back({cid, found->second});
    }
    const auto reply = raw(supply);
    return std::holds_alternative<Done>(reply) && !supply.blocks.value.empty();
  }
  if (const auto* wanted = std::get_if<NeedReceipts>(&need.what)) {
    const auto reply = raw(SupplyReceipts{wanted->block, {receipts[wanted->block]}});
    return std::holds_alternative<Done>(reply);
  }
  follow();
  return true;
}

Refusal Host::refused(const Request& request) {
  const auto reply = ask(request);
  const auto* refused = std::get_if<Refused>(&reply);
  EXPECT_NE(refused, nullptr) << "not refused, reply " << reply.index();
  return refused == nullptr ? Refusal{} : refused->reason;
}

void Host::make_process() {
  boundary_.reset();
  boundary_ = starter_();
  confirmed_ = 0;
  processed_.clear();
}

Start Host::start_request() const {
  Start start{world.genesis_header(), world.shard(), {}};
  for (const auto& [name, blob] : blobs) start.blobs.value.push_back(blob);
  if (is_paged_) start.state_cache_mib = 0;
  start.state_padding = cover_ > 0;
  start.state_cover = cover_;
  return start;
}

Reply Host::start_raw() {
  make_process();
  return raw(start_request());
}

Reply Host::start() {
  make_process();
  return ask(start_request());
}

void Host::start_again() {
  const auto reply = start();
  ASSERT_TRUE(std::holds_alternative<Started>(reply)) << std::get<Refused>(reply).detail.value;
  started_ = std::get<Started>(reply);
}

Status Host::follow() {
  auto status = expect<Status>(GetStatus{});
  while (status.head < world.height() && !testing::Test::HasFailure()) {
    ImportBlocks import;
    for (auto number = status.head + 1; number <= world.height() && import.blocks.value.size() < 100; ++number) {
      import.blocks.value.push_back(world.block(number));
    }
    status = expect<Status>(import);
    processed_.insert(processed_.end(), status.processed.value.begin(), status.processed.value.end());
    if (status.phase == Phase::kReplaced || status.phase == Phase::kQuarantined ||
        status.phase == Phase::kEquivocation) {
      return status;
    }
  }
  keep_outputs();
  return status;
}

void Host::keep_outputs() {
  for (bool more = true; more;) {
    const auto outputs = expect<Outputs>(TakeOutputs{});
    for (const auto& block : outputs.blocks) ipfs_[block.cid] = block.bytes;
    for (const auto& sealed : outputs.receipts) receipts[sealed.block] = sealed.sealed.value;
    more = outputs.more;
  }
}

ExtrinsicHints Host::hints() const {
  const auto& version = node::runtime::runtime_version();
  return {world.nonce(started_.account), version.spec_version, version.transaction_version};
}

void Host::submit_registration() {
  confirmed_ = 0;  // who comes back confirms the newest agreed block once more
  const ComposeRegistration request{{"http://127.0.0.1:1"}, {"tcp://127.0.0.1:2"}, hints()};
  world.submit(expect<Extrinsic>(request).wire);
}

void Host::submit_founding() { world.submit(expect<Extrinsic>(ComposeFounding{hints()}).wire); }

void Host::submit_confirmations() {
  auto next = hints();
  for (;;) {
    auto reply = ask(ComposeConfirmation{confirmed_, next});
    const auto* extrinsic = std::get_if<Extrinsic>(&reply);
    if (extrinsic == nullptr) break;
    confirmed_ = extrinsic->subject;
    world.submit(extrinsic->wire);
    ++next.nonce;
  }
}

void Host::step() {
  const auto status = follow();
  if (status.has_place) static_cast<void>(expect<Done>(KeepPlace{}));
  switch (status.phase) {
    case Phase::kFollowing: submit_registration(); break;
    case Phase::kUnfounded:
    case Phase::kFoundingSent: submit_founding(); break;
    case Phase::kLoading: {
      const auto reply = ask(LoadState{});
      if (const auto* loaded = std::get_if<Status>(&reply)) {
        processed_.insert(processed_.end(), loaded->processed.value.begin(), loaded->processed.value.end());
        keep_outputs();
      }
      break;
    }
    case Phase::kLive: submit_confirmations(); break;
    default: break;
  }
}

Reply relay(Host& joiner, Tls& at_joiner, Host& provider, Tls& at_provider) {
  Reply reply = at_provider;
  for (int i = 0; i < 64 && at_provider.phase != TlsPhase::kReleaseDue; ++i) {
    reply = provider.ask(TlsInput{at_provider.session, at_joiner.bytes});
    if (!std::holds_alternative<Tls>(reply)) return reply;
    at_provider = std::get<Tls>(reply);
    reply = joiner.ask(TlsInput{at_joiner.session, at_provider.bytes});
    if (!std::holds_alternative<Tls>(reply)) return reply;
    at_joiner = std::get<Tls>(reply);
  }
  return reply;
}

Reply provision(Host& joiner, Host& provider) {
  joiner.follow();
  provider.follow();
  const auto opened = joiner.ask(JoinBegin{provider.identity().account});
  if (!std::holds_alternative<Tls>(opened)) return opened;
  auto at_joiner = std::get<Tls>(opened);
  const auto accepted = provider.ask(ProvideBegin{});
  if (!std::holds_alternative<Tls>(accepted)) return accepted;
  auto at_provider = std::get<Tls>(accepted);
  for (int i = 0; i < 64; ++i) {
    auto reply = provider.ask(TlsInput{at_provider.session, at_joiner.bytes});
    if (!std::holds_alternative<Tls>(reply)) return reply;
    at_provider = std::get<Tls>(reply);
    if (at_provider.phase == TlsPhase::kReleaseDue) {
      provider.world.submit(provider.expect<Extrinsic>(ComposeRelease{at_provider.session, provider.hints()}).wire);
      provider.world.mine();
      provider.follow();
    }
    reply = joiner.ask(TlsInput{at_joiner.session, at_provider.bytes});
    if (!std::holds_alternative<Tls>(reply)) return reply;
    at_joiner = std::get<Tls>(reply);
    if (at_joiner.phase == TlsPhase::kDone) return at_joiner;
  }
  return at_joiner;
}

}  // namespace substratee::test
