#include "core/attestation/base64.hpp"

#include <gtest/gtest.h>

namespace substratee::attestation {
namespace {

// RFC 4648, section 10.
TEST(base64, examples_hold) {
  for (const auto& [plain, text] : {std::pair<std::string_view, std::string_view>{"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(as_bytes(plain)), text);
    EXPECT_EQ(from_base64(text), to_bytes(as_bytes(plain)));
  }
}

TEST(base64, other_forms_are_refused) {
  for (const auto* text :
       {"", "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Zm 9v", "Zm-_", "====", "Z==="}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace substratee::attestation
