/// What reaches the runtime from strangers: extrinsics, offered to the pool and executed, and runtime calls by name.
/// First byte: which.

#include "core/base/check.hpp"
#include "fuzz/target.hpp"
#include "node/runtime/api/runtime_api.hpp"
#include "node/runtime/genesis.hpp"
#include "node/service/dev_chain_test.hpp"

namespace {

using namespace substratee;
using namespace substratee::node;

struct World {
  runtime::MemoryState state{runtime::build_genesis(runtime::development_genesis({}, {}, {}))};
  Hash256 genesis = runtime::genesis_header(state.content()).hash();
};

const World& world() {
  static const World made;
  return made;
}

constexpr auto kCalls = std::to_array<std::string_view>(
    {"Core_version", "Metadata_metadata", "Metadata_metadata_at_version", "Metadata_metadata_versions",
     "AccountNonceApi_account_nonce", "TaggedTransactionQueue_validate_transaction", "TransactionPaymentApi_query_info",
     "TransactionPaymentApi_query_fee_details", "BlockBuilder_apply_extrinsic", "No_such"});

void try_extrinsic(ByteView bytes) {
  const auto valid = runtime::validate_transaction(world().state, 0, world().genesis, bytes);
  runtime::BlockExecution block(world().state, 1, world().genesis);
  SUBSTRATEE_CHECK(block.apply(runtime::timestamp_inherent(1'000)).has_value());
  const auto applied = block.apply(bytes);
  // What may stand in the next block is also what the pool takes.
  if (applied && applied->success) SUBSTRATEE_CHECK(valid.has_value());
  const auto first = std::move(block).finish();
  runtime::BlockExecution again(world().state, 1, world().genesis);
  static_cast<void>(again.apply(runtime::timestamp_inherent(1'000)));
  static_cast<void>(again.apply(bytes));
  SUBSTRATEE_CHECK(std::move(again).finish().changes == first.changes);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const std::size_t which = input.byte();
  if (which == 0) {
    try_extrinsic(input.rest());
  } else {
    static_cast<void>(
        runtime::api::call_runtime_api(world().state, 0, world().genesis, kCalls[which % kCalls.size()], input.rest()));
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  const auto transaction = node::test::Signer().remark(world().genesis, 0);
  std::vector<Bytes> out{concat(Bytes{0}, transaction), concat(Bytes{0}, runtime::timestamp_inherent(5))};
  for (std::uint8_t i = 0; i < kCalls.size(); ++i) out.push_back({static_cast<std::uint8_t>(kCalls.size() + i)});
  const auto calls = static_cast<std::uint8_t>(kCalls.size());
  out.push_back(concat(Bytes{static_cast<std::uint8_t>(calls + 4)}, Bytes(32, 7)));
  out.push_back(concat(Bytes{static_cast<std::uint8_t>(calls + 5)}, Bytes{2}, transaction, Bytes(32, 0)));
  const auto length = scale::encode(static_cast<std::uint32_t>(transaction.size()));
  out.push_back(concat(Bytes{static_cast<std::uint8_t>(calls + 6)}, transaction, length));
  out.push_back(concat(Bytes{static_cast<std::uint8_t>(calls + 2)}, scale::encode(std::uint32_t{15})));
  return out;
}
