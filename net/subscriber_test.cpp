#include "net/subscriber.hpp"

#include <gtest/gtest.h>

namespace substratee::net {
namespace {

class Recorded final : public WebSocketSession {
 public:
  bool send(std::string text) override {
    texts.push_back(std::move(text));
    return true;
  }
  void close() override { is_closed = true; }
  [[nodiscard]] bool is_open() const override { return !is_closed; }
  [[nodiscard]] const std::string& peer_address() const override { return peer; }
  std::vector<std::string> texts;
  std::string peer;
  bool is_closed = false;
};

TEST(subscriber, closes_a_connection_that_makes_too_much_wait_for_its_answers) {
  const auto session = std::make_shared<Recorded>();
  const auto kept = std::make_shared<SubscriptionMemory>(0);
  const auto waiting = std::make_shared<SubscriptionMemory>(1000);
  Subscriber one("1", "news", session, kept, waiting);
  Subscriber other("2", "news", session, kept, waiting);
  const std::string text(300, '7');
  EXPECT_TRUE(one.notify_text(text));
  EXPECT_TRUE(other.notify_text(text));
  EXPECT_TRUE(session->texts.empty()) << "they wait for the answer";
  EXPECT_FALSE(session->is_closed);
  EXPECT_FALSE(one.notify_text(text)) << "both wait at the expense of one connection";
  EXPECT_TRUE(session->is_closed);
}

TEST(subscriber, gives_back_what_waited) {
  const auto session = std::make_shared<Recorded>();
  const auto kept = std::make_shared<SubscriptionMemory>(0);
  const auto waiting = std::make_shared<SubscriptionMemory>(1000);
  const std::string text(700, '7');
  for (int i = 0; i < 3; ++i) {
    Subscriber sent("1", "news", session, kept, waiting);
    EXPECT_TRUE(sent.notify_text(text));
    sent.activate();
    EXPECT_TRUE(sent.notify_text(text)) << "nothing waits any more";
    Subscriber ended("2", "news", session, kept, waiting);
    EXPECT_TRUE(ended.notify_text(text));
    ended.end();
    Subscriber gone("3", "news", session, kept, waiting);
    EXPECT_TRUE(gone.notify_text(text));
  }
  EXPECT_EQ(session->texts.size(), 6U);
  EXPECT_FALSE(session->is_closed);
}

}  // namespace
}  // namespace substratee::net
