#include "node/api/node_api.hpp"
#include "rpc/node_api.hpp"

namespace substratee::node::api {

namespace {

struct NamedParams {
  const char* method;
  std::vector<std::string> names;
};

/// As the new specification and Substrate's own declarations have them; methods without parameters are not here.
const std::vector<NamedParams>& all_names() {
  static const std::vector<NamedParams> kAll = {
      {"chainHead_v1_follow", {"withRuntime"}},
      {"chainHead_v1_unfollow", {"followSubscription"}},
      {"chainHead_v1_header", {"followSubscription", "hash"}},
      {"chainHead_v1_body", {"followSubscription", "hash"}},
      {"chainHead_v1_call", {"followSubscription", "hash", "function", "callParameters"}},
      {"chainHead_v1_storage", {"followSubscription", "hash", "items", "childTrie"}},
      {"chainHead_v1_unpin", {"followSubscription", "hashOrHashes"}},
      {"chainHead_v1_continue", {"followSubscription", "operationId"}},
      {"chainHead_v1_stopOperation", {"followSubscription", "operationId"}},
      {"transaction_v1_broadcast", {"transaction"}},
      {"transaction_v1_stop", {"operationId"}},
      {"transactionWatch_v1_submitAndWatch", {"transaction"}},
      {"transactionWatch_v1_unwatch", {"subscription"}},
      {"archive_v1_body", {"hash"}},
      {"archive_v1_header", {"hash"}},
      {"archive_v1_hashByHeight", {"height"}},
      {"archive_v1_call", {"hash", "function", "callParameters"}},
      {"archive_v1_storage", {"hash", "items", "childTrie"}},
      {"archive_v1_stopStorage", {"operationId"}},
      {"archive_v1_storageDiff", {"hash", "items", "previousHash"}},
      {"archive_v1_stopStorageDiff", {"operationId"}},
      {"author_submitExtrinsic", {"bytes"}},
      {"author_submitAndWatchExtrinsic", {"bytes"}},
      {"author_unwatchExtrinsic", {"subscription"}},
      {"chain_getBlockHash", {"list_or_value"}},
      {"chain_getHeader", {"hash"}},
      {"chain_getBlock", {"hash"}},
      {"chain_unsubscribeNewHeads", {"subscription"}},
      {"chain_unsubscribeAllHeads", {"subscription"}},
      {"chain_unsubscribeFinalizedHeads", {"subscription"}},
      {"payment_queryInfo", {"encoded_xt", "at"}},
      {"payment_queryFeeDetails", {"encoded_xt", "at"}},
      {"state_call", {"name", "bytes", "hash"}},
      {"state_getKeys", {"prefix", "hash"}},
      {"state_getPairs", {"prefix", "hash"}},
      {"state_getKeysPaged", {"prefix", "count", "start_key", "hash"}},
      {"state_getStorage", {"key", "hash"}},
      {"state_getStorageHash", {"key", "hash"}},
      {"state_getStorageSize", {"key", "hash"}},
      {"state_getMetadata", {"hash"}},
      {"state_getRuntimeVersion", {"hash"}},
      {"state_getReadProof", {"keys", "hash"}},
      {"state_queryStorage", {"keys", "block", "hash"}},
      {"state_queryStorageAt", {"keys", "at"}},
      {"state_subscribeStorage", {"keys"}},
      {"state_unsubscribeStorage", {"subscription"}},
      {"state_unsubscribeRuntimeVersion", {"subscription"}},
      {"system_accountNextIndex", {"account"}},
      {"system_dryRun", {"extrinsic", "at"}},
      {rpc::node_method::kAppraiseMembers, {"policy", "time", "at"}},
      {"substratee_getVerifiedBlocks", {"from_number", "count"}},
  };
  return kAll;
}

}  // namespace

void name_params(net::JsonRpcServer& server) {
  for (const auto& [method, names] : all_names()) server.name_params(method, names);
}

}  // namespace substratee::node::api
