// Proof files: written for others, checked without a network.
#include "client/cli/commands.hpp"
#include "client/offline/verdict.hpp"
#include "core/base/hex.hpp"

#include <fmt/format.h>

#include <fstream>

namespace substratee::client::cli {
namespace {

/// A byte more than any proof has, so that a larger file is told from one that fits.
Result<Bytes> read_proof(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Bytes bytes(proof::kMaxFileSize + 1);
  if (in) in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in.eof()) {
    if (in) return bytes;
    return fail(Code::kUsage, fmt::format("the file {} cannot be read", path), "give the path of a proof file");
  }
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

Code to_code(proof::Error error) {
  switch (error) {
    case proof::Error::kWrongGenesis: return Code::kWrongChain;
    case proof::Error::kWrongCharter: return Code::kWrongCharter;
    default: return Code::kForged;
  }
}

Failure to_failure(const std::string& path, proof::Error error) {
  Failure failure(to_code(error), fmt::format("{} proves nothing: {}", path, proof::to_string(error)),
                  "do not rely on it; if --genesis is right, ask for another file");
  failure.reason = proof::to_word(error);
  return failure;
}

}  // namespace

Result<void> write_proof(const std::string& path, const proof::File& file) {
  const auto bytes = proof::encode_file(file);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (out) return {};
  return fail(Code::kUsage, fmt::format("the file {} cannot be written", path), "give another path");
}

Result<Report> execute(const VerifyCommand& command, Desk& desk) {
  const auto& session = desk.options().session;
  if (!session.genesis) {
    return fail(Code::kUsage, "a proof is worth what its genesis hash is worth, and none was given",
                "give the hash of the chain that you trust with --genesis");
  }
  const auto bytes = SUBSTRATEE_TRY(read_proof(command.file));
  const proof::Trust trust{*session.genesis, session.charter};
  auto verdict =
      command.what == Proves::kReceipt ? offline::verify_receipt(bytes, trust) : offline::verify_answer(bytes, trust);
  if (!verdict) return std::unexpected(to_failure(command.file, verdict.error()));
  return Report{std::move(verdict->machine), std::move(verdict->people), {}};
}

}  // namespace substratee::client::cli
