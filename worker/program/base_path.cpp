#include "worker/program/base_path.hpp"

#include "core/base/hex.hpp"
#include "worker/conversation/files.hpp"

#include <fmt/format.h>

namespace substratee::worker::program {

Result<BasePath> BasePath::open(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(FailureCode::kOption, fmt::format("the folder {} cannot be made: {}", folder.string(), error.message()),
                "give another --base-path");
  }
  return BasePath(folder);
}

Result<std::optional<Hash256>> BasePath::pinned_genesis(const std::optional<Hash256>& given) const {
  constexpr std::size_t kMaxSize = 128;
  const auto bytes = SUBSTRATEE_TRY(conversation::read_file(genesis_file(), kMaxSize));
  if (!bytes) return given;
  auto text = as_text(*bytes);
  while (text.ends_with('\n')) text.remove_suffix(1);
  const auto pinned = fixed_from_hex<32>(text);
  if (!pinned) {
    return fail(FailureCode::kOption, fmt::format("{} does not hold a genesis hash", genesis_file().string()),
                "remove it and give --genesis");
  }
  if (given && *given != *pinned) {
    return fail(FailureCode::kOption,
                fmt::format("--genesis {} contradicts the chain of this folder, {}", to_hex_prefixed(*given),
                            to_hex_prefixed(*pinned)),
                "give another --base-path for another chain");
  }
  return pinned;
}

Result<void> BasePath::pin_genesis(const Hash256& hash) const {
  return conversation::write_durably(genesis_file(), as_bytes(to_hex_prefixed(hash) + "\n"));
}

}  // namespace substratee::worker::program
