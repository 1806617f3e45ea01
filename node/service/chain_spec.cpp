#include "node/service/chain_spec.hpp"

#include "core/attestation/json.hpp"
#include "core/attestation/policy/policy_file.hpp"
#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"
#include "core/registry/types.hpp"
#include "node/runtime/pallets/balances/balances.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>

namespace substratee::node::service {

namespace {

using attestation::json::Reader;
using Read = attestation::Result<void>;
using primitives::Balance;
using storage::Code;

constexpr std::size_t kMaxNameSize = 64;
constexpr std::uint64_t kMaxBlockTime = 3'600'000;
constexpr std::size_t kMaxEndowed = 10'000;
constexpr std::size_t kMaxShards = 64;
constexpr std::size_t kMaxTrustAnchors = 16;  // of a charter

std::optional<Balance> balance_from(std::string_view text) {
  if (text.empty() || text.size() > 39) return std::nullopt;
  Balance out = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    const auto next = out * 10 + static_cast<unsigned>(digit - '0');
    if (next / 10 != out) return std::nullopt;
    out = next;
  }
  return out;
}

std::string to_decimal(Balance value) {
  std::string out;
  do {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return out;
}

/// Reads the object; remembers the first mistake with the path to it.
class Parser {
 public:
  storage::Result<ChainSpec> run(std::string_view text) && {
    Reader in(text);
    spec_.genesis.policy = attestation::development_policy();
    Names seen;
    auto read = in.object([&](std::string_view name, Reader& member) { return seen.add(name), top(name, member); });
    if (read) read = in.finish();
    if (read) read = require(seen, {"name", "id", "chainType", "genesis"}, "");
    if (!read) {
      if (error_.empty()) error_ = "not strict JSON: one object, printable ASCII, no name twice in an object";
      return storage::fail(Code::kForeign, std::move(error_));
    }
    return std::move(spec_);
  }

 private:
  struct Names {
    void add(std::string_view name) { names.push_back(name); }
    std::vector<std::string_view> names;
  };

  Read wrong(std::string_view path, std::string_view what) {
    if (error_.empty()) error_ = fmt::format("\"{}\" {}", path, what);
    return std::unexpected(attestation::Error::kBadJson);
  }
  Read unknown(std::string_view path) { return wrong(path, "is not a member of a chain specification"); }
  Read require(const Names& seen, std::initializer_list<std::string_view> names, std::string_view prefix) {
    for (const auto name : names) {
      if (std::ranges::find(seen.names, name) == seen.names.end())
        return wrong(fmt::format("{}{}", prefix, name), "is missing");
    }
    return {};
  }

  /// An object whose members all are of `members`, by name.
  template <class Member>
  Read object(Reader& in, std::string_view path, std::initializer_list<std::string_view> required, Member member) {
    Names seen;
    const auto read = in.object([&](std::string_view name, Reader& value) {
      seen.add(name);
      return member(name, value, fmt::format("{}.{}", path, name));
    });
    if (!read) return wrong(path, "must be an object with each name once");
    return require(seen, required, fmt::format("{}.", path));
  }
  template <class Element>
  Read list(Reader& in, std::string_view path, std::size_t max, Element element) {
    std::size_t index = 0;
    const auto read = in.array([&](Reader& value) -> Read {
      if (index == max) return wrong(path, fmt::format("has more than {} entries", max));
      return element(value, fmt::format("{}[{}]", path, index++));
    });
    return read ? Read{} : wrong(path, "must be a list");
  }
  Read number(Reader& in, std::string_view path, std::uint64_t min, std::uint64_t max, auto& out) {
    const auto value = in.integer(max);
    if (!value || *value < min) return wrong(path, fmt::format("must be a whole number from {} to {}", min, max));
    out = static_cast<std::remove_reference_t<decltype(out)>>(*value);
    return {};
  }
  Read name(Reader& in, std::string_view path, std::string& out) {
    const auto value = in.string();
    if (!value || !is_plain_name(*value)) {
      return wrong(path, "must be a text of 1 to 64 printable ASCII characters, no quotation mark or backslash");
    }
    out = *value;
    return {};
  }
  Read balance(Reader& in, std::string_view path, Balance& out) {
    const auto value = in.string();
    const auto amount = value ? balance_from(*value) : std::nullopt;
    if (!amount) return wrong(path, "must be an amount as text in decimal digits, such as \"1000000000000\"");
    out = *amount;
    return {};
  }
  Read account(Reader& in, std::string_view path, FixedBytes<32>& out) {
    const auto value = in.string();
    const auto read = value ? account_from(*value) : std::nullopt;
    if (!read) return wrong(path, "must be an SS58 address, or 0x and 64 hex digits");
    out = *read;
    return {};
  }
  Read hash(Reader& in, std::string_view path, Hash256& out) {
    const auto value = in.string();
    const auto read = value ? fixed_from_hex<32>(*value) : std::nullopt;
    if (!read) return wrong(path, "must be 64 hex digits");
    out = *read;
    return {};
  }
  Read flag(Reader& in, std::string_view path, bool& out) {
    const auto value = in.skip();
    if (!value || (*value != "true" && *value != "false")) return wrong(path, "must be true or false");
    out = *value == "true";
    return {};
  }

  Read top(std::string_view name_, Reader& in) {
    auto& identity = spec_.identity;
    if (name_ == "name") return name(in, name_, identity.name);
    if (name_ == "id") return name(in, name_, identity.id);
    if (name_ == "chainType") return chain_type(in);
    if (name_ == "properties") return properties(in);
    if (name_ == "sealing") return sealing(in);
    if (name_ == "genesis") return genesis(in);
    return unknown(name_);
  }

  Read chain_type(Reader& in) {
    const auto value = in.string();
    if (!value || (*value != "Development" && *value != "Local" && *value != "Live")) {
      return wrong("chainType", "must be \"Development\", \"Local\" or \"Live\"");
    }
    spec_.identity.type = *value;
    return {};
  }

  Read properties(Reader& in) {
    auto& identity = spec_.identity;
    return object(in, "properties", {}, [&](std::string_view name_, Reader& value, const std::string& path) {
      if (name_ == "ss58Format") return ss58_format(value, path);
      if (name_ == "tokenDecimals") return number(value, path, 0, 38, identity.token_decimals);
      if (name_ == "tokenSymbol") return name(value, path, identity.token_symbol);
      return unknown(path);
    });
  }

  /// The metadata says 42 (System.SS58Prefix), and clients believe the metadata.
  Read ss58_format(Reader& in, std::string_view path) {
    const auto value = in.integer(primitives::kGenericSs58Prefix);
    return value && *value == primitives::kGenericSs58Prefix ? Read{} : wrong(path, "must be 42, the runtime's");
  }

  Read sealing(Reader& in) {
    return object(in, "sealing", {"mode"}, [&](std::string_view name_, Reader& value, const std::string& path) -> Read {
      if (name_ == "blockTime") return number(value, path, 1, kMaxBlockTime, spec_.engine.block_time);
      if (name_ != "mode") return unknown(path);
      const auto mode = value.string();
      if (!mode || (*mode != "interval" && *mode != "instant"))
        return wrong(path, "must be \"interval\" or \"instant\"");
      spec_.engine.sealing =
          *mode == "instant" ? consensus::dev::Sealing::kInstant : consensus::dev::Sealing::kInterval;
      return {};
    });
  }

  Read genesis(Reader& in) {
    return object(in, "genesis", {"authorities", "salt", "attestationPolicy", "shards"},
                  [&](std::string_view name_, Reader& value, const std::string& path) {
                    return genesis_member(name_, value, path);
                  });
  }

  Read genesis_member(std::string_view name_, Reader& in, const std::string& path) {
    auto& genesis = spec_.genesis;
    if (name_ == "authorities") return authorities(in, path);
    if (name_ == "salt") return hash(in, path, genesis.engine.salt);
    if (name_ == "sudo") return account(in, path, genesis.root.emplace());
    if (name_ == "endowed") return endowed(in, path);
    if (name_ == "fees") return fees(in, path);
    if (name_ == "allowedMeasurements") return measurements(in, path);
    if (name_ == "attestationPolicy") return policy(in, path);
    if (name_ == "shards") return shards(in, path);
    return unknown(path);
  }

  Read authorities(Reader& in, const std::string& path) {
    std::size_t count = 0;
    const auto one = [&](Reader& value, const std::string& at) {
      ++count;
      return object(value, at, {"name", "key"}, [&](std::string_view name_, Reader& member, const std::string& inner) {
        if (name_ == "name") return name(member, inner, spec_.authority_name);
        if (name_ == "key") return account(member, inner, spec_.genesis.engine.authority);
        return unknown(inner);
      });
    };
    const auto read = list(in, path, 1, one);
    if (read && count == 0) return wrong(path, "is empty: name the one authority that seals");
    return read;
  }

  Read endowed(Reader& in, const std::string& path) {
    return list(in, path, kMaxEndowed, [&](Reader& value, const std::string& at) -> Read {
      std::pair<primitives::AccountId, Balance> entry;
      const auto read = object(value, at, {"account", "amount"},
                               [&](std::string_view name_, Reader& member, const std::string& inner) {
                                 if (name_ == "account") return account(member, inner, entry.first);
                                 if (name_ == "amount") return balance(member, inner, entry.second);
                                 return unknown(inner);
                               });
      if (!read) return read;
      if (entry.second < runtime::balances::kExistentialDeposit) {
        return wrong(at, fmt::format("has less than the existential deposit of {}",
                                     to_decimal(runtime::balances::kExistentialDeposit)));
      }
      auto& endowed = spec_.genesis.endowed;
      total_ += entry.second;
      if (total_ < entry.second) return wrong(at, "makes more than 2^128 - 1 in all");
      if (std::ranges::any_of(endowed, [&](const auto& other) { return other.first == entry.first; })) {
        return wrong(at, "names an account a second time");
      }
      endowed.push_back(entry);
      return {};
    });
  }

  Read fees(Reader& in, const std::string& path) {
    return object(in, path, {}, [&](std::string_view name_, Reader& member, const std::string& inner) {
      if (name_ == "perByte") return balance(member, inner, spec_.genesis.fees.per_byte);
      if (name_ == "perMicrosecond") return balance(member, inner, spec_.genesis.fees.per_microsecond);
      return unknown(inner);
    });
  }

  Read measurements(Reader& in, const std::string& path) {
    auto& out = spec_.genesis.allowed_measurements;
    const auto read = list(in, path, registry::kMaxMeasurements,
                           [&](Reader& value, const std::string& at) { return hash(value, at, out.emplace_back()); });
    std::ranges::sort(out);
    if (std::ranges::adjacent_find(out) != out.end()) return wrong(path, "names a measurement a second time");
    return read;
  }

  Read policy(Reader& in, const std::string& path) {
    const auto text = in.skip();
    if (!text) return wrong(path, "must be an object");
    auto policy = attestation::policy_from_json(*text);
    if (!policy) return wrong(path, fmt::format("is no policy: {}", policy.error().text));
    if (attestation::accepted_roots_of(*policy).size() > kMaxTrustAnchors) {
      return wrong(path, fmt::format("accepts more than {} roots", kMaxTrustAnchors));
    }
    spec_.genesis.policy = *std::move(policy);
    return {};
  }

  Read shards(Reader& in, const std::string& path) {
    return list(in, path, kMaxShards, [&](Reader& value, const std::string& at) -> Read {
      runtime::GenesisShard shard;
      const auto read =
          object(value, at, {"stf", "name"}, [&](std::string_view name_, Reader& member, const std::string& inner) {
            if (name_ == "stf") return name(member, inner, shard.stf);
            if (name_ == "name") return name(member, inner, shard.name);
            if (name_ == "hardwareRequired") return flag(member, inner, shard.hardware_required);
            if (name_ == "minimumConfirmations")
              return number(member, inner, 1, registry::kMaxMembers, shard.minimum_confirmations);
            return unknown(inner);
          });
      if (!read) return read;
      const auto is_same = [&](const auto& other) { return other.stf == shard.stf && other.name == shard.name; };
      if (std::ranges::any_of(spec_.genesis.shards, is_same)) return wrong(at, "names a shard a second time");
      spec_.genesis.shards.push_back(std::move(shard));
      return {};
    });
  }

  ChainSpec spec_;
  Balance total_ = 0;
  std::string error_;
};

std::string indented(std::string text, std::string_view by) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) text.insert(at + 1, by);
  return text;
}

