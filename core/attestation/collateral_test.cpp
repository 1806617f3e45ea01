#include "core/attestation/collateral.hpp"

#include "core/attestation/collateral_file.hpp"
#include "core/attestation/collateral_store.hpp"
#include "core/attestation/intel_forge_for_test.hpp"

namespace substratee::attestation {
namespace {

TEST(collateral, every_item_is_verified_on_its_own) {
  for (const auto kind : {Kind::kSgxDcap, Kind::kTdx}) {
    const IntelForge forge(kind);
    const auto root_list = forge.root_list_item();
    for (const auto& [id, item] : forge.collateral()) {
      const auto verified = verify_collateral(item, forge.intel(), &root_list, kTestNow);
      ASSERT_TRUE(verified) << to_string(item.kind) << ": " << to_code(verified.error());
      EXPECT_EQ(verified->id, id);
      EXPECT_EQ(verified->version.issued, kIssued);
      EXPECT_EQ(verified->expires, kNextUpdate);
      EXPECT_EQ(read_collateral_id(item), id);
      EXPECT_EQ(verify_collateral(item, {}, &root_list, kTestNow).error(), Error::kUnknownRoot);
      EXPECT_EQ(verify_collateral(item, forge.intel(), nullptr, kIssued - 1).error(), Error::kCollateralNotYetValid);
      EXPECT_EQ(verify_collateral(item, forge.intel(), nullptr, kNextUpdate + 1).error(), Error::kCollateralExpired);
    }
    const auto info = verify_collateral(forge.tcb_info_item(), forge.intel(), nullptr, kTestNow);
    EXPECT_EQ(info->version.evaluation_number, 17u);
    const auto list = verify_collateral(forge.ca_list_item(), forge.intel(), nullptr, kTestNow);
    EXPECT_EQ(list->version.crl_number[19], 1);
  }
}

TEST(collateral, an_item_expires_with_the_certificates_that_it_rests_on) {
  IntelForge forge;
  forge.tcb_signer.not_after = kTestNow + 3;
  EXPECT_EQ(verify_collateral(forge.tcb_info_item(), forge.intel(), nullptr, kTestNow)->expires, kTestNow + 3);
  EXPECT_EQ(verify_collateral(forge.tcb_info_item(), forge.intel(), nullptr, kTestNow + 4).error(), Error::kExpired);
}

TEST(collateral, a_revoked_signer_signs_nothing) {
  IntelForge forge;
  forge.root_list.serials = {x509::serial_of(forge.tcb_signer), x509::serial_of(forge.ca)};
  const auto root_list = forge.root_list_item();
  const auto verify_with = [&](const CollateralItem& item) {
    return verify_collateral(item, forge.intel(), &root_list, kTestNow).error();
  };
  EXPECT_EQ(verify_with(forge.tcb_info_item()), Error::kTcbSignerRevoked);
  EXPECT_EQ(verify_with(forge.qe_identity_item()), Error::kTcbSignerRevoked);
  EXPECT_EQ(verify_with(forge.ca_list_item()), Error::kCaRevoked);
  EXPECT_TRUE(verify_collateral(root_list, forge.intel(), &root_list, kTestNow));
}

TEST(collateral, the_list_of_the_root_must_be_that_and_in_force) {
  IntelForge forge;
  const auto info = forge.tcb_info_item();
  const auto with_list = [&](const CollateralItem& list) {
    return verify_collateral(info, forge.intel(), &list, kTestNow).error();
  };
  EXPECT_EQ(with_list(forge.ca_list_item()), Error::kCrlIssuerMismatch);
  forge.root_list.next_update = kTestNow - 1;
  EXPECT_EQ(with_list(forge.root_list_item()), Error::kCollateralExpired);
  forge.root_list_signer = &forge.ca_key;
  EXPECT_EQ(with_list(forge.root_list_item()), Error::kBadCrlSignature);
  auto rubbish = forge.root_list_item();
  rubbish.body.value = {1, 2, 3};
  EXPECT_EQ(with_list(rubbish), Error::kBadCrl);
}

TEST(collateral, newer_is_decided_by_evaluation_then_date_then_number) {
  CollateralVersion old{17, 1000, {}};
  EXPECT_LT(old, (CollateralVersion{18, 900, {}}));
  EXPECT_LT(old, (CollateralVersion{17, 1001, {}}));
  FixedBytes<20> number;
  number[19] = 1;
  EXPECT_LT(old, (CollateralVersion{17, 1000, number}));
  number[0] = 1;
  EXPECT_LT((CollateralVersion{0, 1000, {{0, 0xff}}}), (CollateralVersion{0, 1000, number}));
}

TEST(collateral, documents_are_their_two_members_and_nothing_else) {
  const IntelForge forge;
  const auto item = forge.tcb_info_item();
  const auto text = std::string(as_text(item.body.value));
  const auto verify_text = [&](const std::string& changed) {
    return verify_collateral(IntelForge::item(item.kind, to_bytes(as_bytes(changed)), forge.tcb_chain()), forge.intel(),
                             nullptr, kTestNow);
  };
  const auto signature = text.substr(text.find(",\"signature\""));
  const auto value = text.substr(1, text.find(",\"signature\"") - 1);
  ASSERT_TRUE(verify_text(text));
  EXPECT_TRUE(verify_text(" { " + value + signature + "\n")) << "white space between members changes nothing";
  EXPECT_TRUE(verify_text("{" + signature.substr(1, signature.size() - 2) + "," + value + "}")) << "nor their order";
  for (const auto& changed :
       {"{" + value + ",\"x\":1" + signature, "{" + value + "," + value + signature, "{" + value + "}",
        "{" + signature.substr(1), text + text, "[" + text + "]", std::string("{}"), std::string()}) {
    EXPECT_EQ(verify_text(changed).error(), Error::kBadJson) << changed.substr(0, 60);
  }
  auto spaced = text;
  spaced.replace(spaced.find(":"), 2, ":{ ");
  EXPECT_EQ(verify_text(spaced).error(), Error::kBadTcbInfoSignature) << "white space inside is signed";
  auto upper = text;
  const auto place = upper.find_first_of("abcdef", upper.find("\"signature\":\"") + 13);
  upper[place] = static_cast<char>(upper[place] - 'a' + 'A');
  EXPECT_EQ(verify_text(upper).error(), Error::kBadTcbInfoSignature) << "one way to write it";
}

TEST(collateral, needs_are_read_from_the_evidence) {
  const IntelForge forge;
  const Evidence evidence{Kind::kSgxDcap, {forge.body()}, {}};
  const auto needs = collateral_needs(evidence);
  ASSERT_TRUE(needs) << to_code(needs.error());
  const auto set = forge.collateral();
  ASSERT_EQ(needs->size(), set.size());
  for (std::size_t i = 0; i < set.size(); ++i) EXPECT_EQ((*needs)[i], (CollateralNeed{set[i].first, false})) << i;
  const Forge simulated;
  const auto optional = collateral_needs(simulated.evidence());
  ASSERT_TRUE(optional);
  EXPECT_TRUE(std::ranges::all_of(*optional, &CollateralNeed::optional));
  EXPECT_EQ(collateral_needs({Kind::kIas, {}, {}}), std::vector<CollateralNeed>{});
  EXPECT_EQ(collateral_needs({Kind::kSgxDcap, {}, {}}).error(), Error::kTruncatedQuote);
}

TEST(collateral, items_have_bounds) {
  const IntelForge forge;
  auto item = forge.tcb_info_item();
  item.body.value.resize(kMaxCollateralSize + 1, ' ');
  EXPECT_EQ(verify_collateral(item, forge.intel(), nullptr, kTestNow).error(), Error::kTooLarge);
  item = forge.tcb_info_item();
  item.issuer_chain.value.resize(kMaxIssuerChainSize + 1, '\n');
  EXPECT_EQ(verify_collateral(item, forge.intel(), nullptr, kTestNow).error(), Error::kTooLarge);
}

TEST(collateral_store, gives_the_same_verdicts_as_a_set) {
  for (const auto kind : {Kind::kSgxDcap, Kind::kTdx}) {
    IntelForge forge(kind);
    CollateralStore store(forge.intel());
    for (const auto& [id, item] : forge.collateral()) EXPECT_EQ(store.add(item), id);
    EXPECT_EQ(authenticate(kind, forge.body(), store, kTestNow), forge.authenticate());
    EXPECT_EQ(authenticate(kind, forge.body(), store, kNextUpdate + 1).error(), Error::kCollateralExpired);
    forge.leaf_signer = &forge.other_key;
    EXPECT_EQ(authenticate(kind, forge.body(), store, kTestNow).error(), Error::kBadCertificateSignature);
    EXPECT_EQ(authenticate(kind, forge.body(), CollateralStore(forge.intel()), kTestNow).error(),
              Error::kBadCertificateSignature);
  }
  const IntelForge forge;
  EXPECT_EQ(authenticate(forge.kind, forge.body(), CollateralStore(forge.intel()), kTestNow).error(),
            Error::kMissingCollateral);
}

TEST(collateral_store, keeps_the_newest) {
  IntelForge forge;
  CollateralStore store(forge.intel());
  const auto id = forge.id(CollateralKind::kSgxTcbInfo);
  forge.tcb_info.evaluation_number = 20;
  EXPECT_EQ(store.add(forge.tcb_info_item()), id);
  forge.tcb_info.evaluation_number = 19;
  forge.tcb_info.issued = kTestNow;
  EXPECT_EQ(store.add(forge.tcb_info_item()), id);
  EXPECT_EQ(store.find(id)->version.evaluation_number, 20u);
  forge.info_signer = &forge.ca_key;
  forge.tcb_info.evaluation_number = 21;
  EXPECT_EQ(store.add(forge.tcb_info_item()).error(), Error::kBadTcbInfoSignature);
  EXPECT_EQ(store.find(id)->version.evaluation_number, 20u);
}

TEST(collateral_file, what_is_not_collateral_is_refused) {
  for (const auto* text : {"", "[]", "{\"pck_crl\":1}", "{\"pck_crl\":\"zz\"}", "{\"root_ca_crl\":\"00\"}",
                           "{\"tcb_info\":\"{}\",\"tcb_info\":\"{}\"}", "{} x"}) {
    EXPECT_FALSE(parse_collateral_file(as_bytes(text))) << text;
  }
  EXPECT_EQ(parse_collateral_file(as_bytes("{}")), CollateralSet{});
  EXPECT_EQ(parse_collateral_file(as_bytes("{\"other\":[1,{}]}")), CollateralSet{});
  EXPECT_EQ(parse_collateral_file(Bytes(kMaxCollateralFileSize + 1, ' ')).error(), Error::kTooLarge);
}

}  // namespace
}  // namespace substratee::attestation
