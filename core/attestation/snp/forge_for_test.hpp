#pragma once

/// For tests: an AMD of one's own. All parts can be bent; they are signed only when all of them stand.

#include "core/attestation/der.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/snp/certificate_table.hpp"
#include "core/attestation/snp/product.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/verify.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace substratee::attestation::snp {

inline constexpr UnixSeconds kTestNow = 1'800'000'000;  // 2027-01-15

/// A private key from tests/vectors/attestation/snp-test-pki.
class TestKey {
 public:
  explicit TestKey(const std::string& name) : key_(nullptr, EVP_PKEY_free) {
    const auto pem = test::load_bytes("attestation/snp-test-pki/" + name);
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                       BIO_free);
    key_.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    if (!key_) throw std::runtime_error("no key in " + name);
  }
  [[nodiscard]] Bytes spki() const {
    std::uint8_t* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    Bytes out(der, der + size);
    OPENSSL_free(der);
    return out;
  }
  /// RSASSA-PSS with SHA-384; or ECDSA with SHA-384 in DER.
  [[nodiscard]] Bytes sign(ByteView message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    EVP_DigestSignInit(context.get(), &options, EVP_sha384(), nullptr, key_.get());
    if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA) {
      EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 48);
    }
    std::size_t size = 0;
    EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size());
    Bytes out(size);
    if (EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1) {
      throw std::runtime_error("cannot sign");
    }
    out.resize(size);
    return out;
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

struct TestKeys {
  TestKey ark{"ark-key.pem"};
  TestKey ask{"ask-key.pem"};
  TestKey leaf{"leaf-key.pem"};
  [[nodiscard]] static const TestKeys& the() {
    static const TestKeys keys;
    return keys;
  }
};

inline Bytes test_name(std::string_view common_name) {
  const Bytes oid{0x55, 0x04, 0x03};
  return der::sequence(der::element(
      der::kSet, der::sequence(der::object_identifier(oid), der::element(der::kUtf8String, as_bytes(common_name)))));
}

/// AlgorithmIdentifier of RSASSA-PSS as AMD writes it.
inline Bytes test_pss(bool with_trailer = true) {
  const Bytes null{0x05, 0x00};
  const auto hash =
      der::sequence(der::object_identifier(Bytes{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}), null);
  const auto mask =
      der::sequence(der::object_identifier(Bytes{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08}), hash);
  const auto field = [](std::uint8_t number, const Bytes& content) {
    return der::element(der::context(number, true), content);
  };
  const auto trailer = with_trailer ? field(3, der::unsigned_integer(1)) : Bytes{};
  return der::sequence(der::object_identifier(Bytes{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a}),
                       der::sequence(field(0, hash), field(1, mask), field(2, der::unsigned_integer(48)), trailer));
}

struct TestCertificate {
  std::string issuer;
  std::string subject;
  Bytes spki;
  std::uint64_t serial = 0;
  std::string not_before = "250101000000Z";
  std::string not_after = "320101000000Z";
  Bytes extensions;
  Bytes algorithm = test_pss();

  [[nodiscard]] Bytes sign(const TestKey& signer) const {
    const auto validity = der::sequence(der::element(der::kUtcTime, as_bytes(not_before)),
                                        der::element(der::kUtcTime, as_bytes(not_after)));
    const auto list = der::element(der::context(3, true), der::element(der::kSequence, extensions));
    const auto tbs =
        der::sequence(der::element(der::context(0, true), der::unsigned_integer(2)), der::unsigned_integer(serial),
                      algorithm, test_name(issuer), validity, test_name(subject), spki, list);
    return der::sequence(tbs, algorithm, der::bit_string(signer.sign(tbs)));
  }
};

inline Bytes test_extension(const Bytes& oid, bool critical, const Bytes& value) {
  return der::sequence(der::object_identifier(oid), critical ? der::boolean(true) : Bytes{}, der::octet_string(value));
}
inline Bytes amd_oid(std::initializer_list<std::uint8_t> arcs) {
  return concat(Bytes{0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01}, Bytes(arcs));
}
inline Bytes ca_extensions(std::optional<std::uint8_t> path_length, std::uint8_t usage = 0x06) {
  const auto length = path_length ? der::unsigned_integer(*path_length) : Bytes{};
  const std::uint8_t unused = 1;  // though more bits may be zero
  return concat(test_extension({0x55, 0x1d, 0x13}, true, der::sequence(der::boolean(true), length)),
                test_extension({0x55, 0x1d, 0x0f}, true, der::element(der::kBitString, Bytes{unused, usage})));
}

class SnpForge {
 public:
  explicit SnpForge(Product line = Product::kMilan, SigningKey kind = SigningKey::kVcek) : kind_(kind) {
    const std::string product(to_string(line));
    const bool is_vcek = kind == SigningKey::kVcek;
    const auto& keys = TestKeys::the();
    const auto ca_name = (is_vcek ? "SEV-" : "SEV-VLEK-") + product;
    ark = {"ARK-" + product, "ARK-" + product, keys.ark.spki(),   1,
           "250101000000Z",  "491231235959Z",  ca_extensions({}), test_pss()};
    ask = {"ARK-" + product,
           ca_name,
           keys.ask.spki(),
           2,
           "250101000000Z",
           "491231235959Z",
           ca_extensions(std::uint8_t{0}, 0x04),
           test_pss()};
    leaf = {ca_name,   is_vcek ? "SEV-VCEK" : "SEV-VLEK", keys.leaf.spki(), 0, "250101000000Z", "320101000000Z", {},
            test_pss()};
    is_turin = line == Product::kTurin;
    product_name = product;
    chip_id = Bytes(is_turin ? 8 : 64, 0xc1);
    report = Bytes(kReportSize, 0);
    put(0x00, 3, 4);
    put(0x08, kPolicyReservedOne | 0x1f, 8);
    put(0x34, 1, 4);
    put(0x48, is_vcek ? 0 : 4, 4);
    std::fill_n(report.begin() + 0x90, 48, std::uint8_t{0x77});
    put(0x188, line == Product::kTurin ? 0x1a : 0x19, 1);
    put(0x189, line == Product::kGenoa ? 0x11 : line == Product::kTurin ? 0x02 : 0x01, 1);
    for (std::size_t i = 0; i < tcb.size(); ++i) report[0x180 + i] = tcb[i];
    std::ranges::copy(chip_id, report.begin() + 0x1a0);
  }

