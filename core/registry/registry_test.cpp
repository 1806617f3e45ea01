#include "core/registry/calls.hpp"
#include "core/registry/journal.hpp"
#include "core/registry/storage.hpp"

#include "core/base/hex.hpp"

#include <gtest/gtest.h>

namespace substratee::registry {
namespace {

template <std::size_t N = 32>
FixedBytes<N> filled(std::uint8_t byte) {
  FixedBytes<N> out;
  out.bytes.fill(byte);
  return out;
}

const ShardId kShard = shard_id("counter", "default");
const ShardId kOther = shard_id("counter", "other");
const SealedCall kCall{1, 1, filled(2), {{1, 2, 3}}};

Journal journal() {
  return {MemberChanged{kShard, filled(1), filled<16>(2), MemberStatus::kJoining},
          ShardFounded{kShard, 1, filled(1), filled<16>(2), filled(3)}, CallForwarded{kShard, filled(4), kCall}};
}

primitives::Header header_of(const Journal& entries) {
  primitives::Header header;
  if (!entries.empty()) header.digest.push_back(journal_digest(entries));
  return header;
}

TEST(shard_id, depends_on_function_and_name) {
  EXPECT_NE(kShard, kOther);
  EXPECT_NE(shard_id("counter", "default"), shard_id("counterd", "efault"));
  EXPECT_NE(shard_id("a", "bc"), shard_id("ab", "c"));
}

TEST(journal, matches_its_header) {
  EXPECT_TRUE(journal_matches(header_of(journal()), journal()));
  EXPECT_TRUE(journal_matches(header_of({}), {}));
}

TEST(journal, without_its_item_is_refused) { EXPECT_FALSE(journal_matches(header_of({}), journal())); }

TEST(journal, item_without_a_journal_is_refused) {
  EXPECT_FALSE(journal_matches(header_of(journal()), {}));
  primitives::Header header;
  header.digest.push_back(journal_digest({}));
  EXPECT_FALSE(journal_matches(header, {})) << "never an item for an empty journal";
}

TEST(journal, two_items_are_refused) {
  auto header = header_of(journal());
  header.digest.push_back(journal_digest(journal()));
  EXPECT_FALSE(journal_matches(header, journal()));
}

TEST(journal, another_version_or_root_is_refused) {
  auto header = header_of(journal());
  auto& data = std::get<primitives::DigestConsensus>(header.digest.front()).data;
  data[0] = 2;
  EXPECT_FALSE(journal_matches(header, journal()));
  data[0] = kJournalVersion;
  EXPECT_TRUE(journal_matches(header, journal()));
  data[1] ^= 1;
  EXPECT_FALSE(journal_matches(header, journal()));
  data[1] ^= 1;
  data.push_back(0);
  EXPECT_FALSE(journal_matches(header, journal()));
}

TEST(journal, other_items_do_not_matter) {
  auto header = header_of(journal());
  header.digest.insert(header.digest.begin(), primitives::DigestConsensus{primitives::engine_id("OTHR"), {1}});
  header.digest.emplace_back(primitives::DigestSeal{primitives::engine_id("sdev"), Bytes(64, 1)});
  EXPECT_TRUE(journal_matches(header, journal()));
}

TEST(journal, hidden_invented_replaced_and_reordered_entries_are_refused) {
  const auto header = header_of(journal());
  for (std::size_t i = 0; i < journal().size(); ++i) {
    auto hidden = journal();
    hidden.erase(hidden.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(journal_matches(header, hidden));
    auto doubled = journal();
    doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(i), journal()[i]);
    EXPECT_FALSE(journal_matches(header, doubled));
    auto replaced = journal();
    replaced[i] = FoundingReopened{kShard, 1};
    EXPECT_FALSE(journal_matches(header, replaced));
    auto swapped = journal();
    std::swap(swapped[i], swapped[(i + 1) % swapped.size()]);
    EXPECT_FALSE(journal_matches(header, swapped));
  }
}

TEST(journal, every_entry_is_proved_by_its_path) {
  Journal many = journal();
  for (std::uint8_t i = 0; i < 100; ++i) many.push_back(CallForwarded{kShard, filled(i), kCall});
  const auto header = header_of(many);
  const auto root = journal_root_of(header);
  ASSERT_EQ(root, journal_root(many));
  for (std::uint32_t i = 0; i < many.size(); ++i) {
    const auto path = journal_path(many, i);
    EXPECT_LT(path.size(), 6u) << "compact";
    EXPECT_EQ(entry_of(*root, i, path), many[i]);
    EXPECT_EQ(entry_of(*root, i + 64, path), std::nullopt);
    auto changed = path;
    changed.front().back() ^= 1;
    EXPECT_EQ(entry_of(*root, i, changed), std::nullopt);
    for (std::size_t missing = 0; missing < path.size(); ++missing) {
      auto shorter = path;
      shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(missing));
      EXPECT_EQ(entry_of(*root, i, shorter), std::nullopt);
    }
  }
  EXPECT_EQ(entry_of(*root, 200, journal_path(many, 1)), std::nullopt);
  EXPECT_EQ(entry_of(journal_root({many[0]}), 0, journal_path({many[0]}, 0)), many[0]) << "a journal of one entry";
}

TEST(journal, root_is_read_from_exactly_one_item) {
  EXPECT_EQ(journal_root_of(header_of({})), std::nullopt);
  auto header = header_of(journal());
  header.digest.push_back(journal_digest(journal()));
  EXPECT_EQ(journal_root_of(header), std::nullopt);
  header.digest.pop_back();
  auto& data = std::get<primitives::DigestConsensus>(header.digest.front()).data;
  data[0] = 2;
  EXPECT_EQ(journal_root_of(header), std::nullopt);
  data[0] = kJournalVersion;
  data.push_back(0);
  EXPECT_EQ(journal_root_of(header), std::nullopt);
  data.clear();
  EXPECT_EQ(journal_root_of(header), std::nullopt);
}

TEST(charter, hash_depends_on_every_field) {
  Charter charter;
  std::set<Hash256> hashes{charter_hash(charter)};
  charter.minimum_confirmations = 2;
  hashes.insert(charter_hash(charter));
  charter.hardware_required = true;
  hashes.insert(charter_hash(charter));
  charter.measurements.value.push_back(filled(1));
  hashes.insert(charter_hash(charter));
  EXPECT_EQ(hashes.size(), 4u);
}

TEST(journal, round_trips_and_is_strict) {
  auto all = journal();
  all.push_back(KeyReleased{kShard, 1, filled(1), filled(2), filled<16>(3), filled(4)});
  all.push_back(StateAgreed{kShard, {1, filled(1), filled<36>(2), filled(3)}, 2, {{filled(1), filled(2)}}});
  all.push_back(FoundingReopened{kShard, 1});
  all.push_back(MemberChanged{kShard, filled(1), filled<16>(2), std::nullopt});
  auto wire = scale::encode(all);
  EXPECT_EQ(scale::decode<Journal>(wire), all);
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_FALSE(scale::decode<Journal>(ByteView(wire).first(size)).has_value());
  }
  wire.push_back(0);
  EXPECT_FALSE(scale::decode<Journal>(wire).has_value());
}

