#include "node/api/submission.hpp"

namespace substratee::node::api {

std::optional<std::expected<Hash256, service::SubmitError>> submit(const NodeContext& context, Bytes extrinsic,
                                                                   std::function<void(const Hash256&)> on_taken) {
  return context.chain.ask([&extrinsic, &on_taken](service::Chain& chain) {
    auto taken = chain.submit(std::move(extrinsic), service::now());
    if (taken && on_taken) on_taken(*taken);
    chain.tell_transactions();
    return taken;
  });
}

}  // namespace substratee::node::api
