#include "tests/hostile_host/hostile_host.hpp"

namespace substratee::test {

using namespace protocol;

namespace {

std::string describe(const Refused& refused) {
  return std::string(to_string(refused.reason)) + ": " + refused.detail.value;
}

}  // namespace

/// Whether a confirmation waits is left out: asking for it is how it ceases to.
Reply Turn::status() {
  auto reply = enclave_.handle(GetStatus{});
  if (auto* status = std::get_if<Status>(&reply)) status->has_confirmation = false;
  return reply;
}

void Turn::expect_refused(const Request& request, const std::set<Refusal>& reasons) {
  const auto before = status();
  const auto reply = ask(request);
  const auto* refused = std::get_if<Refused>(&reply);
  ASSERT_NE(refused, nullptr) << "request " << request.index() << " was not refused: reply " << reply.index();
  EXPECT_TRUE(reasons.contains(refused->reason)) << "request " << request.index() << ": " << describe(*refused);
  EXPECT_EQ(status(), before) << "request " << request.index() << " was refused and had an effect";
}

void Turn::expect_no_effect(const Request& request, const std::set<Refusal>& reasons) {
  const auto before = status();
  const auto reply = ask(request);
  const auto* refused = std::get_if<Refused>(&reply);
  EXPECT_TRUE(refused == nullptr || reasons.contains(refused->reason))
      << "request " << request.index() << ": " << describe(*refused);
  EXPECT_EQ(status(), before) << "request " << request.index() << " had an effect";
}

Reply HostileBoundary::handle(const Request& request) {
  Turn turn(*enclave_, world_, past_, request, deeds_);
  misdeed_(turn);
  auto reply = enclave_->handle(request);
  past_.requests.push_back(request);
  if (const auto* need = std::get_if<Need>(&reply)) {
    if (const auto* proofs = std::get_if<NeedProofs>(&need->what)) {
      past_.wanted = *proofs;
      past_.wisher = request;
      past_.at_proofs = past_.requests.size();
    }
  }
  return reply;
}

void corrupt(Host& host, Misdeed misdeed, std::size_t& deeds) {
  host.start_with([honest = host.starter(), &world = host.world, misdeed = std::move(misdeed), &deeds] {
    return std::make_unique<HostileBoundary>(honest(), world, misdeed, deeds);
  });
}

}  // namespace substratee::test
