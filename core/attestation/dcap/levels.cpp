#include "core/attestation/dcap/levels.hpp"

#include "core/attestation/time.hpp"

namespace substratee::attestation::dcap {
namespace {

constexpr std::size_t kMaxAdvisorySize = 32;

constexpr std::array kIsvStatuses{TcbStatus::kUpToDate, TcbStatus::kOutOfDate, TcbStatus::kRevoked};
constexpr std::array kPlatformStatuses{TcbStatus::kUpToDate,
                                       TcbStatus::kSwHardeningNeeded,
                                       TcbStatus::kConfigurationNeeded,
                                       TcbStatus::kConfigurationAndSwHardeningNeeded,
                                       TcbStatus::kOutOfDate,
                                       TcbStatus::kOutOfDateConfigurationNeeded,
                                       TcbStatus::kRevoked};

/// Levels mean nothing when anything in them is not understood.
std::unexpected<Error> bad() { return std::unexpected(Error::kBadJson); }

Result<TcbStatus> read_status(json::Reader& in, std::span<const TcbStatus> allowed) {
  const auto text = SUBSTRATEE_TRY(in.string());
  const auto found = std::ranges::find(allowed, text, [](TcbStatus status) { return to_string(status); });
  if (found == allowed.end()) return bad();
  return *found;
}

Result<void> read_advisories(json::Reader& in, Level& out) {
  return in.array([&](json::Reader& element) -> Result<void> {
    const auto text = SUBSTRATEE_TRY(element.string());
    if (text.empty() || text.size() > kMaxAdvisorySize) return bad();
    out.advisories.emplace_back(text);
    return {};
  });
}

/// One level; `read_tcb` reads the value of "tcb".
template <class ReadTcb>
Result<void> read_level(json::Reader& in, std::span<const TcbStatus> allowed, Level& out, ReadTcb read_tcb) {
  int required = 0;
  SUBSTRATEE_TRY(in.object([&](std::string_view name, json::Reader& value) -> Result<void> {
    if (name == "advisoryIDs") return read_advisories(value, out);
    if (name != "tcb" && name != "tcbDate" && name != "tcbStatus") {
      SUBSTRATEE_TRY(value.skip());
      return {};
    }
    ++required;
    if (name == "tcb") return read_tcb(value);
    if (name == "tcbDate") {
      out.date = SUBSTRATEE_TRY(read_date(value));
    } else {
      out.status = SUBSTRATEE_TRY(read_status(value, allowed));
    }
    return {};
  }));
  if (required != 3) return bad();
  return {};
}

/// [{"svn":…}, …], sixteen of them.
Result<void> read_components(json::Reader& in, Components& out) {
  std::size_t count = 0;
  SUBSTRATEE_TRY(in.array([&](json::Reader& element) -> Result<void> {
    bool found = false;
    SUBSTRATEE_TRY(element.object([&](std::string_view name, json::Reader& value) -> Result<void> {
      if (name != "svn") {
        SUBSTRATEE_TRY(value.skip());
        return {};
      }
      if (count == out.size()) return bad();
      out[count] = static_cast<std::uint8_t>(SUBSTRATEE_TRY(value.integer(255)));
      found = true;
      return {};
    }));
    if (!found) return bad();
    ++count;
    return {};
  }));
  if (count != out.size()) return bad();
  return {};
}

/// Which component "sgxtcbcompNNsvn" names, from 0; nothing when it is another name.
std::optional<std::size_t> component_of_version2(std::string_view name) noexcept {
  constexpr std::string_view kPrefix = "sgxtcbcomp";
  constexpr std::string_view kSuffix = "svn";
  if (name.size() != kPrefix.size() + 2 + kSuffix.size() || !name.starts_with(kPrefix) || !name.ends_with(kSuffix)) {
    return {};
  }
  const int tens = name[kPrefix.size()] - '0';
  const int ones = name[kPrefix.size() + 1] - '0';
  const int number = tens * 10 + ones;
  if (tens < 0 || tens > 1 || ones < 0 || ones > 9 || number < 1 || number > 16) return {};
  return static_cast<std::size_t>(number - 1);
}

/// "tcb" of a platform's level, in either version's form.
class Tcb {
 public:
  [[nodiscard]] Result<void> read(json::Reader& in, PlatformLevel& out) {
    return in.object([&](std::string_view name, json::Reader& value) { return read_member(name, value, out); });
  }
  /// Everything that this version and TEE demands was there, and no components of another version.
  [[nodiscard]] bool is_complete(unsigned version, bool tdx) const noexcept {
    const bool sgx = version == 2 ? single_ == 16 && !sgx_ : single_ == 0 && sgx_;
    return sgx && pce_ && (!tdx || tdx_);
  }

