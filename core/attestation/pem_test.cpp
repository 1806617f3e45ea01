#include "core/attestation/pem.hpp"

namespace substratee::attestation::pem {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----\n";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----\n";

Result<std::vector<Bytes>> read(std::string_view text) { return read_certificates(as_bytes(text)); }

std::string around(std::string_view body) { return std::string(kBegin) + std::string(body) + std::string(kEnd); }

TEST(pem, round_trips_every_length) {
  std::string bundle;
  for (std::size_t size = 1; size < 200; ++size) {
    Bytes der(size);
    for (std::size_t i = 0; i < size; ++i) der[i] = static_cast<std::uint8_t>(i * 7 + size);
    const auto text = write_certificate(der);
    const auto read_back = read(text);
    ASSERT_TRUE(read_back) << size;
    EXPECT_EQ(*read_back, std::vector<Bytes>{der});
    if (size <= 3) bundle += text;
  }
  EXPECT_EQ(read(bundle)->size(), 3u);
}

TEST(pem, accepts_what_real_chains_have) {
  EXPECT_TRUE(read(around("QUJD\n"))) << "the plain form";
  EXPECT_TRUE(read(around("QUJD\n") + '\0')) << "NUL at the end";
  EXPECT_TRUE(read("-----BEGIN CERTIFICATE-----\r\nQUJD\r\n-----END CERTIFICATE-----\r\n"));
  EXPECT_TRUE(read(around("QUJD\n") + "\n" + around("QUI=\n"))) << "an empty line between";
  EXPECT_TRUE(read(std::string(kBegin) + "QUJD\n-----END CERTIFICATE-----")) << "no line end at the end";
}

TEST(pem, refuses_everything_else) {
  const std::string line64(64, 'A');
  for (const auto& text : {std::string(),
                           std::string("\n"),
                           std::string("QUJD"),
                           std::string(kBegin),
                           std::string(kBegin) + "QUJD\n",
                           around(""),
                           around("QUJ\n"),
                           around("QUI=QUJD\n"),
                           around("QUJ=\n"),
                           around("Q===\n"),
                           around("QU-D\n"),
                           around(" QUJD\n"),
                           around("QUJD\nQUJD\n"),
                           around(line64 + "A\n"),
                           around("QUJD\n\n"),
                           "x\n" + around("QUJD\n"),
                           around("QUJD\n") + "x",
                           around("QUJD\n") + std::string(2, '\0'),
                           std::string("-----BEGIN CERTIFICATE----- \nQUJD\n") + std::string(kEnd),
                           around(std::string(kBegin) + "QUJD\n")}) {
    const auto result = read(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error(), Error::kBadPem) << text;
  }
  EXPECT_TRUE(read(around(line64 + "\n")));
  EXPECT_TRUE(read(around(line64 + "\nQUJD\n")));
}

TEST(pem, holds_at_most_ten_certificates) {
  std::string bundle;
  for (std::size_t i = 0; i < kMaxCertificates; ++i) bundle += around("QUJD\n");
  EXPECT_TRUE(read(bundle));
  EXPECT_FALSE(read(bundle + around("QUJD\n")));
}

}  // namespace
}  // namespace substratee::attestation::pem
