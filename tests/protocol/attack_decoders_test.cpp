/// Truncated, lengthened and oversized input on every decoder of what comes from outside. Each first reads the whole,
/// then refuses every beginning of it, whatever is behind it, and lengths that promise more than there may be.

#include "core/attestation/ratls/certificate.hpp"
#include "core/attestation/simulation/platform.hpp"
#include "core/attestation/spki.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/unixfs.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/primitives/keyring.hpp"
#include "core/protocol/call.hpp"
#include "core/protocol/enclave_messages.hpp"
#include "core/protocol/provisioning.hpp"
#include "core/registry/calls.hpp"
#include "tests/support/random.hpp"

namespace substratee {
namespace {

using test::SeededRandom;

/// A decoder: true when it accepts the bytes.
using Accepts = std::function<bool(ByteView)>;

struct Decoder {
  std::string name;
  Bytes valid;
  Accepts accepts;
};

template <class T>
Decoder scale_decoder(std::string name, const T& value) {
  return {std::move(name), scale::encode(value), [](ByteView bytes) { return scale::decode<T>(bytes).has_value(); }};
}

template <std::size_t N>
FixedBytes<N> drawn() {
  SeededRandom random(99);
  return random.draw<N>();
}

registry::SealedCall sealed_call() { return {1, 1, drawn<32>(), {Bytes(272, 7)}}; }

template <class Variant, std::size_t... kIndex>
std::vector<Variant> one_of_each(std::index_sequence<kIndex...>) {
  return {Variant(std::in_place_index<kIndex>)...};
}

/// No byte of it is the index of a message: shifted, it makes none of another.
constexpr std::uint64_t kFrameId = 0x7777'7777'7777'7777;

void add_frames(std::vector<Decoder>& out) {
  using namespace protocol;
  for (const auto& request : one_of_each<Request>(std::make_index_sequence<std::variant_size_v<Request>>())) {
    out.push_back(
        scale_decoder("request " + std::to_string(request.index()), RequestFrame{.id = kFrameId, .message = request}));
  }
  for (const auto& reply : one_of_each<Reply>(std::make_index_sequence<std::variant_size_v<Reply>>())) {
    out.push_back(
        scale_decoder("reply " + std::to_string(reply.index()), ReplyFrame{.id = kFrameId, .message = reply}));
  }
  out.push_back(
      scale_decoder("start", RequestFrame{.message = Start{Bytes(100, 1), {}, {{{{"shard"}, 1, {Bytes(9, 5)}}}}}}));
  out.push_back(scale_decoder("import", RequestFrame{.message = ImportBlocks{{{{Bytes(99, 1), Bytes(1, 0), {}}}}}}));
}

void add_chain(std::vector<Decoder>& out) {
  const primitives::Header header{drawn<32>(),
                                  {70'000},
                                  drawn<32>(),
                                  drawn<32>(),
                                  {primitives::DigestSeal{primitives::engine_id("sdev"), Bytes(64, 2)}}};
  out.push_back(scale_decoder("header", header));
  out.push_back(scale_decoder("journal", registry::Journal{registry::CallForwarded{drawn<32>(), {}, sealed_call()},
                                                           registry::StateAgreed{drawn<32>(), {}, 2, {}}}));
  registry::Shard shard;
  shard.name.value = "default";
  shard.charter.measurements.value = {drawn<32>()};
  out.push_back(scale_decoder("shard", shard));
  registry::Enclave enclave;
  enclave.worker_url.value = "http://127.0.0.1:1";
  out.push_back(scale_decoder("enclave", enclave));
  for (const auto& call :
       one_of_each<registry::RegistryCall>(std::make_index_sequence<std::variant_size_v<registry::RegistryCall>>())) {
    out.push_back(scale_decoder("call " + std::to_string(call.index()), call));
  }
  SeededRandom random;
  for (const auto scheme : {primitives::Scheme::kEd25519, primitives::Scheme::kSr25519, primitives::Scheme::kEcdsa}) {
    const auto key = *primitives::AccountKey::from_uri("//Alice", scheme, random);
    const auto signed_one =
        primitives::sign_extrinsic(registry::encode_call(registry::CallWorker{{}, sealed_call()}),
                                   primitives::Era::mortal(64, 77), 3, 0, {1, 1, {}, {}}, key, random);
    out.push_back({"extrinsic", primitives::encode_extrinsic(signed_one),
                   [](ByteView bytes) { return primitives::decode_extrinsic(bytes).has_value(); }});
  }
}

void add_messages(std::vector<Decoder>& out) {
  using namespace protocol;
  out.push_back(scale_decoder("sealed call", sealed_call()));
  out.push_back(scale_decoder("call", SignedCall{{}, 3, 1000, Bytes(9, 1), primitives::Ed25519Signature{drawn<64>()}}));
  out.push_back(scale_decoder(
      "query", SignedQuery{{}, 7, {}, Mode::kLatest, AskReceipt{7, 1}, primitives::EcdsaSignature{drawn<65>()}}));
  Answer answer;
  answer.value.value = Bytes(8, 3);
  out.push_back(scale_decoder("answer", answer));
  out.push_back(scale_decoder("receipt", ReceiptAnswer{{}, 3, {drawn<32>(), drawn<32>()}}));
  Provisioning provisioning;
  provisioning.charter.stf.value = "counter";
  provisioning.epochs.push_back({1, *crypto::Secret<32>::from(drawn<32>())});
  out.push_back({"provisioning", to_bytes(encode_provisioning(provisioning).view()),
                 [](ByteView bytes) { return decode_provisioning(bytes).has_value(); }});
  out.push_back(scale_decoder("provisioning request", ProvisioningRequest{1, drawn<32>()}));
}

void add_evidence(std::vector<Decoder>& out) {
  using namespace attestation;
  SeededRandom random(5);
  const auto key = crypto::p256::KeyPair::draw(random);
  const auto platform =
      simulation::SimulatedPlatform::make(crypto::Secret<32>::draw(random), simulation::SimulationRoot::development());
  Claims claims;
  claims.pubkey_hash = hash_of_spki(to_spki(key.public_key()));
  const auto evidence = platform.evidence({}, claims);
  out.push_back(scale_decoder("evidence", evidence));
  out.push_back({"claims", evidence.claims.value, [](ByteView bytes) { return decode_claims(bytes).has_value(); }});
  out.push_back({"certificate", *ratls::make_certificate(key, evidence),
                 [](ByteView bytes) { return ratls::parse_certificate(bytes).has_value(); }});
}

void add_ipld(std::vector<Decoder>& out) {
  out.push_back({"CID", ipld::Cid::of_raw_block(Bytes(9, 1)).to_bytes(),
                 [](ByteView bytes) { return ipld::Cid::from_bytes(bytes).has_value(); }});
}

std::vector<Decoder> every_decoder() {
  std::vector<Decoder> out;
  add_frames(out);
  add_chain(out);
  add_messages(out);
  add_evidence(out);
  add_ipld(out);
  return out;
}

TEST(decoders, attack_truncated_input) {
  for (const auto& [name, valid, accepts] : every_decoder()) {
    ASSERT_TRUE(accepts(valid)) << name;
    for (std::size_t size = 0; size < valid.size(); ++size) {
      const Bytes exact(valid.begin(), valid.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_FALSE(accepts(exact)) << name << " of " << size << " bytes, not " << valid.size();
    }
  }
}

TEST(decoders, attack_lengthened_input) {
  for (const auto& [name, valid, accepts] : every_decoder()) {
    ASSERT_TRUE(accepts(valid)) << name;
    for (const auto more : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{0xff}}) {
      auto longer = valid;
      longer.push_back(more);
      EXPECT_FALSE(accepts(longer)) << name;
      longer.insert(longer.end(), 100'000, more);
      EXPECT_FALSE(accepts(longer)) << name;
    }
  }
}

/// A length of four thousand million at every place: refused, or read as what it replaced; never believed.
TEST(decoders, attack_lengths_that_promise_too_much) {
  const Bytes length{0x03, 0xff, 0xff, 0xff, 0xff};
  for (const auto& [name, valid, accepts] : every_decoder()) {
    ASSERT_TRUE(accepts(valid)) << name;
    for (std::size_t at = 0; at < valid.size(); ++at) {
      const auto place = static_cast<std::ptrdiff_t>(at);
      Bytes inserted(valid.begin(), valid.begin() + place);
      append(inserted, length);
      static_cast<void>(accepts(inserted));  // as many bytes as there were may be those
      inserted.insert(inserted.end(), valid.begin() + place, valid.end());
      EXPECT_FALSE(accepts(inserted)) << name << ", at place " << at;
    }
  }
}

/// One byte, character or element more than a field may have.
template <class Field>
void expect_bound(const char* name) {
  using Value = decltype(Field::value);
  Value value;
  value.resize(Field::kMax);
  EXPECT_TRUE(scale::decode<Field>(scale::encode(value)).has_value()) << name;
  value.resize(Field::kMax + 1);
  const auto decoded = scale::decode<Field>(scale::encode(value));
  ASSERT_FALSE(decoded.has_value()) << name;
  EXPECT_EQ(decoded.error(), scale::Error::kTooLong) << name;
}

TEST(decoders, attack_oversized_input) {
  using namespace protocol;
  expect_bound<decltype(Blob::name)>("name of a blob");
  expect_bound<decltype(Blob::sealed)>("blob");
  expect_bound<decltype(Start::blobs)>("blobs");
  expect_bound<decltype(SupplyProof::nodes)>("nodes of a proof");
  expect_bound<decltype(SupplyState::blocks)>("blocks of the state");
  expect_bound<decltype(ImportBlocks::blocks)>("blocks");
  expect_bound<decltype(TlsInput::bytes)>("TLS bytes");
  expect_bound<decltype(SupplyReceipts::sealed)>("receipts");
  expect_bound<decltype(Answer::value)>("value of an answer");
  expect_bound<decltype(Refused::detail)>("detail");
  expect_bound<decltype(registry::SealedCall::ciphertext)>("ciphertext");
  expect_bound<registry::Url>("URL");
  expect_bound<decltype(registry::Charter::measurements)>("measurements");
  expect_bound<decltype(registry::StateAgreed::confirmed_by)>("members");
  expect_bound<decltype(attestation::Evidence::body)>("evidence");
  expect_bound<decltype(attestation::Evidence::claims)>("claims");
}

}  // namespace
}  // namespace substratee
