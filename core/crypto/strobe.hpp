#pragma once

/// STROBE-128 v1.0.2 (strobe.sourceforge.io), the operations that Merlin uses. Private to core/crypto.
/// `more` continues the previous operation, which must have been the same one. The state may hold secrets: it wipes
/// itself.

#include "core/crypto/keccak.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::crypto::detail {

class Strobe128 {
 public:
  explicit Strobe128(std::string_view protocol) noexcept;
  Strobe128(const Strobe128&) noexcept = default;
  Strobe128& operator=(const Strobe128&) = delete;
  ~Strobe128();

  void meta_ad(ByteView data, bool more) noexcept;
  void ad(ByteView data, bool more) noexcept;
  void key(ByteView data, bool more) noexcept;
  void prf(MutableByteView out, bool more) noexcept;

 private:
  [[nodiscard]] std::uint8_t* bytes() noexcept { return reinterpret_cast<std::uint8_t*>(lanes_.data()); }
  void begin(std::uint8_t flags, bool more) noexcept;
  void advance() noexcept;
  void absorb(ByteView data) noexcept;
  void run_f() noexcept;

  KeccakState lanes_{};
  std::uint8_t position_ = 0;
  std::uint8_t begin_ = 0;
  std::uint8_t flags_ = 0;
};

}  // namespace substratee::crypto::detail
