/// Genuine quotes and collateral with bits flipped: each is refused, and with an error of the step that it belongs to.

#include "core/attestation/collateral_store.hpp"
#include "core/attestation/dcap/vectors_for_test.hpp"
#include "tests/support/effort.hpp"

namespace substratee::attestation::dcap {
namespace {

using Errors = std::vector<Error>;

/// A part of an input and what a flipped bit in it may be refused with.
struct Part {
  std::string_view name;
  std::size_t begin;
  std::size_t end;
  Errors errors;
};

/// What certificates of a chain are refused with.
const Errors kChainErrors{Error::kBadPem,
                          Error::kBadDer,
                          Error::kBadCertificate,
                          Error::kUnknownCriticalExtension,
                          Error::kBadChain,
                          Error::kBadCertificateSignature,
                          Error::kUnknownRoot,
                          Error::kWrongCertificateName,
                          Error::kBadPckExtension,
                          Error::kBadTcbSigner,
                          Error::kCrlIssuerMismatch,
                          Error::kExpired,
                          Error::kNotYetValid};

struct Case {
  Vector vector;
  VectorSet set;
  Quote quote = parse_quote(vector.quote).value();

  [[nodiscard]] std::size_t offset(ByteView part) const {
    return static_cast<std::size_t>(part.data() - vector.quote.data());
  }
  [[nodiscard]] std::vector<Part> parts() const {
    const bool nested = quote.header.version != kVersion3;
    const auto body = quote.header.version == kVersion5 ? kHeaderSize + 6 : kHeaderSize;
    const auto length = quote.signed_part.size();
    const auto signature = length + 4;
    const auto qe_report = offset(quote.signed_qe_report);
    const auto auth = offset(quote.auth_data);
    const auto chain = offset(quote.pck_chain);
    const Errors lengths{Error::kTruncatedQuote, Error::kBadSignatureData, Error::kUnsupportedCertification};
    std::vector<Part> out{
        {"header",
         0,
         body,
         {Error::kBadHeader, Error::kVendorMismatch, Error::kWrongTee, Error::kBadQuoteSignature,
          Error::kTruncatedQuote, Error::kBadSignatureData, Error::kBadReport, Error::kUnsupportedCertification}},
        {"body",
         body,
         length,
         {Error::kBadQuoteSignature, Error::kBadReport, Error::kTdxModuleMismatch, Error::kModuleTcbNotSupported}},
        {"length", length, signature, lengths},
        {"signature", signature, signature + 64, {Error::kBadQuoteSignature}},
        {"attestation key", signature + 64, signature + 128, {Error::kBadQeBinding}},
        {"QE report", qe_report, qe_report + kReportSize, {Error::kBadQeSignature, Error::kBadReport}},
        {"QE signature", qe_report + kReportSize, qe_report + kReportSize + 64, {Error::kBadQeSignature}},
        {"length of QE data", auth - 2, auth, lengths},
        {"QE data", auth, auth + quote.auth_data.size(), {Error::kBadQeBinding}},
        {"type and length of chain", chain - 6, chain, lengths},
        {"chain", chain, chain + quote.pck_chain.size(), kChainErrors}};
    if (nested) out.push_back({"type and length of QE certification", signature + 128, qe_report, lengths});
    return out;
  }
};

Case make_case(const std::string& name) {
  auto vector = load_vector(name);
  auto sets = sets_of(vector);
  return {std::move(vector), std::move(sets.front())};
}

Bytes flipped(Bytes bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1 << bit % 8);
  return bytes;
}

/// Steps are prime to 8, so that every place in a byte is met; at the long effort every bit is.
std::size_t step(std::size_t prime) { return test::effort(1) > 1 ? 1 : prime; }

template <class T>
void expect_among(const Result<T>& verdict, const Errors& errors, std::string_view what, std::size_t bit) {
  ASSERT_FALSE(verdict) << what << " bit " << bit << " is accepted";
  EXPECT_NE(std::ranges::find(errors, verdict.error()), errors.end())
      << what << " bit " << bit << ": " << to_code(verdict.error());
}

void flip_quote(const std::string& name) {
  const auto one = make_case(name);
  CollateralStore store(kIntelOnly);
  for (const auto& [id, item] : one.set.collateral) ASSERT_TRUE(store.add(item));
  ASSERT_TRUE(authenticate(one.vector.kind(), one.vector.quote, store, one.set.now));
  std::size_t covered = one.quote.trailing.size();
  for (const auto& part : one.parts()) {
    covered += part.end - part.begin;
    for (std::size_t bit = part.begin * 8; bit < part.end * 8; bit += step(part.name == "chain" ? 67 : 23)) {
      const auto changed = flipped(one.vector.quote, bit);
      expect_among(authenticate(one.vector.kind(), changed, store, one.set.now), part.errors, part.name,
                   bit - part.begin * 8);
    }
  }
  EXPECT_EQ(covered, one.vector.quote.size()) << "every byte belongs to a part";
}

TEST(mutation, a_flipped_bit_in_a_quote_of_version_3_is_refused) { flip_quote("sgx-dcap/automata-00606A000000"); }
TEST(mutation, a_flipped_bit_in_a_quote_of_version_4_is_refused) { flip_quote("tdx/phala-v4-20A06F000000"); }
TEST(mutation, a_flipped_bit_in_a_quote_of_version_5_is_refused) { flip_quote("tdx/alibaba-v5-90C06F000000"); }

TEST(mutation, a_flipped_bit_behind_a_quote_is_refused) {
  const auto one = make_case("tdx/phala-v4-B0C06F000000");
  ASSERT_EQ(one.quote.trailing.size(), 70u);
  for (auto bit = one.offset(one.quote.trailing) * 8; bit < one.vector.quote.size() * 8; bit += step(41)) {
    const auto changed = flipped(one.vector.quote, bit);
    expect_among(authenticate(one.vector.kind(), changed, one.set.collateral, kIntelOnly, one.set.now),
                 {Error::kTrailingBytes}, "trailing", bit);
  }
}

TEST(mutation, every_truncation_of_a_quote_is_refused) {
  const auto one = make_case("tdx/phala-v4-B0C06F000000");
  const auto end = one.vector.quote.size() - one.quote.trailing.size();
  const Errors errors{Error::kTruncatedQuote};
  for (std::size_t size = 0; size < end; ++size) {
    const auto cut = ByteView(one.vector.quote).first(size);
    expect_among(authenticate(one.vector.kind(), cut, one.set.collateral, kIntelOnly, one.set.now), errors, "size",
                 size);
  }
  EXPECT_EQ(authenticate(one.vector.kind(), ByteView(one.vector.quote).first(end), one.set.collateral, kIntelOnly,
                         one.set.now),
            authenticate(one.vector.kind(), one.vector.quote, one.set.collateral, kIntelOnly, one.set.now));
}

/// What the body of an item is refused with.
Errors errors_of_body(CollateralKind kind) {
  switch (kind) {
    case CollateralKind::kSgxTcbInfo:
    case CollateralKind::kTdxTcbInfo: return {Error::kBadJson, Error::kBadTcbInfoSignature};
    case CollateralKind::kSgxQeIdentity:
    case CollateralKind::kTdxQeIdentity: return {Error::kBadJson, Error::kBadQeIdentitySignature};
    default:
      return {Error::kBadCrl, Error::kBadCrlSignature, Error::kCrlIssuerMismatch, Error::kUnknownCriticalExtension};
  }
}

void flip_collateral(const std::string& name) {
  const auto one = make_case(name);
  const auto verdict_of = [&](const CollateralItem& item) {
    return verify_collateral(item, kIntelOnly, nullptr, one.set.now);
  };
  for (const auto& [id, item] : one.set.collateral) {
    ASSERT_TRUE(verdict_of(item));
    for (std::size_t bit = 0; bit < item.body.value.size() * 8; bit += step(199)) {
      auto changed = item;
      changed.body.value = flipped(item.body.value, bit);
      expect_among(verdict_of(changed), errors_of_body(item.kind), to_string(item.kind), bit);
    }
    for (std::size_t bit = 0; bit < item.issuer_chain.value.size() * 8; bit += step(199)) {
      auto changed = item;
      changed.issuer_chain.value = flipped(item.issuer_chain.value, bit);
      expect_among(verdict_of(changed), kChainErrors, "issuer chain", bit);
    }
    for (std::size_t size = 0; size < item.body.value.size(); size += step(97)) {
      auto changed = item;
      changed.body.value.resize(size);
      expect_among(verdict_of(changed), {Error::kBadJson, Error::kBadCrl}, "size", size);
    }
  }
}

TEST(mutation, a_flipped_bit_in_collateral_of_sgx_is_refused) { flip_collateral("sgx-dcap/automata-00606A000000"); }
TEST(mutation, a_flipped_bit_in_collateral_of_tdx_is_refused) { flip_collateral("tdx/phala-v4-20A06F000000"); }

TEST(mutation, collateral_of_other_genuine_platforms_is_refused) {
  const auto sgx = make_case("sgx-dcap/automata-00606A000000");
  const auto tdx = make_case("tdx/phala-v4-20A06F000000");
  auto set = sgx.set.collateral;
  set[1].second = tdx.set.collateral[1].second;
  const auto both = UnixSeconds{1'757'500'000};  // 2025-09-10, when all of these are in force
  EXPECT_EQ(authenticate(Kind::kSgxDcap, sgx.vector.quote, set, kIntelOnly, both).error(), Error::kWrongQeIdentity);
  set = sgx.set.collateral;
  set[0].second = tdx.set.collateral[0].second;
  EXPECT_EQ(authenticate(Kind::kSgxDcap, sgx.vector.quote, set, kIntelOnly, both).error(), Error::kWrongTcbInfo);
}

}  // namespace
}  // namespace substratee::attestation::dcap
