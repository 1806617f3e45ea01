#pragma once

/// Making proofs from what a node says: whoever has headers, journals and read proofs at hand. Nothing is checked here
/// but what is needed to go on; verify.hpp decides.

#include "core/proof/verify.hpp"
#include "core/protocol/enclave_messages.hpp"

#include <functional>

namespace substratee::proof {

/// Read proof nodes of keys under the state of a block; nothing if the reader cannot have them.
using Reader =
    std::function<std::optional<std::vector<Bytes>>(const std::vector<Bytes>& keys, const primitives::BlockHash& at)>;

/// Where a journal announces an agreement of the shard; `block` absent: the first one.
[[nodiscard]] std::optional<std::uint32_t> find_agreement(const registry::Journal& journal,
                                                          const registry::ShardId& shard,
                                                          std::optional<primitives::BlockNumber> block = {});

/// The agreement that stands at `entry` in the journal of `announced_in`. `parent` is asked for only if a confirming
/// enclave is gone after that block; header and justification of the block before. kStateNotProved when the reader
/// gives nothing, kMalformed for what does not decode.
[[nodiscard]] Result<AgreementProof> assemble_agreement(
    const protocol::FinalBlock& announced_in, std::uint32_t entry, const Reader& read,
    const std::function<std::optional<protocol::FinalBlock>()>& parent);

/// The keys under which verify_answer reads, when `index` is the enclave's in the registry.
[[nodiscard]] std::vector<Bytes> answer_keys(const registry::ShardId& shard, const primitives::AccountId& enclave,
                                             std::uint64_t index);

}  // namespace substratee::proof
