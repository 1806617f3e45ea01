#include "client/cli/account.hpp"

#include "core/crypto/secret.hpp"

#include <fmt/format.h>

#include <fstream>

namespace substratee::client::cli {
namespace {

constexpr std::size_t kMaxUriSize = 1024;

/// The first line; nothing if there is none, or it is too long.
std::optional<crypto::WipedBytes> read_line(std::istream& in) {
  // Of full size from the start: growing would leave copies of the secret behind.
  Bytes line(kMaxUriSize);
  std::size_t size = 0;
  for (int c = in.get(); c != std::istream::traits_type::eof() && c != '\n'; c = in.get()) {
    if (size == line.size()) {
      crypto::wipe(line);
      return std::nullopt;
    }
    line[size++] = static_cast<std::uint8_t>(c);
  }
  while (size > 0 && (line[size - 1] == '\r' || line[size - 1] == ' ')) --size;
  line.resize(size);
  if (size == 0) return std::nullopt;
  return crypto::WipedBytes(std::move(line));
}

Result<primitives::AccountKey> from_uri(std::string_view uri, const AccountOptions& options, Random& random) {
  auto key = primitives::AccountKey::from_uri(uri, options.scheme, random);
  if (key) return *std::move(key);
  // The URI itself is a secret and not repeated.
  return fail(Code::kUsage, fmt::format("the secret URI gives no key: {}", crypto::to_string(key.error())),
              "use //Name, or 0x<seed of 32 bytes> with //junctions; ed25519 and ecdsa take no soft junctions (/)");
}

}  // namespace

bool is_development_uri(std::string_view uri) noexcept { return uri.starts_with('/'); }

Result<primitives::AccountKey> load_account(const AccountOptions& options, std::istream& in, Random& random) {
  if (!options.uri_file) return from_uri(options.uri, options, random);
  std::ifstream file;
  const bool is_stdin = *options.uri_file == "-";
  if (!is_stdin) file.open(*options.uri_file);
  if (!is_stdin && !file) {
    return fail(Code::kUsage, fmt::format("the file {} cannot be read", *options.uri_file), "correct --uri-file");
  }
  const auto line = read_line(is_stdin ? in : file);
  if (!line) {
    return fail(Code::kUsage,
                fmt::format("{} begins with no secret URI", is_stdin ? "standard input" : *options.uri_file),
                "put it on the first line");
  }
  return from_uri(as_text(line->view()), options, random);
}

}  // namespace substratee::client::cli
