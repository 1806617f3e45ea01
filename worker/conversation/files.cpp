#include "worker/conversation/files.hpp"

#include "net/tcp.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

namespace substratee::worker::conversation {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxBlobFile = std::size_t{512} * 1024;
constexpr std::string_view kTemporary = ".tmp";

std::unexpected<Failure> disk_failure(const fs::path& file, std::string_view doing, int error) {
  const bool is_full = error == ENOSPC || error == EDQUOT;
  return fail(is_full ? FailureCode::kDiskFull : FailureCode::kStorage,
              fmt::format("{} cannot be {}: {}", file.string(), doing, std::strerror(error)),
              is_full ? "free some space on its disk; the worker goes on by itself then"
                      : "look at the rights and the health of its disk");
}

Result<void> sync_folder(const fs::path& folder) {
  const net::Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return disk_failure(folder, "synced", errno);
  return {};
}

Result<void> write_new(const fs::path& file, ByteView bytes) {
  const net::Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (fd.get() < 0) return disk_failure(file, "written", errno);
  while (!bytes.empty()) {
    const auto count = ::write(fd.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_failure(file, "written", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  if (::fsync(fd.get()) != 0) return disk_failure(file, "synced", errno);
  return {};
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return disk_failure(folder, "made", error.value());
  return {};
}

/// A name from the enclave becomes a file name only in this form.
bool is_plain_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// Only what the store of receipts could have written.
std::optional<BlockNumber> block_of(const std::string& name) {
  BlockNumber block = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), block);
  if (error != std::errc{} || end != name.data() + name.size() || std::to_string(block) != name) return std::nullopt;
  return block;
}

}  // namespace

Result<void> write_durably(const fs::path& file, ByteView bytes) {
  auto temporary = file;
  temporary += kTemporary;
  if (auto written = write_new(temporary, bytes); !written) {
    // Half a file would only take room from others.
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return written;
  }
  if (std::rename(temporary.c_str(), file.c_str()) != 0) return disk_failure(file, "renamed", errno);
  return sync_folder(file.parent_path());
}

Result<std::optional<Bytes>> read_file(const fs::path& file, std::size_t max) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error == std::errc::no_such_file_or_directory) return std::optional<Bytes>{};
  if (error) return disk_failure(file, "read", error.value());
  if (size > max) return disk_failure(file, "read", EFBIG);
  std::ifstream in(file, std::ios::binary);
  Bytes bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!in) return disk_failure(file, "read", EIO);
  return std::optional(std::move(bytes));
}

Result<BlobStore> BlobStore::open(fs::path folder) {
  SUBSTRATEE_TRY(make_folder(folder));
  return BlobStore(std::move(folder));
}

Result<void> BlobStore::put(const protocol::Blob& blob) const {
  if (!is_plain_name(blob.name.value)) {
    return fail(FailureCode::kEnclave, fmt::format("the enclave names a blob \"{}\"", blob.name.value),
                "use a matching substratee-enclave");
  }
  return write_durably(folder_ / blob.name.value, scale::encode(blob));
}

Result<std::vector<protocol::Blob>> BlobStore::all() const {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() != kTemporary) files.push_back(entry.path());
  }
  if (error) return disk_failure(folder_, "read", error.value());
  std::ranges::sort(files);
  std::vector<protocol::Blob> blobs;
  for (const auto& file : files) {
    const auto bytes = SUBSTRATEE_TRY(read_file(file, kMaxBlobFile));
    auto blob = scale::decode<protocol::Blob>(bytes.value_or(Bytes{}));
    if (!blob || blob->name.value != file.filename()) {
      return fail(FailureCode::kStorage, fmt::format("{} is not a sealed blob", file.string()),
                  "restore it from a backup, or start with a new --base-path (the worker then joins anew)");
    }
    blobs.push_back(*std::move(blob));
  }
  return blobs;
}

Result<EvidenceStore> EvidenceStore::open(fs::path folder) {
  SUBSTRATEE_TRY(make_folder(folder / "states"));
  return EvidenceStore(std::move(folder));
}

Result<void> EvidenceStore::put_equivocation(ByteView file) const { return write_durably(equivocation_path(), file); }

Result<std::optional<Bytes>> EvidenceStore::equivocation() const {
  return read_file(equivocation_path(), finality::kMaxEquivocationFileSize);
}

Result<void> EvidenceStore::hold_state(const std::string& cid) const {
  return write_durably(folder_ / "states" / cid, {});
}

Result<std::vector<std::string>> EvidenceStore::held_states() const {
  std::error_code error;
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder_ / "states", error)) {
    out.push_back(entry.path().filename().string());
  }
  if (error) return disk_failure(folder_ / "states", "read", error.value());
  return out;
}

Result<ReceiptStore> ReceiptStore::open(fs::path folder, BlockNumber kept) {
  SUBSTRATEE_TRY(make_folder(folder));
  ReceiptStore out(std::move(folder), kept);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(out.folder_, error)) {
    if (const auto block = block_of(entry.path().filename().string())) out.index_->blocks.insert(*block);
  }
  if (error) return disk_failure(out.folder_, "read", error.value());
  const std::lock_guard lock(out.index_->mutex);
  out.remove_oldest();
  return out;
}

Result<void> ReceiptStore::put(BlockNumber block, ByteView sealed) const {
  SUBSTRATEE_TRY(write_durably(folder_ / std::to_string(block), sealed));
  const std::lock_guard lock(index_->mutex);
  index_->blocks.insert(block);
  remove_oldest();
  return {};
}

void ReceiptStore::remove_oldest() const {
  if (kept_ == 0) return;
  auto& blocks = index_->blocks;
  while (!blocks.empty() && *blocks.rbegin() - *blocks.begin() >= kept_) {
    std::error_code ignored;  // it is removed at the next start
    fs::remove(folder_ / std::to_string(*blocks.begin()), ignored);
    blocks.erase(blocks.begin());
  }
}

bool ReceiptStore::has(BlockNumber block) const {
  std::error_code ignored;
  return fs::exists(folder_ / std::to_string(block), ignored);
}

Result<Bytes> ReceiptStore::get(BlockNumber block) const {
  auto bytes = SUBSTRATEE_TRY(read_file(folder_ / std::to_string(block), kMaxReceiptFile));
  return bytes ? *std::move(bytes) : Bytes{};
}

}  // namespace substratee::worker::conversation
