#include "client/testing/fake_network.hpp"

#include "client/sdk/session.hpp"
#include "core/finality/dev_seal.hpp"
#include "core/primitives/ss58.hpp"
#include "core/registry/storage.hpp"
#include "rpc/json_forms.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace substratee::client::testing {
namespace json = net::json;
namespace key = registry::key;
namespace method = rpc::node_method;
namespace {

net::ServerOptions server_options() {
  net::ServerOptions options;
  options.threads = 2;
  return options;
}

crypto::ed25519::KeyPair authority_of(std::uint8_t seed) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(seed);
  return crypto::ed25519::KeyPair::from_seed(bytes);
}

Bytes engine_of(const crypto::ed25519::KeyPair& authority) {
  return scale::encode(registry::Engine{registry::DevEngine{{authority.public_key().bytes}, {}}});
}

primitives::Header sealed(const primitives::Header& header, const crypto::ed25519::KeyPair& by) {
  return finality::with_seal(header, by.sign(finality::seal_message(header)));
}

primitives::Header unsealed(primitives::Header header) {
  header.digest.pop_back();
  return header;
}

Bytes failed_event(registry::Error error) {
  return {4, 0, 0, 0, 0, 0, registry::kSystemIndex, 1, 3, registry::kRegistryIndex, static_cast<std::uint8_t>(error),
          0, 0, 0};
}

}  // namespace

FakeNetwork::FakeNetwork(std::size_t workers) : authority_(authority_of(200)), server_(server_options()) {
  storage_[key::engine()] = engine_of(authority_);
  seal({});
  shard_ = std::make_unique<FakeShard>(genesis());
  on_chain_ = make_shard(*shard_);
  for (std::size_t i = 0; i < workers; ++i) add_worker(static_cast<std::uint8_t>(i + 1));
  AccountInfo rich;
  rich.free = 1'000'000;
  const auto alice = primitives::AccountKey::from_uri("//Alice", primitives::Scheme::kSr25519, shard_->random());
  storage_[key::system_account(alice->account())] = scale::encode(rich);
  store_registry();
  agree(seal({registry::ShardFounded{shard_->domain().shard,
                                     1,
                                     places_.empty() ? AccountId{} : places_[0].enclave->account(),
                                     {},
                                     shard_->shard_key().key}}));
  add_node_methods();
  add_block_methods();
  add_submission();
  rpc_.mount(server_);
  if (!server_.start()) throw std::runtime_error("the fake node cannot listen");
}

FakeNetwork::~FakeNetwork() {
  server_.stop();
  for (auto& place : places_) place.server->stop();
}

std::string FakeNetwork::node_url() const { return fmt::format("ws://127.0.0.1:{}", server_.port()); }
std::string FakeNetwork::worker_url(std::size_t worker) const {
  return fmt::format("http://127.0.0.1:{}", places_.at(worker).server->port());
}

void FakeNetwork::set_lie(std::size_t worker, Lie lie) {
  const std::lock_guard lock(mutex_);
  places_.at(worker).enclave->set_lie(lie);
}

void FakeNetwork::set_status(std::size_t worker, registry::MemberStatus status) {
  const std::lock_guard lock(mutex_);
  places_.at(worker).status = status;
  store_registry();
  seal({});
}

void FakeNetwork::set_disputed() {
  const std::lock_guard lock(mutex_);
  on_chain_.disputed = true;
  agrees_ = false;
  store_registry();
  seal({});
}

void FakeNetwork::set_node_lie(NodeLie lie) {
  const std::lock_guard lock(mutex_);
  lie_ = lie;
}

void FakeNetwork::prune(std::size_t count) {
  const std::lock_guard lock(mutex_);
  std::erase_if(storage_, [&](const auto& entry) {
    const auto prefix = key::confirmations(shard_->domain().shard, 0);
    return std::equal(prefix.begin(), prefix.begin() + 32, entry.first.begin());
  });
  seal({});
  first_kept_ = blocks_.size() - count;
}

void FakeNetwork::add_block(registry::Journal journal) {
  const std::lock_guard lock(mutex_);
  seal(std::move(journal));
}

/// The block's header as the node shows it.
primitives::Header FakeNetwork::shown(const Block& block) const {
  const bool is_genesis = block.header.number.value == 0;
  if (lie_ == NodeLie::kOtherHeader) return blocks_.at(block.header.number.value == 1 ? 2 : 1).header;
  if (is_genesis) return block.header;
  if (lie_ == NodeLie::kUnsealed) return unsealed(block.header);
  if (lie_ == NodeLie::kForeignSeal) return sealed(unsealed(block.header), authority_of(201));
  if (lie_ != NodeLie::kTwoChains) return block.header;
  auto other = unsealed(block.header);
  other.extrinsics_root[0] ^= 1;
  return sealed(other, authority_);
}

