#pragma once

/// What a proof file proves, in words and as JSON. The whole path from the bytes of the file to the verdict stands in
/// this folder and in core: nothing of it can reach a network (tools/check_layers.py).

#include "core/proof/verify.hpp"

#include <boost/json.hpp>

#include <string>

namespace substratee::client::offline {

struct Verdict {
  boost::json::object machine;
  std::string people;
};

/// The file is a receipt and everything in it holds; else why not.
[[nodiscard]] proof::Result<Verdict> verify_receipt(ByteView file, const proof::Trust& trust);
/// The same for an answer to a query.
[[nodiscard]] proof::Result<Verdict> verify_answer(ByteView file, const proof::Trust& trust);

}  // namespace substratee::client::offline
