#include "core/crypto/error.hpp"

#include <set>

namespace substratee::crypto {
namespace {

TEST(crypto_error, each_has_its_own_text) {
  std::set<std::string_view> texts;
  for (const auto error : {Error::kBadSize, Error::kBadKey, Error::kBadSignature, Error::kBadCiphertext,
                           Error::kBadEncoding, Error::kUnsupported}) {
    EXPECT_NE(to_string(error), "unknown error");
    texts.insert(to_string(error));
  }
  EXPECT_EQ(texts.size(), 6u);
}

}  // namespace
}  // namespace substratee::crypto
