#include "core/attestation/x509.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/forge_for_test.hpp"

namespace substratee::attestation::x509 {
namespace {

/// The parts of a certificate in DER, to be put together wrongly.
struct Parts {
  Bytes version = der::element(der::context(0, true), der::unsigned_integer(2));
  Bytes serial = der::unsigned_integer(7);
  Bytes algorithm = der::sequence(der::object_identifier(kOidEcdsaWithSha256));
  Bytes issuer = make_name("issuer", "test");
  Bytes validity = der::sequence(der::element(der::kUtcTime, as_bytes("200101000000Z")),
                                 der::element(der::kUtcTime, as_bytes("491231235959Z")));
  Bytes subject = make_name("subject", "test");
  Bytes spki = to_spki(crypto::p256::PublicKey{});
  Bytes extensions = extension(kOidBasicConstraints, true, der::sequence());
  Bytes outer_algorithm = algorithm;
  Bytes signature = der::bit_string(der::sequence(der::unsigned_integer(1), der::unsigned_integer(1)));
  Bytes more;

  static Bytes extension(ByteView oid, bool critical, const Bytes& value) {
    const auto flag = critical ? der::boolean(true) : Bytes{};
    return der::sequence(der::object_identifier(oid), flag, der::octet_string(value));
  }
  [[nodiscard]] Bytes build() const {
    const auto list = der::element(der::context(3, true), der::element(der::kSequence, extensions));
    const auto tbs = der::sequence(version, serial, algorithm, issuer, validity, subject, spki, list);
    return der::sequence(tbs, outer_algorithm, signature, more);
  }
};

template <class Change>
void expect_refused(Error error, std::string_view why, Change change) {
  Parts parts;
  change(parts);
  const auto result = parse(parts.build());
  ASSERT_FALSE(result) << why;
  EXPECT_EQ(result.error(), error) << why << ": " << to_string(result.error());
}

TEST(x509, reads_what_it_writes) {
  const Forge forge;
  const auto ders = forge.certificates();
  const auto leaf = parse(ders[0]).value();
  const auto root = parse(ders[2]).value();
  EXPECT_TRUE(std::ranges::equal(leaf.subject, forge.leaf.subject));
  EXPECT_TRUE(std::ranges::equal(leaf.issuer, forge.ca.subject));
  EXPECT_EQ(leaf.key, forge.pck_key.public_key());
  EXPECT_EQ(leaf.not_before, kNotBefore);
  EXPECT_EQ(leaf.not_after, kNotAfter);
  EXPECT_FALSE(leaf.ca);
  EXPECT_EQ(leaf.key_usage, kDigitalSignature);
  EXPECT_TRUE(root.ca);
  EXPECT_EQ(root.path_length, 1u);
  EXPECT_EQ(root.key_usage, kKeyCertSign | 1 << 6);
  EXPECT_TRUE(verify_signature(leaf, forge.ca_key.public_key()));
  EXPECT_EQ(verify_signature(leaf, forge.root_key.public_key()).error(), Error::kBadCertificateSignature);
}

TEST(x509, every_truncation_and_any_trailing_byte_is_refused) {
  auto der = Forge().certificates()[0];
  for (std::size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(parse(ByteView(der).first(size)));
  der.push_back(0);
  EXPECT_EQ(parse(der).error(), Error::kBadDer);
}

TEST(x509, form_outside_the_profile_is_refused) {
  ASSERT_TRUE(parse(Parts().build()));
  const auto bad = Error::kBadCertificate;
  expect_refused(bad, "v1",
                 [](Parts& p) { p.version = der::element(der::context(0, true), der::unsigned_integer(0)); });
  expect_refused(Error::kBadDer, "no version", [](Parts& p) { p.version = {}; });
  expect_refused(bad, "serial zero", [](Parts& p) { p.serial = der::unsigned_integer(0); });
  expect_refused(bad, "serial negative", [](Parts& p) { p.serial = {0x02, 0x01, 0x80}; });
  expect_refused(bad, "serial too long", [](Parts& p) { p.serial = der::unsigned_integer(ByteView(Bytes(21, 1))); });
  expect_refused(bad, "another algorithm", [](Parts& p) { p.algorithm[p.algorithm.size() - 1] = 3; });
  expect_refused(bad, "another outer algorithm", [](Parts& p) { p.outer_algorithm[p.algorithm.size() - 1] = 3; });
  expect_refused(bad, "algorithm with NULL", [](Parts& p) {
    p.algorithm = der::sequence(der::object_identifier(kOidEcdsaWithSha256), Bytes{0x05, 0x00});
  });
  expect_refused(bad, "empty issuer", [](Parts& p) { p.issuer = der::sequence(); });
  expect_refused(bad, "long name", [](Parts& p) { p.subject = make_name(std::string(600, 'x'), "test"); });
  expect_refused(bad, "two attributes in a set", [](Parts& p) {
    const auto attribute =
        der::sequence(der::object_identifier(Bytes{0x55, 4, 3}), der::element(der::kUtf8String, Bytes{'x'}));
    p.subject = der::sequence(der::element(der::kSet, concat(attribute, attribute)));
  });
  expect_refused(bad, "ends before it begins", [](Parts& p) {
    p.validity = der::sequence(der::element(der::kUtcTime, as_bytes("491231235959Z")),
                               der::element(der::kUtcTime, as_bytes("200101000000Z")));
  });
  expect_refused(bad, "another curve", [](Parts& p) { p.spki[22] ^= 1; });
  expect_refused(bad, "compressed point", [](Parts& p) { p.spki[26] = 2; });
  expect_refused(Error::kBadDer, "signature not DER", [](Parts& p) { p.signature = der::bit_string(Bytes(64, 1)); });
  expect_refused(Error::kBadDer, "something behind the signature", [](Parts& p) { p.more = der::unsigned_integer(1); });
}

TEST(x509, extensions_are_strict) {
  const auto bad = Error::kBadCertificate;
  const Bytes other{0x2a, 0x03};
  expect_refused(bad, "none", [](Parts& p) { p.extensions = {}; });
  expect_refused(bad, "twice", [](Parts& p) { append(p.extensions, to_bytes(p.extensions)); });
  expect_refused(Error::kUnknownCriticalExtension, "unknown critical",
                 [&](Parts& p) { p.extensions = Parts::extension(other, true, Bytes{0x05, 0x00}); });
  expect_refused(bad, "critical FALSE written", [&](Parts& p) {
    p.extensions = der::sequence(der::object_identifier(other), der::boolean(false), der::octet_string(Bytes{}));
  });
  expect_refused(bad, "cA FALSE written", [](Parts& p) {
    p.extensions = Parts::extension(kOidBasicConstraints, true, der::sequence(der::boolean(false)));
  });
  expect_refused(bad, "pathLen without cA", [](Parts& p) {
    p.extensions = Parts::extension(kOidBasicConstraints, true, der::sequence(der::unsigned_integer(0)));
  });
  for (const auto& usage :
       {Bytes{3, 2, 0, 0x06}, Bytes{3, 2, 7, 0xc0}, Bytes{3, 1, 0}, Bytes{3, 2, 0, 0}, Bytes{3, 2, 8, 0x80}}) {
    expect_refused(bad, "key usage", [&](Parts& p) { p.extensions = Parts::extension(kOidKeyUsage, true, usage); });
  }
  expect_refused(bad, "too many", [](Parts& p) {
    p.extensions = {};
    for (std::uint8_t i = 1; i <= 17; ++i) append(p.extensions, Parts::extension(Bytes{0x2a, i}, false, Bytes{}));
  });
  Parts unknown;
  append(unknown.extensions, Parts::extension(other, false, Bytes{1, 2, 3}));
  EXPECT_TRUE(parse(unknown.build())) << "unknown, not critical";
}

class ChainTest : public ::testing::Test {
 protected:
  Result<Chain> order() {
    ders_ = forge_.certificates();
    std::vector<Certificate> certificates;
    for (const auto& der : ders_) certificates.push_back(parse(der).value());
    return order_chain(certificates);
  }
  Result<void> verify(UnixSeconds now = kTestNow) {
    const auto chain = order();
    if (!chain) return std::unexpected(chain.error());
    const auto pin = forge_.root_hash();
    return verify_chain(*chain, {&pin, 1}, now);
  }
  void expect_broken(std::string_view why) {
    const auto result = verify();
    ASSERT_FALSE(result) << why;
    EXPECT_EQ(result.error(), Error::kBadChain) << why << ": " << to_string(result.error());
  }
  Forge forge_;
  std::vector<Bytes> ders_;
};

TEST_F(ChainTest, issuers_decide_the_order_not_the_place) {
  const auto chain = order().value();
  EXPECT_EQ(chain.valid_until, kNotAfter);
  EXPECT_EQ(chain.root_hash, forge_.root_hash());
  std::vector<Certificate> certificates{chain.root, chain.leaf, chain.ca};
  EXPECT_EQ(order_chain(certificates)->leaf.key, forge_.pck_key.public_key());
  certificates.pop_back();
  EXPECT_EQ(order_chain(certificates).error(), Error::kBadChain) << "two certificates";
  certificates = {chain.root, chain.leaf, chain.ca, chain.leaf};
  EXPECT_EQ(order_chain(certificates).error(), Error::kBadChain) << "four certificates";
  certificates = {chain.root, chain.leaf, chain.leaf};
  EXPECT_EQ(order_chain(certificates).error(), Error::kBadChain) << "a leaf twice";
}

TEST_F(ChainTest, holds_from_the_first_to_the_last_second) {
  EXPECT_TRUE(verify());
  EXPECT_TRUE(verify(kNotBefore));
  EXPECT_TRUE(verify(kNotAfter));
  EXPECT_EQ(verify(kNotBefore - 1).error(), Error::kNotYetValid);
  EXPECT_EQ(verify(kNotAfter + 1).error(), Error::kExpired);
}

TEST_F(ChainTest, the_root_must_be_pinned) {
  const auto chain = order().value();
  EXPECT_EQ(verify_chain(chain, {}, kTestNow).error(), Error::kUnknownRoot);
}

TEST_F(ChainTest, every_signature_counts) {
  for (auto* signer : {&forge_.root_signer, &forge_.ca_signer, &forge_.leaf_signer}) {
    const auto* right = std::exchange(*signer, &forge_.other_key);
    EXPECT_EQ(verify().error(), Error::kBadCertificateSignature);
    *signer = right;
  }
}

TEST_F(ChainTest, names_link_it) {
  forge_.ca.issuer = make_name("another root", "test");
  expect_broken("CA of another root");
}

TEST_F(ChainTest, a_leaf_cannot_be_a_ca_and_a_ca_must_be_one) {
  const auto leaf = std::exchange(forge_.leaf.extensions, forge_.ca.extensions);
  expect_broken("leaf with CA bit");
  forge_.leaf.extensions = leaf;
  std::swap(forge_.ca.extensions[0], forge_.leaf.extensions[0]);
  expect_broken("CA without CA bit");
  std::swap(forge_.ca.extensions[0], forge_.leaf.extensions[0]);
  std::swap(forge_.ca.extensions[1], forge_.leaf.extensions[1]);
  expect_broken("usages exchanged");
  std::swap(forge_.ca.extensions[1], forge_.leaf.extensions[1]);
  forge_.root.extensions[0] = make_basic_constraints(true, std::uint8_t{0});
  expect_broken("pathLen 0 at the root");
  forge_.root.extensions[0] = make_basic_constraints(true, std::nullopt);
  EXPECT_TRUE(verify()) << "no pathLen, no bound";
}

TEST(x509_outline, departures_of_other_makers_are_taken_where_they_are_named) {
  const auto outline = [](const Parts& parts, const Form& form) { return parse_outline(parts.build(), form); };
  Parts zero;
  zero.serial = der::unsigned_integer(0);
  EXPECT_EQ(outline(zero, {}).error(), Error::kBadCertificate);
  EXPECT_TRUE(outline(zero, {.zero_serial = true}));
  zero.serial = {0x02, 0x01, 0x80};
  EXPECT_EQ(outline(zero, {.zero_serial = true}).error(), Error::kBadCertificate);
  Parts early;
  early.validity = der::sequence(der::element(der::kGeneralizedTime, as_bytes("20210401000000Z")),
                                 der::element(der::kGeneralizedTime, as_bytes("20501231235959Z")));
  EXPECT_EQ(outline(early, {}).error(), Error::kBadCertificate);
  EXPECT_TRUE(outline(early, {.loose_times = true}));
  Parts usage;
  usage.extensions = Parts::extension(kOidKeyUsage, true, der::element(der::kBitString, Bytes{0x01, 0x04}));
  EXPECT_EQ(outline(usage, {}).error(), Error::kBadCertificate);
  const auto taken = outline(usage, {.loose_usage = true});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->key_usage, kKeyCertSign);
  usage.extensions = Parts::extension(kOidKeyUsage, true, der::element(der::kBitString, Bytes{0x03, 0x04}));
  EXPECT_EQ(outline(usage, {.loose_usage = true}).error(), Error::kBadCertificate);
}

}  // namespace
}  // namespace substratee::attestation::x509
