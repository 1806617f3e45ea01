#include "core/attestation/dcap/collateral_writer.hpp"

#include "core/attestation/time.hpp"
#include "core/base/hex.hpp"

namespace substratee::attestation::dcap {
namespace {

/// Members or elements, one after the other.
class List {
 public:
  List(char open, char close) : text_(1, open), close_(close) {}
  List& member(std::string_view name, const std::string& value) {
    return element("\"" + std::string(name) + "\":" + value);
  }
  List& element(const std::string& value) {
    if (text_.size() > 1) text_ += ',';
    text_ += value;
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(text_) + close_; }

 private:
  std::string text_;
  char close_;
};

List object() { return {'{', '}'}; }
List array() { return {'[', ']'}; }

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

template <std::size_t N>
std::string hex(const FixedBytes<N>& bytes) {
  return quoted(to_hex(bytes.bytes));
}

std::string little_endian(std::uint32_t value) {
  FixedBytes<4> bytes;
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return hex(bytes);
}

std::string write_level(const Level& level, const std::string& tcb) {
  auto out = object();
  out.member("tcb", tcb)
      .member("tcbDate", quoted(x509::write_rfc3339(level.date)))
      .member("tcbStatus", quoted(to_string(level.status)));
  auto advisories = array();
  for (const auto& id : level.advisories) advisories.element(quoted(id));
  if (!level.advisories.empty()) out.member("advisoryIDs", advisories.take());
  return out.take();
}

std::string write_isv_levels(std::span<const IsvLevel> levels) {
  auto out = array();
  for (const auto& level : levels) {
    out.element(write_level(level, object().member("isvsvn", std::to_string(level.isv_svn)).take()));
  }
  return out.take();
}

std::string write_components(const Components& components) {
  auto out = array();
  for (const auto svn : components) out.element(object().member("svn", std::to_string(svn)).take());
  return out.take();
}

std::string write_tcb(const PlatformLevel& level, const TcbInfo& info) {
  auto out = object();
  if (info.version == 2) {
    for (std::size_t i = 0; i < level.sgx.size(); ++i) {
      const auto number = std::string(i < 9 ? "0" : "") + std::to_string(i + 1);
      out.member("sgxtcbcomp" + number + "svn", std::to_string(level.sgx[i]));
    }
  } else {
    out.member("sgxtcbcomponents", write_components(level.sgx));
  }
  out.member("pcesvn", std::to_string(level.pce_svn));
  if (info.tdx) out.member("tdxtcbcomponents", write_components(level.tdx));
  return out.take();
}

List& write_module(List& out, const TdxModule& module) {
  return out.member("mrsigner", hex(module.mr_signer))
      .member("attributes", hex(module.attributes))
      .member("attributesMask", hex(module.attributes_mask));
}

std::string write_modules(std::span<const TdxModuleIdentity> modules) {
  auto out = array();
  for (const auto& module : modules) {
    auto identity = object();
    identity.member("id", quoted("TDX_" + to_hex(ByteView(&module.version, 1))));
    write_module(identity, module).member("tcbLevels", write_isv_levels(module.levels));
    out.element(identity.take());
  }
  return out.take();
}

}  // namespace

std::string write_tcb_info(const TcbInfo& info) {
  auto out = object();
  if (info.version != 2) out.member("id", quoted(info.tdx ? "TDX" : "SGX"));
  out.member("version", std::to_string(info.version))
      .member("issueDate", quoted(x509::write_rfc3339(info.issued)))
      .member("nextUpdate", quoted(x509::write_rfc3339(info.next_update)))
      .member("fmspc", hex(info.fmspc))
      .member("pceId", hex(info.pce_id))
      .member("tcbType", "0")
      .member("tcbEvaluationDataNumber", std::to_string(info.evaluation_number));
  if (info.module) {
    auto module = object();
    out.member("tdxModule", write_module(module, *info.module).take());
  }
  if (!info.modules.empty()) out.member("tdxModuleIdentities", write_modules(info.modules));
  auto levels = array();
  for (const auto& level : info.levels) levels.element(write_level(level, write_tcb(level, info)));
  return out.member("tcbLevels", levels.take()).take();
}

std::string write_qe_identity(const QeIdentity& identity) {
  return object()
      .member("id", quoted(identity.tdx ? "TD_QE" : "QE"))
      .member("version", "2")
      .member("issueDate", quoted(x509::write_rfc3339(identity.issued)))
      .member("nextUpdate", quoted(x509::write_rfc3339(identity.next_update)))
      .member("tcbEvaluationDataNumber", std::to_string(identity.evaluation_number))
      .member("miscselect", little_endian(identity.misc_select))
      .member("miscselectMask", little_endian(identity.misc_select_mask))
      .member("attributes", hex(identity.attributes))
      .member("attributesMask", hex(identity.attributes_mask))
      .member("mrsigner", hex(identity.mr_signer))
      .member("isvprodid", std::to_string(identity.isv_prod_id))
      .member("tcbLevels", write_isv_levels(identity.levels))
      .take();
}

Bytes write_signed_document(std::string_view name, std::string_view value, const crypto::p256::KeyPair& signer) {
  return to_bytes(as_bytes(
      object().member(name, std::string(value)).member("signature", hex(signer.sign(as_bytes(value)))).take()));
}

}  // namespace substratee::attestation::dcap
