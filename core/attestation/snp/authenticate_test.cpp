// Cases that no real sample covers, by an AMD of one's own.
#include "core/attestation/snp/authenticate.hpp"

#include "core/attestation/snp/chain.hpp"
#include "core/attestation/snp/forge_for_test.hpp"
#include "core/attestation/x509_writer.hpp"
#include "core/crypto/hash.hpp"
#include "tests/support/random.hpp"

namespace substratee::attestation::snp {
namespace {

Result<AuthenticEvidence> judge(const SnpForge& forge, const CollateralSet& collateral = {}, VerifyOptions options = {},
                                UnixSeconds now = kTestNow) {
  return attestation::authenticate(Kind::kSevSnp, forge.body(), collateral, forge.anchors(), now, options);
}

void expect(Error error, const SnpForge& forge, std::string_view why, VerifyOptions options = {}) {
  const auto verdict = judge(forge, {}, options);
  ASSERT_FALSE(verdict) << why;
  EXPECT_EQ(verdict.error(), error) << why << ": " << to_string(verdict.error());
}

TEST(snp, every_product_and_both_kinds_of_key_are_judged) {
  for (const auto product : kProducts) {
    for (const auto kind : {SigningKey::kVcek, SigningKey::kVlek}) {
      const SnpForge forge(product, kind);
      const auto verdict = judge(forge, {}, {.allow_vlek = true});
      ASSERT_TRUE(verdict) << to_string(product) << ": " << to_string(verdict.error());
      EXPECT_EQ(verdict->root, forge.root_hash());
    }
  }
}

TEST(snp, the_platform_is_the_chip_or_else_the_provider) {
  SnpForge chip;
  const auto hash = crypto::sha256(concat(as_bytes("substratee/snp-platform/v1"), chip.chip_id));
  EXPECT_EQ(judge(chip)->platform_id, *PlatformId::from(ByteView(hash.bytes).first(16)));
  SnpForge provider(Product::kMilan, SigningKey::kVlek);
  const VerifyOptions options{.allow_vlek = true};
  EXPECT_EQ(judge(provider, {}, options)->platform_id, judge(chip)->platform_id);
  std::fill_n(provider.report.begin() + 0x1a0, 64, std::uint8_t{0});
  const auto of_provider = crypto::sha256(concat(as_bytes("substratee/snp-platform/v1"), as_bytes(provider.csp_id)));
  EXPECT_EQ(judge(provider, {}, options)->platform_id, *PlatformId::from(ByteView(of_provider.bytes).first(16)));
}

TEST(snp, policy_host_data_and_vmpl_are_in_the_measurement) {
  const SnpForge plain;
  const auto changed = [&](std::size_t offset, std::uint64_t value) {
    SnpForge forge;
    forge.put(offset, value, 1);
    return judge(forge)->measurement;
  };
  EXPECT_NE(judge(plain)->measurement, changed(0x08, 0x1e));
  EXPECT_NE(judge(plain)->measurement, changed(0x30, 1));
  EXPECT_NE(judge(plain)->measurement, changed(0x90, 1));
  EXPECT_NE(judge(plain)->measurement, changed(0xc0, 1));
  EXPECT_EQ(judge(plain)->measurement, changed(0x04, 9));
  SnpForge debug;
  debug.put(0x08, kPolicyReservedOne | kPolicyDebug, 8);
  EXPECT_TRUE(judge(debug)->debug);
  EXPECT_FALSE(judge(plain)->debug);
}

TEST(snp, form_of_the_report) {
  const auto bad = [](std::string_view why, std::size_t offset, std::uint64_t value, std::size_t size) {
    SnpForge forge;
    forge.put(offset, value, size);
    expect(Error::kBadSnpReport, forge, why, {.allow_vlek = true});
  };
  for (const std::uint64_t version : {0, 1, 4, 6}) bad("version", 0x00, version, 4);
  bad("signature algorithm", 0x34, 2, 4);
  bad("signing key none", 0x48, 7 << 2, 4);
  bad("signing key unknown", 0x48, 2 << 2, 4);
  bad("reserved flag", 0x48, 1 << 5, 4);
  bad("reserved after flags", 0x4c, 1, 4);
  bad("reserved policy bit", 0x08, 0x1f, 8);
  bad("reserved after cpuid", 0x18b, 1, 1);
  bad("reserved in firmware", 0x1eb, 1, 1);
  bad("reserved in committed firmware", 0x1ef, 1, 1);
  bad("mitigations in version 3", 0x1f8, 1, 1);
  bad("reserved before the signature", 0x29f, 1, 1);
  SnpForge five;
  five.put(0x00, 5, 4);
  five.put(0x1f8, 0x3f, 8);
  five.put(0x200, 0x3f, 8);
  EXPECT_TRUE(judge(five));
  five.put(0x208, 1, 1);
  expect(Error::kBadSnpReport, five, "reserved in version 5");
  SnpForge two;
  two.put(0x00, 2, 4);
  expect(Error::kBadSnpReport, two, "cpuid in version 2");
  two.put(0x188, 0, 3);
  EXPECT_TRUE(judge(two));
}

TEST(snp, bytes_around_the_signature_are_zero) {
  const SnpForge forge;
  for (const std::size_t offset : {kSignedSize + 48, kSignedSize + 71, kSignedSize + 72 + 48, kReportSize - 1}) {
    auto report = forge.signed_report();
    report[offset] = 1;
    const auto body = make_body(report, forge.certificates());
    EXPECT_EQ(attestation::authenticate(Kind::kSevSnp, body, {}, forge.anchors(), kTestNow).error(),
              Error::kBadSnpReport);
  }
}

TEST(snp, a_signature_of_zeros_is_none) {
  const SnpForge forge;
  const auto body = make_body(forge.report, forge.certificates());
  EXPECT_EQ(attestation::authenticate(Kind::kSevSnp, body, {}, forge.anchors(), kTestNow).error(),
            Error::kBadReportSignature);
}

TEST(snp, a_vlek_is_no_vcek_and_the_reverse) {
  SnpForge vcek;
  vcek.put(0x48, 4, 4);
  expect(Error::kMissingCertificate, vcek, "report names a VLEK, table has a VCEK", {.allow_vlek = true});
  expect(Error::kVlekNotAllowed, vcek, "and is not allowed");
  // The other certificate under the GUID of the one.
  SnpForge vlek(Product::kMilan, SigningKey::kVlek);
  auto certificates = vlek.certificates();
  std::swap(certificates.vcek, certificates.vlek);
  vlek.put(0x48, 0, 4);
  const auto body = make_body(vlek.signed_report(), certificates);
  EXPECT_EQ(attestation::authenticate(Kind::kSevSnp, body, {}, vlek.anchors(), kTestNow).error(),
            Error::kWrongSigningKey);
  // A VCEK that an ASVK issued, and a VCEK with a provider's id.
  SnpForge mixed;
  mixed.ask.subject = mixed.leaf.issuer = "SEV-VLEK-Milan";
  expect(Error::kWrongSigningKey, mixed, "VCEK under ASVK");
  SnpForge both;
  both.more_extensions = test_extension(amd_oid({5}), false, der::element(der::kIa5String, as_bytes("x")));
  expect(Error::kBadAmdExtension, both, "VCEK with cspID");
}

TEST(snp, the_chain_is_exact) {
  const auto changed = [](Error error, std::string_view why, auto change) {
    SnpForge forge;
    change(forge);
    expect(error, forge, why);
  };
  changed(Error::kBadChain, "root of no product",
          [](SnpForge& f) { f.ark.subject = f.ark.issuer = f.ask.issuer = "ARK-Rome"; });
  changed(Error::kBadChain, "leaf of another name", [](SnpForge& f) { f.leaf.subject = "SEV-XCEK"; });
  changed(Error::kBadChain, "leaf of another issuer", [](SnpForge& f) { f.leaf.issuer = "SEV-Genoa"; });
  changed(Error::kBadChain, "ASK of another issuer", [](SnpForge& f) { f.ask.issuer = "ARK-Genoa"; });
  changed(Error::kBadChain, "ASK of another name", [](SnpForge& f) { f.ask.subject = f.leaf.issuer = "SEV-Rome"; });
  changed(Error::kProductMismatch, "ASK of another product",
          [](SnpForge& f) { f.ask.subject = f.leaf.issuer = "SEV-Genoa"; });
  changed(Error::kBadChain, "ARK not self-issued", [](SnpForge& f) { f.ark.issuer = "ARK-Genoa"; });
  changed(Error::kBadChain, "ASK may not sign",
          [](SnpForge& f) { f.ask.extensions = ca_extensions(std::uint8_t{0}, 0x02); });
  changed(Error::kBadChain, "ARK allows no ASK",
          [](SnpForge& f) { f.ark.extensions = ca_extensions(std::uint8_t{0}); });
  changed(Error::kBadChain, "leaf is a CA", [](SnpForge& f) { f.more_extensions = ca_extensions({}); });
  changed(Error::kBadCertificateSignature, "leaf signed by another", [](SnpForge& f) { f.leaf_signer = f.ark_signer; });
  changed(Error::kBadCertificateSignature, "ASK signed by another", [](SnpForge& f) { f.ask_signer = f.leaf_signer; });
  changed(Error::kBadCertificateSignature, "ARK signed by another", [](SnpForge& f) { f.ark_signer = f.leaf_signer; });
  changed(Error::kExpired, "ASK expired", [](SnpForge& f) { f.ask.not_after = "260101000000Z"; });
  changed(Error::kNotYetValid, "leaf to come", [](SnpForge& f) { f.leaf.not_before = "280101000000Z"; });
  changed(Error::kBadCertificate, "another algorithm", [](SnpForge& f) {
    f.leaf.algorithm = der::sequence(der::object_identifier(Bytes{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02}));
  });
  SnpForge without_trailer;
  without_trailer.leaf.algorithm = test_pss(false);
  EXPECT_TRUE(judge(without_trailer));
  SnpForge unpinned;
  EXPECT_EQ(attestation::authenticate(Kind::kSevSnp, unpinned.body(), {}, {}, kTestNow).error(), Error::kUnknownRoot);
}

TEST(snp, the_leaf_has_a_p384_key) {
  test::SeededRandom random{3};
  SnpForge forge;
  forge.leaf.spki = to_spki(crypto::p256::KeyPair::draw(random).public_key());
  expect(Error::kBadCertificate, forge, "P-256");
  forge.leaf.spki = TestKeys::the().ask.spki();
  expect(Error::kBadCertificate, forge, "RSA");
  forge.leaf.spki = TestKeys::the().leaf.spki();
  forge.leaf.spki.back() ^= 1;
  expect(Error::kBadReportSignature, forge, "not on the curve");
}

TEST(snp, the_tcb_is_exactly_that_of_the_certificate) {
  for (const auto product : kProducts) {
    for (std::size_t i = 0; i < 8; ++i) {
      SnpForge forge(product);
      forge.report[0x180 + i] ^= 1;
      expect(Error::kTcbMismatch, forge, "reported_tcb");
    }
  }
}

TEST(snp, the_chip_is_exactly_that_of_the_certificate) {
  for (const auto product : kProducts) {
    for (const std::size_t i : {0, 7, 8, 63}) {
      SnpForge forge(product);
      forge.report[0x1a0 + i] ^= 1;
      expect(Error::kChipMismatch, forge, "chip_id");
    }
  }
  SnpForge masked;
  std::fill_n(masked.report.begin() + 0x1a0, 64, std::uint8_t{0});
  expect(Error::kMaskedChip, masked, "chip id masked");
  masked.chip_id = Bytes(64, 0);
  expect(Error::kMaskedChip, masked, "zeros in the certificate, too");
  SnpForge masked_key;
  masked_key.put(0x48, 2, 4);
  expect(Error::kMaskedChip, masked_key, "chip key masked");
}

TEST(snp, the_product_is_one) {
  SnpForge cpu;
  cpu.put(0x189, 0x11, 1);
  expect(Error::kProductMismatch, cpu, "CPU of Genoa");
  SnpForge unknown;
  unknown.put(0x188, 0x1b, 1);
  expect(Error::kProductMismatch, unknown, "unknown CPU");
  SnpForge name;
  name.product_name = "Genoa";
  expect(Error::kProductMismatch, name, "productName");
  for (const auto* with_stepping : {"Milan-B0", "Milan"}) {
    SnpForge forge;
    forge.product_name = with_stepping;
    EXPECT_TRUE(judge(forge)) << with_stepping;
  }
  for (const auto* strange : {"Milanese", "Milan-", "Milan-B00", "milan"}) {
    SnpForge forge;
    forge.product_name = strange;
    expect(Error::kProductMismatch, forge, strange);
  }
  EXPECT_EQ(product_of_cpu(0x19, 0xa0), Product::kGenoa);
  EXPECT_EQ(product_of_cpu(0x19, 0x20), std::nullopt);
  EXPECT_EQ(product_of_cpu(0x1a, 0x11), Product::kTurin);
  EXPECT_EQ(product_of_cpu(0x17, 0x31), std::nullopt);
}

TEST(snp, extensions_of_the_leaf_are_complete_and_exact) {
  const auto tcb = [](std::uint8_t arc, const Bytes& value) { return test_extension(amd_oid({3, arc}), false, value); };
  const auto one = der::unsigned_integer(1);
  SnpForge more;
  more.more_extensions = tcb(9, one);
  expect(Error::kBadAmdExtension, more, "a part that Milan has not");
  SnpForge turin(Product::kTurin);
  turin.more_extensions = tcb(4, one);
  expect(Error::kBadAmdExtension, turin, "a part that Turin has not");
  SnpForge chip;
  chip.chip_id.pop_back();
  expect(Error::kBadAmdExtension, chip, "hwID too short");
  const auto name = test_extension(amd_oid({2}), false, der::element(der::kIa5String, as_bytes("Milan")));
  for (std::uint8_t missing = 1; missing <= 8; ++missing) {
    SnpForge forge;
    forge.leaf.extensions = concat(name, test_extension(amd_oid({4}), false, forge.chip_id));
    for (std::uint8_t arc = 1; arc <= 8; ++arc) {
      if (arc != missing) append(forge.leaf.extensions, tcb(arc, der::unsigned_integer(0)));
    }
    expect(Error::kBadAmdExtension, forge, "a part is missing");
    forge.report[0x180] = forge.report[0x186] = forge.report[0x187] = 0;
    auto wrong = forge;
    append(wrong.leaf.extensions, tcb(missing, der::unsigned_integer(256)));
    expect(Error::kBadAmdExtension, wrong, "more than a byte");
    append(forge.leaf.extensions, tcb(missing, der::unsigned_integer(0)));
    EXPECT_TRUE(judge(forge)) << to_string(judge(forge).error());
  }
  SnpForge nameless;
  nameless.leaf.extensions = test_extension(amd_oid({4}), false, nameless.chip_id);
  expect(Error::kBadAmdExtension, nameless, "no productName");
}

TEST(snp, the_revocation_list_counts_when_it_is_there) {
  const SnpForge forge;
  const VerifyOptions graceful{.collateral_grace = 1000};
  const auto good = forge.crl({7, 9});
  const auto verdict = judge(forge, {good});
  ASSERT_TRUE(verdict) << to_string(verdict.error());
  constexpr UnixSeconds kListEnd = 1'830'297'600;  // 2028-01-01
  EXPECT_EQ(verdict->valid_until, kListEnd);
  EXPECT_FALSE(verdict->collateral_expired);
  EXPECT_TRUE(judge(forge, {forge.crl({})}));
  EXPECT_EQ(judge(forge, {forge.crl({7, 2})}).error(), Error::kCaRevoked);
  EXPECT_EQ(judge(forge, {good}, {}, kListEnd + 1).error(), Error::kCollateralExpired);
  EXPECT_TRUE(judge(forge, {good}, graceful, kListEnd + 1000)->collateral_expired);
  EXPECT_EQ(judge(forge, {good}, graceful, kListEnd + 1000)->valid_until, kListEnd + 1000);
  EXPECT_EQ(judge(forge, {good}, graceful, kListEnd + 1001).error(), Error::kCollateralExpired);
  EXPECT_EQ(judge(forge, {good}, {}, 1'750'000'000).error(), Error::kCollateralNotYetValid);
  EXPECT_EQ(judge(forge, {forge.crl({2}, TestKeys::the().ask)}).error(), Error::kBadCrlSignature);
  SnpForge other;
  other.crl_issuer = "ARK-Genoa";
  EXPECT_EQ(judge(other, {other.crl({})}).error(), Error::kCrlIssuerMismatch);
  auto broken = good;
  broken.second.body.value.pop_back();
  EXPECT_FALSE(judge(forge, {broken}));
  auto of_another_root = good;
  of_another_root.first.root = Hash256{};
  EXPECT_TRUE(judge(forge, {of_another_root}));
}

TEST(snp, an_ark_that_may_not_sign_lists_signs_none) {
  SnpForge forge;
  forge.ark.extensions = ca_extensions({}, 0x04);
  EXPECT_EQ(judge(forge, {forge.crl({})}).error(), Error::kCrlIssuerMismatch);
}

TEST(snp, the_revocation_list_stands_for_itself) {
  const SnpForge forge;
  const auto [id, item] = forge.crl({7});
  const auto pins = forge.anchors().amd_roots;
  const auto verified = verify_crl_item(item, pins, kTestNow);
  ASSERT_TRUE(verified) << to_string(verified.error());
  EXPECT_EQ(verified->id, id);
  EXPECT_EQ(verified->version.crl_number[19], 5);
  EXPECT_EQ(verified->version.issued, 1'767'225'600u);
  EXPECT_EQ(verify_crl_item(item, {}, kTestNow).error(), Error::kUnknownRoot);
  auto chainless = item;
  chainless.issuer_chain.value.clear();
  EXPECT_EQ(verify_crl_item(chainless, pins, kTestNow).error(), Error::kBadPem);
  EXPECT_EQ(verify_crl_item(item, pins, 1'900'000'000).error(), Error::kCollateralExpired);
}

TEST(snp, our_own_claims_are_read_behind_it) {
  SnpForge forge;
  Claims claims;
  claims.pubkey_hash.bytes.fill(9);
  const auto buffer = encode_claims(claims);
  forge.bind(buffer);
  const Evidence evidence{Kind::kSevSnp, {forge.body()}, {buffer}};
  const auto verified = verify(evidence, {}, forge.anchors(), kTestNow);
  ASSERT_TRUE(verified) << to_string(verified.error());
  EXPECT_EQ(verified->pubkey_hash, claims.pubkey_hash);
  auto changed = evidence;
  changed.claims.value.back() ^= 1;
  EXPECT_EQ(verify(changed, {}, forge.anchors(), kTestNow).error(), Error::kReportDataMismatch);
}

}  // namespace
}  // namespace substratee::attestation::snp
