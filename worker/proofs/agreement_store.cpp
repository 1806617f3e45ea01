#include "worker/proofs/agreement_store.hpp"

#include "core/proof/file.hpp"
#include "worker/conversation/files.hpp"

#include <fmt/format.h>

#include <charconv>

namespace substratee::worker::proofs {
namespace fs = std::filesystem;
namespace {

/// Only what this store could have written.
std::optional<BlockNumber> number_of(const std::string& name) {
  BlockNumber number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || std::to_string(number) != name) return std::nullopt;
  return number;
}

std::unexpected<Failure> folder_failure(const fs::path& folder, const std::error_code& error) {
  return fail(FailureCode::kStorage, fmt::format("{} cannot be used: {}", folder.string(), error.message()),
              "look at the rights and the health of its disk");
}

}  // namespace

Result<std::unique_ptr<AgreementStore>> AgreementStore::open(fs::path folder, std::size_t kept) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return folder_failure(folder, error);
  std::set<BlockNumber> blocks;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (const auto number = number_of(entry.path().filename().string())) blocks.insert(*number);
  }
  if (error) return folder_failure(folder, error);
  auto store = std::unique_ptr<AgreementStore>(new AgreementStore(std::move(folder), kept, std::move(blocks)));
  store->remove_oldest();
  return store;
}

Result<void> AgreementStore::put(BlockNumber block, ByteView proof) {
  SUBSTRATEE_TRY(conversation::write_durably(folder_ / std::to_string(block), proof));
  const std::lock_guard lock(mutex_);
  blocks_.insert(block);
  remove_oldest();
  return {};
}

void AgreementStore::remove_oldest() {
  std::error_code ignored;  // it is removed at the next start
  while (blocks_.size() > kept_) {
    fs::remove(folder_ / std::to_string(*blocks_.begin()), ignored);
    blocks_.erase(blocks_.begin());
  }
}

bool AgreementStore::has(BlockNumber block) const {
  const std::lock_guard lock(mutex_);
  return blocks_.contains(block);
}

Bytes AgreementStore::get(BlockNumber block) const {
  if (!has(block)) return {};
  const auto bytes = conversation::read_file(folder_ / std::to_string(block), proof::kMaxFileSize);
  return bytes ? bytes->value_or(Bytes{}) : Bytes{};
}

}  // namespace substratee::worker::proofs
