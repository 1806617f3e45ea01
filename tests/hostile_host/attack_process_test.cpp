#include "tests/hostile_host/enclave_process.hpp"
#include "tests/hostile_host/misdeeds.hpp"
#include "tests/hostile_host/play.hpp"
#include "tests/support/temporary_directory.hpp"

/// The same misdeeds, and bytes that are no frames, against the real program through its pipes.

namespace substratee::test {
namespace {

using namespace protocol;

class HostileProcess : public testing::Test {
 protected:
  static const registry::Measurement& measurement() {
    static const auto the_measurement = measurement_of_program();
    return the_measurement;
  }
  static Reply reply_of(const EnclaveProcess& enclave) {
    const auto payload = enclave.read_frame();
    EXPECT_TRUE(payload.has_value()) << "the enclave has ended";
    if (!payload) return Done{};
    const auto frame = scale::decode<ReplyFrame>(*payload);
    EXPECT_TRUE(frame.has_value());
    return frame ? frame->message : Reply{Done{}};
  }
  static Refusal reason_of(const EnclaveProcess& enclave) {
    const auto reply = reply_of(enclave);
    const auto* refused = std::get_if<Refused>(&reply);
    EXPECT_NE(refused, nullptr) << "reply " << reply.index();
    return refused == nullptr ? Refusal{} : refused->reason;
  }
  static Bytes frame(const Request& request, std::uint64_t id = 7) {
    return scale::encode(RequestFrame{.id = id, .message = request});
  }
  /// The honest way of a frame.
  static void expect_alive(EnclaveProcess& enclave) {
    const auto reply = enclave.handle(GetStatus{});
    ASSERT_TRUE(std::holds_alternative<Refused>(reply));
    EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kNotStarted);
  }
  TemporaryDirectory directory;
};

TEST_F(HostileProcess, attack_every_misdeed_on_the_real_program) {
  const std::vector<Misdeed> all{
      misdeeds::false_stored,    misdeeds::unasked_stored,       misdeeds::wrong_blobs,
      misdeeds::hidden_block,    misdeeds::reordered_blocks,     misdeeds::forged_header,
      misdeeds::foreign_block,   misdeeds::hidden_journal_entry, misdeeds::invented_journal,
      misdeeds::stale_proof,     misdeeds::broken_proof,         misdeeds::wrong_state_block,
      misdeeds::wrong_receipts,  misdeeds::request_out_of_phase, misdeeds::wrong_hints,
      misdeeds::foreign_session, misdeeds::interleaved_sessions,
  };
  for (const bool is_hostile : {false, true}) {
    Story story(std::vector{measurement()});
    Host first(story.world, story.ipfs, 1);
    Host second(story.world, story.ipfs, 2);
    std::size_t deeds = 0;
    for (auto* host : {&first, &second}) {
      const auto platform = directory.path() / (std::to_string(is_hostile) + (host == &first ? "first" : "second"));
      host->start_with([platform] { return std::make_unique<EnclaveProcess>(platform); });
      const Misdeed every = [&](Turn& turn) {
        for (const auto& misdeed : all) misdeed(turn);
      };
      if (is_hostile) corrupt(*host, every, deeds);
    }
    story.play(first, second);
    ASSERT_FALSE(HasFailure()) << (is_hostile ? "hostile" : "honest");
    EXPECT_EQ(deeds > 0, is_hostile);
  }
}

TEST_F(HostileProcess, attack_truncated_frames) {
  EnclaveProcess enclave(directory.path() / "platform");
  expect_alive(enclave);
  const auto whole = frame(Start{Bytes(40, 1), {}, {}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    enclave.write_frame(ByteView(whole).first(size));
    EXPECT_EQ(reason_of(enclave), Refusal::kMalformedFrame) << size;
  }
  expect_alive(enclave);
  // A frame that is promised and never comes.
  enclave.write(scale::encode(std::uint32_t{100}));
  enclave.write(Bytes(99, 1));
  enclave.close_input();
  EXPECT_EQ(enclave.read_frame(), std::nullopt) << "half a request has no reply";
  EXPECT_EQ(enclave.wait(), 4);
}

TEST_F(HostileProcess, attack_oversized_frames) {
  EnclaveProcess enclave(directory.path() / "platform");
  expect_alive(enclave);
  enclave.write_frame(Bytes(kMaxFrameSize, 0xff));
  EXPECT_EQ(reason_of(enclave), Refusal::kWrongVersion);
  // Lengths inside that promise more than there is, or more than is allowed.
  auto lengths = frame(Start{});
  lengths.resize(10);
  append(lengths, Bytes{0x03, 0xff, 0xff, 0xff, 0xff});
  enclave.write_frame(lengths);
  EXPECT_EQ(reason_of(enclave), Refusal::kMalformedFrame);
  expect_alive(enclave);
  enclave.write(scale::encode(static_cast<std::uint32_t>(kMaxFrameSize + 1)));
  EXPECT_EQ(reason_of(enclave), Refusal::kMalformedFrame);
  EXPECT_EQ(enclave.read_frame(), std::nullopt) << "nothing behind it can be found: it ends";
  EXPECT_EQ(enclave.wait(), 3);
}

TEST_F(HostileProcess, attack_frames_of_another_version_or_kind) {
  EnclaveProcess enclave(directory.path() / "platform");
  expect_alive(enclave);
  for (int version = 0; version < 256; ++version) {
    if (version == kFrameVersion) continue;
    auto other = frame(GetStatus{});
    other[0] = static_cast<std::uint8_t>(version);
    enclave.write_frame(other);
    EXPECT_EQ(reason_of(enclave), Refusal::kWrongVersion);
  }
  for (int kind = std::variant_size_v<Request>; kind < 256; ++kind) {
    auto other = frame(GetStatus{});
    other[9] = static_cast<std::uint8_t>(kind);
    enclave.write_frame(other);
    EXPECT_EQ(reason_of(enclave), Refusal::kMalformedFrame);
  }
  auto trailing = frame(GetStatus{});
  trailing.push_back(0);
  enclave.write_frame(trailing);
  EXPECT_EQ(reason_of(enclave), Refusal::kMalformedFrame);
  expect_alive(enclave);
}

/// Many at once, all with one id: each is answered once, in order.
TEST_F(HostileProcess, attack_frames_without_waiting_for_replies) {
  EnclaveProcess enclave(directory.path() / "platform");
  expect_alive(enclave);
  constexpr int kMany = 500;
  for (int i = 0; i < kMany; ++i) enclave.write_frame(frame(GetStatus{}, 3));
  enclave.close_input();
  for (int i = 0; i < kMany; ++i) EXPECT_EQ(reason_of(enclave), Refusal::kNotStarted);
  EXPECT_EQ(enclave.read_frame(), std::nullopt);
  EXPECT_EQ(enclave.wait(), 0);
}

}  // namespace
}  // namespace substratee::test
