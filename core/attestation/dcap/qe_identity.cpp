#include "core/attestation/dcap/qe_identity.hpp"

#include "core/attestation/dcap/fields.hpp"
namespace substratee::attestation::dcap {
namespace {

std::unexpected<Error> bad() { return std::unexpected(Error::kBadQeIdentity); }

/// Four bytes as they lie in memory: little-endian.
Result<std::uint32_t> read_misc_select(json::Reader& in) {
  const auto bytes = SUBSTRATEE_TRY(read_hex<4>(in));
  return Fields(bytes.bytes).integer<std::uint32_t>();
}

struct Parts {
  QeIdentity identity;
  std::string_view id;
  int required = 0;
};

/// What the enclave looks like; whether it was such a member.
Result<bool> read_appearance(std::string_view name, json::Reader& in, QeIdentity& out) {
  if (name == "miscselect") {
    out.misc_select = SUBSTRATEE_TRY(read_misc_select(in));
  } else if (name == "miscselectMask") {
    out.misc_select_mask = SUBSTRATEE_TRY(read_misc_select(in));
  } else if (name == "attributes") {
    out.attributes = SUBSTRATEE_TRY(read_hex<16>(in));
  } else if (name == "attributesMask") {
    out.attributes_mask = SUBSTRATEE_TRY(read_hex<16>(in));
  } else if (name == "mrsigner") {
    out.mr_signer = SUBSTRATEE_TRY(read_hex<32>(in));
  } else if (name == "isvprodid") {
    out.isv_prod_id = static_cast<std::uint16_t>(SUBSTRATEE_TRY(in.integer(65535)));
  } else {
    return false;
  }
  return true;
}

/// What is said about the document and the levels; whether it was such a member.
Result<bool> read_statement(std::string_view name, json::Reader& in, Parts& out) {
  auto& identity = out.identity;
  if (name == "id") {
    out.id = SUBSTRATEE_TRY(in.string());
  } else if (name == "version") {
    if (SUBSTRATEE_TRY(in.integer(UINT32_MAX)) != 2) return bad();
  } else if (name == "issueDate") {
    identity.issued = SUBSTRATEE_TRY(read_date(in));
  } else if (name == "nextUpdate") {
    identity.next_update = SUBSTRATEE_TRY(read_date(in));
  } else if (name == "tcbEvaluationDataNumber") {
    identity.evaluation_number = static_cast<std::uint32_t>(SUBSTRATEE_TRY(in.integer(UINT32_MAX)));
  } else if (name == "tcbLevels") {
    identity.levels = SUBSTRATEE_TRY(read_isv_levels(in));
  } else {
    return false;
  }
  return true;
}

Result<Parts> read_parts(std::string_view text) {
  Parts out;
  json::Reader in(text);
  SUBSTRATEE_TRY(in.object([&](std::string_view name, json::Reader& value) -> Result<void> {
    ++out.required;
    if (SUBSTRATEE_TRY(read_appearance(name, value, out.identity))) return {};
    if (SUBSTRATEE_TRY(read_statement(name, value, out))) return {};
    --out.required;
    SUBSTRATEE_TRY(value.skip());
    return {};
  }));
  SUBSTRATEE_TRY(in.finish());
  if (out.required != 12 || out.identity.next_update < out.identity.issued) return bad();
  return out;
}

bool has_attributes(const Report& report, const QeIdentity& identity) noexcept {
  FixedBytes<16> masked;
  for (std::size_t i = 0; i < masked.size(); ++i) {
    const auto word = i < 8 ? report.flags : report.xfrm;
    masked[i] = static_cast<std::uint8_t>((word >> (8 * (i % 8)) & 0xff) & identity.attributes_mask[i]);
  }
  return masked == identity.attributes;
}

}  // namespace

Result<QeIdentity> parse_qe_identity(std::string_view value) {
  auto parts = SUBSTRATEE_TRY_OR(Error::kBadQeIdentity, read_parts(value));
  if (parts.id != "QE" && parts.id != "TD_QE") return std::unexpected(Error::kWrongQeIdentity);
  parts.identity.tdx = parts.id == "TD_QE";
  return std::move(parts.identity);
}

const IsvLevel* find_level(std::span<const IsvLevel> levels, std::uint16_t svn) noexcept {
  const auto found = std::ranges::find_if(levels, [&](const IsvLevel& level) { return svn >= level.isv_svn; });
  return found == levels.end() ? nullptr : &*found;
}

Result<const IsvLevel*> check_quoting_enclave(const Report& report, const QeIdentity& identity) noexcept {
  if ((report.flags & kDebug) != 0) return std::unexpected(Error::kQeDebug);
  if ((report.misc_select & identity.misc_select_mask) != identity.misc_select || !has_attributes(report, identity) ||
      report.mr_signer != identity.mr_signer || report.isv_prod_id != identity.isv_prod_id) {
    return std::unexpected(Error::kQeIdentity);
  }
  const auto* level = find_level(identity.levels, report.isv_svn);
  if (level == nullptr) return std::unexpected(Error::kQeTcbNotSupported);
  return level;
}

}  // namespace substratee::attestation::dcap
