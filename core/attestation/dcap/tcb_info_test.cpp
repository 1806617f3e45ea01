#include "core/attestation/dcap/tcb_info.hpp"

#include "core/attestation/intel_forge_for_test.hpp"
#include "core/attestation/time.hpp"

namespace substratee::attestation::dcap {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto place = text.find(what);
  EXPECT_NE(place, std::string::npos) << what;
  return place == std::string::npos ? text : text.replace(place, what.size(), with);
}

TEST(tcb_info, what_is_written_is_read) {
  for (const auto kind : {Kind::kSgxDcap, Kind::kTdx}) {
    const IntelForge forge(kind);
    EXPECT_EQ(parse_tcb_info(write_tcb_info(forge.tcb_info)), forge.tcb_info);
    EXPECT_EQ(parse_qe_identity(write_qe_identity(forge.qe_identity)), forge.qe_identity);
  }
  IntelForge old;
  old.tcb_info.version = 2;
  EXPECT_EQ(parse_tcb_info(write_tcb_info(old.tcb_info)), old.tcb_info);
}

TEST(tcb_info, levels_are_put_in_order) {
  IntelForge forge;
  std::ranges::reverse(forge.tcb_info.levels);
  const auto info = parse_tcb_info(write_tcb_info(forge.tcb_info));
  ASSERT_TRUE(info);
  std::ranges::reverse(forge.tcb_info.levels);
  EXPECT_EQ(*info, forge.tcb_info);
}

TEST(tcb_info, first_the_components_order_levels_then_the_pce_then_tdx) {
  IntelForge forge(Kind::kTdx);
  auto& levels = forge.tcb_info.levels;
  const auto low = levels[1];
  levels = {low, low, low, low};
  levels[1].tdx[0] = 9;
  levels[2].pce_svn = 14;
  levels[3].sgx[15] = 9;
  const auto info = parse_tcb_info(write_tcb_info(forge.tcb_info));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->levels, (std::vector{levels[3], levels[2], levels[1], levels[0]}));
}

TEST(tcb_info, members_that_are_not_known_are_passed_over) {
  const IntelForge forge;
  const auto text = write_tcb_info(forge.tcb_info);
  EXPECT_EQ(parse_tcb_info(replaced(text, "{\"id\"", "{\"new\":{\"x\":[1]},\"id\"")), forge.tcb_info);
  EXPECT_EQ(parse_tcb_info(replaced(text, "{\"svn\":5}", R"({"svn":5,"category":"BIOS","type":"x"})")), forge.tcb_info);
}

/// As openenclave's list of malformed TCB infos has them, and more.
TEST(tcb_info, malformed_documents_are_refused) {
  const auto text = write_tcb_info(IntelForge(Kind::kTdx).tcb_info);
  ASSERT_TRUE(parse_tcb_info(text));
  const std::vector<std::pair<std::string_view, std::string_view>> changes{
      {"\"svn\":5", "\"svn\":-1"},
      {"\"svn\":5", "\"svn\":256"},
      {"\"svn\":5", "\"svn\":300"},
      {"\"svn\":5", "\"svn\":1.5"},
      {"\"svn\":5", "\"svn\":5e0"},
      {"\"svn\":5", "\"svn\":\"5\""},
      {"\"svn\":5", "\"svn\":null"},
      {"\"svn\":5", "\"svm\":5"},
      {"\"svn\":5", "\"svn\":5,\"svn\":5"},
      {"{\"svn\":5},", ""},
      {"{\"svn\":5},", "{\"svn\":5},{\"svn\":5},"},
      {"\"pcesvn\":13", "\"pcesvn\":65536"},
      {"\"pcesvn\":13,", ""},
      {"\"pcesvn\":13", "\"pcesvn\":99999999999999999999"},
      {"sgxtcbcomponents", "sgxtcbcomponent"},
      {"tdxtcbcomponents", "tdxtcbcomponent"},
      {"\"sgxtcbcomponents\"", "\"sgxtcbcomp01svn\":5,\"sgxtcbcomponents\""},
      {"\"id\":\"TDX\"", "\"id\":\"tdx\""},
      {"\"id\":\"TDX\",", ""},
      {"\"version\":3", "\"version\":2"},
      {"\"version\":3", "\"version\":4"},
      {"\"version\":3", "\"version\":1"},
      {"\"version\":3,", ""},
      {"\"tcbType\":0", "\"tcbType\":1"},
      {"\"tcbType\":0,", ""},
      {"\"tcbEvaluationDataNumber\":17", "\"tcbEvaluationDataNumber\":4294967296"},
      {"\"tcbEvaluationDataNumber\":17,", ""},
      {"00906ed50000", "00906ed500"},
      {"00906ed50000", "00906ed5000g"},
      {"00906ed50000", "0x00906ed500"},
      {"\"pceId\":\"0000\"", "\"pceId\":\"00\""},
      {"\"pceId\":\"0000\",", ""},
      {"\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"uptodate\""},
      {"\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"Simulated\""},
      {"\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"TDRelaunchAdvised\""},
      {"\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"\""},
      {",\"tcbStatus\":\"UpToDate\"", ""},
      {"\"advisoryIDs\":[\"INTEL", "\"advisoryIDs\":[7,\"INTEL"},
      {"\"advisoryIDs\":[\"INTEL", "\"advisoryIDs\":[\"\",\"INTEL"},
      {"\"advisoryIDs\":[", "\"advisoryIDs\":null,\"x\":["},
      {"TDX_01", "TDX_1"},
      {"TDX_01", "TDX_0g"},
      {"TDX_01", "SGX_01"},
      {"\"isvsvn\":4", "\"isvsvn\":65536"},
      {"\"isvsvn\":4", "\"isvsvn\":3"},
      {"\"isvsvn\":4", "\"isvsvm\":4"},
      {"\"attributesMask\":\"0000000000000000\"", "\"attributesMask\":\"00\""},
      {"\"mrsigner\"", "\"mrsingner\""},
      {"\"tdxModule\"", "\"tdxModul\""},
  };
  for (const auto& [what, with] : changes) {
    EXPECT_EQ(parse_tcb_info(replaced(text, what, with)).error(), Error::kBadTcbInfo) << what << " -> " << with;
  }
}

