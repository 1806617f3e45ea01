#pragma once

/// `attestation verify`: files in, verdict out.

#include "client/evidence/acceptance.hpp"
#include "client/evidence/evidence_file.hpp"

namespace substratee::client::evidence {

struct Question {
  std::string evidence;
  std::optional<std::string> collateral;
  std::optional<std::string> policy;
  std::optional<std::string> accept_status;
  std::optional<std::string> signature;   ///< of an IAS report
  std::vector<std::string> certificates;  ///< of an SNP or IAS report
  attestation::UnixSeconds now{};
};

struct Judgement {
  attestation::Kind kind{};
  std::optional<std::string> error;  ///< a code; nothing: accepted
  std::string reason;                ///< for people; empty when accepted
  std::optional<attestation::AuthenticEvidence> evidence;
  Identity identity;
};

/// Failures (kUsage) are about the question: files that are not there, no evidence, no policy. Evidence that is
/// malformed or does not hold is a judgement.
[[nodiscard]] Result<Judgement> judge(const Question& question);

}  // namespace substratee::client::evidence
