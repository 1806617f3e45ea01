#include "rpc/node_client.hpp"

#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"
#include "rpc/json_forms.hpp"

#include <fmt/format.h>

namespace substratee::rpc {
namespace json = net::json;
namespace {

constexpr const char* kAdvice = "is substratee-node running? try --node-url";
/// The largest answer: 256 blocks of 4 MiB would not fit, so the node cuts; a head room for hex.
constexpr std::size_t kMaxAnswer = std::size_t{64} << 20;

std::string service(std::string_view url) { return fmt::format("the node at {}", url); }

void push_at(json::array& params, const NodeClient::At& at) {
  if (at) params.push_back(hex_json(*at));
}

}  // namespace

NodeClient::NodeClient(std::string url, Timeout timeout, std::unique_ptr<net::JsonRpcClient> client)
    : url_(std::move(url)), timeout_(timeout), client_(std::move(client)) {}
NodeClient::~NodeClient() = default;

Result<std::unique_ptr<NodeClient>> NodeClient::connect(std::string url, Timeout timeout) {
  net::WebSocketOptions options;
  options.connect_timeout = timeout;
  options.max_message = kMaxAnswer;
  auto client = net::JsonRpcClient::connect(url, options);
  if (!client) return std::unexpected(to_failure(client.error(), service(url), kAdvice));
  return std::unique_ptr<NodeClient>(new NodeClient(std::move(url), timeout, *std::move(client)));
}

bool NodeClient::is_open() const { return client_->is_open(); }

void NodeClient::on_closed(std::function<void(const Failure&)> callback) {
  client_->on_closed([url = url_, callback = std::move(callback)](const net::Failure& failure) {
    callback(to_failure(failure, service(url), kAdvice));
  });
}

Failure NodeClient::bad_answer(std::string_view method, std::string_view what) const {
  return {FailureCode::kBadAnswer,
          fmt::format("the node at {} answers {} in an unknown form ({})", url_, method, what),
          "use a substratee-node of the same version",
          0,
          {}};
}

Result<json::value> NodeClient::call(const char* method, json::array params) {
  auto answer = client_->call(method, std::move(params), timeout_);
  if (!answer) return std::unexpected(to_failure(answer.error(), service(url_), method, kAdvice));
  return *std::move(answer);
}

Result<std::string> NodeClient::chain_name() {
  const auto answer = SUBSTRATEE_TRY(call(node_method::kChain));
  if (!answer.is_string()) return std::unexpected(bad_answer(node_method::kChain, "no text"));
  return std::string(answer.as_string());
}

Result<NodeHealth> NodeClient::health() {
  const auto answer = SUBSTRATEE_TRY(call(node_method::kHealth));
  const auto* peers = find(answer, "peers");
  const auto* syncing = find(answer, "isSyncing");
  const auto* should = find(answer, "shouldHavePeers");
  if (peers == nullptr || syncing == nullptr || !syncing->is_bool()) {
    return std::unexpected(bad_answer(node_method::kHealth, "no health"));
  }
  return NodeHealth{number_from_json(*peers).value_or(0), syncing->as_bool(),
                    should != nullptr && should->is_bool() && should->as_bool()};
}

Result<primitives::BlockHash> NodeClient::genesis_hash() {
  const auto hash = SUBSTRATEE_TRY(block_hash(0));
  if (!hash) return std::unexpected(bad_answer(node_method::kBlockHash, "no genesis block"));
  return *hash;
}

Result<std::optional<primitives::BlockHash>> NodeClient::block_hash(std::optional<primitives::BlockNumber> number) {
  json::array params;
  if (number) params.push_back(*number);
  const auto answer = SUBSTRATEE_TRY(call(node_method::kBlockHash, std::move(params)));
  if (answer.is_null()) return std::optional<primitives::BlockHash>{};
  const auto hash = fixed_from_json<32>(answer);
  if (!hash) return std::unexpected(bad_answer(node_method::kBlockHash, "no hash"));
  return hash;
}

Result<std::optional<primitives::Header>> NodeClient::header(At at) {
  json::array params;
  push_at(params, at);
  const auto answer = SUBSTRATEE_TRY(call(node_method::kHeader, std::move(params)));
  if (answer.is_null()) return std::optional<primitives::Header>{};
  auto header = header_from_json(answer);
  if (!header) return std::unexpected(bad_answer(node_method::kHeader, "no header"));
  return header;
}

Result<std::optional<Block>> NodeClient::block(At at) {
  json::array params;
  push_at(params, at);
  const auto answer = SUBSTRATEE_TRY(call(node_method::kBlock, std::move(params)));
  if (answer.is_null()) return std::optional<Block>{};
  auto block = block_from_json(answer);
  if (!block) return std::unexpected(bad_answer(node_method::kBlock, "no block"));
  return block;
}

Result<primitives::BlockHash> NodeClient::finalized_head() {
  const auto answer = SUBSTRATEE_TRY(call(node_method::kFinalizedHead));
  const auto hash = fixed_from_json<32>(answer);
  if (!hash) return std::unexpected(bad_answer(node_method::kFinalizedHead, "no hash"));
  return *hash;
}

Result<std::vector<VerifiedBlock>> NodeClient::verified_blocks(primitives::BlockNumber from, std::uint32_t count) {
  const auto answer = SUBSTRATEE_TRY(call(node_method::kVerifiedBlocks, {from, count}));
  if (!answer.is_array()) return std::unexpected(bad_answer(node_method::kVerifiedBlocks, "no list"));
  std::vector<VerifiedBlock> blocks;
  for (const auto& item : answer.as_array()) {
    auto block = verified_block_from_json(item);
    if (!block || block->number != from + blocks.size() || blocks.size() >= count) {
      return std::unexpected(bad_answer(node_method::kVerifiedBlocks, "not the blocks asked for"));
    }
    blocks.push_back(*std::move(block));
  }
  return blocks;
}

Result<NodeClient::Subscription> NodeClient::subscribe_heads(const char* subscribe, const char* unsubscribe,
                                                             HeaderCallback callback) {
  auto on_news = [callback = std::move(callback)](const json::value& value) {
    if (const auto header = header_from_json(value)) callback(*header);
  };
  auto id = client_->subscribe(subscribe, {}, unsubscribe, std::move(on_news), timeout_);
  if (!id) return std::unexpected(to_failure(id.error(), service(url_), subscribe, kAdvice));
  return Subscription{*std::move(id)};
}

Result<NodeClient::Subscription> NodeClient::subscribe_finalized_heads(HeaderCallback callback) {
  return subscribe_heads(node_method::kSubscribeFinalizedHeads, node_method::kUnsubscribeFinalizedHeads,
                         std::move(callback));
}

Result<NodeClient::Subscription> NodeClient::subscribe_new_heads(HeaderCallback callback) {
  return subscribe_heads(node_method::kSubscribeNewHeads, node_method::kUnsubscribeNewHeads, std::move(callback));
}

void NodeClient::unsubscribe(const Subscription& subscription) {
  static_cast<void>(client_->unsubscribe(subscription.id, timeout_));
}

Result<std::optional<Bytes>> NodeClient::storage(ByteView key, At at) {
  json::array params{hex_json(key)};
  push_at(params, at);
  const auto answer = SUBSTRATEE_TRY(call(node_method::kStorage, std::move(params)));
  if (answer.is_null()) return std::optional<Bytes>{};
  auto bytes = bytes_from_json(answer);
  if (!bytes) return std::unexpected(bad_answer(node_method::kStorage, "no hex"));
  return bytes;
}

Result<ReadProof> NodeClient::read_proof(const std::vector<Bytes>& keys, const primitives::BlockHash& at) {
  json::array list;
  for (const auto& key : keys) list.push_back(hex_json(key));
  const auto answer = SUBSTRATEE_TRY(call(node_method::kReadProof, {std::move(list), hex_json(at)}));
  const auto* block = find(answer, "at");
  const auto* proof = find(answer, "proof");
  const auto hash = block == nullptr ? std::nullopt : fixed_from_json<32>(*block);
  if (!hash || proof == nullptr || !proof->is_array())
    return std::unexpected(bad_answer(node_method::kReadProof, "no proof"));
  ReadProof out{*hash, {}};
  for (const auto& item : proof->as_array()) {
    auto node = bytes_from_json(item);
    if (!node) return std::unexpected(bad_answer(node_method::kReadProof, "a node without hex"));
    out.nodes.push_back(*std::move(node));
  }
  return out;
}

Result<std::vector<Bytes>> NodeClient::keys_paged(ByteView prefix, std::uint32_t count,
                                                  const std::optional<Bytes>& start_key, At at) {
  json::array params{hex_json(prefix), count, start_key ? hex_json(*start_key) : json::value(nullptr)};
  push_at(params, at);
  const auto answer = SUBSTRATEE_TRY(call(node_method::kKeysPaged, std::move(params)));
  if (!answer.is_array()) return std::unexpected(bad_answer(node_method::kKeysPaged, "no list"));
  std::vector<Bytes> keys;
  for (const auto& item : answer.as_array()) {
    auto key = bytes_from_json(item);
    if (!key) return std::unexpected(bad_answer(node_method::kKeysPaged, "a key without hex"));
    keys.push_back(*std::move(key));
  }
  return keys;
}

Result<RuntimeVersion> NodeClient::runtime_version() {
  const auto answer = SUBSTRATEE_TRY(call(node_method::kRuntimeVersion));
  const auto* name = find(answer, "specName");
  const auto* spec = find(answer, "specVersion");
  const auto* transaction = find(answer, "transactionVersion");
  if (name == nullptr || !name->is_string() || spec == nullptr || transaction == nullptr) {
    return std::unexpected(bad_answer(node_method::kRuntimeVersion, "no version"));
  }
  return RuntimeVersion{std::string(name->as_string()), u32_from_json(*spec).value_or(0),
                        u32_from_json(*transaction).value_or(0)};
}

Result<primitives::Nonce> NodeClient::next_nonce(const primitives::AccountId& account) {
  const auto answer =
      SUBSTRATEE_TRY(call(node_method::kAccountNextIndex, {json::string(primitives::to_ss58(account))}));
  const auto nonce = u32_from_json(answer);
  if (!nonce) return std::unexpected(bad_answer(node_method::kAccountNextIndex, "no number"));
  return *nonce;
}

}  // namespace substratee::rpc
