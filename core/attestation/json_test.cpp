#include "core/attestation/json.hpp"

namespace substratee::attestation::json {
namespace {

bool is_json(std::string_view text) {
  Reader in(text);
  return in.skip().has_value() && in.finish().has_value();
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

TEST(json, what_collateral_is_written_in_is_accepted) {
  for (const auto text : {"{}", "[]", " [ 1 , 2 ]\r\n\t", R"({"a":{"b":[true,false,null,"x"]},"c":0})", "\"\"", "7",
                          "18446744073709551615", R"("\" \\ \/ \b \f \n \r \t \u0041")"}) {
    EXPECT_TRUE(is_json(text)) << text;
  }
}

TEST(json, everything_else_is_refused) {
  for (const auto text : {"",
                          "{",
                          "}",
                          "[",
                          "]",
                          "[1,]",
                          "[,1]",
                          "[1 2]",
                          "{,}",
                          R"({"a":1,})",
                          R"({"a"})",
                          R"({"a":})",
                          R"({"a" 1})",
                          R"({a:1})",
                          R"({'a':1})",
                          "-1",
                          "1.5",
                          "1e3",
                          "1E3",
                          "+1",
                          "01",
                          "00",
                          ".5",
                          "0x1",
                          "18446744073709551616",
                          "99999999999999999999",
                          "tru",
                          "True",
                          "nul",
                          "NaN",
                          "undefined",
                          "\"",
                          "\"a",
                          R"("\)",
                          R"("\x")",
                          R"("\u12")",
                          R"("\u0080")",
                          R"("\u00gg")",
                          R"("\ud83d")",
                          "\"\t\"",
                          "\"\x7f\"",
                          "\"\xc3\xa4\"",
                          "1 1",
                          "{}{}",
                          "[1]x",
                          "// comment\n1",
                          "\xef\xbb\xbf[]"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(json, nul_is_no_white_space) {
  EXPECT_FALSE(is_json(std::string_view("[1]\0", 4)));
  EXPECT_FALSE(is_json(std::string_view("\"\0\"", 3)));
}

TEST(json, no_name_stands_twice_in_one_object) {
  EXPECT_FALSE(is_json(R"({"a":1,"a":1})"));
  EXPECT_FALSE(is_json(R"([{"b":{"a":1,"c":2,"a":3}}])"));
  EXPECT_TRUE(is_json(R"({"a":{"a":1},"b":{"a":1}})"));
  EXPECT_FALSE(is_json(R"({"\u0061":1})")) << "names have no escapes: there is one way to write each";
}

TEST(json, depth_and_width_have_bounds) {
  EXPECT_TRUE(is_json(nested(kMaxDepth)));
  EXPECT_FALSE(is_json(nested(kMaxDepth + 1)));
  EXPECT_FALSE(is_json(nested(60000)));
  std::string object = "{";
  for (std::size_t i = 0; i < kMaxMembers; ++i) object += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  EXPECT_TRUE(is_json(object + "}"));
  EXPECT_FALSE(is_json(object + ",\"x\":0}"));
}

TEST(json, depth_counts_what_is_open_and_not_what_was) {
  std::string text = "[";
  for (int i = 0; i < 100; ++i) text += i == 0 ? "[]" : ",[{}]";
  EXPECT_TRUE(is_json(text + "]"));
}

TEST(json, integers_have_a_greatest_value) {
  EXPECT_EQ(Reader(" 255").integer(255), 255u);
  EXPECT_EQ(Reader("256").integer(255).error(), Error::kBadJson);
  EXPECT_EQ(Reader("\"1\"").integer(255).error(), Error::kBadJson);
  EXPECT_EQ(Reader("null").integer(255).error(), Error::kBadJson);
}

TEST(json, strings_are_handed_out_plain_and_texts_resolved) {
  EXPECT_EQ(Reader(R"("INTEL-SA-00615")").string(), "INTEL-SA-00615");
  EXPECT_EQ(Reader(R"("a\nb")").string().error(), Error::kBadJson);
  EXPECT_EQ(Reader(R"("a\nb\"\\\/\u0041\u001f")").text(), "a\nb\"\\/A\x1f");
  EXPECT_EQ(Reader("1").text().error(), Error::kBadJson);
}

TEST(json, a_value_that_is_passed_over_is_handed_out_as_it_stands) {
  Reader in(R"( {"x": [1, {"y":"z"} ] , "t":2} )");
  std::string_view raw;
  ASSERT_TRUE(in.object([&](std::string_view name, Reader& value) -> Result<void> {
    const auto skipped = value.skip();
    if (name == "x") raw = skipped.value();
    return {};
  }));
  EXPECT_EQ(raw, R"([1, {"y":"z"} ])");
  EXPECT_TRUE(in.finish());
}

}  // namespace
}  // namespace substratee::attestation::json
