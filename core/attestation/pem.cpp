#include "core/attestation/pem.hpp"

#include <optional>

namespace substratee::attestation::pem {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
constexpr std::size_t kLineSize = 64;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

std::optional<std::uint32_t> value_of(char c) noexcept {
  const auto position = kAlphabet.find(c);
  if (position == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(position);
}

/// Four characters to 1 to 3 octets; bits that padding leaves unused must be zero.
bool decode_quartet(std::string_view quartet, Bytes& out) {
  const std::size_t padding = quartet.ends_with("==") ? 2 : quartet.ends_with('=') ? 1 : 0;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4 - padding; ++i) {
    const auto value = value_of(quartet[i]);
    if (!value) return false;
    bits |= *value << (18 - 6 * i);
  }
  if ((bits & ((1u << (8 * padding)) - 1)) != 0) return false;
  for (std::size_t i = 0; i < 3 - padding; ++i) out.push_back(static_cast<std::uint8_t>(bits >> (16 - 8 * i)));
  return true;
}

Result<Bytes> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return bad();
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const auto quartet = text.substr(i, 4);
    if (quartet.ends_with('=') && i + 4 != text.size()) return bad();
    if (!decode_quartet(quartet, out)) return bad();
  }
  return out;
}

/// The lines between BEGIN, already read, and END.
Result<Bytes> read_body(Lines& lines) {
  std::string text;
  bool last = false;
  while (!lines.empty()) {
    const auto line = lines.next();
    if (line == kEnd) return decode_base64(text);
    if (last || line.empty() || line.size() > kLineSize) return bad();
    last = line.size() < kLineSize;
    text += line;
  }
  return bad();
}

std::string encode_base64(ByteView bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < count; ++j) bits |= static_cast<std::uint32_t>(bytes[i + j]) << (16 - 8 * j);
    for (std::size_t j = 0; j < 4; ++j) out += j <= count ? kAlphabet[bits >> (18 - 6 * j) & 63] : '=';
  }
  return out;
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
  const auto text = encode_base64(der);
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