/// Nothing: the state is gone.
std::optional<std::vector<Bytes>> FakeNetwork::prove(const std::vector<Bytes>& keys, const Block& block) const {
  const auto number = block.header.number.value;
  if (number != 0 && number < first_kept_) return std::nullopt;
  auto content = block.storage;
  if (lie_ == NodeLie::kFalseEngine) content[key::engine()] = engine_of(authority_of(201));
  if (number != 0 && (lie_ == NodeLie::kFalseValue || lie_ == NodeLie::kFalseCharter)) {
    auto shard = on_chain_;
    if (lie_ == NodeLie::kFalseValue) shard.shielding_key->bytes[0] ^= 1;
    shard.charter.minimum_confirmations = 0;
    content[key::shard(shard_->domain().shard)] = scale::encode(shard);
  }
  auto nodes = trie::prove(content, keys);
  if (lie_ == NodeLie::kHalfProof && number != 0) nodes.pop_back();
  return nodes;
}

/// As a worker keeps it: of the block that the query asks for.
json::value FakeNetwork::agreement_of(const protocol::SealedQuery& query) const {
  const auto opened = protocol::open_query(query, shard_->keys().shielding(), shard_->keys().epoch(), shard_->domain());
  const auto* ask = opened ? std::get_if<protocol::AskReceipt>(&opened->query.query) : nullptr;
  if (ask == nullptr || !gives_agreements_) return nullptr;
  for (const auto& block : blocks_) {
    const auto entry = proof::find_agreement(block.journal, shard_->domain().shard, ask->block);
    if (!entry) continue;
    const auto read = [&](const std::vector<Bytes>& keys, const BlockHash&) {
      return trie::prove(block.storage, keys);
    };
    const auto made = proof::assemble_agreement({scale::encode(block.header), scale::encode(block.journal), {}}, *entry,
                                                read, [] { return std::nullopt; });
    return rpc::hex_json(scale::encode(made.value()));
  }
  return nullptr;
}

void FakeNetwork::stop_worker(std::size_t worker) { places_.at(worker).server->stop(); }

FakeNetwork::Block& FakeNetwork::seal(registry::Journal journal, std::vector<Bytes> extrinsics) {
  Block block;
  block.header.number.value = static_cast<BlockNumber>(blocks_.size());
  if (!blocks_.empty()) block.header.parent_hash = blocks_.back().hash;
  if (!journal.empty()) block.header.digest.push_back(registry::journal_digest(journal));
  block.header.state_root = trie::root(storage_, trie::Layout::kV1);
  if (!blocks_.empty()) block.header = sealed(block.header, authority_);
  block.hash = block.header.hash();
  block.journal = std::move(journal);
  block.extrinsics = std::move(extrinsics);
  block.storage = storage_;
  return blocks_.emplace_back(std::move(block));
}

void FakeNetwork::store_registry() {
  const auto& id = shard_->domain().shard;
  storage_[key::shard(id)] = scale::encode(on_chain_);
  storage_[key::enclave_count()] = scale::encode(std::uint64_t{places_.size()});
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const auto account = places_[i].enclave->account();
    auto worker = make_worker(i + 1, account, worker_url(i));
    worker.member->status = places_[i].status;
    storage_[key::enclave(i + 1)] = scale::encode(worker.enclave);
    storage_[key::enclave_index(account)] = scale::encode(std::uint64_t{i + 1});
    storage_[key::member(id, account)] = scale::encode(*worker.member);
  }
}

/// Seals the block that announces the agreement. `block` may move with it: copied first.
void FakeNetwork::agree(const Block& block) {
  const auto number = block.header.number.value;
  const auto hash = block.hash;
  shard_->process(number, hash, block.journal);
  if (!agrees_) return;
  registry::StateAgreed agreed;
  agreed.shard = shard_->domain().shard;
  agreed.agreed = {number, hash, shard_->state().cid(), shard_->receipts_root(number)};
  registry::BlockConfirmations confirmations;
  confirmations.block_hash = hash;
  confirmations.is_agreed = true;
  confirmations.agreed_in = static_cast<BlockNumber>(blocks_.size());
  for (const auto& place : places_) {
    if (place.status != registry::MemberStatus::kActive) continue;
    agreed.active += 1;
    agreed.confirmed_by.value.push_back(place.enclave->account());
    confirmations.confirmations.value.push_back(
        {place.enclave->account(), agreed.agreed.receipts_root, agreed.agreed.state_cid});
  }
  on_chain_.agreed = agreed.agreed;
  store_registry();
  storage_[key::confirmations(agreed.shard, number)] = scale::encode(confirmations);
  seal({agreed});
}

