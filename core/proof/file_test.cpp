#include "core/proof/fixture_test.hpp"

#include <gtest/gtest.h>

namespace substratee::proof {
namespace {

using test::Chain;

TEST(file, round_trips_and_is_small) {
  Chain chain;
  const auto receipt = chain.receipt_file();
  const auto answer = chain.answer_file();
  EXPECT_EQ(decode_file_of<ReceiptFile>(encode_file(receipt)).value(), receipt);
  EXPECT_EQ(decode_file_of<AnswerFile>(encode_file(answer)).value(), answer);
  EXPECT_LT(encode_file(receipt).size(), 6'000u);
  EXPECT_EQ(decode_file_of<AnswerFile>(encode_file(receipt)).error(), Error::kOtherKind);
  EXPECT_EQ(decode_file_of<ReceiptFile>(encode_file(answer)).error(), Error::kOtherKind);
}

TEST(file, refuses_every_truncation_and_trailing_bytes) {
  Chain chain;
  for (auto bytes : {encode_file(chain.receipt_file()), encode_file(chain.answer_file())}) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto decoded = decode_file(ByteView(bytes).first(size));
      ASSERT_FALSE(decoded.has_value()) << size;
      EXPECT_EQ(decoded.error(), size < 8 ? Error::kNotAProof : Error::kMalformed);
    }
    bytes.push_back(0);
    EXPECT_EQ(decode_file(bytes).error(), Error::kMalformed);
  }
}

TEST(file, refuses_other_files_versions_and_sizes) {
  Chain chain;
  auto bytes = encode_file(chain.receipt_file());
  EXPECT_EQ(decode_file(Bytes(kMaxFileSize + 1)).error(), Error::kTooLarge);
  bytes[0] ^= 1;
  EXPECT_EQ(decode_file(bytes).error(), Error::kNotAProof);
  bytes[0] ^= 1;
  bytes[8] = 2;
  EXPECT_EQ(decode_file(bytes).error(), Error::kUnknownVersion);
  bytes[8] = 1;
  bytes[9] = 9;
  EXPECT_EQ(decode_file(bytes).error(), Error::kMalformed) << "no such kind";
}

TEST(error, has_words_and_sentences_of_its_own) {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(scale_last(Error{})); ++i) {
    texts.insert(to_word(static_cast<Error>(i)));
    texts.insert(to_string(static_cast<Error>(i)));
  }
  EXPECT_EQ(texts.size(), 2 * (static_cast<std::size_t>(scale_last(Error{})) + 1));
}

}  // namespace
}  // namespace substratee::proof
