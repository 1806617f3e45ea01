#pragma once

/// The steps of DCAP verification that need nothing but the quote: chain, quoting enclave's report, binding, quote
/// signature (Intel's QuoteVerifier, steps without collateral).

#include "core/attestation/dcap/pck.hpp"
#include "core/attestation/dcap/quote.hpp"
#include "core/base/bytes.hpp"

namespace substratee::attestation::dcap {

/// SHA-256 of the SPKI of "Intel SGX Root CA". The key is pinned, not a certificate: Intel re-issued that several
/// times.
inline constexpr Hash256 kIntelRoot{{0xa0, 0xaf, 0x03, 0x12, 0x89, 0xf5, 0xd5, 0xd4, 0x13, 0x2f, 0x91,
                                     0x86, 0x06, 0x8a, 0x7f, 0xc1, 0x36, 0x28, 0x63, 0x3b, 0xa2, 0x35,
                                     0x77, 0x74, 0x72, 0xe2, 0x9b, 0x6b, 0x6c, 0x67, 0xa4, 0x9e}};

/// What the signatures prove about a quote.
struct Authenticated {
  Hash256 root;
  PckExtension pck;
  UnixSeconds valid_until{};
};

/// `other_roots` are roots of the other kind (simulation for hardware and the reverse): a chain that ends there is
/// kVendorMismatch; in none of both lists, kUnknownRoot.
[[nodiscard]] Result<Authenticated> authenticate(const Quote& quote, std::span<const Hash256> roots,
                                                 std::span<const Hash256> other_roots, UnixSeconds now);

}  // namespace substratee::attestation::dcap
