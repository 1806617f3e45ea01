#include "core/protocol/enclave_messages.hpp"

#include "core/protocol/fixture_test.hpp"

namespace substratee::protocol {
namespace {

using namespace test;

Blob blob() { return {{"identity"}, 3, {Bytes(70, 5)}}; }
registry::SealedCall sealed() { return {1, 4, filled(9), {{1, 2, 3}}}; }
ExtrinsicHints hints() { return {7, 1, 2}; }

std::vector<Request> requests() {
  return {Start{{1, 2, 3}, shard(), {{blob(), blob()}}},
          Start{{1, 2, 3}, shard(), {}, 64},
          SupplyProof{filled(1), {std::vector<Bytes>{{1}, {2, 3}}}},
          SupplyState{{{{{1}, {2}}}}},
          Stored{{"shard"}, 9, filled(2)},
          ImportBlocks{{{{{1}, {2}, {3}}}}},
          GetStatus{},
          ComposeRegistration{{"http://a:1"}, {"tcp://b:2"}, hints()},
          ComposeFounding{hints()},
          ComposeConfirmation{6, hints()},
          ComposeUnregistration{hints()},
          JoinBegin{filled(3)},
          ProvideBegin{},
          TlsInput{1, {{1, 2, 3}}},
          TlsClose{1},
          ComposeRelease{1, hints()},
          LoadState{},
          TakeOutputs{},
          ExecuteQuery{sealed()},
          SupplyReceipts{7, {{1, 2}}},
          GetShieldingKey{},
          KeepPlace{},
          ReportEquivocation{{{{1, 2}}, {{3}}}},
          ComposeCollateral{{attestation::CollateralKind::kIntelRootCrl, {{1, 2}}, {{3}}}, hints()}};
}

std::vector<Reply> replies() {
  Status status;
  status.phase = Phase::kLive;
  status.member = registry::MemberStatus::kActive;
  status.agreed = 4;
  status.root = filled<36>(6);
  status.has_place = true;
  status.quarantined = 2;
  status.divergence = Divergence{3, filled<36>(1), filled(2), filled<36>(3), filled(4)};
  status.equivocation = finality::Equivocation{{{1}}, {{2, 3}}};
  status.processed.value = {{1, filled(1), filled(2), filled<36>(3), 4}};
  Tls tls{1, TlsPhase::kReleaseDue, {{1, 2}}, true, filled(8)};
  return {Started{filled(1),
                  filled(2),
                  filled<16>(3),
                  filled(4),
                  attestation::Kind::kSimulated,
                  true,
                  filled(5),
                  {"counter"},
                  7},
          Done{},
          Need{NeedProofs{filled(1), {{{1}, {2}}}}},
          Need{NeedBlocks{5}},
          Need{NeedState{filled<36>(1), {{{1}}}}},
          Need{NeedStore{blob()}},
          Need{NeedReceipts{5}},
          status,
          Extrinsic{{1, 2}, 3, 4},
          tls,
          Outputs{{{{1}, {2}}}, {{5, {{1}}}}, filled<36>(2), true},
          SealedAnswer{{1, 2, 3}},
          SealedAnswer{{1, 2, 3}, 9},
          ShieldingKeyAnswer{filled(1), 2, filled(3), filled<64>(4)},
          Refused{Refusal::kStopped, {"stopped"}}};
}

template <class Message>
void expect_strict(const std::vector<Message>& messages) {
  for (const auto& message : messages) {
    const Frame<Message> frame{kFrameVersion, 0x0102030405060708, message};
    auto wire = scale::encode(frame);
    EXPECT_EQ(scale::decode<Frame<Message>>(wire), frame) << message.index();
    for (std::size_t size = 0; size < wire.size(); ++size) {
      EXPECT_FALSE(scale::decode<Frame<Message>>(ByteView(wire).first(size)).has_value())
          << message.index() << " " << size;
    }
    wire.push_back(0);
    EXPECT_FALSE(scale::decode<Frame<Message>>(wire).has_value()) << message.index();
  }
}

template <class Message>
void expect_unknown_from(std::uint8_t first_unknown) {
  for (int index = first_unknown; index < 256; ++index) {
    const auto decoded = scale::decode<Message>(Bytes{static_cast<std::uint8_t>(index)});
    ASSERT_FALSE(decoded.has_value());
    EXPECT_EQ(decoded.error(), scale::Error::kUnknownVariant);
  }
}

TEST(enclave_messages, every_request_is_here_once) {
  std::set<std::size_t> kinds;
  for (const auto& request : requests()) kinds.insert(request.index());
  EXPECT_EQ(kinds.size(), std::variant_size_v<Request>);
}

TEST(enclave_messages, every_reply_is_here) {
  std::set<std::size_t> kinds;
  for (const auto& reply : replies()) kinds.insert(reply.index());
  EXPECT_EQ(kinds.size(), std::variant_size_v<Reply>);
}

TEST(enclave_messages, requests_round_trip_and_are_strict) { expect_strict(requests()); }
TEST(enclave_messages, replies_round_trip_and_are_strict) { expect_strict(replies()); }

TEST(enclave_messages, an_index_on_the_wire_is_that_of_the_declaration) {
  for (const auto& request : requests()) EXPECT_EQ(scale::encode(request).front(), request.index());
  for (const auto& reply : replies()) EXPECT_EQ(scale::encode(reply).front(), reply.index());
}

TEST(enclave_messages, unknown_indices_are_refused) {
  expect_unknown_from<Request>(std::variant_size_v<Request>);
  expect_unknown_from<Reply>(std::variant_size_v<Reply>);
}

TEST(enclave_messages, lists_over_their_bound_are_refused) {
  const auto error = [](const Bytes& wire) { return scale::decode<Request>(wire).error(); };
  scale::Encoder blocks;
  blocks.byte(ImportBlocks::kScaleIndex);
  blocks.compact(kMaxBlocksPerImport + 1);
  blocks.raw(Bytes(4096, 0));
  EXPECT_EQ(error(blocks.bytes()), scale::Error::kTooLong);
  scale::Encoder proof;
  proof.byte(SupplyProof::kScaleIndex);
  proof.raw(Bytes(32, 0));
  proof.compact(4097);
  proof.raw(Bytes(4097, 0));
  EXPECT_EQ(error(proof.bytes()), scale::Error::kTooLong);
  scale::Encoder tls;
  tls.byte(TlsInput::kScaleIndex);
  tls.little_endian(1, 8);
  tls.compact(kMaxTlsBytes + 1);
  tls.raw(Bytes(kMaxTlsBytes + 1, 0));
  EXPECT_EQ(error(tls.bytes()), scale::Error::kTooLong);
}

template <class Enum>
void expect_distinct_names() {
  std::set<std::string_view> names;
  const auto last = static_cast<int>(scale_last(Enum{}));
  for (int i = 0; i <= last; ++i) names.insert(to_string(static_cast<Enum>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
  EXPECT_FALSE(names.contains(""));
}

TEST(enclave_messages, phases_and_refusals_have_names_of_their_own) {
  expect_distinct_names<Phase>();
  expect_distinct_names<Refusal>();
  EXPECT_EQ(to_string(Refusal::kStopped), "stopped");
  EXPECT_EQ(to_string(Refusal::kBehind), "behind");
  EXPECT_EQ(to_string(Phase::kKeyLost), "key_lost");
}

}  // namespace
}  // namespace substratee::protocol
