#include "worker/enclave_process/frame.hpp"

#include <gtest/gtest.h>

namespace substratee::worker::enclave_process {
namespace {

Bytes reply_bytes(std::uint64_t id, std::uint8_t version = protocol::kFrameVersion) {
  const auto body = scale::encode(protocol::ReplyFrame{version, id, protocol::Done{}});
  return concat(scale::encode(static_cast<std::uint32_t>(body.size())), body);
}

TEST(frame, requests_carry_size_version_and_id) {
  const auto bytes = encode_frame({protocol::kFrameVersion, 7, protocol::GetStatus{}});
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, (Bytes{10, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0, 5}));
}

TEST(frame, a_request_over_the_limit_is_none) {
  protocol::SupplyProof proof;
  proof.nodes.value.emplace_back(protocol::kMaxFrameSize);
  EXPECT_FALSE(encode_frame({protocol::kFrameVersion, 1, proof}));
}

TEST(frame, replies_come_whole_however_they_are_cut) {
  const auto stream = concat(reply_bytes(1), reply_bytes(2), reply_bytes(3));
  for (std::size_t cut = 1; cut <= stream.size(); ++cut) {
    FrameReader reader;
    std::vector<std::uint64_t> ids;
    for (std::size_t at = 0; at < stream.size(); at += cut) {
      reader.push(ByteView(stream).subspan(at, std::min(cut, stream.size() - at)));
      while (true) {
        auto frame = reader.next();
        ASSERT_TRUE(frame);
        if (!*frame) break;
        ids.push_back((*frame)->id);
      }
    }
    EXPECT_EQ(ids, (std::vector<std::uint64_t>{1, 2, 3}));
  }
}

TEST(frame, an_announced_size_over_the_limit_is_refused_at_once) {
  FrameReader reader;
  reader.push(scale::encode(static_cast<std::uint32_t>(protocol::kMaxFrameSize + 1)));
  const auto frame = reader.next();
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error(), "a frame of 8388609 bytes");
}

TEST(frame, nonsense_trailing_bytes_and_other_versions_are_refused) {
  FrameReader nonsense;
  nonsense.push(Bytes{1, 0, 0, 0, 9});
  EXPECT_FALSE(nonsense.next());

  FrameReader trailing;
  auto bytes = reply_bytes(1);
  bytes[0] += 1;
  bytes.push_back(0);
  trailing.push(bytes);
  EXPECT_FALSE(trailing.next());

  FrameReader version;
  version.push(reply_bytes(1, 2));
  const auto frame = version.next();
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error(), "frames of version 2");
}

}  // namespace
}  // namespace substratee::worker::enclave_process