std::string in_list(const std::vector<std::string>& items) {
  return items.empty() ? "[]" : fmt::format("[\n      {}\n    ]", fmt::join(items, ",\n      "));
}

std::string genesis_json(const ChainSpec& spec) {
  const auto& genesis = spec.genesis;
  const auto address = [&](const FixedBytes<32>& account) {
    return primitives::to_ss58(account, spec.identity.ss58_format);
  };
  std::vector<std::string> members;
  members.push_back(fmt::format(R"("authorities": [{{"name": "{}", "key": "{}"}}])",
                                spec.authority_name.empty() ? "authority" : spec.authority_name,
                                address(genesis.engine.authority)));
  members.push_back(fmt::format(R"("salt": "{}")", to_hex_prefixed(genesis.engine.salt)));
  if (genesis.root) members.push_back(fmt::format(R"("sudo": "{}")", address(*genesis.root)));
  std::vector<std::string> items;
  for (const auto& [account, amount] : genesis.endowed)
    items.push_back(fmt::format(R"({{"account": "{}", "amount": "{}"}})", address(account), to_decimal(amount)));
  members.push_back(fmt::format(R"("endowed": {})", in_list(std::exchange(items, {}))));
  members.push_back(fmt::format(R"("fees": {{"perByte": "{}", "perMicrosecond": "{}"}})",
                                to_decimal(genesis.fees.per_byte), to_decimal(genesis.fees.per_microsecond)));
  for (const auto& one : genesis.allowed_measurements) items.push_back(fmt::format(R"("{}")", to_hex_prefixed(one)));
  members.push_back(fmt::format(R"("allowedMeasurements": {})", in_list(std::exchange(items, {}))));
  members.push_back(fmt::format(R"("attestationPolicy": {})", indented(attestation::to_json(genesis.policy), "    ")));
  for (const auto& shard : genesis.shards)
    items.push_back(fmt::format(R"({{"stf": "{}", "name": "{}", "hardwareRequired": {}, "minimumConfirmations": {}}})",
                                shard.stf, shard.name, shard.hardware_required, shard.minimum_confirmations));
  members.push_back(fmt::format(R"("shards": {})", in_list(items)));
  return fmt::format("{{\n    {}\n  }}", fmt::join(members, ",\n    "));
}

}  // namespace

