#include "rpc/collateral/config.hpp"

#include "core/base/result.hpp"
#include "net/url.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>

namespace substratee::rpc::collateral {
namespace {

constexpr std::size_t kMaxFile = 64 * 1024;
constexpr std::size_t kMaxKey = 256;
constexpr std::uint32_t kMostHours = 720;
constexpr const char* kPcsUrl = "https://api.trustedservices.intel.com";

/// Values as they stand: a text without its quotes, or digits.
struct Value {
  std::string text;
  bool is_text = false;
  int line = 0;
};
using Values = std::map<std::string, Value, std::less<>>;

std::unexpected<Failure> bad(int line, std::string_view why) {
  return fail(FailureCode::kConfig, fmt::format("line {}: {}", line, why), "see intel_cert/README.md");
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

bool is_rest_empty(std::string_view rest) {
  rest = trim(rest);
  return rest.empty() || rest.front() == '#';
}

/// A basic or literal string without escapes, or digits.
Result<Value> read_value(std::string_view text, int line) {
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
    const auto end = text.find(text.front(), 1);
    if (end == std::string_view::npos || !is_rest_empty(text.substr(end + 1))) return bad(line, "the text has no end");
    const auto inside = text.substr(1, end - 1);
    if (text.front() == '"' && inside.find('\\') != std::string_view::npos) {
      return bad(line, "escapes are not understood; write the text in '…'");
    }
    return Value{std::string(inside), true, line};
  }
  const auto end = text.find_first_not_of("0123456789");
  if (end == 0 || text.empty() || (end != std::string_view::npos && !is_rest_empty(text.substr(end)))) {
    return bad(line, "neither \"text\" nor a number");
  }
  return Value{std::string(text.substr(0, end)), false, line};
}

Result<Values> read_lines(std::string_view text) {
  Values out;
  for (int line = 1; !text.empty(); ++line) {
    const auto end = text.find('\n');
    const auto content = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (is_rest_empty(content)) continue;
    const auto equals = content.find('=');
    if (equals == std::string_view::npos) return bad(line, "not of the form key = value");
    const std::string key(trim(content.substr(0, equals)));
    auto value = SUBSTRATEE_TRY(read_value(trim(content.substr(equals + 1)), line));
    if (!out.emplace(key, std::move(value)).second) return bad(line, fmt::format("{} is given twice", key));
  }
  return out;
}

Result<SourceKind> source_of(const Value& value) {
  if (value.text == "pccs") return SourceKind::kPccs;
  if (value.text == "pcs") return SourceKind::kPcs;
  if (value.text == "directory") return SourceKind::kDirectory;
  return bad(value.line, "source is \"pccs\", \"pcs\" or \"directory\"");
}

Result<std::uint32_t> hours_of(const Value& value) {
  std::uint32_t hours = 0;
  const auto [end, error] = std::from_chars(value.text.data(), value.text.data() + value.text.size(), hours);
  if (value.is_text || error != std::errc{} || hours < 1 || hours > kMostHours) {
    return bad(value.line, "refresh_hours is a number from 1 to 720");
  }
  return hours;
}

/// An http(s) address without '/' at its end.
Result<std::string> url_of(const Value& value) {
  std::string url = value.text;
  while (url.ends_with('/')) url.pop_back();
  const auto parsed = net::Url::parse(url);
  if (!parsed || !parsed->scheme.starts_with("http") || parsed->target.find('?') != std::string::npos) {
    return bad(value.line, fmt::format("\"{}\" is no https address", value.text));
  }
  return url;
}

/// The address that methods of SGX and TDX alike stand behind.
Result<std::string> service_of(const Value& value) {
  auto url = SUBSTRATEE_TRY(url_of(value));
  for (const std::string_view api : {"/sgx/certification/v4", "/tdx/certification/v4"}) {
    if (url.ends_with(api)) url.resize(url.size() - api.size());
  }
  if (url.find("/certification/") != std::string::npos) {
    return bad(value.line, "this program speaks version 4 of the service (/sgx/certification/v4)");
  }
  return url;
}

Result<void> take(Config& config, const std::string& key, const Value& value, const std::filesystem::path& folder) {
  if (key == "refresh_hours") {
    config.refresh_hours = SUBSTRATEE_TRY(hours_of(value));
    return {};
  }
  if (!value.is_text) return bad(value.line, fmt::format("{} takes a \"text\"", key));
  if (key == "source") {
    config.source = SUBSTRATEE_TRY(source_of(value));
  } else if (key == "url") {
    config.url = SUBSTRATEE_TRY(service_of(value));
  } else if (key == "kds_url") {
    config.kds_url = SUBSTRATEE_TRY(url_of(value));
  } else if (key == "root_crl_url") {
    config.root_crl_url = SUBSTRATEE_TRY(url_of(value));
  } else if (key == "subscription_key_file") {
    config.subscription_key_file = folder / value.text;
  } else if (key == "ca_file") {
    config.ca_file = folder / value.text;
  } else if (key == "directory") {
    config.directory = folder / value.text;
  } else {
    return bad(value.line, fmt::format("there is no setting \"{}\"", key));
  }
  return {};
}

Result<void> check(Config& config, const Values& values) {
  const auto missing = [](std::string_view key) {
    return fail(FailureCode::kConfig, fmt::format("{} is missing", key), "see intel_cert/README.md");
  };
  if (!values.contains("source")) return missing("source");
  if (config.source == SourceKind::kPccs && config.url.empty()) return missing("url");
  if (config.source == SourceKind::kDirectory && config.directory.empty()) return missing("directory");
  if (config.source == SourceKind::kPcs && config.url.empty()) config.url = kPcsUrl;
  if (!config.subscription_key_file.empty() && !config.url.starts_with("https://")) {
    return bad(values.find("subscription_key_file")->second.line, "a subscription key travels over https only");
  }
  return {};
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::filesystem::path& folder) {
  const auto values = SUBSTRATEE_TRY(read_lines(text));
  Config config;
  for (const auto& [key, value] : values) SUBSTRATEE_TRY(take(config, key, value, folder));
  SUBSTRATEE_TRY(check(config, values));
  return config;
}

Result<Config> read_config(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || !in.eof()) {
    return fail(FailureCode::kConfig, fmt::format("{} cannot be read", file.string()), "give another file");
  }
  auto config = parse_config(text, file.parent_path());
  if (!config) config.error().thing = fmt::format("{}, {}", file.string(), config.error().thing);
  return config;
}

Result<std::string> read_subscription_key(const std::filesystem::path& file) {
  if (file.empty()) return std::string();
  const auto bad_file = [&](std::string_view why, std::string next_step) {
    return fail(FailureCode::kConfig, fmt::format("the subscription key file {} {}", file.string(), why),
                std::move(next_step));
  };
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return bad_file("cannot be opened", "correct subscription_key_file");
  struct stat status{};
  std::string key(kMaxKey + 1, '\0');
  const bool is_file = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  const auto size = is_file ? ::read(descriptor, key.data(), key.size()) : -1;
  ::close(descriptor);
  if (!is_file) return bad_file("is no regular file", "correct subscription_key_file");
  if ((status.st_mode & 0077) != 0) return bad_file("can be read by group or others", "set mode 0600 (chmod 600)");
  if (size < 0 || size > static_cast<ssize_t>(kMaxKey)) return bad_file("holds no key", "put the key and nothing else");
  key.resize(static_cast<std::size_t>(size));
  while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
  const bool is_word = !key.empty() && std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
  if (!is_word) return bad_file("holds no key", "put the key and nothing else into it");
  return key;
}

}  // namespace substratee::rpc::collateral
