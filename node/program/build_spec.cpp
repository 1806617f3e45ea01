#include "core/attestation/policy/policy_file.hpp"
#include "core/crypto/system_random.hpp"
#include "node/program/commands.hpp"
#include "node/program/telling.hpp"
#include "node/service/chain_spec.hpp"

#include <fmt/format.h>

#include <fstream>

namespace substratee::node::program {

namespace {

using service::ChainSpec;
using storage::Code;
using storage::fail;

storage::Result<primitives::AccountId> account(std::string_view flag, std::string_view text) {
  const auto account = service::account_from(text);
  if (account) return *account;
  return fail(Code::kForeign, fmt::format("{} {}: expected an SS58 address, or 0x and 64 hex digits", flag, text));
}

storage::Result<ChainSpec> begin(const BuildSpecOptions& options, Random& random) {
  if (!options.chain.empty()) return service::read_chain_spec(options.chain);
  if (!options.authority) {
    return fail(Code::kForeign,
                "who seals the chain? Draw a key with `substratee-node key generate --scheme ed25519 "
                "--file authority.phrase` and give its address as --authority");
  }
  ChainSpec spec;
  spec.identity = {.name = "substraTEE Local", .id = "substratee-local", .type = "Local"};
  spec.genesis = runtime::development_genesis({}, random.draw<32>(), {});
  return spec;
}

storage::Result<void> set_authority(ChainSpec& spec, std::string_view text) {
  const auto equals = text.find('=');
  if (equals != std::string_view::npos) spec.authority_name = text.substr(0, equals);
  const auto key = equals == std::string_view::npos ? text : text.substr(equals + 1);
  spec.genesis.engine.authority = SUBSTRATEE_TRY(account("--authority", key));
  return {};
}

/// The amount is checked with the whole specification.
storage::Result<std::string> endowment(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    return fail(Code::kForeign, fmt::format("--endow {}: expected ACCOUNT=AMOUNT", text));
  }
  static_cast<void>(SUBSTRATEE_TRY(account("--endow", text.substr(0, equals))));
  const auto amount = text.substr(equals + 1);
  if (amount.empty() || amount.size() > 38 || amount.find_first_not_of("0123456789") != std::string_view::npos) {
    return fail(Code::kForeign, fmt::format("--endow {}: expected an amount in at most 38 decimal digits", text));
  }
  return std::string(amount);
}

primitives::Balance to_balance(std::string_view digits) {
  primitives::Balance out = 0;
  for (const char digit : digits) out = out * 10 + static_cast<unsigned>(digit - '0');
  return out;
}

storage::Result<void> set_endowed(ChainSpec& spec, const std::vector<std::string>& texts) {
  if (!texts.empty()) spec.genesis.endowed.clear();
  for (const auto& text : texts) {
    const auto amount = SUBSTRATEE_TRY(endowment(text));
    const auto whom = SUBSTRATEE_TRY(account("--endow", std::string_view(text).substr(0, text.find('='))));
    spec.genesis.endowed.emplace_back(whom, to_balance(amount));
  }
  return {};
}

storage::Result<void> set_policy(ChainSpec& spec, const path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(attestation::kMaxPolicyFileSize + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) {
    return fail(Code::kDisk, fmt::format("--attestation-policy {}: cannot be read", file.string()));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto policy = attestation::policy_from_json(text);
  if (!policy) {
    return fail(Code::kForeign, fmt::format("--attestation-policy {}: {}", file.string(), policy.error().text));
  }
  spec.genesis.policy = *std::move(policy);
  return {};
}

storage::Result<std::string> build(const BuildSpecOptions& options, Random& random) {
  auto spec = SUBSTRATEE_TRY(begin(options, random));
  if (options.name) spec.identity.name = *options.name;
  if (options.id) spec.identity.id = *options.id;
  if (options.type) spec.identity.type = *options.type;
  if (options.authority) SUBSTRATEE_TRY(set_authority(spec, *options.authority));
  if (options.sudo) spec.genesis.root = SUBSTRATEE_TRY(account("--sudo", *options.sudo));
  SUBSTRATEE_TRY(set_endowed(spec, options.endow));
  if (!options.allowed_measurements.empty()) spec.genesis.allowed_measurements = options.allowed_measurements;
  if (!options.attestation_policy.empty()) SUBSTRATEE_TRY(set_policy(spec, options.attestation_policy));
  if (options.fee_per_byte) spec.genesis.fees.per_byte = *options.fee_per_byte;
  if (options.fee_per_microsecond) spec.genesis.fees.per_microsecond = *options.fee_per_microsecond;
  if (options.sealing) spec.engine.sealing = *options.sealing;
  if (options.block_time) spec.engine.block_time = *options.block_time;
  auto text = service::to_json(spec);
  // What is printed can be read again.
  if (const auto read = service::chain_spec_from(text); !read) return std::unexpected(read.error());
  return text;
}

}  // namespace

int execute(const BuildSpecOptions& options) {
  crypto::initialise();
  crypto::SystemRandom random;
  const auto text = build(options, random);
  if (!text) return failed(text.error().message);
  fmt::print("{}", *text);
  return 0;
}

}  // namespace substratee::node::program
