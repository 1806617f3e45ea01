#include "tests/hostile_host/killed.hpp"

namespace substratee::test {
namespace {

class MortalBoundary final : public Boundary {
 public:
  MortalBoundary(std::unique_ptr<Boundary> enclave, Host& host, Steps& steps)
      : enclave_(std::move(enclave)), host_(host), steps_(steps) {}

  protocol::Reply handle(const protocol::Request& request) override {
    const bool is_due = !steps_.is_killed && steps_.kill_at == steps_.count++;
    if (is_due) steps_.is_killed = true;
    if (is_due && steps_.moment == Moment::kBeforeRequest) throw Killed{host_};
    auto reply = enclave_->handle(request);
    if (is_due) throw Killed{host_};
    return reply;
  }

 private:
  std::unique_ptr<Boundary> enclave_;
  Host& host_;
  Steps& steps_;
};

}  // namespace

void count_steps(Host& host, Steps& steps) {
  host.start_with(
      [honest = host.starter(), &host, &steps] { return std::make_unique<MortalBoundary>(honest(), host, steps); });
}

}  // namespace substratee::test
