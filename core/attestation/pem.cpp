#include "core/attestation/pem.hpp"

#include "core/attestation/base64.hpp"

namespace substratee::attestation::pem {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
constexpr std::size_t kLineSize = 64;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadPem); }

/// Lines that end in LF or CR LF; the last one may lack its end.
class Lines {
 public:
  explicit Lines(std::string_view text) noexcept : rest_(text) {}
  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::string_view next() noexcept {
    const auto end = rest_.find('\n');
    auto line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

 private:
  std::string_view rest_;
};

/// The lines between BEGIN, already read, and END.
Result<Bytes> read_body(Lines& lines) {
  std::string text;
  bool last = false;
  while (!lines.empty()) {
    const auto line = lines.next();
    if (line == kEnd) {
      auto der = from_base64(text);
      if (!der) return bad();
      return *std::move(der);
    }
    if (last || line.empty() || line.size() > kLineSize) return bad();
    last = line.size() < kLineSize;
    text += line;
  }
  return bad();
}

}  // namespace

Result<std::vector<Bytes>> read_certificates(ByteView text) {
  if (!text.empty() && text.back() == 0) text = text.first(text.size() - 1);
  Lines lines(as_text(text));
  std::vector<Bytes> out;
  while (!lines.empty()) {
    const auto line = lines.next();
    if (line.empty()) continue;
    if (line != kBegin || out.size() == kMaxCertificates) return bad();
    out.push_back(SUBSTRATEE_TRY(read_body(lines)));
  }
  if (out.empty()) return bad();
  return out;
}

std::string write_certificate(ByteView der) {
  const auto text = to_base64(der);
  std::string out(kBegin);
  out += '\n';
  for (std::size_t i = 0; i < text.size(); i += kLineSize) {
    out += std::string_view(text).substr(i, kLineSize);
    out += '\n';
  }
  out += kEnd;
  out += '\n';
  return out;
}

}  // namespace substratee::attestation::pem
