#pragma once

/// Merlin v1.0 transcripts (merlin.cool) over STROBE-128. Private to core/crypto. Messages stay below 4 GiB.

#include "core/crypto/strobe.hpp"

#include <initializer_list>

namespace substratee::crypto::detail {

class Transcript {
 public:
  explicit Transcript(std::string_view label) noexcept;

  void append(std::string_view label, ByteView message) noexcept;
  /// Bytes that depend on everything appended so far; becomes part of the transcript.
  void challenge(std::string_view label, MutableByteView out) noexcept;
  /// Secret bytes for the prover: from the transcript, from `seeds` (secret) and from `random`, so that neither a
  /// broken source nor a repeated transcript alone repeats them. Leaves the transcript as it is.
  void witness(std::string_view label, std::initializer_list<ByteView> seeds, Random& random,
               MutableByteView out) const noexcept;

 private:
  Strobe128 strobe_;
};

}  // namespace substratee::crypto::detail
