#include "worker/ipfs/kubo/answer.hpp"

#include "core/base/result.hpp"
#include "core/ipld/car.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace substratee::worker::ipfs::kubo {
namespace {

namespace json = boost::json;
using ipld::Cid;

constexpr std::string_view kLogStep = "look at the daemon's log";
constexpr std::size_t kMaxShown = 400;

/// Foreign text in a message of ours: one line, printable, short.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, kMaxShown));
  while (!out.empty() && out.back() == '\n') out.pop_back();
  std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return out;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Calls visit(object) for each JSON value of the body; a value that is no object, or text that is no JSON, is
/// nonsense.
template <class Visit>
Result<void> each_object(const Question& question, std::string_view body, Visit visit) {
  while (!body.empty()) {
    const auto end = body.find('\n');
    const auto line = body.substr(0, end);
    body = end == std::string_view::npos ? std::string_view() : body.substr(end + 1);
    if (line.find_first_not_of(" \r\t") == std::string_view::npos) continue;
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    if (error || !value.is_object()) return std::unexpected(question.nonsense(shown(line)));
    SUBSTRATEE_TRY(visit(value.get_object()));
  }
  return {};
}

const json::string* text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_string();
}

std::uint64_t number_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  boost::system::error_code error;
  const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

Result<Cid> to_cid(const Question& question, const json::string* text) {
  if (text == nullptr) return std::unexpected(question.nonsense("an answer without a CID"));
  auto cid = Cid::from_text(std::string_view(*text));
  if (!cid) return std::unexpected(question.nonsense(fmt::format("\"{}\" as a CID", shown(*text))));
  return *std::move(cid);
}

Failure other_cid(const Question& question, const Cid& found, const Cid& expected) {
  return {FailureCode::kCorrupt,
          fmt::format("{}: it names {} what is {}", question.text(), found.to_text(), expected.to_text()),
          "use a Kubo of another version"};
}

/// {"Message": ..., "Type": "error"}, or the text itself.
std::string message_of(std::string_view body) {
  boost::system::error_code error;
  const auto value = json::parse(body, error);
  if (!error && value.is_object()) {
    if (const auto* message = text_at(value.get_object(), "Message")) return shown(*message);
  }
  return shown(body);
}

std::string_view step_for(unsigned status) {
  if (status == 403) return "allow this client in the daemon's API.Authorizations, or name another daemon";
  if (status == 404 || status == 405) return "check that the address is that of Kubo's RPC (by default port 5001)";
  return kLogStep;
}

}  // namespace

std::string Question::text() const { return fmt::format("{}, {}", daemon, command); }

Failure Question::nonsense(std::string_view what) const {
  return {FailureCode::kRefused, fmt::format("{}: cannot read the answer ({})", text(), what),
          "check that the address is that of Kubo's RPC (by default port 5001)"};
}

Failure Question::to_failure(const net::Failure& failure) const {
  using enum net::FailureCode;
  const auto thing = fmt::format("{}: {}", daemon, failure.to_string());
  switch (failure.code) {
    case kUnreachable:
      return {FailureCode::kUnreachable, thing, "start it (`ipfs daemon`), or correct --ipfs kubo=URL"};
    case kTimeout:
      return {FailureCode::kUnreachable, fmt::format("{}: no answer in time", text()), std::string(kLogStep)};
    case kTooLarge: return {FailureCode::kTooLarge, fmt::format("{}: the answer is too long", text()), "ask for less"};
    default: break;
  }
  return {FailureCode::kUnreachable, fmt::format("{}: {}", text(), failure.thing), std::string(kLogStep)};
}

Result<std::string> Question::body_of(net::HttpResponse response) const {
  if (response.status != 200) {
    return fail(FailureCode::kRefused,
                fmt::format("{}: status {}: {}", text(), response.status, message_of(response.body)),
                std::string(step_for(response.status)));
  }
  // Behind the body of a 200: what went wrong after its beginning.
  if (const auto* late = net::find_header(response.headers, "X-Stream-Error"); late != nullptr && !late->empty()) {
    return fail(FailureCode::kRefused, fmt::format("{}: {}", text(), shown(*late)), std::string(kLogStep));
  }
  return std::move(response.body);
}

Failure about_block(const Failure& failure, std::string_view daemon, const Cid& cid) {
  const bool is_absent = failure.code == FailureCode::kRefused &&
                         (contains(failure.thing, "not found locally") || contains(failure.thing, "could not find"));
  if (!is_absent) return failure;
  return {FailureCode::kNotFound, fmt::format("{} does not have block {}", daemon, cid.to_text()),
          "fetch it from a peer"};
}

bool says_not_pinned(const Failure& failure) {
  return failure.code == FailureCode::kRefused && contains(failure.thing, "not pinned");
}

