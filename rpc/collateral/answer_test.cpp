#include "rpc/collateral/answer.hpp"

#include "core/attestation/pem.hpp"
#include "core/base/hex.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::rpc::collateral {
namespace {

using attestation::CollateralKind;

constexpr const char* kVector = "attestation/tdx/azure-v4-00806F050000/";

std::string text(const std::string& name) { return std::string(as_text(test::load_bytes(kVector + name))); }

TEST(collateral_answer, lists_come_in_three_forms_and_become_one) {
  const auto der = text("pck_crl.der");
  const auto chain = text("pck_crl_issuer_chain.pem");
  auto pem = attestation::pem::write_certificate(as_bytes(der));
  for (auto at = pem.find("CERTIFICATE"); at != std::string::npos; at = pem.find("CERTIFICATE")) {
    pem.replace(at, 11, "X509 CRL");
  }
  const auto plain = read_item(CollateralKind::kPckPlatformCrl, der, chain, "it");
  ASSERT_TRUE(plain) << plain.error().to_string();
  EXPECT_EQ(plain->body.value, to_bytes(as_bytes(der)));
  EXPECT_EQ(read_item(CollateralKind::kPckPlatformCrl, pem, chain, "it"), *plain);
  EXPECT_EQ(read_item(CollateralKind::kPckPlatformCrl, to_hex(as_bytes(der)) + "\n", chain, "it"), *plain);
  EXPECT_EQ(attestation::pem::read_certificates(plain->issuer_chain.value)->size(), 2U);
}

TEST(collateral_answer, json_stays_as_it_was_signed) {
  const std::string body = "{\"tcbInfo\": {} ,\"signature\":\"00\"}\n";
  const auto item = read_item(CollateralKind::kTdxTcbInfo, body, text("tcb_signing_chain.pem"), "it");
  ASSERT_TRUE(item);
  EXPECT_EQ(as_text(item->body.value), body);
}

TEST(collateral_answer, the_chain_of_a_roots_list_is_the_root_alone) {
  const auto item =
      read_item(CollateralKind::kIntelRootCrl, text("root_ca_crl.der"), text("tcb_signing_chain.pem"), "it");
  ASSERT_TRUE(item);
  const auto certificates = attestation::pem::read_certificates(item->issuer_chain.value);
  ASSERT_EQ(certificates->size(), 1U);
  const auto both = attestation::pem::read_certificates(as_bytes(text("tcb_signing_chain.pem")));
  EXPECT_EQ(certificates->front(), both->back());
}

TEST(collateral_answer, what_is_none_is_refused) {
  const auto chain = text("pck_crl_issuer_chain.pem");
  const auto der = text("pck_crl.der");
  const auto reason = [&](CollateralKind kind, std::string_view body, std::string_view issuers) {
    const auto item = read_item(kind, body, issuers, "it");
    EXPECT_FALSE(item);
    return item ? std::string() : item.error().thing;
  };
  EXPECT_EQ(reason(CollateralKind::kPckPlatformCrl, der, ""), "it: the issuer chain is no list of certificates");
  EXPECT_EQ(reason(CollateralKind::kPckPlatformCrl, der, "garbage"), "it: the issuer chain is no list of certificates");
  const auto leaf = attestation::pem::write_certificate(attestation::pem::read_certificates(as_bytes(chain))->front());
  EXPECT_EQ(reason(CollateralKind::kIntelRootCrl, der, leaf), "it: the issuer chain has no root");
  for (const std::string body :
       {"", "<html>", "0x30", "-----BEGIN X509 CRL-----", "-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----"}) {
    EXPECT_EQ(reason(CollateralKind::kPckPlatformCrl, body, chain), "it: neither DER nor PEM nor hexadecimal text");
  }
  EXPECT_EQ(reason(CollateralKind::kSgxTcbInfo, "", chain), "it: neither DER nor PEM nor hexadecimal text");
  EXPECT_EQ(reason(CollateralKind::kSgxTcbInfo, std::string(attestation::kMaxCollateralSize + 1, ' '), chain),
            "it: larger than 64 KiB");
  EXPECT_TRUE(read_item(CollateralKind::kSgxTcbInfo, std::string(attestation::kMaxCollateralSize, ' '), chain, "it"));
}

TEST(collateral_answer, headers_are_url_encoded) {
  EXPECT_EQ(decode_chain_header("-----BEGIN%20CERTIFICATE-----%0AMIIC%2Bw%3D%3D", "it"),
            "-----BEGIN CERTIFICATE-----\nMIIC+w==");
  EXPECT_EQ(decode_chain_header("%", "it").error().code, FailureCode::kBadAnswer);
}

TEST(collateral_answer, statuses_are_told_apart) {
  const std::pair<unsigned, FailureCode> cases[] = {
      {400, FailureCode::kBadRequest}, {401, FailureCode::kUnauthorized}, {403, FailureCode::kUnauthorized},
      {404, FailureCode::kNotFound},   {410, FailureCode::kGone},         {429, FailureCode::kBusy},
      {500, FailureCode::kServer},     {503, FailureCode::kServer},       {302, FailureCode::kServer}};
  EXPECT_TRUE(check_status(200, nullptr, "it"));
  for (const auto& [status, code] : cases) EXPECT_EQ(check_status(status, nullptr, "it").error().code, code) << status;
  const auto retry_after = [](const std::string& value) { return check_status(429, &value, "it").error().retry_after; };
  EXPECT_EQ(retry_after("120"), 120U);
  EXPECT_EQ(retry_after("4000000"), 24U * 3600);
  EXPECT_EQ(retry_after("Wed, 21 Oct 2026 07:28:00 GMT"), std::nullopt);
  EXPECT_EQ(retry_after("-5"), std::nullopt);
}

}  // namespace
}  // namespace substratee::rpc::collateral
