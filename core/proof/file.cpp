#include "core/proof/file.hpp"

namespace substratee::proof {
namespace {

constexpr std::string_view kMagic = "SBSTPROF";
constexpr std::uint8_t kFormat = 1;

}  // namespace

Bytes encode_file(const File& file) { return concat(as_bytes(kMagic), Bytes{kFormat}, scale::encode(file)); }

Result<File> decode_file(ByteView bytes) {
  if (bytes.size() > kMaxFileSize) return std::unexpected(Error::kTooLarge);
  if (bytes.size() < kMagic.size() || as_text(bytes.first(kMagic.size())) != kMagic) {
    return std::unexpected(Error::kNotAProof);
  }
  bytes = bytes.subspan(kMagic.size());
  if (bytes.empty()) return std::unexpected(Error::kMalformed);
  if (bytes[0] != kFormat) return std::unexpected(Error::kUnknownVersion);
  return SUBSTRATEE_TRY_OR(Error::kMalformed, scale::decode<File>(bytes.subspan(1)));
}

}  // namespace substratee::proof