TEST(tcb_info, dates_must_be_dates_in_their_order) {
  IntelForge forge;
  const auto text = write_tcb_info(forge.tcb_info);
  const auto date = x509::write_rfc3339(kIssued);
  for (const std::string_view wrong :
       {"2027-01-05T08:00:00", "2027-01-05 08:00:00Z", "2027-13-05T08:00:00Z", "2027-02-29T08:00:00Z",
        "2027-01-05T24:00:00Z", "2027-01-05T08:60:00Z", "2027-01-05T08:00:60Z", "2027-01-05T08:00:00z",
        "27-01-05T08:00:00Z", "1969-01-05T08:00:00Z", "2027-01-05T08:00:00.0Z", ""}) {
    EXPECT_EQ(parse_tcb_info(replaced(text, date, wrong)).error(), Error::kBadTcbInfo) << wrong;
  }
  forge.tcb_info.next_update = kIssued - 1;
  EXPECT_EQ(parse_tcb_info(write_tcb_info(forge.tcb_info)).error(), Error::kBadTcbInfo);
}

TEST(tcb_info, levels_and_modules_stand_once_and_there_is_one) {
  IntelForge forge(Kind::kTdx);
  const auto refused = [](const TcbInfo& info) { return parse_tcb_info(write_tcb_info(info)).error(); };
  auto info = forge.tcb_info;
  info.levels.push_back(info.levels[0]);
  EXPECT_EQ(refused(info), Error::kBadTcbInfo);
  info = forge.tcb_info;
  info.levels.clear();
  EXPECT_EQ(refused(info), Error::kBadTcbInfo);
  info = forge.tcb_info;
  info.modules.push_back(info.modules[0]);
  EXPECT_EQ(refused(info), Error::kBadTcbInfo);
  info = forge.tcb_info;
  info.modules[0].levels.clear();
  EXPECT_EQ(refused(info), Error::kBadTcbInfo);
  info = forge.tcb_info;
  info.module.reset();
  EXPECT_EQ(refused(info), Error::kBadTcbInfo);
}

TEST(tcb_info, every_truncation_is_refused) {
  const auto text = write_tcb_info(IntelForge(Kind::kTdx).tcb_info);
  for (std::size_t size = 0; size < text.size(); ++size) {
    ASSERT_EQ(parse_tcb_info(std::string_view(text).substr(0, size)).error(), Error::kBadTcbInfo) << size;
  }
  EXPECT_EQ(parse_tcb_info(text + "{}").error(), Error::kBadTcbInfo);
}

TEST(qe_identity, malformed_documents_are_refused) {
  const auto text = write_qe_identity(IntelForge().qe_identity);
  ASSERT_TRUE(parse_qe_identity(text));
  const std::vector<std::pair<std::string_view, std::string_view>> changes{
      {"\"version\":2", "\"version\":1"},
      {"\"version\":2", "\"version\":3"},
      {"\"isvprodid\":1", "\"isvprodid\":-1"},
      {"\"isvprodid\":1", "\"isvprodid\":65536"},
      {"\"isvprodid\":1,", ""},
      {"\"miscselect\"", "\"miscselec\""},
      {"\"mrsigner\":\"", "\"mrsigner\":\"00"},
      {"\"isvsvn\":8", "\"isvsvn\":6"},
      {"\"isvsvn\":8", "\"isvsvn\":8.0"},
      {"\"UpToDate\"", "\"SWHardeningNeeded\""},
      {"\"tcbDate\"", "\"tcbDat\""},
      {"\"id\":\"QE\",", ""},
  };
  for (const auto& [what, with] : changes) {
    EXPECT_EQ(parse_qe_identity(replaced(text, what, with)).error(), Error::kBadQeIdentity) << what << " -> " << with;
  }
  for (const auto* id : {"QVE", "QAE", "qe", "TDX", ""}) {
    const auto other = replaced(text, "\"QE\"", "\"" + std::string(id) + "\"");
    EXPECT_EQ(parse_qe_identity(other).error(), Error::kWrongQeIdentity) << id;
  }
  for (std::size_t size = 0; size < text.size(); ++size) {
    ASSERT_EQ(parse_qe_identity(std::string_view(text).substr(0, size)).error(), Error::kBadQeIdentity) << size;
  }
}

}  // namespace
}  // namespace substratee::attestation::dcap
