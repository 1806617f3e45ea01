#include "node/program/logged_events.hpp"

#include "core/base/hex.hpp"

#include <spdlog/spdlog.h>

namespace substratee::node::program {

std::string short_hash(const Hash256& hash) {
  const auto text = to_hex(hash);
  return "0x" + text.substr(0, 4) + "…" + text.substr(text.size() - 4);
}

void LoggedEvents::on_best(const storage::NewBlock& block, const primitives::BlockHash& hash) {
  const auto transactions = block.extrinsics.size() - 1;  // the timestamp is not one
  const auto number = block.header.number.value;
  if (transactions == 0) {
    spdlog::info("✨ Imported #{} ({})", number, short_hash(hash));
  } else {
    spdlog::info("✨ Imported #{} ({}), {} transaction{}", number, short_hash(hash), transactions,
                 transactions == 1 ? "" : "s");
  }
  next_.on_best(block, hash);
}

void LoggedEvents::on_final(primitives::BlockNumber number, const primitives::BlockHash& hash,
                            const primitives::Header& header) {
  spdlog::debug("Finalized #{} ({})", number, short_hash(hash));
  next_.on_final(number, hash, header);
}

void LoggedEvents::on_transaction(const pool::Notice& notice) {
  if (notice.status == pool::Status::kInvalid || notice.status == pool::Status::kDropped) {
    spdlog::debug("Transaction {} leaves the pool: {}", short_hash(notice.transaction),
                  notice.status == pool::Status::kInvalid ? "invalid" : "dropped");
  }
  next_.on_transaction(notice);
}

}  // namespace substratee::node::program
