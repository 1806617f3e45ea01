#include "bench/join_roles.hpp"

#include "core/crypto/hash.hpp"
#include "core/protocol/enclave_messages.hpp"
#include "enclave/process/frame_loop.hpp"
#include "enclave/state/loader.hpp"
#include "enclave/state/seal.hpp"
#include "enclave/state/state.hpp"
#include "net/server.hpp"
#include "worker/api/api.hpp"
#include "worker/ipfs/block_store.hpp"
#include "worker/ipfs/gateway/gateway.hpp"
#include "worker/ipfs/importer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>

namespace substratee::bench {
namespace {

using namespace enclave::state;
using Clock = std::chrono::steady_clock;

constexpr registry::BlockNumber kFirstBlock = 7;
constexpr registry::BlockNumber kSecondBlock = 8;

Hash256 filled(std::uint8_t byte) {
  Hash256 out;
  out.bytes.fill(byte);
  return out;
}

crypto::Secret<32> secret(std::uint8_t byte) { return *crypto::Secret<32>::from(filled(byte).bytes); }
registry::ShardId shard() { return filled(0x5a); }

KeyRing ring() {
  KeyRing out;
  out.add(1, secret(1));
  return out;
}

Writer writer_at(registry::BlockNumber height) {
  return {.epoch = 1, .height = height, .block_hash = filled(static_cast<std::uint8_t>(height))};
}

/// Keys as they are: an account, which is random, and a field.
Bytes key_of(std::uint32_t number) {
  Bytes out = to_bytes(crypto::sha256(as_bytes(std::to_string(number))).bytes);
  out.push_back(16);
  return out;
}

Bytes value_of(std::uint32_t number, std::uint32_t version, std::size_t size) {
  Bytes out(size, static_cast<std::uint8_t>(number * 31));
  std::memcpy(out.data(), &number, std::min(sizeof number, size));
  if (size > sizeof number) out[sizeof number] = static_cast<std::uint8_t>(version);
  return out;
}

int failed(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  return 1;
}

bool store_all(worker::ipfs::BlockStore& store, std::vector<ipld::Block> blocks) {
  worker::ipfs::Importer importer(store);
  const auto root = blocks.back().cid;
  for (auto& block : blocks) {
    if (!importer.add(std::move(block))) return false;
  }
  return importer.finish(root).has_value();
}

/// One core, one block: the hash, AES-SIV, and the hash of the content, of which the state is made.
double measure_block() {
  const auto state_key = secret(1);
  const Bytes content(16'000, 1);
  const auto block = seal_node(state_key, shard(), writer_at(1), Frame::of(content));
  constexpr int kRounds = 5'000;
  const auto start = Clock::now();
  for (int i = 0; i < kRounds; ++i) {
    if (crypto::sha256(block.bytes) != *Hash256::from(block.cid.digest)) return 0;
    const auto opened = open_node(state_key, shard(), writer_at(1), block.bytes);
    if (!opened || crypto::sha256(opened->content()) == Hash256{}) return 0;
  }
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count() / kRounds;
}

}  // namespace

int make_states(const std::filesystem::path& directory, const JoinLoad& load) {
  const auto store = worker::ipfs::BlockStore::open(directory);
  if (!store) return failed(store.error().to_string());
  const auto keys = ring();
  auto state = State::empty(shard(), secret(0xc7));
  for (std::uint32_t i = 0; i < load.records; ++i) state.put(key_of(i), value_of(i, 0, load.value_size));
  auto first = state.commit(writer_at(kFirstBlock), keys);
  if (!first || !store_all(**store, std::move(first->new_blocks))) return failed("the first state was not made");
  const auto usage = (*store)->usage();
  const auto leaves = state.leaf_count();
  const auto changed = std::max<std::size_t>(1, leaves / 100);
  for (std::uint32_t i = 0; i < changed; ++i) {
    const auto number = static_cast<std::uint32_t>(std::uint64_t{i} * load.records / changed);
    state.put(key_of(number), value_of(number, 1, load.value_size));
  }
  auto second = state.commit(writer_at(kSecondBlock), keys);
  if (!second || !store_all(**store, std::move(second->new_blocks))) return failed("the second state was not made");
  const auto text = [](const registry::StateCid& root) { return ipld::Cid::from_bytes(root)->to_text(); };
  fmt::print(
      R"({{"root": "{}", "changed_root": "{}", "leaves": {}, "blocks": {}, "bytes": {}, "microseconds_per_block": {}}})"
      "\n",
      text(first->root), text(second->root), leaves, usage.blocks, usage.bytes, measure_block());
  return 0;
}

int serve(const std::filesystem::path& directory) {
  const auto store = worker::ipfs::BlockStore::open(directory);
  if (!store) return failed(store.error().to_string());
  net::Server server(worker::api::server_options("127.0.0.1", 0));
  worker::ipfs::gateway::mount(server, **store);
  if (!server.start()) return failed("no port");
  fmt::print("{}\n", server.port());
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  server.stop();
  return 0;
}

int be_enclave(const registry::StateCid& root) {
  const auto keys = ring();
  auto loader = Loader::start(root, shard(), kSecondBlock, keys, secret(0xc7));
  if (!loader) return failed(std::string(to_string(loader.error())));
  std::optional<State> state;
  const auto refuse = [](Error error) {
    return protocol::Refused{protocol::Refusal::kBadState, {std::string(to_string(error))}};
  };
  const auto load = [&]() -> protocol::Reply {
    protocol::NeedState need{root, {}};
    for (const auto& cid : loader->wanted(256)) need.cids.value.push_back(cid.to_bytes());
    if (!need.cids.value.empty()) return protocol::Need{std::move(need)};
    auto finished = std::move(*loader).finish();
    if (!finished) return refuse(finished.error());
    state.emplace(*std::move(finished));
    protocol::Status status;
    status.phase = protocol::Phase::kLive;
    status.root = state->root();
    return status;
  };
  const auto take = [&](const protocol::SupplyState& supply) -> protocol::Reply {
    for (const auto& block : supply.blocks.value) {
      const auto cid = ipld::Cid::from_bytes(block.cid);
      if (!cid) return refuse(Error::kNotWanted);
      const auto taken = loader->provide(*cid, block.bytes);
      if (!taken && taken.error() != Error::kNotWanted) return refuse(taken.error());
    }
    return protocol::Done{};
  };
  const auto end =
      enclave::process::run_frame_loop(STDIN_FILENO, STDOUT_FILENO, [&](protocol::Request request) -> protocol::Reply {
        if (const auto* supply = std::get_if<protocol::SupplyState>(&request)) return take(*supply);
        if (std::holds_alternative<protocol::LoadState>(request)) return load();
        if (std::holds_alternative<protocol::TakeOutputs>(request)) return protocol::Outputs{};
        return protocol::Refused{protocol::Refusal::kUnexpected, {"only a state is loaded here"}};
      });
  ::_exit(static_cast<int>(end));  // a gigabyte of records need not be freed one by one
}

}  // namespace substratee::bench
