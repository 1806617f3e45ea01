#include "tests/network/network.hpp"

namespace substratee::test {

void Network::rounds(int count, std::vector<Host*> hosts) {
  for (int i = 0; i < count; ++i) {
    for (auto* host : hosts) host->step();
    world.mine();
  }
  for (auto* host : hosts) host->follow();
}

void Network::idle(int count) {
  for (int i = 0; i < count; ++i) world.mine();
}

void Network::found(Host& host) {
  host.start_again();
  rounds(6, {&host});
  ASSERT_EQ(member(host), registry::MemberStatus::kActive);
  ASSERT_TRUE(shard().agreed.has_value());
}

void Network::register_joiner(Host& joiner, Host& provider) {
  joiner.start_again();
  rounds(2, {&provider, &joiner});
  ASSERT_EQ(joiner.follow().phase, Phase::kJoining);
}

void Network::join(Host& joiner, Host& provider) {
  register_joiner(joiner, provider);
  const auto reply = provision(joiner, provider);
  ASSERT_TRUE(std::holds_alternative<Tls>(reply))
      << (std::holds_alternative<Refused>(reply) ? std::get<Refused>(reply).detail.value : "need");
  ASSERT_EQ(std::get<Tls>(reply).phase, TlsPhase::kDone);
  rounds(4, {&provider, &joiner});
  ASSERT_EQ(member(joiner), registry::MemberStatus::kActive);
}

primitives::AccountKey Network::account(std::string_view uri) {
  return *primitives::AccountKey::from_uri(uri, primitives::Scheme::kSr25519, world.random());
}

SignedCall Network::signed_increment(std::uint64_t by, primitives::Nonce nonce, std::string_view uri) {
  return sign_call(*stf::find("counter")->call_from_text("increment " + std::to_string(by)), nonce, world.height() + 64,
                   domain(), account(uri), world.random());
}

registry::SealedCall Network::seal(const SignedCall& call, std::string_view sender) {
  const auto the_shard = shard();
  return *seal_call(call, *the_shard.shielding_key, the_shard.epoch, domain(), account(sender).account(), world.random());
}

void Network::submit(const registry::SealedCall& call, std::string_view sender) {
  world.submit(world.sign(registry::encode_call(registry::CallWorker{world.shard(), call}), sender));
}

SignedQuery Network::question(Query query, Mode mode, std::string_view uri) {
  SignedQuery out;
  out.block_number = world.height();
  out.block_hash = world.hash_of(world.height());
  out.mode = mode;
  out.query = std::move(query);
  return sign_query(std::move(out), domain(), account(uri), world.random());
}

PendingQuery Network::seal(const SignedQuery& query) {
  return *seal_query(query, *shard().shielding_key, shard().epoch, domain(), world.random());
}

Answer Network::ask(Host& host, const SignedQuery& query) {
  const auto pending = seal(query);
  const auto sealed = host.expect<SealedAnswer>(ExecuteQuery{pending.sealed});
  const auto answer = open_answer(sealed.sealed, pending, domain());
  EXPECT_TRUE(answer.has_value());
  EXPECT_EQ(answer->enclave, host.identity().account);
  return answer.value_or(Answer{});
}

std::string Network::counter(Host& host, Mode mode) {
  const auto answer = ask(host, AskState{{*stf::find("counter")->query_from_text("counter")}}, mode);
  return stf::find("counter")->value_to_text(answer.value.value).value_or("no counter");
}

primitives::Nonce Network::next_nonce(Host& host) {
  return scale::decode<primitives::Nonce>(ask(host, AskNonce{}).value.value).value_or(~primitives::Nonce{});
}

std::optional<Outcome> Network::outcome(Host& host, primitives::BlockNumber block, std::uint32_t index,
                                        std::string_view uri) {
  const auto answer = ask(host, AskReceipt{block, index}, Mode::kAgreed, uri);
  if (answer.status != AnswerStatus::kAnswered) return std::nullopt;
  return scale::decode<ReceiptAnswer>(answer.value.value)->leaf.receipt.outcome;
}

std::optional<registry::Error> registry_error(const World& world) {
  if (world.outcomes().empty() || !world.outcomes().back().error) return std::nullopt;
  for (int i = 0; i <= static_cast<int>(scale_last(registry::Error{})); ++i) {
    const auto error = static_cast<registry::Error>(i);
    if (world.outcomes().back().error == node::runtime::to_dispatch(error)) return error;
  }
  return std::nullopt;
}

}  // namespace substratee::test