std::expected<BlockHash, net::RpcError> FakeNetwork::include(const json::array& params) {
  const auto wire = rpc::bytes_from_json(params.at(0));
  const auto extrinsic = primitives::decode_extrinsic(wire.value_or(Bytes{}));
  if (!extrinsic || !extrinsic->signed_part) return net::invalid_params("not a signed extrinsic");
  const auto& era = extrinsic->signed_part->era;
  const auto birth = era.is_immortal() ? 0 : era.birth(static_cast<BlockNumber>(blocks_.size()));
  if (!primitives::verify_extrinsic(*extrinsic, {1, 1, genesis(), blocks_.at(birth).hash})) {
    return std::unexpected(net::RpcError{1010, "Invalid Transaction", json::value("Transaction has a bad signature")});
  }
  storage_.erase(key::system_events());
  registry::Journal journal;
  if (error_) {
    storage_[key::system_events()] = failed_event(*error_);
  } else if (extrinsic->call.at(0) == registry::kRegistryIndex) {
    const auto call = scale::decode<registry::RegistryCall>(ByteView(extrinsic->call).subspan(1));
    const auto& forwarded = std::get<registry::CallWorker>(call.value());
    journal.push_back(registry::CallForwarded{forwarded.shard, extrinsic->signed_part->signer, forwarded.sealed_call});
  }
  const auto hash = seal(std::move(journal), {*wire}).hash;
  const auto block = blocks_.back();
  if (!block.journal.empty()) agree(block);
  return hash;
}

Head FakeNetwork::head() const {
  return {static_cast<BlockNumber>(blocks_.size() - 1), blocks_.back().hash,
          on_chain_.agreed ? on_chain_.agreed->state_cid : registry::StateCid{}};
}

const FakeNetwork::Block* FakeNetwork::find(const json::array& params, std::size_t position) const {
  if (params.size() <= position || params[position].is_null()) return &blocks_.back();
  const auto hash = rpc::fixed_from_json<32>(params[position]);
  for (const auto& block : blocks_) {
    if (hash == block.hash || hash == shown(block).hash()) return &block;
  }
  return nullptr;
}

json::value FakeNetwork::verified_blocks(std::size_t from, std::size_t count) const {
  json::array out;
  for (auto i = from; i < std::min(from + count, blocks_.size()); ++i) {
    const auto& block = blocks_[i];
    auto journal = block.journal;
    if (forges_journals_) journal.push_back(registry::FoundingReopened{shard_->domain().shard, 1});
    const auto header = shown(block);
    rpc::VerifiedBlock form{
        block.header.number.value, header.hash(), {scale::encode(header), scale::encode(journal), {}}};
    out.push_back(rpc::to_json(form));
  }
  return out;
}

void FakeNetwork::add_node_methods() {
  rpc_.method(method::kChain, [](const json::array&) -> net::RpcResult { return json::value("Fake"); });
  rpc_.method(method::kRuntimeVersion, [](const json::array&) -> net::RpcResult {
    return json::object{{"specName", "fake"}, {"specVersion", 1}, {"transactionVersion", 1}};
  });
  rpc_.method(method::kAccountNextIndex, [](const json::array&) -> net::RpcResult { return json::value(0); });
  rpc_.method(method::kStorage, [this](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    const auto* block = find(params, 1);
    if (block == nullptr) return net::invalid_params("unknown block");
    const auto found = block->storage.find(*rpc::bytes_from_json(params.at(0)));
    return found == block->storage.end() ? json::value(nullptr) : rpc::hex_json(found->second);
  });
  rpc_.method(method::kKeysPaged, [this](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    const auto prefix = *rpc::bytes_from_json(params.at(0));
    json::array out;
    for (const auto& [name, value] : find(params, 3)->storage) {
      if (name.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), name.begin()))
        out.push_back(rpc::hex_json(name));
    }
    return out;
  });
}

