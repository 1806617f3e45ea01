#include "core/crypto/aead.hpp"

#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

namespace substratee::crypto {
namespace {

using Block = std::array<std::uint8_t, 16>;

// AES-SIV written a second time, from RFC 5297 and OpenSSL's CMAC and CTR alone.
class ReferenceSiv {
 public:
  explicit ReferenceSiv(Bytes key) : half_(key.size() / 2), key_(std::move(key)) {}

  Bytes seal(const std::vector<Bytes>& associated, const Bytes& plaintext) const {
    const Block v = s2v(associated, plaintext);
    Block counter = v;
    counter[8] &= 0x7f;
    counter[12] &= 0x7f;
    Bytes out = to_bytes(v);
    append(out, ctr(counter, plaintext));
    return out;
  }

 private:
  Block cmac(const Bytes& data) const {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "CMAC", nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
    std::string cipher = half_ == 16 ? "AES-128-CBC" : "AES-256-CBC";
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0), OSSL_PARAM_construct_end()};
    Block out;
    std::size_t size = 0;
    EXPECT_EQ(EVP_MAC_init(context, key_.data(), half_, parameters.data()), 1);
    EXPECT_EQ(EVP_MAC_update(context, data.data(), data.size()), 1);
    EXPECT_EQ(EVP_MAC_final(context, out.data(), &size, out.size()), 1);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    return out;
  }

  Bytes ctr(const Block& counter, const Bytes& in) const {
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    const EVP_CIPHER* cipher = half_ == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr();
    Bytes out(in.size() + 1);
    int size = 0;
    EXPECT_EQ(EVP_EncryptInit_ex(context, cipher, nullptr, key_.data() + half_, counter.data()), 1);
    EXPECT_EQ(EVP_EncryptUpdate(context, out.data(), &size, in.data(), static_cast<int>(in.size())), 1);
    EVP_CIPHER_CTX_free(context);
    out.resize(in.size());
    return out;
  }

  static Block doubled(const Block& in) {
    Block out{};
    for (std::size_t i = 0; i < 16; ++i) {
      out[i] = static_cast<std::uint8_t>(in[i] << 1 | (i < 15 ? in[i + 1] >> 7 : 0));
    }
    if (in[0] & 0x80) out[15] ^= 0x87;
    return out;
  }

  Block s2v(const std::vector<Bytes>& associated, Bytes plaintext) const {
    Block d = cmac(Bytes(16));
    for (const auto& part : associated) {
      d = doubled(d);
      const Block mac = cmac(part);
      for (std::size_t i = 0; i < 16; ++i) d[i] ^= mac[i];
    }
    if (plaintext.size() < 16) {
      d = doubled(d);
      plaintext.push_back(0x80);
      plaintext.resize(16);
    }
    for (std::size_t i = 0; i < 16; ++i) plaintext[plaintext.size() - 16 + i] ^= d[i];
    return cmac(plaintext);
  }

  std::size_t half_;
  Bytes key_;
};

FixedBytes<64> siv_key() {
  FixedBytes<64> key;
  for (std::size_t i = 0; i < 64; ++i) key[i] = static_cast<std::uint8_t>(3 * i + 1);
  return key;
}

Bytes opened(const Result<WipedBytes>& result) { return result ? to_bytes(result->view()) : Bytes{}; }

std::vector<Bytes> parts_of(const boost::json::value& vector) {
  std::vector<Bytes> parts;
  for (const auto& part : vector.at("associated").as_array()) parts.push_back(test::hex(part));
  return parts;
}

TEST(aes_siv_reference, matches_rfc_5297) {
  const auto vectors = test::load_json("rfc/aes_siv.json");
  ASSERT_EQ(vectors.at("aes128").as_array().size(), 2u);
  for (const auto& vector : vectors.at("aes128").as_array()) {
    const ReferenceSiv siv(test::hex(vector.at("key")));
    EXPECT_EQ(siv.seal(parts_of(vector), test::hex(vector.at("plaintext"))), test::hex(vector.at("sealed")));
  }
}

TEST(aes_siv, matches_published_vectors) {
  const auto vectors = test::load_json("rfc/aes_siv.json");
  ASSERT_FALSE(vectors.at("aes256").as_array().empty());
  for (const auto& vector : vectors.at("aes256").as_array()) {
    const auto key = *FixedBytes<64>::from(test::hex(vector.at("key")));
    const Bytes associated = test::hex(vector.at("associated").at(0));
    const Bytes sealed = test::hex(vector.at("sealed"));
    EXPECT_EQ(aes_siv_seal(key.bytes, associated, test::hex(vector.at("plaintext"))), sealed);
    EXPECT_EQ(opened(aes_siv_open(key.bytes, associated, sealed)), test::hex(vector.at("plaintext")));
  }
}

TEST(aes_siv, agrees_with_a_second_construction) {
  test::SeededRandom random;
  for (const std::size_t size : {0, 1, 15, 16, 17, 31, 32, 33, 255, 4096, 16368}) {
    const auto key = random.draw<64>();
    Bytes plaintext(size);
    random.fill(plaintext);
    const ReferenceSiv reference(to_bytes(key.bytes));
    EXPECT_EQ(aes_siv_seal(key.bytes, std::nullopt, plaintext), reference.seal({}, plaintext)) << size;
    for (const std::size_t associated_size : {0, 1, 16, 40}) {
      Bytes associated(associated_size);
      random.fill(associated);
      const Bytes sealed = aes_siv_seal(key.bytes, associated, plaintext);
      EXPECT_EQ(sealed, reference.seal({associated}, plaintext)) << size << " " << associated_size;
      const auto result = aes_siv_open(key.bytes, associated, sealed);
      ASSERT_TRUE(result) << size << " " << associated_size;
      EXPECT_EQ(opened(result), plaintext);
    }
  }
}