 private:
  Result<void> read_member(std::string_view name, json::Reader& in, PlatformLevel& out) {
    if (name == "sgxtcbcomponents") {
      sgx_ = true;
      return read_components(in, out.sgx);
    }
    if (name == "tdxtcbcomponents") {
      tdx_ = true;
      return read_components(in, out.tdx);
    }
    if (name == "pcesvn") {
      pce_ = true;
      out.pce_svn = static_cast<std::uint16_t>(SUBSTRATEE_TRY(in.integer(65535)));
      return {};
    }
    if (const auto component = component_of_version2(name)) {
      ++single_;
      out.sgx[*component] = static_cast<std::uint8_t>(SUBSTRATEE_TRY(in.integer(255)));
      return {};
    }
    SUBSTRATEE_TRY(in.skip());
    return {};
  }

  int single_ = 0;
  bool sgx_ = false;
  bool tdx_ = false;
  bool pce_ = false;
};

/// Descending by `order_of`; the same place twice, or no level at all, is refused.
template <class Levels, class OrderOf>
Result<Levels> sorted(Levels levels, OrderOf order_of) {
  std::ranges::sort(levels, [&](const auto& a, const auto& b) { return order_of(b) < order_of(a); });
  const auto same = [&](const auto& a, const auto& b) { return order_of(a) == order_of(b); };
  if (levels.empty() || std::ranges::adjacent_find(levels, same) != levels.end()) return bad();
  return levels;
}

}  // namespace

Result<UnixSeconds> read_date(json::Reader& in) {
  const auto text = SUBSTRATEE_TRY(in.string());
  return x509::read_rfc3339(text);
}

Result<std::vector<IsvLevel>> read_isv_levels(json::Reader& in) {
  std::vector<IsvLevel> levels;
  SUBSTRATEE_TRY(in.array([&](json::Reader& element) -> Result<void> {
    auto& level = levels.emplace_back();
    return read_level(element, kIsvStatuses, level, [&](json::Reader& tcb) -> Result<void> {
      bool found = false;
      SUBSTRATEE_TRY(tcb.object([&](std::string_view name, json::Reader& value) -> Result<void> {
        if (name == "isvsvn") {
          level.isv_svn = static_cast<std::uint16_t>(SUBSTRATEE_TRY(value.integer(65535)));
          found = true;
        } else {
          SUBSTRATEE_TRY(value.skip());
        }
        return {};
      }));
      return found ? Result<void>{} : bad();
    });
  }));
  return sorted(std::move(levels), [](const IsvLevel& level) { return level.isv_svn; });
}

Result<std::vector<PlatformLevel>> read_platform_levels(json::Reader& in, unsigned version, bool tdx) {
  std::vector<PlatformLevel> levels;
  SUBSTRATEE_TRY(in.array([&](json::Reader& element) -> Result<void> {
    auto& level = levels.emplace_back();
    Tcb tcb;
    SUBSTRATEE_TRY(read_level(element, kPlatformStatuses, level,
                              [&](json::Reader& value) -> Result<void> { return tcb.read(value, level); }));
    if (!tcb.is_complete(version, tdx)) return bad();
    if (!tdx) level.tdx = {};
    return {};
  }));
  return sorted(std::move(levels),
                [](const PlatformLevel& level) { return std::tuple(level.sgx, level.pce_svn, level.tdx); });
}

}  // namespace substratee::attestation::dcap
