#include "enclave/process/frame_loop.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace substratee::enclave::process {
namespace {

using protocol::Refusal;
using protocol::Reply;
using protocol::Request;

/// An anonymous file: what a pipe would carry, without a second thread.
class Pipe {
 public:
  Pipe() : descriptor_(::memfd_create("frames", MFD_CLOEXEC)) {}
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() { ::close(descriptor_); }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  void fill(ByteView bytes) const {
    ASSERT_EQ(::write(descriptor_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ::lseek(descriptor_, 0, SEEK_SET);
  }
  [[nodiscard]] Bytes content() const {
    Bytes out(static_cast<std::size_t>(::lseek(descriptor_, 0, SEEK_END)));
    EXPECT_EQ(::pread(descriptor_, out.data(), out.size(), 0), static_cast<ssize_t>(out.size()));
    return out;
  }

 private:
  int descriptor_;
};

Bytes with_size(const Bytes& payload) {
  return concat(scale::encode(static_cast<std::uint32_t>(payload.size())), payload);
}

Bytes request(std::uint64_t id, Request message) {
  return scale::encode(protocol::RequestFrame{.id = id, .message = std::move(message)});
}

std::vector<protocol::ReplyFrame> replies_in(ByteView bytes) {
  std::vector<protocol::ReplyFrame> out;
  scale::Decoder in(bytes);
  while (!in.rest().empty()) {
    const auto size = static_cast<std::size_t>(in.little_endian(4).value());
    out.push_back(scale::decode<protocol::ReplyFrame>(in.raw(size).value()).value());
  }
  return out;
}

struct Loop : testing::Test {
  std::vector<std::size_t> handled;
  Handler handler = [this](Request message) -> Reply {
    handled.push_back(message.index());
    return protocol::Done{};
  };
  std::vector<protocol::ReplyFrame> replies;

  LoopEnd run(ByteView bytes) {
    const Pipe input;
    const Pipe output;
    input.fill(bytes);
    const auto end = run_frame_loop(input.descriptor(), output.descriptor(), handler);
    replies = replies_in(output.content());
    return end;
  }
  static Refusal reason_of(const protocol::ReplyFrame& frame) {
    return std::get<protocol::Refused>(frame.message).reason;
  }
};

TEST_F(Loop, answers_each_request_once_in_order) {
  EXPECT_EQ(run(concat(with_size(request(7, protocol::GetStatus{})), with_size(request(9, protocol::TakeOutputs{})))),
            LoopEnd::kEndOfInput);
  EXPECT_EQ(handled, (std::vector<std::size_t>{5, 16}));
  ASSERT_EQ(replies.size(), 2);
  EXPECT_EQ(replies[0].id, 7);
  EXPECT_EQ(replies[1].id, 9);
  EXPECT_TRUE(std::holds_alternative<protocol::Done>(replies[0].message));
}

TEST_F(Loop, no_input_is_a_clean_end) {
  EXPECT_EQ(run({}), LoopEnd::kEndOfInput);
  EXPECT_TRUE(replies.empty());
}

TEST_F(Loop, malformed_frame_is_refused_and_the_next_one_answered) {
  auto trailing = request(3, protocol::GetStatus{});
  trailing.push_back(0);
  const Bytes unknown_message{1, 4, 0, 0, 0, 0, 0, 0, 0, 0xFF};
  EXPECT_EQ(run(concat(with_size({}), with_size({1, 2, 3}), with_size(trailing), with_size(unknown_message),
                       with_size(request(5, protocol::GetStatus{})))),
            LoopEnd::kEndOfInput);
  ASSERT_EQ(replies.size(), 5);
  const std::vector<std::uint64_t> ids{0, 0, 3, 4};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(replies[i].id, ids[i]);
    EXPECT_EQ(reason_of(replies[i]), Refusal::kMalformedFrame);
  }
  EXPECT_EQ(replies[4].id, 5);
  EXPECT_EQ(handled.size(), 1);
}

TEST_F(Loop, other_version_is_refused) {
  auto frame = request(3, protocol::GetStatus{});
  frame[0] = 2;
  EXPECT_EQ(run(with_size(frame)), LoopEnd::kEndOfInput);
  ASSERT_EQ(replies.size(), 1);
  EXPECT_EQ(replies[0].id, 3);
  EXPECT_EQ(reason_of(replies[0]), Refusal::kWrongVersion);
}

TEST_F(Loop, every_truncated_request_is_refused) {
  protocol::TlsInput message;
  message.bytes.value = Bytes(20, 1);
  const auto whole = request(6, message);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto reply = scale::decode<protocol::ReplyFrame>(answer(ByteView(whole).first(size), handler));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->id, size < 9 ? 0 : 6);
    EXPECT_EQ(reason_of(*reply), Refusal::kMalformedFrame);
  }
  EXPECT_TRUE(handled.empty());
}

TEST_F(Loop, size_over_the_limit_is_refused_and_ends_the_loop) {
  const auto size = scale::encode(static_cast<std::uint32_t>(protocol::kMaxFrameSize + 1));
  EXPECT_EQ(run(concat(size, with_size(request(1, protocol::GetStatus{})))), LoopEnd::kBadSize);
  ASSERT_EQ(replies.size(), 1);
  EXPECT_EQ(replies[0].id, 0);
  EXPECT_EQ(reason_of(replies[0]), Refusal::kMalformedFrame);
  EXPECT_EQ(static_cast<int>(LoopEnd::kBadSize), 3);
}

TEST_F(Loop, largest_frame_is_read) {
  Bytes frame(protocol::kMaxFrameSize);
  frame[0] = protocol::kFrameVersion;
  EXPECT_EQ(run(with_size(frame)), LoopEnd::kEndOfInput);
  EXPECT_EQ(replies.size(), 1);
}

TEST_F(Loop, input_that_ends_inside_a_frame_is_broken) {
  const auto whole = with_size(request(1, protocol::GetStatus{}));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(run(ByteView(whole).first(size)), LoopEnd::kBroken) << size;
    EXPECT_TRUE(replies.empty());
  }
}

TEST_F(Loop, output_that_fails_is_broken) {
  const Pipe input;
  input.fill(with_size(request(1, protocol::GetStatus{})));
  EXPECT_EQ(run_frame_loop(input.descriptor(), -1, handler), LoopEnd::kBroken);
}

TEST_F(Loop, reply_over_the_limit_becomes_a_refusal) {
  handler = [](const Request&) -> Reply { return protocol::SealedAnswer{Bytes(protocol::kMaxFrameSize)}; };
  EXPECT_EQ(run(with_size(request(8, protocol::GetStatus{}))), LoopEnd::kEndOfInput);
  ASSERT_EQ(replies.size(), 1);
  EXPECT_EQ(replies[0].id, 8);
  EXPECT_EQ(reason_of(replies[0]), Refusal::kUnexpected);
}

}  // namespace
}  // namespace substratee::enclave::process
