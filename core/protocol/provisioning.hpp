#pragma once

/// What crosses the attested TLS session of a join (docs/protocol.md, "Provisioning"). Provisioning is secret.
/// Each message is a frame: u32 LE size ‖ SCALE; at most kMaxProvisioningMessage bytes.

#include "core/crypto/secret.hpp"
#include "core/protocol/error.hpp"
#include "core/registry/types.hpp"

namespace substratee::protocol {

inline constexpr std::size_t kMaxProvisioningMessage = 64 * 1024;
inline constexpr std::size_t kMaxEpochs = 256;
/// RFC 5705 / RFC 8446 7.5: session = SHA-256(exporter(label, empty context, 32 bytes)).
inline constexpr std::string_view kSessionExporterLabel = "EXPORTER-substratee-provisioning-v1";

/// Joiner to provider, first message: for which shard, and who asks.
struct ProvisioningRequest {
  std::uint8_t version = 1;
  registry::ShardId shard;
  SUBSTRATEE_FIELDS(ProvisioningRequest, version, shard)
  friend bool operator==(const ProvisioningRequest&, const ProvisioningRequest&) = default;
};

/// One epoch's secret, in the clear inside TLS.
struct EpochSecret {
  registry::Epoch epoch = 0;
  crypto::Secret<32> secret;
};

/// Provider to joiner, after the release is final: charter, epoch secrets, cut key.
struct Provisioning {
  registry::Charter charter;
  std::vector<EpochSecret> epochs;
  crypto::Secret<32> cut_key;
};

/// The encodings hold secrets: wiped by their type.
[[nodiscard]] crypto::WipedBytes encode_provisioning(const Provisioning& provisioning);
[[nodiscard]] Result<Provisioning> decode_provisioning(ByteView bytes);

}  // namespace substratee::protocol
