#include "worker/collateral/cache.hpp"

#include "core/base/hex.hpp"
#include "rpc/collateral/source.hpp"
#include "worker/conversation/files.hpp"

#include <fmt/format.h>

namespace substratee::worker::collateral {
namespace {

using attestation::CollateralItem;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxFile = attestation::kMaxCollateralSize + attestation::kMaxIssuerChainSize + 64;
constexpr std::string_view kEnding = ".item";

struct Stored {
  std::uint8_t format = kFormat;
  CollateralItem item;
  SUBSTRATEE_FIELDS(Stored, format, item)
};

}  // namespace

Result<Cache> Cache::open(std::filesystem::path folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(FailureCode::kStorage, fmt::format("{} cannot be made: {}", folder.string(), error.message()),
                "make room, or give another --base-path");
  }
  return Cache(std::move(folder));
}

Result<void> Cache::put(const attestation::CollateralId& id, const CollateralItem& item) const {
  const auto root = to_hex(ByteView(id.root.bytes).first(4));
  const auto name = fmt::format("{}-{}{}", rpc::collateral::name_of(id), root, kEnding);
  return conversation::write_durably(folder_ / name, scale::encode(Stored{kFormat, item}));
}

std::vector<CollateralItem> Cache::all() const {
  std::vector<CollateralItem> out;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder_, error)) {
    if (file.path().extension() != kEnding) continue;
    const auto bytes = conversation::read_file(file.path(), kMaxFile);
    if (!bytes || !*bytes) continue;
    auto stored = scale::decode<Stored>(**bytes);
    if (stored && stored->format == kFormat) out.push_back(std::move(stored->item));
  }
  return out;
}

}  // namespace substratee::worker::collateral
