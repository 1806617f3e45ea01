#include "rpc/collateral/config.hpp"

#include "tests/support/temporary_directory.hpp"

#include <fstream>

namespace substratee::rpc::collateral {
namespace {

const std::filesystem::path kFolder = "/etc/substratee";

Result<Config> parse(std::string_view text) { return parse_config(text, kFolder); }

TEST(collateral_config, reads_what_an_operator_writes) {
  const auto config = parse(
      "# A PCCS in your network:\n"
      "source = \"pccs\"   # which\n"
      "\n"
      "url = \"https://pccs.example:8081/sgx/certification/v4/\"\r\n"
      "ca_file = 'pccs-ca.pem'\n"
      "\trefresh_hours = 12\n");
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->source, SourceKind::kPccs);
  EXPECT_EQ(config->url, "https://pccs.example:8081");
  EXPECT_EQ(config->ca_file, kFolder / "pccs-ca.pem");
  EXPECT_EQ(config->refresh_hours, 12U);
}

TEST(collateral_config, has_defaults) {
  const auto config = parse("source = \"pcs\"\nsubscription_key_file = \"/run/key\"");
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->url, "https://api.trustedservices.intel.com");
  EXPECT_EQ(config->subscription_key_file, "/run/key");
  EXPECT_EQ(config->refresh_hours, 24U);
  EXPECT_EQ(parse("source = \"directory\"\ndirectory = \"items\"")->directory, kFolder / "items");
}

TEST(collateral_config, refuses_the_rest_and_names_the_line) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "source is missing"},
      {"source = \"pccs\"", "url is missing"},
      {"source = \"directory\"", "directory is missing"},
      {"source = \"ias\"", "line 1"},
      {"source = pccs", "line 1"},
      {"source = 1", "takes a \"text\""},
      {"source = \"pccs", "has no end"},
      {"source = \"pcs\" x", "has no end"},
      {"source = \"p\\u0063s\"", "escapes"},
      {"source", "not of the form"},
      {"[pccs]\nsource = \"pccs\"", "not of the form"},
      {"source = \"pcs\"\nsource = \"pcs\"", "given twice"},
      {"source = \"pcs\"\nrefresh_hours = 0", "line 2"},
      {"source = \"pcs\"\nrefresh_hours = 721", "line 2"},
      {"source = \"pcs\"\nrefresh_hours = -1", "line 2"},
      {"source = \"pcs\"\nrefresh_hours = 24.5", "line 2"},
      {"source = \"pcs\"\nrefresh_hours = \"24\"", "line 2"},
      {"source = \"pcs\"\nurls = \"x\"", "there is no setting \"urls\""},
      {"source = \"pccs\"\nurl = \"ws://h\"", "no https address"},
      {"source = \"pccs\"\nurl = \"https://h/?a=b\"", "no https address"},
      {"source = \"pccs\"\nurl = \"https://h/sgx/certification/v3\"", "version 4"},
      {"source = \"pccs\"\nurl = \"http://h\"\nsubscription_key_file = \"k\"", "https only"},
  };
  for (const auto& [text, why] : cases) {
    const auto config = parse(text);
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, FailureCode::kConfig);
    EXPECT_NE(config.error().to_string().find(why), std::string::npos) << config.error().to_string();
  }
}

TEST(collateral_config, is_read_from_a_file) {
  const test::TemporaryDirectory folder;
  const auto file = folder.path() / "collateral.toml";
  EXPECT_FALSE(read_config(file));
  std::ofstream(file) << "source = \"directory\"\ndirectory = \"here\"\n";
  EXPECT_EQ(read_config(file)->directory, folder.path() / "here");
  std::ofstream(file) << std::string(70'000, '#');
  EXPECT_FALSE(read_config(file));
}

struct Key : testing::Test {
  test::TemporaryDirectory folder;
  std::filesystem::path file = folder.path() / "key";
  void put(const std::string& text, unsigned mode = 0600) {
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms{mode});
  }
  std::string refusal() {
    const auto key = read_subscription_key(file);
    EXPECT_FALSE(key);
    return key ? std::string() : key.error().to_string();
  }
};

TEST_F(Key, is_the_line_in_its_file) {
  EXPECT_EQ(read_subscription_key({}), "");
  put("0123456789abcdef\n");
  EXPECT_EQ(read_subscription_key(file), "0123456789abcdef");
}

TEST_F(Key, must_be_private_and_one_word) {
  EXPECT_NE(refusal().find("cannot be opened"), std::string::npos);
  for (const unsigned mode : {0640U, 0604U, 0660U, 0644U}) {
    put("secret", mode);
    EXPECT_NE(refusal().find("group or others"), std::string::npos);
  }
  for (const std::string& text : {std::string(), std::string("\n"), std::string("two words"), std::string("a\nb"),
                                  std::string(257, 'a'), std::string("a\0b", 3)}) {
    put(text);
    const auto said = refusal();
    EXPECT_NE(said.find("holds no key"), std::string::npos);
    EXPECT_EQ(said.find("two words"), std::string::npos) << "what the file holds is never said";
  }
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  std::filesystem::permissions(file, std::filesystem::perms{0700});
  EXPECT_NE(refusal().find("no regular file"), std::string::npos);
}

}  // namespace
}  // namespace substratee::rpc::collateral
