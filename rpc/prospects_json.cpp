// substratee_appraiseMembers, both directions.
#include "rpc/json_forms.hpp"

namespace substratee::rpc {
namespace json = net::json;
namespace {

std::optional<std::string> text_from_json(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  return std::string(value.as_string());
}

/// Reads members of one object; remembers whether each was there in its form.
class Fields {
 public:
  explicit Fields(const json::value& object) : object_(object) {}

  template <class T, class Read>
  void read(std::string_view name, T& out, Read from_json) {
    const auto* value = find(object_, name);
    auto found = value == nullptr ? std::nullopt : from_json(*value);
    is_good_ = is_good_ && found.has_value();
    if (found) out = *std::move(found);
  }
  void text(std::string_view name, std::string& out) { read(name, out, text_from_json); }
  void number(std::string_view name, std::uint64_t& out) { read(name, out, number_from_json); }
  template <std::size_t N>
  void fixed(std::string_view name, FixedBytes<N>& out) {
    read(name, out, fixed_from_json<N>);
  }
  template <class T, class Read>
  void list(std::string_view name, std::vector<T>& out, Read from_json) {
    read(name, out, [&](const json::value& value) -> std::optional<std::vector<T>> {
      if (!value.is_array()) return std::nullopt;
      std::vector<T> items;
      for (const auto& one : value.as_array()) {
        auto item = from_json(one);
        if (!item) return std::nullopt;
        items.push_back(*std::move(item));
      }
      return items;
    });
  }
  [[nodiscard]] bool is_good() const noexcept { return is_good_; }

 private:
  const json::value& object_;
  bool is_good_ = true;
};

std::optional<bool> bool_from_json(const json::value& value) {
  if (!value.is_bool()) return std::nullopt;
  return value.as_bool();
}

std::optional<std::pair<Hash256, std::string>> place_from_json(const json::value& value) {
  std::pair<Hash256, std::string> out;
  Fields fields(value);
  fields.fixed("shard", out.first);
  fields.text("status", out.second);
  return fields.is_good() ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<MemberProspect> prospect_from_json(const json::value& value) {
  MemberProspect out;
  Fields fields(value);
  fields.fixed("account", out.account);
  fields.list("shards", out.shards, place_from_json);
  fields.text("kind", out.kind);
  fields.read("hardware", out.hardware, bool_from_json);
  fields.text("tcb_status", out.tcb_status);
  fields.list("advisories", out.advisories, text_from_json);
  fields.fixed("measurement", out.measurement);
  fields.fixed("platform_id", out.platform_id);
  fields.text("standing", out.standing);
  fields.text("error", out.error);
  fields.text("reason", out.reason);
  fields.number("valid_until", out.valid_until);
  fields.number("confirms_until", out.confirms_until);
  return fields.is_good() ? std::optional(std::move(out)) : std::nullopt;
}

json::value to_json(const MemberProspect& one) {
  json::array shards;
  for (const auto& [shard, status] : one.shards) {
    shards.push_back(json::object{{"shard", hex_json(shard)}, {"status", status}});
  }
  json::array advisories;
  for (const auto& advisory : one.advisories) advisories.emplace_back(advisory);
  return json::object{{"account", hex_json(one.account)},
                      {"shards", std::move(shards)},
                      {"kind", one.kind},
                      {"hardware", one.hardware},
                      {"tcb_status", one.tcb_status},
                      {"advisories", std::move(advisories)},
                      {"measurement", hex_json(one.measurement)},
                      {"platform_id", hex_json(one.platform_id)},
                      {"standing", one.standing},
                      {"error", one.error},
                      {"reason", one.reason},
                      {"valid_until", one.valid_until},
                      {"confirms_until", one.confirms_until}};
}

}  // namespace

json::value to_json(const MemberProspects& prospects) {
  json::array members;
  for (const auto& one : prospects.members) members.push_back(to_json(one));
  return json::object{{"at", hex_json(prospects.at)}, {"time", prospects.time}, {"members", std::move(members)}};
}

std::optional<MemberProspects> prospects_from_json(const json::value& value) {
  MemberProspects out;
  Fields fields(value);
  fields.fixed("at", out.at);
  fields.number("time", out.time);
  fields.list("members", out.members, prospect_from_json);
  return fields.is_good() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace substratee::rpc