TEST(work, is_a_call_or_a_founding_of_this_shard) {
  EXPECT_FALSE(has_work({}, kShard));
  EXPECT_FALSE(has_work({MemberChanged{kShard, {}, {}, MemberStatus::kActive}, StateAgreed{kShard, {}, 1, {}},
                         KeyReleased{kShard, 1, {}, {}, {}, {}}},
                        kShard));
  EXPECT_TRUE(has_work({CallForwarded{kShard, {}, kCall}}, kShard));
  EXPECT_TRUE(has_work({ShardFounded{kShard, 1, {}, {}, {}}}, kShard));
  EXPECT_FALSE(has_work({CallForwarded{kOther, {}, kCall}, ShardFounded{kOther, 1, {}, {}, {}}}, kShard));
}

TEST(work, before_a_reopened_founding_is_void) {
  EXPECT_FALSE(has_work({CallForwarded{kShard, {}, kCall}, FoundingReopened{kShard, 1}}, kShard));
  EXPECT_TRUE(has_work({CallForwarded{kShard, {}, kCall}, FoundingReopened{kOther, 1}}, kShard));
  EXPECT_TRUE(has_work({FoundingReopened{kShard, 1}, ShardFounded{kShard, 2, {}, {}, {}}}, kShard));
}

TEST(calls, begin_with_pallet_and_call_index) {
  const std::vector<RegistryCall> calls = {
      RegisterEnclave{},  UnregisterEnclave{}, FoundShard{}, CallWorker{},         ConfirmBlock{}, RecordKeyRelease{},
      AllowMeasurement{}, RemoveMeasurement{}, Quarantine{}, RegisterCollateral{}, SetPolicy{}};
  ASSERT_EQ(calls.size(), std::variant_size_v<RegistryCall>);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto wire = encode_call(calls[i]);
    EXPECT_EQ(wire[0], kRegistryIndex);
    EXPECT_EQ(wire[1], i);
    EXPECT_EQ(scale::decode<RegistryCall>(ByteView(wire).subspan(1)), calls[i]);
  }
}

