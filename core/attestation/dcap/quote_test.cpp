#include "core/attestation/dcap/quote.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/forge_for_test.hpp"
#include "core/base/hex.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::attestation::dcap {
namespace {

constexpr UnixSeconds kJanuary2026 = 1'767'225'600;

Bytes genuine(std::string_view name) { return test::load_bytes("attestation/" + std::string(name) + "/quote.bin"); }

Result<Authenticated> authenticate_genuine(ByteView bytes, UnixSeconds now = kJanuary2026) {
  const auto quote = parse_quote(bytes);
  if (!quote) return std::unexpected(quote.error());
  return authenticate(*quote, {&kIntelRoot, 1}, {}, now);
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
  const auto report = parse_quote(bytes)->report;
  EXPECT_EQ(to_hex(report.mr_enclave.bytes), "a4f45c39dac622cb1dd32ddb35a52ec92db41d0fa88a1c911c49e59c534f61cd");
  EXPECT_EQ(to_hex(report.mr_signer.bytes), "8f2dbc0f9c5d3378d596974b2deed1f93223cc49242899f83809bcc92546132c");
  EXPECT_EQ(report.flags, kInit | kMode64);
  EXPECT_EQ(report.xfrm, 0xe7u);
}

TEST(quote, a_genuine_one_without_pck_chain_is_named_as_such) {
  EXPECT_EQ(parse_quote(genuine("oasis-eppid-type3")).error(), Error::kUnsupportedCertification);
}

TEST(quote, genuine_ones_are_authentic_under_intels_root) {
  const auto platform = authenticate_genuine(genuine("automata-00606A000000"));
  ASSERT_TRUE(platform) << to_string(platform.error());
  EXPECT_EQ(platform->root, kIntelRoot);
  EXPECT_EQ(platform->valid_until, 1'930'662'064u) << "2031-03-07T15:01:04Z";
  EXPECT_EQ(to_hex(platform->pck.ppid.bytes), "186950b6d8d014d89f0c144d1d90ebad");
  EXPECT_EQ(to_hex(platform->pck.fmspc.bytes), "00606a000000");
  EXPECT_EQ(platform->pck.tcb_components,
            (std::array<std::uint8_t, 16>{14, 14, 3, 3, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(platform->pck.pce_svn, 13);
  EXPECT_EQ(platform->pck.sgx_type, SgxType::kScalable);
  const auto processor = authenticate_genuine(genuine("openenclave-debug-00906ED50000"));
  ASSERT_TRUE(processor) << to_string(processor.error());
  EXPECT_EQ(processor->pck.pce_svn, 11);
  EXPECT_EQ(processor->pck.sgx_type, SgxType::kStandard);
}

TEST(quote, genuine_ones_are_refused_before_and_after_their_time_and_under_other_roots) {
  const auto bytes = genuine("automata-00606A000000");
  EXPECT_EQ(authenticate_genuine(bytes, 1'700'000'000).error(), Error::kNotYetValid);
  EXPECT_EQ(authenticate_genuine(bytes, 1'930'662'065).error(), Error::kExpired);
  const auto quote = parse_quote(bytes).value();
  EXPECT_EQ(authenticate(quote, {}, {}, kJanuary2026).error(), Error::kUnknownRoot);
  EXPECT_EQ(authenticate(quote, {}, {&kIntelRoot, 1}, kJanuary2026).error(), Error::kVendorMismatch);
}

TEST(quote, a_flipped_bit_anywhere_in_a_genuine_one_is_refused) {
  const auto bytes = genuine("automata-00606A000000");
  // The last byte is the NUL behind the chain, which nothing covers.
  for (std::size_t bit = 0; bit < (bytes.size() - 2) * 8; bit += 61) {
    auto changed = bytes;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(authenticate_genuine(changed)) << "bit " << bit;
  }
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
  EXPECT_EQ(parse_quote(longer).error(), Error::kBadSignatureData) << "a byte behind it";
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
  EXPECT_EQ(with(0, 4).error(), Error::kBadHeader) << "version";
  EXPECT_EQ(with(2, 3).error(), Error::kBadHeader) << "key type";
  EXPECT_EQ(with(4, 0x81).error(), Error::kBadHeader) << "TEE type";
  for (const std::size_t place : {20u, 31u, 96u, 127u, 160u, 191u, 262u, 303u}) {
    EXPECT_EQ(with(kHeaderSize + place, 1).error(), Error::kBadReport) << place;
    EXPECT_EQ(with(kSignedSize + 4 + 128 + place, 1).error(), Error::kBadReport) << "quoting enclave " << place;
  }
  EXPECT_EQ(with(bytes.size() - 5 - 6, 4).error(), Error::kUnsupportedCertification);
}

}  // namespace
}  // namespace substratee::attestation::dcap