bool is_plain_name(std::string_view text) noexcept {
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  return !text.empty() && text.size() <= kMaxNameSize && std::ranges::all_of(text, is_plain);
}

std::optional<primitives::AccountId> account_from(std::string_view text) {
  if (text.starts_with("0x")) return fixed_from_hex<32>(text);
  const auto address = primitives::from_ss58(text);
  return address ? std::optional(address->account) : std::nullopt;
}

storage::Result<ChainSpec> chain_spec_from(std::string_view json) { return Parser().run(json); }

storage::Result<ChainSpec> read_chain_spec(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxChainSpecSize + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open()) {
    return storage::fail(Code::kDisk,
                         fmt::format("chain specification {}: cannot be read; correct --chain", file.string()));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxChainSpecSize) {
    return storage::fail(Code::kForeign, fmt::format("chain specification {}: longer than 4 MiB", file.string()));
  }
  auto spec = chain_spec_from(text);
  if (!spec) {
    return storage::fail(spec.error().code, fmt::format("chain specification {}: {}; `substratee-node build-spec` "
                                                        "writes one to begin with",
                                                        file.string(), spec.error().message));
  }
  return spec;
}

std::string to_json(const ChainSpec& spec) {
  const auto& identity = spec.identity;
  const bool is_instant = spec.engine.sealing == consensus::dev::Sealing::kInstant;
  return fmt::format(R"({{
  "name": "{}",
  "id": "{}",
  "chainType": "{}",
  "properties": {{"ss58Format": {}, "tokenDecimals": {}, "tokenSymbol": "{}"}},
  "sealing": {{"mode": "{}", "blockTime": {}}},
  "genesis": {}
}}
)",
                     identity.name, identity.id, identity.type, identity.ss58_format, identity.token_decimals,
                     identity.token_symbol, is_instant ? "instant" : "interval", spec.engine.block_time,
                     genesis_json(spec));
}

}  // namespace substratee::node::service