  void put(std::size_t offset, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) report[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  void bind(ByteView claims) { std::ranges::copy(report_data_for(claims), report.begin() + 0x50); }

  /// The extensions of the leaf, in AMD's order.
  [[nodiscard]] Bytes leaf_extensions() const {
    Bytes out = concat(test_extension(amd_oid({1}), false, der::unsigned_integer(1)),
                       test_extension(amd_oid({2}), false, der::element(der::kIa5String, as_bytes(product_name))));
    const std::array<std::uint8_t, 8> arcs = is_turin ? std::array<std::uint8_t, 8>{9, 1, 2, 3, 5, 6, 7, 8}
                                                      : std::array<std::uint8_t, 8>{1, 2, 4, 5, 6, 7, 3, 8};
    for (std::size_t i = 0; i < arcs.size(); ++i) {
      append(out, test_extension(amd_oid({3, arcs[i]}), false, der::unsigned_integer(tcb[i])));
    }
    const auto owner = kind_ == SigningKey::kVcek
                           ? test_extension(amd_oid({4}), false, chip_id)
                           : test_extension(amd_oid({5}), false, der::element(der::kIa5String, as_bytes(csp_id)));
    append(out, owner);
    append(out, more_extensions);
    return out;
  }
  [[nodiscard]] Bytes leaf_der() const {
    auto whole = leaf;
    if (whole.extensions.empty()) whole.extensions = leaf_extensions();
    return whole.sign(*leaf_signer);
  }
  [[nodiscard]] CertificateTable certificates() const {
    CertificateTable out;
    (kind_ == SigningKey::kVcek ? out.vcek : out.vlek) = leaf_der();
    out.ask = ask.sign(*ask_signer);
    out.ark = ark.sign(*ark_signer);
    return out;
  }
  [[nodiscard]] Bytes signed_report() const {
    const auto der = report_signer->sign(ByteView(report).first(kSignedSize));
    const auto raw = der::read_p384_signature(der).value();
    auto out = report;
    std::reverse_copy(raw.begin(), raw.begin() + 48, out.begin() + kSignedSize);
    std::reverse_copy(raw.begin() + 48, raw.end(), out.begin() + kSignedSize + 72);
    return out;
  }
  [[nodiscard]] Bytes body() const { return make_body(signed_report(), certificates()); }
  [[nodiscard]] Hash256 root_hash() const { return hash_of_spki(ark.spki); }
  [[nodiscard]] TrustAnchors anchors() const {
    TrustAnchors out;
    out.amd_roots = {root_hash()};
    return out;
  }

  /// AMD's revocation list as an item of collateral.
  [[nodiscard]] std::pair<CollateralId, CollateralItem> crl(std::vector<std::uint64_t> serials,
                                                            const TestKey& signer = TestKeys::the().ark,
                                                            std::string_view until = "280101000000Z") const {
    const auto time = [](std::string_view text) { return der::element(der::kUtcTime, as_bytes(text)); };
    Bytes entries;
    for (const auto serial : serials) {
      append(entries, der::sequence(der::unsigned_integer(serial), time("260101000000Z")));
    }
    const auto number = test_extension({0x55, 0x1d, 0x14}, false, der::unsigned_integer(5));
    const auto tbs = der::sequence(der::unsigned_integer(1), test_pss(),
                                   test_name(crl_issuer.empty() ? ark.subject : crl_issuer), time("260101000000Z"),
                                   time(until), entries.empty() ? Bytes{} : der::element(der::kSequence, entries),
                                   der::element(der::context(0, true), der::sequence(number)));
    CollateralItem item{CollateralKind::kSnpCrl,
                        {der::sequence(tbs, test_pss(), der::bit_string(signer.sign(tbs)))},
                        {to_bytes(as_bytes(pem::write_certificate(ark.sign(*ark_signer))))}};
    return {{root_hash(), CollateralKind::kSnpCrl, {}}, std::move(item)};
  }

  TestCertificate ark;
  TestCertificate ask;
  TestCertificate leaf;  ///< its extensions are filled in when they are empty
  const TestKey* ark_signer = &TestKeys::the().ark;
  const TestKey* ask_signer = &TestKeys::the().ark;
  const TestKey* leaf_signer = &TestKeys::the().ask;
  const TestKey* report_signer = &TestKeys::the().leaf;
  bool is_turin{};
  std::string product_name;
  std::string csp_id = "CN=cloud.example";
  std::string crl_issuer;
  FixedBytes<8> tcb{{4, 0, 0, 0, 0, 0, 24, 219}};
  Bytes chip_id;
  Bytes more_extensions;
  Bytes report;

 private:
  SigningKey kind_;
};

}  // namespace substratee::attestation::snp
