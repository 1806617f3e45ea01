#pragma once

/// Writes TCB info and QE identities as Intel's PCS serves them: for simulation roots and for tests.

#include "core/attestation/dcap/qe_identity.hpp"
#include "core/attestation/dcap/tcb_info.hpp"

namespace substratee::attestation::dcap {

/// The value of "tcbInfo": what parse_tcb_info reads.
[[nodiscard]] std::string write_tcb_info(const TcbInfo& info);
/// The value of "enclaveIdentity": what parse_qe_identity reads.
[[nodiscard]] std::string write_qe_identity(const QeIdentity& identity);

/// {"<name>":<value>,"signature":"…"}.
[[nodiscard]] Bytes write_signed_document(std::string_view name, std::string_view value,
                                          const crypto::p256::KeyPair& signer);

}  // namespace substratee::attestation::dcap
