#include "core/attestation/dcap/tcb_info.hpp"

namespace substratee::attestation::dcap {
namespace {

std::unexpected<Error> bad() { return std::unexpected(Error::kBadTcbInfo); }

/// A member of a module; whether it was one.
Result<bool> read_module_member(std::string_view name, json::Reader& in, TdxModule& out) {
  if (name == "mrsigner") {
    out.mr_signer = SUBSTRATEE_TRY(read_hex<48>(in));
  } else if (name == "attributes") {
    out.attributes = SUBSTRATEE_TRY(read_hex<8>(in));
  } else if (name == "attributesMask") {
    out.attributes_mask = SUBSTRATEE_TRY(read_hex<8>(in));
  } else {
    return false;
  }
  return true;
}

Result<TdxModule> read_module(json::Reader& in) {
  TdxModule out;
  int required = 0;
  SUBSTRATEE_TRY(in.object([&](std::string_view name, json::Reader& value) -> Result<void> {
    if (SUBSTRATEE_TRY(read_module_member(name, value, out))) {
      ++required;
    } else {
      SUBSTRATEE_TRY(value.skip());
    }
    return {};
  }));
  if (required != 3) return bad();
  return out;
}

/// "TDX_01": the major version in hexadecimal.
Result<std::uint8_t> read_module_id(json::Reader& in) {
  constexpr std::string_view kPrefix = "TDX_";
  const auto id = SUBSTRATEE_TRY(in.string());
  if (!id.starts_with(kPrefix) || id.size() != kPrefix.size() + 2) return bad();
  const auto version = fixed_from_hex<1>(id.substr(kPrefix.size()));
  if (!version) return bad();
  return (*version)[0];
}

Result<TdxModuleIdentity> read_module_identity(json::Reader& in) {
  TdxModuleIdentity out;
  int required = 0;
  SUBSTRATEE_TRY(in.object([&](std::string_view name, json::Reader& value) -> Result<void> {
    ++required;
    if (SUBSTRATEE_TRY(read_module_member(name, value, out))) return {};
    if (name == "id") {
      out.version = SUBSTRATEE_TRY(read_module_id(value));
    } else if (name == "tcbLevels") {
      out.levels = SUBSTRATEE_TRY(read_isv_levels(value));
    } else {
      --required;
      SUBSTRATEE_TRY(value.skip());
    }
    return {};
  }));
  if (required != 5) return bad();
  return out;
}

Result<void> read_modules(json::Reader& in, TcbInfo& out) {
  return in.array([&](json::Reader& element) -> Result<void> {
    auto module = SUBSTRATEE_TRY(read_module_identity(element));
    if (out.find_module(module.version) != nullptr) return bad();
    out.modules.push_back(std::move(module));
    return {};
  });
}

/// What decides how the rest is read may stand behind it: levels are read when all else is known.
struct Parts {
  TcbInfo info;
  std::string_view id;
  std::string_view levels;
  int required = 0;
};

/// Members that every TCB info has; whether it was one.
Result<bool> read_required(std::string_view name, json::Reader& in, Parts& out) {
  auto& info = out.info;
  if (name == "version") {
    info.version = static_cast<unsigned>(SUBSTRATEE_TRY(in.integer(UINT32_MAX)));
  } else if (name == "issueDate") {
    info.issued = SUBSTRATEE_TRY(read_date(in));
  } else if (name == "nextUpdate") {
    info.next_update = SUBSTRATEE_TRY(read_date(in));
  } else if (name == "fmspc") {
    info.fmspc = SUBSTRATEE_TRY(read_hex<6>(in));
  } else if (name == "pceId") {
    info.pce_id = SUBSTRATEE_TRY(read_hex<2>(in));
  } else if (name == "tcbType") {
    SUBSTRATEE_TRY(in.integer(0));  // how levels are composed; no other way is known
  } else if (name == "tcbEvaluationDataNumber") {
    info.evaluation_number = static_cast<std::uint32_t>(SUBSTRATEE_TRY(in.integer(UINT32_MAX)));
  } else if (name == "tcbLevels") {
    out.levels = SUBSTRATEE_TRY(in.skip());
  } else {
    return false;
  }
  return true;
}

Result<void> read_member(std::string_view name, json::Reader& in, Parts& out) {
  if (SUBSTRATEE_TRY(read_required(name, in, out))) {
    ++out.required;
  } else if (name == "id") {
    out.id = SUBSTRATEE_TRY(in.string());
  } else if (name == "tdxModule") {
    out.info.module = SUBSTRATEE_TRY(read_module(in));
  } else if (name == "tdxModuleIdentities") {
    return read_modules(in, out.info);
  } else {
    SUBSTRATEE_TRY(in.skip());
  }
  return {};
}

Result<TcbInfo> read_tcb_info(std::string_view text) {
  Parts parts;
  json::Reader in(text);
  SUBSTRATEE_TRY(
      in.object([&](std::string_view name, json::Reader& value) { return read_member(name, value, parts); }));
  SUBSTRATEE_TRY(in.finish());
  auto& info = parts.info;
  if (parts.required != 8 || info.next_update < info.issued) return bad();
  const bool version2 = info.version == 2 && parts.id.empty();
  const bool version3 = info.version == 3 && (parts.id == "SGX" || parts.id == "TDX");
  if (!version2 && !version3) return bad();
  info.tdx = parts.id == "TDX";
  if (info.tdx && !info.module) return bad();
  json::Reader levels(parts.levels);
  info.levels = SUBSTRATEE_TRY(read_platform_levels(levels, info.version, info.tdx));
  return std::move(info);
}

}  // namespace

const TdxModuleIdentity* TcbInfo::find_module(std::uint8_t major_version) const noexcept {
  const auto found = std::ranges::find(modules, major_version, &TdxModuleIdentity::version);
  return found == modules.end() ? nullptr : &*found;
}

Result<TcbInfo> parse_tcb_info(std::string_view value) {
  return SUBSTRATEE_TRY_OR(Error::kBadTcbInfo, read_tcb_info(value));
}

}  // namespace substratee::attestation::dcap
