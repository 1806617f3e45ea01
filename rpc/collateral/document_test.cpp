#include "rpc/collateral/document.hpp"

#include "tests/support/vectors.hpp"

namespace substratee::rpc::collateral {
namespace {

using attestation::CollateralItem;
using attestation::CollateralKind;

constexpr const char* kVector = "attestation/tdx/azure-v4-00806F050000/";

CollateralItem item(CollateralKind kind, const std::string& body, const std::string& chain) {
  return {kind, {test::load_bytes(kVector + body)}, {test::load_bytes(kVector + chain)}};
}

std::vector<CollateralItem> items() {
  return {item(CollateralKind::kTdxTcbInfo, "tcb_info.json", "tcb_signing_chain.pem"),
          item(CollateralKind::kTdxQeIdentity, "qe_identity.json", "tcb_signing_chain.pem"),
          item(CollateralKind::kPckPlatformCrl, "pck_crl.der", "pck_crl_issuer_chain.pem"),
          item(CollateralKind::kIntelRootCrl, "root_ca_crl.der", "tcb_signing_chain.pem")};
}

TEST(collateral_document, is_the_one_that_others_keep) {
  const auto document = to_document(items());
  ASSERT_TRUE(document) << document.error().to_string();
  const auto object = boost::json::parse(*document).as_object();
  const auto expected = test::load_json(std::string(kVector) + "collateral.json").as_object();
  EXPECT_EQ(object.size(), 9U);
  for (const auto& [name, value] : object) {
    ASSERT_TRUE(expected.contains(name)) << name;
    // The vector's own chains end with a line end or without one.
    std::string ours(value.as_string());
    std::string theirs(expected.at(name).as_string());
    for (auto* text : {&ours, &theirs}) {
      while (text->ends_with('\n')) text->pop_back();
    }
    EXPECT_EQ(ours, theirs) << name;
  }
}

TEST(collateral_document, the_signed_text_is_cut_out_exactly) {
  const auto with = [](const std::string& body) {
    CollateralItem one{CollateralKind::kSgxTcbInfo, {to_bytes(as_bytes(body))}, {Bytes{1}}};
    return to_document({one});
  };
  const std::string signature(128, 'a');
  const auto good = with("{ \"tcbInfo\" : { \"a\\\"}\" : {\"b\": \"}\"} } , \"signature\":\"" + signature + "\"}\n");
  ASSERT_TRUE(good);
  EXPECT_EQ(boost::json::parse(*good).as_object().at("tcb_info").as_string(), "{ \"a\\\"}\" : {\"b\": \"}\"} }");
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("[]"), "{\"tcbInfo\":{,\"signature\":\"" + signature + "\"}",
        std::string("{\"tcbInfo\":{}}"), std::string("{\"tcbInfo\":{},\"signature\":\"00\"}"),
        "{\"tcbInfo\":{},\"signature\":\"" + std::string(128, 'x') + "\"}",
        "{\"enclaveIdentity\":{},\"signature\":\"" + signature + "\"}"}) {
    const auto bad = with(body);
    ASSERT_FALSE(bad) << body;
    EXPECT_EQ(bad.error().code, FailureCode::kBadAnswer);
  }
}

}  // namespace
}  // namespace substratee::rpc::collateral