TEST(calls, arguments_stand_in_order) {
  const auto wire =
      encode_call(ConfirmBlock{filled(1), filled<16>(2), 0x04030201, filled(5), filled(6), filled<36>(7)});
  EXPECT_EQ(wire,
            concat(Bytes{10, 4}, filled(1), filled<16>(2), Bytes{1, 2, 3, 4}, filled(5), filled(6), filled<36>(7)));
  EXPECT_EQ(encode_transfer(filled(9), 1), concat(Bytes{2, 3, 0}, filled(9), Bytes{4}));
}

TEST(errors, have_names_of_their_own_in_wire_order) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(scale_last(Error{})); ++i) names.insert(to_string(static_cast<Error>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(scale_last(Error{})) + 1);
  EXPECT_EQ(to_string(Error::kEvidenceTooLarge), "EvidenceTooLarge");
  EXPECT_EQ(to_string(Error::kWrongInstance), "WrongInstance");
  EXPECT_EQ(to_string(Error::kReleaseRefused), "ReleaseRefused");
  EXPECT_EQ(to_string(Error::kTooManyMeasurements), "TooManyMeasurements");
  EXPECT_EQ(to_string(static_cast<Error>(200)), "Unknown");
}

TEST(storage_keys, are_pallet_item_and_hashed_keys) {
  const auto pallet = primitives::storage_prefix("SubstrateeRegistry", "Shards");
  ASSERT_EQ(pallet.size(), 32u);
  const auto key = key::shard(kShard);
  EXPECT_EQ(Bytes(key.begin(), key.begin() + 32), pallet);
  EXPECT_EQ(key.size(), 32u + 16 + 32) << "Blake2_128Concat";
  EXPECT_EQ(Bytes(key.end() - 32, key.end()), to_bytes(kShard));
  const auto number = key::enclave(7);
  EXPECT_EQ(number.size(), 32u + 8 + 8) << "Twox64Concat";
  EXPECT_EQ(Bytes(number.end() - 8, number.end()), (Bytes{7, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(key::enclave_count().size(), 32u);
}

TEST(storage_keys, of_a_double_map_begin_with_the_prefix_of_the_first_key) {
  const auto prefix = key::members(kShard);
  const auto member = key::member(kShard, filled(1));
  EXPECT_EQ(Bytes(member.begin(), member.begin() + static_cast<std::ptrdiff_t>(prefix.size())), prefix);
  EXPECT_EQ(member.size(), prefix.size() + 16 + 32);
  EXPECT_EQ(key::pending(kShard, 1).size(), prefix.size() + 8 + 4);
  EXPECT_NE(key::member(kShard, filled(1)), key::member(kOther, filled(1)));
}

TEST(storage_keys, no_two_items_collide) {
  const std::set<Bytes> keys{key::enclave_count(),
                             key::enclave(1),
                             key::enclave_index(filled(1)),
                             key::shard(kShard),
                             key::member(kShard, filled(1)),
                             key::members(kShard),
                             key::pending(kShard, 1),
                             key::confirmations(kShard, 1),
                             key::key_release(kShard, filled(1)),
                             key::policy(),
                             key::allowed_measurements(),
                             key::quarantined_platform(filled<16>(1)),
                             key::engine(),
                             key::timestamp_now(),
                             key::system_account(filled(1)),
                             key::system_events()};
  EXPECT_EQ(keys.size(), 16u);
}

TEST(storage_keys, of_system_are_those_of_substrate) {
  EXPECT_EQ(to_hex(key::system_events()), "26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7");
  EXPECT_EQ(to_hex(key::timestamp_now()), "f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb");
}

}  // namespace
}  // namespace substratee::registry
