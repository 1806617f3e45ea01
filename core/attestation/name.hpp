#pragma once

/// What verifiers ask of certificates besides form and trust: the common name in a Name, and serial numbers that can be
/// compared.

#include "core/attestation/error.hpp"
#include "core/base/bytes.hpp"

#include <string_view>

namespace substratee::attestation::x509 {

/// The value of the only common name (2.5.4.3) in a Name that the parser has accepted, if it is a PrintableString or a
/// UTF8String; empty otherwise.
[[nodiscard]] std::string_view common_name(ByteView name) noexcept;

/// A positive number of at most 20 octets, right-aligned.
using Serial = FixedBytes<20>;
/// From the content octets of an INTEGER that the parser has accepted.
[[nodiscard]] Serial to_serial(ByteView integer) noexcept;

}  // namespace substratee::attestation::x509
