#pragma once

/// How Kubo's answers are read: JSON values one after the other (one per line), raw bytes, and errors in four places
/// (the status, text, the trailer, inside an answer). Private to Rpc.

#include "net/http_client.hpp"
#include "worker/ipfs/kubo/rpc.hpp"

#include <optional>

namespace substratee::worker::ipfs::kubo {

/// Which daemon was asked what.
struct Question {
  std::string_view daemon;   ///< Rpc::name()
  std::string_view command;  ///< "dag/import"

  /// "Kubo at http://127.0.0.1:5001, dag/import"
  [[nodiscard]] std::string text() const;
  /// The network failed.
  [[nodiscard]] Failure to_failure(const net::Failure& failure) const;
  /// The body of an answer that is none of the errors.
  [[nodiscard]] Result<std::string> body_of(net::HttpResponse response) const;
  /// The answer makes no sense.
  [[nodiscard]] Failure nonsense(std::string_view what) const;
};

/// kNotFound with the CID, if that is what the daemon's message means; else the failure as it is.
[[nodiscard]] Failure about_block(const Failure& failure, std::string_view daemon, const ipld::Cid& cid);
[[nodiscard]] bool says_not_pinned(const Failure& failure);

[[nodiscard]] Result<Version> read_version(const Question& question, std::string_view body);
[[nodiscard]] Result<std::string> read_id(const Question& question, std::string_view body);
/// The last line is the root.
[[nodiscard]] Result<ipld::Cid> read_added(const Question& question, std::string_view body);
/// With `pinned`: it must be among the roots.
[[nodiscard]] Result<Imported> read_imported(const Question& question, std::string_view body, const ipld::Cid* pinned);
[[nodiscard]] Result<std::vector<ipld::Block>> read_car(const Question& question, ByteView car, const ipld::Cid& root);
/// {"Key": cid, "Size": n} names the same block.
[[nodiscard]] Result<std::uint64_t> read_size(const Question& question, std::string_view body, const ipld::Cid& cid);
/// {"Pins": [cid]}
[[nodiscard]] Result<void> expect_pin(const Question& question, std::string_view body, const ipld::Cid& cid);
/// No line has an "Error".
[[nodiscard]] Result<void> expect_no_errors(const Question& question, std::string_view body);

}  // namespace substratee::worker::ipfs::kubo
