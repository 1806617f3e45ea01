#include "core/attestation/dcap/quote.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/forge_for_test.hpp"
#include "core/base/hex.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::attestation::dcap {
namespace {

Bytes genuine(std::string_view name) {
  return test::load_bytes("attestation/sgx-dcap/" + std::string(name) + "/quote.bin");
}

TEST(quote, genuine_ones_parse_and_write_back_to_the_same_bytes) {
  for (const auto name : {"automata-00606A000000", "openenclave-debug-00906ED50000"}) {
    const auto bytes = genuine(name);
    const auto quote = parse_quote(bytes);
    ASSERT_TRUE(quote) << name;
    EXPECT_EQ(write_quote(*quote), bytes) << name;
    EXPECT_EQ(quote->header.vendor, kIntelVendor);
    EXPECT_EQ(quote->auth_data.size(), 32u);
    EXPECT_EQ(to_hex(quote->qe_report.mr_signer.bytes),
              "8c4f5775d796503e96137f77c68a829a0056ac8ded70140b081b094490c57bff");
  }
  const auto bytes = genuine("automata-00606A000000");
  const auto report = std::get<Report>(parse_quote(bytes)->body);
  EXPECT_EQ(to_hex(report.mr_enclave.bytes), "a4f45c39dac622cb1dd32ddb35a52ec92db41d0fa88a1c911c49e59c534f61cd");
  EXPECT_EQ(to_hex(report.mr_signer.bytes), "8f2dbc0f9c5d3378d596974b2deed1f93223cc49242899f83809bcc92546132c");
  EXPECT_EQ(report.flags, kInit | kMode64);
  EXPECT_EQ(report.xfrm, 0xe7u);
}

TEST(quote, a_genuine_one_without_pck_chain_is_named_as_such) {
  EXPECT_EQ(parse_quote(genuine("oasis-eppid-type3")).error(), Error::kUnsupportedCertification);
}

TEST(quote, every_truncation_is_refused) {
  const Forge forge;
  const auto bytes = forge.quote(Forge::bundle(forge.certificates()));
  ASSERT_TRUE(parse_quote(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse_quote(ByteView(bytes).first(size)));
  EXPECT_EQ(parse_quote(ByteView(bytes).first(kSignedSize - 1)).error(), Error::kTruncatedQuote);
  EXPECT_EQ(parse_quote(ByteView(bytes).first(bytes.size() - 1)).error(), Error::kTruncatedQuote);
}

TEST(quote, lengths_must_add_up) {
  const Forge forge;
  const auto bytes = forge.quote(Forge::bundle(forge.certificates()));
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(parse_quote(longer)->trailing.size(), 1u) << "a byte behind it is the caller's to judge";
  ++longer[kSignedSize];
  EXPECT_EQ(parse_quote(longer).error(), Error::kBadSignatureData) << "a byte behind the certificates";
  auto auth = bytes;
  auth[kSignedSize + 4 + 576 + 1] = 0xff;
  EXPECT_EQ(parse_quote(auth).error(), Error::kBadSignatureData) << "authentication data past the end";
  auto small = to_bytes(ByteView(bytes).first(kSignedSize + 4 + 10));
  small[kSignedSize] = 10;
  small[kSignedSize + 1] = 0;
  EXPECT_EQ(parse_quote(small).error(), Error::kBadSignatureData) << "room for no signature";
}

TEST(quote, header_and_reserved_bytes_are_checked) {
  const Forge forge;
  const auto bytes = forge.quote("chain");
  const auto with = [&](std::size_t place, std::uint8_t value) {
    auto changed = bytes;
    changed[place] = value;
    return parse_quote(changed);
  };
  ASSERT_TRUE(with(0, 3));
  EXPECT_EQ(with(0, 2).error(), Error::kBadHeader) << "version";
  EXPECT_EQ(with(0, 6).error(), Error::kBadHeader) << "version";
  EXPECT_EQ(with(2, 3).error(), Error::kBadHeader) << "key type";
  EXPECT_EQ(with(4, 0x81).error(), Error::kBadHeader) << "TEE type";
  for (const std::size_t place : {21u, 31u, 96u, 127u, 160u, 191u, 262u, 303u}) {
    EXPECT_EQ(with(kHeaderSize + place, 1).error(), Error::kBadReport) << place;
    EXPECT_EQ(with(kSignedSize + 4 + 128 + place, 1).error(), Error::kBadReport) << "quoting enclave " << place;
  }
  EXPECT_EQ(with(bytes.size() - 5 - 6, 4).error(), Error::kUnsupportedCertification);
}

}  // namespace
}  // namespace substratee::attestation::dcap