TEST(aes_siv, tells_empty_associated_data_from_none) {
  const auto key = siv_key();
  for (const Bytes& plaintext : {Bytes{}, Bytes{1, 2, 3}}) {
    const Bytes with = aes_siv_seal(key.bytes, ByteView{}, plaintext);
    const Bytes without = aes_siv_seal(key.bytes, std::nullopt, plaintext);
    EXPECT_NE(with, without);
    EXPECT_EQ(aes_siv_open(key.bytes, std::nullopt, with).error(), Error::kBadCiphertext);
    EXPECT_EQ(aes_siv_open(key.bytes, ByteView{}, without).error(), Error::kBadCiphertext);
  }
}

TEST(aes_siv, refuses_every_changed_bit) {
  const auto key = siv_key();
  const Bytes associated{9, 8, 7};
  for (const std::size_t size : {0, 5, 16, 33}) {
    Bytes sealed = aes_siv_seal(key.bytes, associated, Bytes(size, 0x42));
    for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
      sealed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      const auto result = aes_siv_open(key.bytes, associated, sealed);
      ASSERT_FALSE(result) << size << " " << bit;
      EXPECT_EQ(result.error(), Error::kBadCiphertext);
      sealed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
    EXPECT_TRUE(aes_siv_open(key.bytes, associated, sealed));
  }
}

TEST(aes_siv, refuses_another_key_and_other_associated_data) {
  auto key = siv_key();
  const Bytes sealed = aes_siv_seal(key.bytes, Bytes{9, 8, 7}, Bytes(20));
  EXPECT_EQ(aes_siv_open(key.bytes, Bytes{9, 8, 6}, sealed).error(), Error::kBadCiphertext);
  EXPECT_EQ(aes_siv_open(key.bytes, Bytes{9, 8}, sealed).error(), Error::kBadCiphertext);
  for (auto& byte : key) {
    byte ^= 1;
    EXPECT_EQ(aes_siv_open(key.bytes, Bytes{9, 8, 7}, sealed).error(), Error::kBadCiphertext);
    byte ^= 1;
  }
}

TEST(aes_siv, refuses_every_truncation_and_trailing_bytes) {
  const auto key = siv_key();
  Bytes sealed = aes_siv_seal(key.bytes, std::nullopt, Bytes(40, 1));
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto result = aes_siv_open(key.bytes, std::nullopt, ByteView(sealed).first(size));
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error(), size < kSivTagSize ? Error::kBadSize : Error::kBadCiphertext);
  }
  sealed.push_back(0);
  EXPECT_EQ(aes_siv_open(key.bytes, std::nullopt, sealed).error(), Error::kBadCiphertext);
}

TEST(aes_siv, leaves_no_error_behind_for_others) {
  const auto key = siv_key();
  EXPECT_FALSE(aes_siv_open(key.bytes, std::nullopt, Bytes(50)));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

struct Chacha {
  FixedBytes<32> key;
  FixedBytes<12> nonce;
  Bytes associated;
  Bytes plaintext;
  Bytes sealed;
};

Chacha chacha_vector() {
  const auto json = test::load_json("rfc/chacha20_poly1305.json");
  return {*FixedBytes<32>::from(test::hex(json.at("key"))), *FixedBytes<12>::from(test::hex(json.at("nonce"))),
          test::hex(json.at("associated")), test::hex(json.at("plaintext")), test::hex(json.at("sealed"))};
}

TEST(chacha20_poly1305, matches_rfc_8439) {
  const auto v = chacha_vector();
  EXPECT_EQ(chacha20_poly1305_seal(v.key.bytes, v.nonce.bytes, v.associated, v.plaintext), v.sealed);
  EXPECT_EQ(opened(chacha20_poly1305_open(v.key.bytes, v.nonce.bytes, v.associated, v.sealed)), v.plaintext);
}

TEST(chacha20_poly1305, seals_nothing) {
  const auto v = chacha_vector();
  const Bytes sealed = chacha20_poly1305_seal(v.key.bytes, v.nonce.bytes, {}, {});
  EXPECT_EQ(sealed.size(), kChachaTagSize);
  const auto result = chacha20_poly1305_open(v.key.bytes, v.nonce.bytes, {}, sealed);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->view().empty());
}

TEST(chacha20_poly1305, refuses_every_changed_bit) {
  auto v = chacha_vector();
  const auto expect_refused = [&v](MutableByteView bytes) {
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      const auto result = chacha20_poly1305_open(v.key.bytes, v.nonce.bytes, v.associated, v.sealed);
      ASSERT_FALSE(result) << bit;
      EXPECT_EQ(result.error(), Error::kBadCiphertext);
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  };
  expect_refused(v.sealed);
  expect_refused(v.associated);
  expect_refused(v.key.bytes);
  expect_refused(v.nonce.bytes);
  EXPECT_TRUE(chacha20_poly1305_open(v.key.bytes, v.nonce.bytes, v.associated, v.sealed));
}

TEST(chacha20_poly1305, refuses_every_truncation_and_trailing_bytes) {
  auto v = chacha_vector();
  for (std::size_t size = 0; size < v.sealed.size(); ++size) {
    const auto result =
        chacha20_poly1305_open(v.key.bytes, v.nonce.bytes, v.associated, ByteView(v.sealed).first(size));
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error(), size < kChachaTagSize ? Error::kBadSize : Error::kBadCiphertext);
  }
  v.sealed.push_back(0);
  EXPECT_EQ(chacha20_poly1305_open(v.key.bytes, v.nonce.bytes, v.associated, v.sealed).error(), Error::kBadCiphertext);
}

}  // namespace
}  // namespace substratee::crypto
