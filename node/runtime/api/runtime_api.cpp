#include "node/runtime/api/runtime_api.hpp"

#include "core/crypto/hash.hpp"
#include "node/runtime/api/answers.hpp"

#include <algorithm>

namespace substratee::node::runtime::api {
namespace {

using Answer = std::expected<Bytes, ApiError>;

struct Asked {
  const StateView& state;
  BlockNumber best;
  const BlockHash& best_hash;
};

struct Method {
  std::string_view name;
  Answer (*call)(const Asked&, ByteView);
};

struct Api {
  std::string_view name;
  std::uint32_t version;
};

constexpr auto kApis = std::to_array<Api>({{"Core", 5}, {"TaggedTransactionQueue", 3}, {"AccountNonceApi", 1}});

Answer version(const Asked&, ByteView arguments) {
  if (!arguments.empty()) return std::unexpected(ApiError::kBadArguments);
  return scale::encode(version_answer());
}

Answer account_nonce_of(const Asked& asked, ByteView arguments) {
  const auto account = SUBSTRATEE_TRY_OR(ApiError::kBadArguments, scale::decode<AccountId>(arguments));
  return scale::encode(account_nonce(asked.state, account));
}

Answer validate(const Asked& asked, ByteView arguments) {
  constexpr std::size_t kSourceSize = 1;
  constexpr std::size_t kHashSize = 32;
  constexpr std::uint8_t kLastSource = 2;  // InBlock, Local, External
  if (arguments.size() < kSourceSize + kHashSize || arguments[0] > kLastSource) {
    return std::unexpected(ApiError::kBadArguments);
  }
  const auto extrinsic = arguments.subspan(kSourceSize, arguments.size() - kSourceSize - kHashSize);
  return encode_validity(validate_transaction(asked.state, asked.best, asked.best_hash, extrinsic), asked.best);
}

constexpr auto kMethods = std::to_array<Method>({{"Core_version", version},
                                                 {"AccountNonceApi_account_nonce", account_nonce_of},
                                                 {"TaggedTransactionQueue_validate_transaction", validate}});

}  // namespace

std::string_view to_string(ApiError error) noexcept {
  switch (error) {
    case ApiError::kUnknownName: return "unknown runtime call";
    case ApiError::kBadArguments: return "the runtime call's arguments do not decode";
  }
  return "runtime call failed";
}

Answer call_runtime_api(const StateView& state, BlockNumber best, const BlockHash& best_hash, std::string_view name,
                        ByteView arguments) {
  const auto* found = std::ranges::find(kMethods, name, &Method::name);
  if (found == kMethods.end()) return std::unexpected(ApiError::kUnknownName);
  return found->call(Asked{state, best, best_hash}, arguments);
}

const std::vector<ApiVersion>& api_versions() {
  static const auto versions = [] {
    std::vector<ApiVersion> out;
    for (const auto& api : kApis) out.push_back({crypto::blake2_64(as_bytes(api.name)), api.version});
    return out;
  }();
  return versions;
}

}  // namespace substratee::node::runtime::api
