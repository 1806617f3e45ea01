#pragma once

/// The story that hostile hosts play: found, call, join, call, query, receipt, restart. It ends well or fails the test.

#include "tests/network/network.hpp"

namespace substratee::test {

class Story : public Network {
 public:
  using Network::Network;
  /// Hosts as given: each starts its enclaves as it likes.
  void play(Host& first, Host& second);
  /// Entries of the journal that put a key on the record.
  [[nodiscard]] std::size_t releases() const;
  void TestBody() override {}

  using Network::ipfs;
  using Network::world;

 private:
  void expect_end(Host& first, Host& second);
};

}  // namespace substratee::test
