#include "core/crypto/merlin.hpp"

#include "core/base/hex.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::crypto::detail {
namespace {

using Digest = std::array<std::uint8_t, 32>;

/// Keccak-256 (padding 0x01) straight from the permutation, to test it against published digests.
Digest keccak256(ByteView data) {
  constexpr std::size_t kRate = 136;
  KeccakState lanes{};
  const auto absorb = [&lanes](std::size_t i, std::uint8_t byte) {
    lanes[i / 8] ^= static_cast<std::uint64_t>(byte) << (8 * (i % 8));
  };
  std::size_t position = 0;
  for (const auto byte : data) {
    absorb(position, byte);
    if (++position == kRate) {
      keccak_f1600(lanes);
      position = 0;
    }
  }
  absorb(position, 0x01);
  absorb(kRate - 1, 0x80);
  keccak_f1600(lanes);
  Digest out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(lanes[i / 8] >> (8 * (i % 8)));
  return out;
}

TEST(keccak, published_digests_hold) {
  const auto file = test::load_json("substrate/hashes.json");
  for (const auto& entry : file.at("cases").as_array()) {
    EXPECT_EQ(to_hex_prefixed(keccak256(test::hex(entry.at("input")))), test::text(entry, "keccak_256"));
  }
}

// The conformance test of the merlin crate, made with the reference implementation of STROBE.
TEST(strobe, conformance_test_holds) {
  Strobe128 strobe("Conformance Test Protocol");
  const Bytes message(1024, 99);
  strobe.meta_ad(as_bytes("ms"), false);
  strobe.meta_ad(as_bytes("g"), true);
  strobe.ad(message, false);

  Digest first;
  strobe.meta_ad(as_bytes("prf"), false);
  strobe.prf(first, false);
  EXPECT_EQ(to_hex(first), "b48e645ca17c667fd5206ba57a6a228d72d8e1903814d3f17f622996d7cfefb0");

  strobe.meta_ad(as_bytes("key"), false);
  strobe.key(first, false);
  Digest second;
  strobe.meta_ad(as_bytes("prf"), false);
  strobe.prf(second, false);
  EXPECT_EQ(to_hex(second), "07e45cce8078cee259e3e375bb85d75610e2d1e1201c5f645045a194edd49ff8");
}

// The simple transcript of the merlin crate.
TEST(merlin, published_challenge_holds) {
  Transcript transcript("test protocol");
  transcript.append("some label", as_bytes("some data"));
  Digest challenge;
  transcript.challenge("challenge", challenge);
  EXPECT_EQ(to_hex(challenge), "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615");
}

Digest challenge_of(Transcript transcript) {
  Digest out;
  transcript.challenge("c", out);
  return out;
}

TEST(merlin, boundaries_between_messages_count) {
  Transcript one("t");
  one.append("a", as_bytes("bc"));
  one.append("d", {});
  Transcript other("t");
  other.append("a", as_bytes("b"));
  other.append("d", as_bytes("c"));
  EXPECT_NE(challenge_of(one), challenge_of(other));
}

Digest witness_of(const Transcript& transcript, std::string_view seed, std::uint64_t random_seed) {
  test::SeededRandom random(random_seed);
  Digest out;
  transcript.witness("w", {as_bytes(seed)}, random, out);
  return out;
}

TEST(merlin, witness_depends_on_transcript_seed_and_randomness_and_changes_nothing) {
  Transcript transcript("t");
  const auto before = challenge_of(transcript);
  const auto witness = witness_of(transcript, "seed", 1);
  EXPECT_EQ(witness_of(transcript, "seed", 1), witness);
  EXPECT_NE(witness_of(transcript, "sees", 1), witness);
  EXPECT_NE(witness_of(transcript, "seed", 2), witness);
  EXPECT_EQ(challenge_of(transcript), before);
  transcript.append("m", as_bytes("x"));
  EXPECT_NE(witness_of(transcript, "seed", 1), witness);
}

}  // namespace
}  // namespace substratee::crypto::detail
