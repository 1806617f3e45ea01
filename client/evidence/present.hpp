#pragma once

/// Judgements and the contents of evidence as JSON, which the command line also prints for people.

#include "client/evidence/judgement.hpp"

#include <boost/json.hpp>

namespace substratee::client::evidence {

/// The object of `attestation verify --json`; null where unknown.
[[nodiscard]] boost::json::object to_json(const Judgement& judgement);

/// What a file of evidence claims; nothing of it is verified. Malformed parts are named as such.
[[nodiscard]] boost::json::object inspect(const EvidenceFile& file);

}  // namespace substratee::client::evidence
