/// Every decoder of what comes from outside, fed with mutated messages: it never crashes, hangs or over-allocates (the
/// sanitizers look on), and what it accepts it writes back as it read it: there is one encoding of each value.

#include "core/attestation/claims.hpp"
#include "core/attestation/evidence.hpp"
#include "core/attestation/ratls/certificate.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/unixfs.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/protocol/enclave_messages.hpp"
#include "core/protocol/provisioning.hpp"
#include "core/registry/calls.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random.hpp"

namespace substratee {
namespace {

using test::effort;
using test::SeededRandom;

/// One to four changes: a flipped bit, another byte, a cut, an insertion, a repeated piece, a large length.
Bytes mutate(Bytes bytes, SeededRandom& random) {
  const auto place = [&] { return static_cast<std::ptrdiff_t>(random.below(bytes.size() + 1)); };
  const auto byte = [&]() -> std::uint8_t& { return bytes[random.below(bytes.size())]; };
  for (std::uint64_t i = 0, changes = 1 + random.below(4); i < changes; ++i) {
    if (bytes.empty()) bytes.push_back(0);
    switch (random.below(6)) {
      case 0: byte() ^= static_cast<std::uint8_t>(1U << random.below(8)); break;
      case 1: byte() = static_cast<std::uint8_t>(random.below(256)); break;
      case 2: bytes.resize(random.below(bytes.size() + 1)); break;
      case 3: bytes.insert(bytes.begin() + place(), static_cast<std::uint8_t>(random.below(256))); break;
      case 4: {
        const auto end = bytes.begin() + place();
        const Bytes piece(bytes.begin(), end);
        append(bytes, piece);
        break;
      }
      default: byte() = random.below(2) == 0 ? 0xff : 0xfe; break;
    }
  }
  return bytes;
}

/// `reencode` gives what the decoder accepted, written again; nothing if it refused.
template <class Reencode>
void expect_one_encoding(const Bytes& valid, Reencode reencode, std::size_t rounds = 3'000) {
  ASSERT_EQ(reencode(valid), valid);
  for (std::size_t seed = 0; seed < effort(rounds); ++seed) {
    SeededRandom random(seed);
    const auto mutated = mutate(valid, random);
    const auto again = reencode(mutated);
    if (again) ASSERT_EQ(*again, mutated) << "seed " << seed;
  }
}

template <class T>
std::optional<Bytes> through_scale(const Bytes& bytes) {
  const auto value = scale::decode<T>(bytes);
  if (!value) return std::nullopt;
  return scale::encode(*value);
}

template <class T>
void expect_one_encoding_of(const T& value) {
  expect_one_encoding(scale::encode(value), through_scale<T>);
}

template <std::size_t N>
FixedBytes<N> drawn() {
  SeededRandom random(99);
  return random.draw<N>();
}

registry::SealedCall sealed_call() { return {1, 1, drawn<32>(), {Bytes(272, 7)}}; }

TEST(mutation, headers) {
  expect_one_encoding_of(primitives::Header{drawn<32>(),
                                            {70'000},
                                            drawn<32>(),
                                            drawn<32>(),
                                            {primitives::DigestConsensus{primitives::engine_id("STEE"), Bytes(33, 1)},
                                             primitives::DigestSeal{primitives::engine_id("sdev"), Bytes(64, 2)}}});
}

TEST(mutation, journals) {
  const auto account = drawn<32>();
  expect_one_encoding_of(registry::Journal{
      registry::CallForwarded{drawn<32>(), {account.bytes}, sealed_call()},
      registry::MemberChanged{drawn<32>(), {account.bytes}, drawn<16>(), registry::MemberStatus::kSilent},
      registry::StateAgreed{drawn<32>(), {7, drawn<32>(), drawn<36>(), drawn<32>()}, 2, {{{account.bytes}}}}});
}

TEST(mutation, registry_values) {
  registry::Shard shard;
  shard.name.value = "default";
  shard.charter.measurements.value = {drawn<32>()};
  shard.shielding_key = drawn<32>();
  shard.agreed = registry::Agreed{7, drawn<32>(), drawn<36>(), drawn<32>()};
  expect_one_encoding_of(shard);
  registry::Enclave enclave;
  enclave.worker_url.value = "http://127.0.0.1:1";
  enclave.advisories.value = {"INTEL-SA-00001"};
  expect_one_encoding_of(enclave);
}

TEST(mutation, extrinsics) {
  SeededRandom random;
  const auto key = *primitives::AccountKey::from_uri("//Alice", primitives::Scheme::kEd25519, random);
  const auto signed_one =
      primitives::sign_extrinsic(registry::encode_call(registry::CallWorker{drawn<32>(), sealed_call()}),
                                 primitives::Era::mortal(64, 77), 3, 0, {1, 1, {}, {}}, key, random);
  expect_one_encoding(primitives::encode_extrinsic(signed_one), [](const Bytes& bytes) -> std::optional<Bytes> {
    const auto extrinsic = primitives::decode_extrinsic(bytes);
    if (!extrinsic) return std::nullopt;
    return primitives::encode_extrinsic(*extrinsic);
  });
}

TEST(mutation, calls_and_queries) {
  expect_one_encoding_of(sealed_call());
  expect_one_encoding_of(
      protocol::SignedCall{{drawn<32>().bytes}, 3, 1000, Bytes(9, 1), primitives::Ed25519Signature{drawn<64>()}});
  expect_one_encoding_of(protocol::SignedQuery{{drawn<32>().bytes},
                                               7,
                                               drawn<32>(),
                                               protocol::Mode::kLatest,
                                               protocol::AskReceipt{7, 1},
                                               primitives::EcdsaSignature{drawn<65>()}});
  protocol::Answer answer;
  answer.value.value = Bytes(8, 3);
  expect_one_encoding_of(answer);
}

TEST(mutation, frames) {
  protocol::RequestFrame request{1, 7,
                                 protocol::Start{Bytes(100, 1), drawn<32>(), {{{{"identity"}, 1, {Bytes(64, 5)}}}}}};
  expect_one_encoding_of(request);
  request.message = protocol::ImportBlocks{{{{Bytes(200, 1), Bytes(1, 0), {}}}}};
  expect_one_encoding_of(request);
  protocol::ReplyFrame reply{1, 7, protocol::Need{protocol::NeedProofs{drawn<32>(), {{Bytes(32, 1), Bytes(48, 2)}}}}};
  expect_one_encoding_of(reply);
  reply.message = protocol::Outputs{{{Bytes(36, 1), Bytes(100, 2)}}, {{7, {Bytes(50, 3)}}}, drawn<36>(), false};
  expect_one_encoding_of(reply);
}

TEST(mutation, evidence_and_claims) {
  attestation::Evidence evidence;
  evidence.body.value = Bytes(500, 1);
  evidence.claims.value = Bytes(200, 2);
  expect_one_encoding_of(evidence);
  // Claims may carry unknown members, which are not written back: only that nothing breaks.
  attestation::Claims claims;
  const auto valid = attestation::encode_claims(claims);
  ASSERT_TRUE(attestation::decode_claims(valid));
  for (std::size_t seed = 0; seed < effort(5'000); ++seed) {
    SeededRandom random(seed);
    static_cast<void>(attestation::decode_claims(mutate(valid, random)));
    static_cast<void>(attestation::ratls::parse_certificate(mutate(valid, random)));
  }
}

TEST(mutation, provisioning) {
  protocol::Provisioning provisioning;
  provisioning.charter.stf.value = "counter";
  provisioning.epochs.push_back({1, *crypto::Secret<32>::from(drawn<32>())});
  const auto valid = protocol::encode_provisioning(provisioning);
  expect_one_encoding(
      to_bytes(valid.view()),
      [](const Bytes& bytes) -> std::optional<Bytes> {
        const auto read = protocol::decode_provisioning(bytes);
        if (!read) return std::nullopt;
        return to_bytes(protocol::encode_provisioning(*read).view());
      },
      1'000);
}

TEST(mutation, ipld) {
  std::vector<ipld::Block> blocks;
  static_cast<void>(ipld::make_file(Bytes(5'000, 1), {.chunk_size = 1'000, .max_links = 3}, blocks));
  for (const auto& block : blocks) {
    for (std::size_t seed = 0; seed < effort(500); ++seed) {
      SeededRandom random(seed);
      const auto mutated = mutate(block.bytes, random);
      static_cast<void>(ipld::read_file_node(mutated));
      static_cast<void>(ipld::read_directory(mutated));
      static_cast<void>(ipld::decode_unixfs(mutated));
      static_cast<void>(ipld::Cid::from_bytes(mutated));
    }
  }
}

}  // namespace
}  // namespace substratee
