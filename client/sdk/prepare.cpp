#include "client/sdk/prepare.hpp"

#include "core/registry/calls.hpp"

#include <fmt/format.h>

namespace substratee::client {
namespace {

Failure seal_failure(std::string_view what, protocol::Error error) {
  return {error == protocol::Error::kTooLarge ? Code::kUsage : Code::kRefused,
          fmt::format("the {} cannot be sealed: {}", what, protocol::to_string(error)),
          error == protocol::Error::kTooLarge ? "make it shorter" : "ask another worker for the shielding key"};
}

}  // namespace

ExtrinsicFrame mortal_frame(const View& view, std::uint32_t spec_version, std::uint32_t transaction_version,
                            std::uint32_t period) {
  // Up to a period of 4096 blocks the phase is not quantised: the era is born in the view's own block.
  const auto era = primitives::Era::mortal(std::clamp<std::uint32_t>(period, 4, 64), view.number);
  return {{spec_version, transaction_version, view.domain.genesis_hash, view.hash}, era};
}

ExtrinsicFrame immortal_frame(const BlockHash& genesis, std::uint32_t spec_version, std::uint32_t transaction_version) {
  return {{spec_version, transaction_version, genesis, genesis}, primitives::Era::immortal()};
}

Result<PreparedCall> prepare_call(const CallOrder& order, const ShardKey& key, const protocol::Domain& domain,
                                  const ExtrinsicFrame& frame, Random& random) {
  const auto sender = order.key->account();
  const auto signed_call =
      protocol::sign_call(order.call, order.call_nonce, order.valid_until_block, domain, *order.key, random);
  auto sealed = protocol::seal_call(signed_call, key.key, key.epoch, domain, sender, random);
  if (!sealed) return std::unexpected(seal_failure("call", sealed.error()));
  const auto hash = registry::call_hash(*sealed);
  auto call = registry::encode_call(registry::CallWorker{domain.shard, *std::move(sealed)});
  const auto extrinsic = primitives::sign_extrinsic(std::move(call), frame.era, order.extrinsic_nonce, 0, frame.context,
                                                    *order.key, random);
  return PreparedCall{sender, hash, primitives::encode_extrinsic(extrinsic)};
}

Result<std::vector<PreparedCall>> prepare_calls(std::span<const CallOrder> orders, const ShardKey& key,
                                                const protocol::Domain& domain, const ExtrinsicFrame& frame,
                                                Random& random) {
  std::vector<PreparedCall> out;
  out.reserve(orders.size());
  for (const auto& order : orders) out.push_back(SUBSTRATEE_TRY(prepare_call(order, key, domain, frame, random)));
  return out;
}

Bytes prepare_transfer(const AccountId& to, primitives::Balance amount, primitives::Nonce nonce,
                       const primitives::AccountKey& key, const ExtrinsicFrame& frame, Random& random) {
  return primitives::encode_extrinsic(primitives::sign_extrinsic(registry::encode_transfer(to, amount), frame.era,
                                                                 nonce, 0, frame.context, key, random));
}

Result<PreparedQuery> prepare_query(protocol::Query query, protocol::Mode mode, const View& view, const ShardKey& key,
                                    const primitives::AccountKey& account, Random& random) {
  protocol::SignedQuery unsigned_query;
  unsigned_query.block_number = view.number;
  unsigned_query.block_hash = view.hash;
  unsigned_query.mode = mode;
  unsigned_query.query = std::move(query);
  auto signed_query = protocol::sign_query(std::move(unsigned_query), view.domain, account, random);
  auto pending = protocol::seal_query(signed_query, key.key, key.epoch, view.domain, random);
  if (!pending) return std::unexpected(seal_failure("query", pending.error()));
  return PreparedQuery{std::move(signed_query), *std::move(pending)};
}

}  // namespace substratee::client
