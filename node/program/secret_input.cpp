#include "node/program/secret_input.hpp"

#include "core/base/hex.hpp"
#include "core/primitives/mnemonic.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace substratee::node::program {

namespace {

using crypto::WipedBytes;
using storage::Code;
using storage::fail;

constexpr std::size_t kMaxLine = 1'024;

/// Byte by byte and into one place, so that no buffer keeps a copy.
std::optional<WipedBytes> read_line(int fd) {
  WipedBytes line{Bytes(kMaxLine)};
  std::size_t size = 0;
  std::uint8_t byte = 0;
  while (::read(fd, &byte, 1) == 1 && byte != '\n') {
    if (size == kMaxLine) return std::nullopt;
    line.bytes()[size++] = byte;
  }
  auto view = as_text(line.view().first(size));
  constexpr std::string_view kBlank = " \t\r";
  view.remove_prefix(std::min(view.find_first_not_of(kBlank), view.size()));
  view = view.substr(0, view.find_last_not_of(kBlank) + 1);
  if (view.empty()) return std::nullopt;
  return WipedBytes(to_bytes(as_bytes(view)));
}

}  // namespace

storage::Result<WipedBytes> read_secret_line(const std::filesystem::path& file) {
  const bool is_stdin = file == "-";
  const int fd = is_stdin ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return fail(Code::kDisk, fmt::format("file {}: {}; correct --file", file.string(), std::strerror(errno)));
  }
  auto line = read_line(fd);
  if (!is_stdin) ::close(fd);
  if (line) return *std::move(line);
  return fail(Code::kForeign, fmt::format("{}: the first line must be the secret: a phrase, or 0x and a seed in 64 hex "
                                          "digits",
                                          is_stdin ? "standard input" : file.string()));
}

storage::Result<WipedBytes> uri_of(std::string_view secret) {
  const auto root = secret.substr(0, secret.find('/'));
  const auto password_at = secret.find("///");
  const auto path = secret.substr(
      root.size(), password_at == std::string_view::npos ? std::string_view::npos : password_at - root.size());
  const auto password = password_at == std::string_view::npos ? std::string_view() : secret.substr(password_at + 3);
  const bool is_phrase = !root.empty() && !root.starts_with("0x");
  if (!is_phrase) {
    if (password.empty()) return WipedBytes(to_bytes(as_bytes(secret)));
    return fail(Code::kForeign, "the secret: a password (///) goes with a phrase only");
  }
  const auto seed = primitives::mini_secret_of(root, password);
  if (!seed) {
    return fail(Code::kForeign,
                "the secret is not a phrase of 12, 15, 18, 21 or 24 English words (BIP-0039) with a good "
                "checksum; correct it, or give 0x and the seed");
  }
  Bytes out;
  out.reserve(2 + 64 + path.size());
  append(out, as_bytes("0x"));
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const auto byte : seed->view()) {
    out.push_back(static_cast<std::uint8_t>(kDigits[byte >> 4]));
    out.push_back(static_cast<std::uint8_t>(kDigits[byte & 0xf]));
  }
  append(out, as_bytes(path));
  return WipedBytes(std::move(out));
}

storage::Result<crypto::Secret<32>> seed_of(std::string_view secret) {
  const auto uri = SUBSTRATEE_TRY(uri_of(secret));
  const auto text = as_text(uri.view());
  if (text.starts_with("0x") && text.find('/') == std::string_view::npos) {
    const WipedBytes bytes(from_hex(text).value_or(Bytes{}));
    if (auto seed = crypto::Secret<32>::from(bytes.view())) return *std::move(seed);
  }
  return fail(Code::kForeign,
              "the secret: expected a phrase, or 0x and a seed in 64 hex digits, without junctions (/)");
}

}  // namespace substratee::node::program
