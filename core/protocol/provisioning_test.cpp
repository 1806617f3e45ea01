#include "core/protocol/provisioning.hpp"

#include "core/protocol/fixture_test.hpp"

namespace substratee::protocol {
namespace {

using namespace test;

Provisioning sample(std::vector<registry::Epoch> epochs = {1, 2, 7}) {
  Provisioning out;
  out.charter.shard = shard();
  out.charter.measurements.value = {filled(0x51)};
  out.charter.stf.value = "counter";
  for (const auto epoch : epochs) out.epochs.push_back({epoch, secret(static_cast<std::uint8_t>(epoch))});
  out.cut_key = secret(0xc7);
  return out;
}

Bytes encoded(const Provisioning& provisioning) { return to_bytes(encode_provisioning(provisioning).view()); }

TEST(provisioning, round_trips) {
  const auto bytes = encoded(sample());
  const auto back = decode_provisioning(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->charter, sample().charter);
  ASSERT_EQ(back->epochs.size(), 3u);
  EXPECT_EQ(back->epochs[2].epoch, 7u);
  EXPECT_EQ(to_bytes(back->epochs[2].secret.view()), Bytes(32, 7));
  EXPECT_EQ(to_bytes(back->cut_key.view()), Bytes(32, 0xc7));
  EXPECT_EQ(encoded(*back), bytes);
}

TEST(provisioning, refuses_truncation_and_trailing_bytes) {
  auto bytes = encoded(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto refused = decode_provisioning(ByteView(bytes).first(size));
    ASSERT_FALSE(refused.has_value()) << size;
    EXPECT_EQ(refused.error(), Error::kMalformed);
  }
  bytes.push_back(0);
  EXPECT_EQ(decode_provisioning(bytes).error(), Error::kMalformed);
}

TEST(provisioning, refuses_epochs_that_do_not_ascend) {
  EXPECT_EQ(decode_provisioning(encoded(sample({2, 1}))).error(), Error::kMalformed);
  EXPECT_EQ(decode_provisioning(encoded(sample({1, 1}))).error(), Error::kMalformed);
}

TEST(provisioning, refuses_too_many_epochs) {
  std::vector<registry::Epoch> epochs(kMaxEpochs);
  std::iota(epochs.begin(), epochs.end(), 1);
  EXPECT_TRUE(decode_provisioning(encoded(sample(epochs))).has_value());
  EXPECT_LE(encoded(sample(epochs)).size(), kMaxProvisioningMessage);
  epochs.push_back(1000);
  EXPECT_EQ(decode_provisioning(encoded(sample(epochs))).error(), Error::kMalformed);
}

TEST(provisioning, request_round_trips_and_is_strict) {
  const ProvisioningRequest request{1, shard()};
  auto wire = scale::encode(request);
  EXPECT_EQ(scale::decode<ProvisioningRequest>(wire), request);
  wire.push_back(0);
  EXPECT_FALSE(scale::decode<ProvisioningRequest>(wire).has_value());
}

}  // namespace
}  // namespace substratee::protocol
