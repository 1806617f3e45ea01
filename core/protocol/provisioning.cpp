#include "core/protocol/provisioning.hpp"

namespace substratee::protocol {

crypto::WipedBytes encode_provisioning(const Provisioning& provisioning) {
  scale::Encoder out;
  scale::encode_to(out, provisioning.charter);
  out.compact(provisioning.epochs.size());
  for (const auto& epoch : provisioning.epochs) {
    scale::encode_to(out, epoch.epoch);
    out.raw(epoch.secret.view());
  }
  out.raw(provisioning.cut_key.view());
  return crypto::WipedBytes(std::move(out).take());
}

Result<Provisioning> decode_provisioning(ByteView bytes) {
  scale::Decoder in(bytes);
  Provisioning out;
  out.charter = SUBSTRATEE_TRY_OR(Error::kMalformed, scale::decode_from<registry::Charter>(in));
  const auto count = SUBSTRATEE_TRY_OR(Error::kMalformed, in.compact(kMaxEpochs));
  for (u128 i = 0; i < count; ++i) {
    const auto epoch = SUBSTRATEE_TRY_OR(Error::kMalformed, scale::decode_from<registry::Epoch>(in));
    const auto secret = SUBSTRATEE_TRY_OR(Error::kMalformed, in.raw(32));
    if (!out.epochs.empty() && epoch <= out.epochs.back().epoch) return std::unexpected(Error::kMalformed);
    out.epochs.push_back({epoch, *crypto::Secret<32>::from(secret)});
  }
  out.cut_key = *crypto::Secret<32>::from(SUBSTRATEE_TRY_OR(Error::kMalformed, in.raw(32)));
  if (!in.rest().empty()) return std::unexpected(Error::kMalformed);
  return out;
}

}  // namespace substratee::protocol
