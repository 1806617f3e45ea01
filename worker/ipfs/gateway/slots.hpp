#pragma once

/// A number of streams for all clients and one for each: who has no slot has to come again.

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace substratee::worker::ipfs::gateway {

class Slots : public std::enable_shared_from_this<Slots> {
 public:
  /// Held while a stream lives; gives its place back at the end.
  class Slot {
   public:
    Slot(std::shared_ptr<Slots> slots, std::string client) : slots_(std::move(slots)), client_(std::move(client)) {}
    ~Slot() { slots_->release(client_); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

   private:
    const std::shared_ptr<Slots> slots_;
    const std::string client_;
  };

  Slots(std::size_t most, std::size_t most_per_client) : most_(most), most_per_client_(most_per_client) {}

  /// nullptr if all are taken.
  [[nodiscard]] std::unique_ptr<Slot> take(const std::string& client);

 private:
  void release(const std::string& client);

  const std::size_t most_;
  const std::size_t most_per_client_;
  std::mutex mutex_;
  std::size_t taken_ = 0;
  std::map<std::string, std::size_t> by_client_;
};

}  // namespace substratee::worker::ipfs::gateway