void FakeNetwork::add_block_methods() {
  rpc_.method(method::kBlockHash, [this](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    if (params.empty()) return rpc::hex_json(blocks_.back().hash);
    const auto number = rpc::u32_from_json(params[0]).value_or(0);
    return number < blocks_.size() ? rpc::hex_json(blocks_[number].hash) : json::value(nullptr);
  });
  rpc_.method(method::kHeader, [this](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    const auto* block = find(params, 0);
    return block == nullptr ? json::value(nullptr) : rpc::to_json(shown(*block));
  });
  rpc_.method(method::kBlock, [this](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    const auto* block = find(params, 0);
    if (block == nullptr) return json::value(nullptr);
    json::array extrinsics;
    for (const auto& extrinsic : block->extrinsics) extrinsics.push_back(rpc::hex_json(extrinsic));
    return json::object{
        {"block", json::object{{"header", rpc::to_json(block->header)}, {"extrinsics", std::move(extrinsics)}}}};
  });
  rpc_.method(method::kFinalizedHead, [this](const json::array&) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    return rpc::hex_json(shown(lie_ == NodeLie::kOldHead ? blocks_.at(1) : blocks_.back()).hash());
  });
  rpc_.method(method::kReadProof, [this](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    const auto* block = find(params, 1);
    if (block == nullptr) return net::invalid_params("unknown block");
    std::vector<Bytes> keys;
    for (const auto& key : params.at(0).as_array()) keys.push_back(*rpc::bytes_from_json(key));
    const auto nodes = prove(keys, *block);
    if (!nodes) return std::unexpected(net::RpcError{4003, "the state is no longer kept", {}});
    json::array list;
    for (const auto& node : *nodes) list.push_back(rpc::hex_json(node));
    return json::object{{"at", rpc::hex_json(block->hash)}, {"proof", std::move(list)}};
  });
  rpc_.method(method::kVerifiedBlocks, [this](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    return verified_blocks(rpc::u32_from_json(params.at(0)).value_or(0), rpc::u32_from_json(params.at(1)).value_or(0));
  });
}

void FakeNetwork::add_submission() {
  rpc_.method(method::kSubmit, [this](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    const auto block = include(params);
    if (!block) return std::unexpected(block.error());
    return rpc::hex_json(primitives::extrinsic_hash(*rpc::bytes_from_json(params.at(0))));
  });
  rpc_.subscription({method::kSubmitAndWatch, method::kUnwatch, method::kExtrinsicNews},
                    [this](const json::array& params,
                           const std::shared_ptr<net::Subscriber>& subscriber) -> std::expected<void, net::RpcError> {
                      const std::lock_guard lock(mutex_);
                      const auto block = include(params);
                      if (!block) return std::unexpected(block.error());
                      subscriber->notify("ready");
                      subscriber->notify(json::object{{"inBlock", rpc::hex_json(*block)}});
                      subscriber->notify(json::object{{"finalized", rpc::hex_json(*block)}});
                      return {};
                    });
}

void FakeNetwork::add_worker(std::uint8_t number) {
  Place place;
  place.enclave = std::make_unique<FakeEnclave>(*shard_, number);
  place.rpc = std::make_unique<net::JsonRpcServer>();
  place.server = std::make_unique<net::Server>(server_options());
  auto* enclave = place.enclave.get();
  place.rpc->method(rpc::worker_method::kShieldingKey, [this, enclave](const json::array&) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    return rpc::to_json(enclave->shielding_key());
  });
  const auto answer = [this, enclave](const json::array& params) -> net::RpcResult {
    const std::lock_guard lock(mutex_);
    const auto query = scale::decode<protocol::SealedQuery>(*rpc::bytes_from_json(params.at(0)));
    const auto sealed = enclave->answer(query.value(), head());
    if (!sealed) return std::unexpected(sealed.error());
    return json::object{{"answer", rpc::hex_json(*sealed)}, {"agreement", agreement_of(*query)}};
  };
  place.rpc->method(rpc::worker_method::kExecuteGetter, answer);
  place.rpc->method(rpc::worker_method::kReceipt, answer);
  place.rpc->method(rpc::worker_method::kVersion,
                    [](const json::array&) -> net::RpcResult { return json::value("0.4.0"); });
  place.rpc->method(rpc::worker_method::kHealth, [](const json::array&) -> net::RpcResult {
    return rpc::to_json(rpc::WorkerHealth{.phase = "live",
                                          .head = 7,
                                          .is_ready = true,
                                          .member = "Active",
                                          .root = "bafy",
                                          .agreed = 6,
                                          .epoch = 1,
                                          .diverged_at = {},
                                          .kind = "simulated",
                                          .valid_until = {}});
  });
  place.rpc->mount(*place.server);
  if (!place.server->start()) throw std::runtime_error("the fake worker cannot listen");
  places_.push_back(std::move(place));
}

}  // namespace substratee::client::testing
