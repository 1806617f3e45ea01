#include "node/runtime/metadata/metadata.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "node/runtime/metadata/skip_test.hpp"
#include "node/runtime/metadata/substrate_types.hpp"
#include "node/runtime/scenario_test.hpp"
#include "tests/support/vectors.hpp"

#include <fstream>

namespace substratee::node::runtime::metadata {
namespace {

using test::Reader;

Bytes golden(std::string_view name) {
  std::ifstream file(std::string(SUBSTRATEE_VECTORS) + "/substrate/" + std::string(name));
  std::string text;
  file >> text;
  return from_hex(text.starts_with("0x") ? text.substr(2) : text).value();
}

template <class Metadata>
void expect_read_and_written(const Bytes& bytes) {
  const auto read = decode_prefixed<Metadata>(bytes);
  ASSERT_TRUE(read.has_value()) << scale::to_string(read.error());
  EXPECT_EQ(encode_prefixed(*read), bytes);
  EXPECT_FALSE(decode_prefixed<Metadata>(ByteView(bytes).first(bytes.size() - 1)));
}

TEST(metadata, published_ones_are_read_and_written_byte_by_byte) {
  expect_read_and_written<Metadata14>(golden("metadata_v14.hex"));
  expect_read_and_written<Metadata15>(golden("metadata_v15.hex"));
  expect_read_and_written<Metadata16>(golden("metadata_v16.hex"));
}

TEST(metadata, ours_is_of_the_same_form_in_every_version) {
  expect_read_and_written<Metadata14>(metadata(14));
  expect_read_and_written<Metadata15>(metadata(15));
  expect_read_and_written<Metadata16>(metadata(16));
  EXPECT_TRUE(metadata(13).empty());
  EXPECT_TRUE(metadata(17).empty());
}

const Metadata15& ours() {
  static const auto read = decode_prefixed<Metadata15>(metadata(15)).value();
  return read;
}

const Pallet& pallet_named(std::string_view name) {
  return std::ranges::find_if(ours().pallets, [&](const auto& one) { return one.pallet.name == name; })->pallet;
}

const std::vector<Case>& cases_of(TypeId id) { return std::get<Variant>(ours().types[id.value].definition).cases; }

TEST(metadata, numbers_types_densely_and_names_none_that_is_not_there) {
  const auto count = ours().types.size();
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(ours().types[i].id.value, i);
  std::set<Bytes> seen;
  for (auto type : ours().types) {
    type.id.value = 0;
    EXPECT_TRUE(seen.insert(scale::encode(type)).second) << "twice: " << (type.path.empty() ? "" : type.path.back());
  }
}

/// Every alternative, encoded as the chain does it, is one case of that index and is read to its end.
template <class... Alternatives>
void expect_described(TypeId id, std::type_identity<std::variant<Alternatives...>>) {
  using Whole = std::variant<Alternatives...>;
  const Reader reader(ours().types);
  EXPECT_EQ(cases_of(id).size(), sizeof...(Alternatives));
  const auto expect_one = [&]<class One>(One value) {
    const auto bytes = scale::encode(Whole{std::move(value)});
    const auto& cases = cases_of(id);
    const auto found = std::ranges::find(cases, One::kName, &Case::name);
    ASSERT_NE(found, cases.end()) << One::kName;
    EXPECT_EQ(found->index, bytes[0]) << One::kName;
    EXPECT_FALSE(found->docs.empty()) << One::kName;
    if constexpr (!requires { value.call; }) {  // a nested call has no default
      EXPECT_TRUE(reader.is_exactly(bytes, id)) << One::kName;
    }
  };
  (expect_one(Alternatives{}), ...);
}

TEST(metadata, describes_every_call_as_the_wire_has_it) {
  for_each_pallet([]<class Each>(std::type_identity<Each>) {
    const auto& pallet = pallet_named(Each::kName);
    EXPECT_EQ(pallet.index, Each::kIndex);
    ASSERT_EQ(pallet.calls.has_value(), HasCalls<Each>);
    if constexpr (HasCalls<Each>) expect_described(*pallet.calls, std::type_identity<typename Each::Call>{});
  });
}

TEST(metadata, describes_every_event_as_the_state_has_it) {
  for_each_pallet([]<class Each>(std::type_identity<Each>) {
    const auto& pallet = pallet_named(Each::kName);
    ASSERT_EQ(pallet.events.has_value(), HasEvents<Each>);
    if constexpr (HasEvents<Each>) expect_described(*pallet.events, std::type_identity<typename Each::Event>{});
  });
}

TEST(metadata, names_and_explains_every_error) {
  for_each_pallet([]<class Each>(std::type_identity<Each>) {
    const auto& pallet = pallet_named(Each::kName);
    ASSERT_EQ(pallet.errors.has_value(), HasErrors<Each>);
    if constexpr (HasErrors<Each>) {
      const auto& cases = cases_of(*pallet.errors);
      EXPECT_EQ(cases.size(), static_cast<std::size_t>(scale_last(typename Each::Error{})) + 1);
      for (const auto& one : cases) EXPECT_FALSE(one.docs.empty()) << one.name;
    }
  });
  for (std::size_t i = 0; i < cases_of(*pallet_named("SubstrateeRegistry").errors).size(); ++i) {
    EXPECT_EQ(cases_of(*pallet_named("SubstrateeRegistry").errors)[i].name,
              registry::to_string(static_cast<registry::Error>(i)));
  }
}

TEST(metadata, describes_every_storage_item_and_its_default) {
  const Reader reader(ours().types);
  for_each_pallet([&]<class Each>(std::type_identity<Each>) {
    const auto& pallet = pallet_named(Each::kName);
    ASSERT_EQ(pallet.storage.has_value(), HasStorage<Each>);
    if constexpr (HasStorage<Each>) {
      EXPECT_EQ(pallet.storage->prefix, Each::kName);
      EXPECT_EQ(pallet.storage->items.size(), std::tuple_size_v<decltype(Each::storage())>);
      for (const auto& item : pallet.storage->items) {
        EXPECT_FALSE(item.docs.empty()) << item.name;
        const auto value = std::visit([](const auto& type) { return type.value; }, item.type);
        if (item.modifier == 0) {
          EXPECT_EQ(item.default_value, Bytes{0});
        } else {
          EXPECT_TRUE(reader.is_exactly(item.default_value, value)) << item.name;
        }
      }
    }
  });
}

TEST(metadata, constants_hold_values_of_their_type) {
  const Reader reader(ours().types);
  std::set<std::string> names;
  for (const auto& [pallet, docs] : ours().pallets) {
    EXPECT_FALSE(docs.empty()) << pallet.name;
    for (const auto& constant : pallet.constants) {
      names.insert(pallet.name + "." + constant.name);
      EXPECT_FALSE(constant.docs.empty()) << constant.name;
      EXPECT_TRUE(reader.is_exactly(constant.value, constant.type)) << constant.name;
    }
  }
  for (const auto* needed :
       {"System.Version", "System.BlockHashCount", "System.SS58Prefix", "System.BlockWeights", "System.BlockLength",
        "System.DbWeight", "Timestamp.MinimumPeriod", "Balances.ExistentialDeposit", "Utility.batched_calls_limit"}) {
    EXPECT_TRUE(names.contains(needed)) << needed;
  }
}

bool is_below(ByteView prefix, ByteView key) {
  return key.size() >= prefix.size() && std::ranges::equal(key.first(prefix.size()), prefix);
}

/// What stands in the state of a chain that has done something: each value is read by its description alone.
TEST(metadata, a_client_reads_the_whole_state_with_it) {
  runtime::test::Chain chain;
  const runtime::test::Worker worker(1), other(2);
  runtime::test::found_with(chain, worker, {&other});
  runtime::test::work(chain);
  chain.block({{runtime::test::client(), registry::encode_transfer(worker.account(), 5'000'000)}});
  const Reader reader(ours().types);
  std::size_t found = 0;
  for (const auto& [pallet, docs] : ours().pallets) {
    if (!pallet.storage) continue;
    for (const auto& item : pallet.storage->items) {
      const auto prefix = primitives::storage_prefix(pallet.storage->prefix, item.name);
      const auto type = std::visit([](const auto& one) { return one.value; }, item.type);
      for (auto at = chain.state().next(prefix); at && is_below(prefix, at->first);
           at = chain.state().next(at->first)) {
        EXPECT_TRUE(reader.is_exactly(at->second, type)) << pallet.name << "." << item.name;
        ++found;
      }
      if (const auto value = chain.state().get(prefix)) {
        EXPECT_TRUE(reader.is_exactly(*value, type)) << pallet.name << "." << item.name;
        ++found;
      }
    }
  }
  EXPECT_EQ(found + 1, chain.state().content().size()) << "only :code is no item of a pallet";
}

TEST(metadata, published_events_are_read_with_the_published_metadata) {
  const auto published = decode_prefixed<Metadata15>(golden("metadata_v15.hex")).value();
  const auto system =
      std::ranges::find_if(published.pallets, [](const auto& one) { return one.pallet.name == "System"; });
  const auto& items = system->pallet.storage->items;
  const auto type = std::get<PlainItem>(std::ranges::find(items, "Events", &Item::name)->type).value;
  const auto events = substratee::test::hex(substratee::test::load_json("substrate/events.json").at("hex"));
  const Reader reader(published.types);
  EXPECT_TRUE(reader.is_exactly(events, type));
  EXPECT_FALSE(reader.is_exactly(ByteView(events).first(events.size() - 1), type));
}

TEST(metadata, describes_nested_calls) {
  const Reader reader(ours().types);
  const auto transfer = registry::encode_transfer(runtime::test::Actor(1).account(), 5);
  EXPECT_TRUE(reader.is_exactly(runtime::test::as_root(transfer), ours().outer.call));
  const auto batch = concat(Bytes{registry::kUtilityIndex, 0, 8}, transfer, transfer);
  EXPECT_TRUE(reader.is_exactly(batch, ours().outer.call));
  EXPECT_TRUE(decode_call(batch));
}

TEST(metadata, the_code_in_the_state_changes_with_it) {
  const MemoryState state(build_genesis(runtime::test::test_genesis()));
  const auto code = state.get(as_bytes(":code")).value();
  const auto hash = to_hex(crypto::blake2_256(metadata(kNewestVersion)).bytes);
  EXPECT_NE(as_text(code).find(hash), std::string_view::npos);
}

TEST(metadata, extensions_are_those_of_the_wire) {
  std::vector<std::string> names;
  for (const auto& extension : ours().extrinsic.extensions) names.push_back(extension.identifier);
  EXPECT_EQ(names,
            (std::vector<std::string>{"CheckNonZeroSender", "CheckSpecVersion", "CheckTxVersion", "CheckGenesis",
                                      "CheckMortality", "CheckNonce", "CheckWeight", "ChargeTransactionPayment"}));
}

}  // namespace
}  // namespace substratee::node::runtime::metadata
