#include "core/attestation/snp/leaf.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/spki.hpp"

namespace substratee::attestation::snp {
namespace {

constexpr std::size_t kChipIdSize = 64;
constexpr std::size_t kTurinChipIdSize = 8;
constexpr std::size_t kMaxCspIdSize = 128;

/// Content octets of 1.3.6.1.4.1.3704.1.<arc> and 1.3.6.1.4.1.3704.1.3.<arc>.
constexpr std::array<std::uint8_t, 10> oid(std::uint8_t arc) {
  return {0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01, arc};
}
constexpr std::array<std::uint8_t, 10> tcb_oid(std::uint8_t arc) {
  return {0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01, 0x03, arc};
}

std::unexpected<Error> bad() { return std::unexpected(Error::kBadAmdExtension); }

const x509::Extension* find(const x509::Outline& certificate, std::uint8_t arc) {
  const auto id = oid(arc);
  return certificate.extension(ByteView(id).first(9));
}

/// For each byte of TCB_VERSION the arc that holds it.
constexpr std::array<std::uint8_t, 8> kTcbArcs{1, 2, 4, 5, 6, 7, 3, 8};       // bl, tee, spl4 to spl7, snp, ucode
constexpr std::array<std::uint8_t, 8> kTurinTcbArcs{9, 1, 2, 3, 5, 6, 7, 8};  // fmc, bl, tee, snp, spl5 to spl7, ucode
constexpr std::uint8_t kLastTcbArc = 9;

Result<TcbVersion> read_tcb(const x509::Outline& certificate, Product product) {
  const auto& arcs = product == Product::kTurin ? kTurinTcbArcs : kTcbArcs;
  TcbVersion out;
  for (std::uint8_t arc = 1; arc <= kLastTcbArc; ++arc) {
    const auto place = std::ranges::find(arcs, arc);
    const auto* extension = certificate.extension(tcb_oid(arc));
    if ((extension != nullptr) != (place != arcs.end())) return bad();
    if (extension == nullptr) continue;
    der::Reader value(extension->value);
    out[static_cast<std::size_t>(place - arcs.begin())] =
        static_cast<std::uint8_t>(SUBSTRATEE_TRY_OR(Error::kBadAmdExtension, value.unsigned_integer(255)));
    if (!value.empty()) return bad();
  }
  return out;
}

std::optional<std::string_view> read_ia5(const x509::Extension* extension) noexcept {
  if (extension == nullptr) return std::nullopt;
  const auto element = der::only(extension->value, der::kIa5String);
  if (!element || element->content.empty() || element->content.size() > kMaxCspIdSize) return std::nullopt;
  const bool printable = std::ranges::all_of(element->content, [](auto c) { return c >= 0x20 && c < 0x7f; });
  return printable ? std::optional(as_text(element->content)) : std::nullopt;
}

Result<void> read_owner(const x509::Outline& certificate, Product product, SigningKey kind, Leaf& out) {
  const auto* hw_id = find(certificate, 4);
  const auto* csp_id = find(certificate, 5);
  if (kind == SigningKey::kVcek) {
    const auto size = product == Product::kTurin ? kTurinChipIdSize : kChipIdSize;
    if (hw_id == nullptr || csp_id != nullptr || hw_id->value.size() != size) return bad();
    out.hw_id = hw_id->value;
    return {};
  }
  const auto text = read_ia5(csp_id);
  if (hw_id != nullptr || !text) return bad();
  out.csp_id = *text;
  return {};
}

}  // namespace

std::optional<std::string_view> product_name(const x509::Outline& certificate) noexcept {
  return read_ia5(find(certificate, 2));
}

Result<Leaf> read_leaf(const x509::Outline& certificate, Product product, SigningKey kind) {
  Leaf out;
  out.key = SUBSTRATEE_TRY(p384_key_from_spki(certificate.spki));
  const auto name = product_name(certificate);
  if (!name) return bad();
  if (product_from_name(*name) != product) return std::unexpected(Error::kProductMismatch);
  out.tcb = SUBSTRATEE_TRY(read_tcb(certificate, product));
  SUBSTRATEE_TRY(read_owner(certificate, product, kind, out));
  return out;
}

}  // namespace substratee::attestation::snp
