#include "rpc/collateral/source.hpp"

#include "core/attestation/dcap/pck_chain.hpp"
#include "core/attestation/pem.hpp"
#include "net/tcp.hpp"
#include "rpc/collateral/endpoints.hpp"
#include "rpc/collateral/http_source.hpp"
#include "rpc/collateral/service_testing.hpp"
#include "tests/support/temporary_directory.hpp"

#include <fstream>

namespace substratee::rpc::collateral {
namespace {

using namespace std::chrono_literals;
using testing::FakeService;

const attestation::Fmspc kFmspc = *fixed_from_hex<6>("00806f050000");

CollateralId intel(CollateralKind kind, const attestation::Fmspc& fmspc = {}) {
  return {attestation::dcap::kIntelRoot, kind, fmspc};
}

Config pccs(const std::string& url) {
  Config config;
  config.source = SourceKind::kPccs;
  config.url = url;
  return config;
}

const std::pair<CollateralId, std::string> kItems[] = {
    {intel(CollateralKind::kTdxTcbInfo, kFmspc), "tcb_info.json"},
    {intel(CollateralKind::kTdxQeIdentity), "qe_identity.json"},
    {intel(CollateralKind::kPckPlatformCrl), "pck_crl.der"},
    {intel(CollateralKind::kIntelRootCrl), "root_ca_crl.der"},
};

TEST(collateral_source, pccs_gives_every_item_with_its_chain) {
  const FakeService service;
  HttpSource source(pccs(service.url()), {});
  for (const auto& [id, file] : kItems) {
    const auto item = source.fetch(id);
    ASSERT_TRUE(item) << item.error().to_string();
    EXPECT_EQ(item->kind, id.kind);
    EXPECT_EQ(as_text(item->body.value), service.text(file));
    const auto chain = attestation::pem::read_certificates(item->issuer_chain.value);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->size(), id.kind == CollateralKind::kIntelRootCrl ? 1U : 2U);
  }
  EXPECT_EQ(service.last().query, "") << "the root's chain comes from the identity's answer";
}

TEST(collateral_source, requests_name_the_platform_and_carry_the_key_to_its_service_only) {
  const FakeService service;
  const FakeService elsewhere;
  auto config = pccs(service.url());
  config.source = SourceKind::kPcs;
  config.root_crl_url = elsewhere.url() + "/IntelSGXRootCA.der";
  HttpSource source(config, "the-key");
  ASSERT_TRUE(source.fetch(kItems[0].first));
  EXPECT_EQ(service.last().query, "fmspc=00806F050000");
  EXPECT_EQ(*net::find_header(service.last().headers, "Ocp-Apim-Subscription-Key"), "the-key");
  ASSERT_TRUE(source.fetch(kItems[2].first));
  EXPECT_EQ(service.last().query, "ca=platform&encoding=der");
  const auto root = source.fetch(kItems[3].first);
  ASSERT_TRUE(root) << root.error().to_string();
  EXPECT_EQ(elsewhere.requests, 1);
  EXPECT_EQ(net::find_header(elsewhere.last().headers, "Ocp-Apim-Subscription-Key"), nullptr);
}

TEST(collateral_source, the_header_of_older_services_is_known) {
  FakeService service;
  service.put("/tdx/certification/v4/tcb", service.text("tcb_info.json"), "SGX-TCB-Info-Issuer-Chain",
              service.text("tcb_signing_chain.pem"));
  EXPECT_TRUE(HttpSource(pccs(service.url()), {}).fetch(kItems[0].first));
}

TEST(collateral_source, each_refusal_has_its_code) {
  FakeService service;
  HttpSource source(pccs(service.url()), "the-key", 300ms);
  const auto failure = [&](std::size_t item = 0) {
    const auto fetched = source.fetch(kItems[item].first);
    EXPECT_FALSE(fetched);
    return fetched ? Failure{} : fetched.error();
  };
  service.retry_after = "7";
  for (const auto& [status, code] :
       {std::pair{400U, FailureCode::kBadRequest}, std::pair{401U, FailureCode::kUnauthorized},
        std::pair{404U, FailureCode::kNotFound}, std::pair{410U, FailureCode::kGone},
        std::pair{429U, FailureCode::kBusy}, std::pair{503U, FailureCode::kServer}}) {
    service.status = status;
    const auto failed = failure();
    EXPECT_EQ(failed.code, code);
    EXPECT_EQ(failed.to_string().find("the-key"), std::string::npos);
    EXPECT_EQ(failed.retry_after, status == 429 ? std::optional(7U) : std::nullopt);
  }
  service.status = 0;
  service.put("/tdx/certification/v4/tcb", service.text("tcb_info.json"), {}, {});
  EXPECT_NE(failure().thing.find("the header TCB-Info-Issuer-Chain is missing"), std::string::npos);
  service.put("/tdx/certification/v4/tcb", service.text("tcb_info.json"), "TCB-Info-Issuer-Chain", "no certificates");
  EXPECT_EQ(failure().code, FailureCode::kBadAnswer);
  service.put("/sgx/certification/v4/pckcrl", std::string(70'000, '\xff'), "SGX-PCK-CRL-Issuer-Chain",
              service.text("pck_crl_issuer_chain.pem"));
  EXPECT_EQ(failure(2).code, FailureCode::kBadAnswer);
  service.put("/sgx/certification/v4/pckcrl", std::string(200'000, '\xff'), "SGX-PCK-CRL-Issuer-Chain",
              service.text("pck_crl_issuer_chain.pem"));
  EXPECT_EQ(failure(2).code, FailureCode::kBadAnswer);
  service.put("/sgx/certification/v4/rootcacrl", "<html>", {}, {});
  EXPECT_EQ(failure(3).code, FailureCode::kBadAnswer);
  service.delay_millis = 600;
  EXPECT_EQ(failure().code, FailureCode::kUnreachable) << "too slow";
  service.stop();
  EXPECT_EQ(failure().code, FailureCode::kUnreachable);
}

TEST(collateral_source, amd_lists_have_amds_root_as_chain) {
  CollateralId id{*fixed_from_hex<32>("429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831"),
                  CollateralKind::kSnpCrl,
                  {}};
  auto config = pccs("https://pccs.example");
  config.kds_url = "https://kds.example";
  const auto endpoint = endpoint_of(config, id);
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->url, "https://kds.example/vcek/v1/Genoa/crl");
  EXPECT_EQ(endpoint->chain_url, "https://kds.example/vcek/v1/Genoa/cert_chain");
  EXPECT_EQ(name_of(id), "snp-genoa-crl");
  id.root = {};
  EXPECT_FALSE(endpoint_of(config, id));
  EXPECT_EQ(HttpSource(config, {}).fetch(id).error().code, FailureCode::kNotFound);
}

TEST(collateral_source, a_directory_holds_bodies_and_chains) {
  const test::TemporaryDirectory folder;
  const FakeService service;
  DirectorySource source(folder.path());
  EXPECT_EQ(source.fetch(kItems[0].first).error().code, FailureCode::kNotFound);
  const auto put = [&](const std::string& name, const std::string& file) {
    std::ofstream(folder.path() / name, std::ios::binary) << service.text(file);
  };
  put("tdx-tcb-00806F050000.json", "tcb_info.json");
  EXPECT_EQ(source.fetch(kItems[0].first).error().code, FailureCode::kNotFound) << "no chain";
  put("tdx-tcb-00806F050000.pem", "tcb_signing_chain.pem");
  put("tdx-qe-identity.json", "qe_identity.json");
  put("tdx-qe-identity.pem", "tcb_signing_chain.pem");
  put("pck-platform-crl.der", "pck_crl.der");
  put("pck-platform-crl.pem", "pck_crl_issuer_chain.pem");
  put("intel-root-crl.der", "root_ca_crl.der");
  put("intel-root-crl.pem", "tcb_signing_chain.pem");
  HttpSource http(pccs(service.url()), {});
  for (const auto& [id, ignored] : kItems) EXPECT_EQ(source.fetch(id), http.fetch(id)) << name_of(id);
}

TEST(collateral_source, is_made_from_a_configuration) {
  const test::TemporaryDirectory folder;
  auto config = pccs("https://pccs.example");
  EXPECT_TRUE(make_source(config));
  config.subscription_key_file = folder.path() / "none";
  EXPECT_EQ(make_source(config).error().code, FailureCode::kConfig);
  config.source = SourceKind::kDirectory;
  EXPECT_TRUE(make_source(config));
}

TEST(collateral_source, memory_gives_what_it_has) {
  MemorySource source;
  EXPECT_EQ(source.fetch(kItems[0].first).error().code, FailureCode::kNotFound);
  source.items[kItems[0].first] = {kItems[0].first.kind, {Bytes{1}}, {Bytes{2}}};
  EXPECT_TRUE(source.fetch(kItems[0].first));
}

}  // namespace
}  // namespace substratee::rpc::collateral