Result<Version> read_version(const Question& question, std::string_view body) {
  Version out;
  SUBSTRATEE_TRY(each_object(question, body, [&](const json::object& object) -> Result<void> {
    if (const auto* version = text_at(object, "Version")) out.version = shown(*version);
    if (const auto* repo = text_at(object, "Repo")) out.repo = shown(*repo);
    return {};
  }));
  if (out.version.empty()) return std::unexpected(question.nonsense("no version"));
  return out;
}

Result<std::string> read_id(const Question& question, std::string_view body) {
  std::string out;
  SUBSTRATEE_TRY(each_object(question, body, [&](const json::object& object) -> Result<void> {
    if (const auto* id = text_at(object, "ID")) out = shown(*id);
    return {};
  }));
  if (out.empty()) return std::unexpected(question.nonsense("no peer id"));
  return out;
}

Result<Cid> read_added(const Question& question, std::string_view body) {
  std::optional<Cid> out;
  SUBSTRATEE_TRY(each_object(question, body, [&](const json::object& object) -> Result<void> {
    if (const auto* hash = text_at(object, "Hash")) out = SUBSTRATEE_TRY(to_cid(question, hash));
    return {};
  }));
  if (!out) return std::unexpected(question.nonsense("no CID"));
  return *std::move(out);
}

Result<Imported> read_imported(const Question& question, std::string_view body, const Cid* pinned) {
  Imported out;
  SUBSTRATEE_TRY(each_object(question, body, [&](const json::object& object) -> Result<void> {
    if (const auto* stats = object.if_contains("Stats"); stats != nullptr && stats->is_object()) {
      out.blocks = number_at(stats->get_object(), "BlockCount");
      out.bytes = number_at(stats->get_object(), "BlockBytesCount");
    }
    const auto* root = object.if_contains("Root");
    if (root == nullptr || !root->is_object()) return {};
    const auto* cid = root->get_object().if_contains("Cid");
    if (cid == nullptr || !cid->is_object()) return std::unexpected(question.nonsense("a root without a CID"));
    const auto name = SUBSTRATEE_TRY(to_cid(question, text_at(cid->get_object(), "/")));
    if (const auto* message = text_at(root->get_object(), "PinErrorMsg"); message != nullptr && !message->empty()) {
      return fail(FailureCode::kRefused,
                  fmt::format("{}: cannot pin {}: {}", question.text(), name.to_text(), shown(*message)),
                  "if blocks are missing, somebody else collects the garbage of this daemon; start the worker again, "
                  "so that it fetches the state anew");
    }
    out.roots.push_back(name);
    return {};
  }));
  if (pinned != nullptr && std::ranges::find(out.roots, *pinned) == out.roots.end()) {
    return std::unexpected(question.nonsense(fmt::format("{} is not among the roots", pinned->to_text())));
  }
  return out;
}

Result<std::vector<ipld::Block>> read_car(const Question& question, ByteView car, const Cid& root) {
  ipld::CarReader reader;
  std::vector<ipld::Block> out;
  const auto refuse = [&](ipld::Error error) { return question.nonsense(ipld::to_string(error)); };
  while (true) {
    auto block = reader.read(car);
    if (!block) return std::unexpected(refuse(block.error()));
    if (!*block) break;
    out.push_back(**std::move(block));
  }
  if (const auto end = reader.finish(); !end) return std::unexpected(refuse(end.error()));
  if (reader.roots() != std::vector{root}) return std::unexpected(question.nonsense("another root"));
  return out;
}

Result<std::uint64_t> read_size(const Question& question, std::string_view body, const Cid& cid) {
  std::optional<std::uint64_t> size;
  SUBSTRATEE_TRY(each_object(question, body, [&](const json::object& object) -> Result<void> {
    const auto key = SUBSTRATEE_TRY(to_cid(question, text_at(object, "Key")));
    if (key.multihash() != cid.multihash()) return std::unexpected(other_cid(question, key, cid));
    size = number_at(object, "Size");
    return {};
  }));
  if (!size) return std::unexpected(question.nonsense("an empty answer"));
  return *size;
}

Result<void> expect_pin(const Question& question, std::string_view body, const Cid& cid) {
  bool is_named = false;
  SUBSTRATEE_TRY(each_object(question, body, [&](const json::object& object) -> Result<void> {
    const auto* pins = object.if_contains("Pins");
    if (pins == nullptr || !pins->is_array()) return {};
    for (const auto& pin : pins->get_array()) {
      is_named = is_named || SUBSTRATEE_TRY(to_cid(question, pin.if_string())).as_v1() == cid.as_v1();
    }
    return {};
  }));
  if (!is_named) return std::unexpected(question.nonsense(fmt::format("{} is not among the pins", cid.to_text())));
  return {};
}

Result<void> expect_no_errors(const Question& question, std::string_view body) {
  return each_object(question, body, [&](const json::object& object) -> Result<void> {
    const auto* error = text_at(object, "Error");
    if (error == nullptr || error->empty()) return {};
    return fail(FailureCode::kRefused, fmt::format("{}: {}", question.text(), shown(*error)), std::string(kLogStep));
  });
}

}  // namespace substratee::worker::ipfs::kubo
