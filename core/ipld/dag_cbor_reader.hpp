#pragma once

/// What the readers of DAG-CBOR in this folder share.

#include "core/cbor/cbor.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/error.hpp"

namespace substratee::ipld {

/// Takes a link: tag 42 over a byte string of 00 and a CID.
[[nodiscard]] Result<Cid> read_cbor_link(cbor::Reader& in);

}  // namespace substratee::ipld
