#include "node/service/block_file.hpp"

#include "core/base/check.hpp"
#include "node/runtime/genesis.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace substratee::node::service {

namespace {

using storage::Code;
using storage::fail;

constexpr std::string_view kMagic = "substratee-blocks/1\n";
constexpr std::size_t kMaxHeadSize = 256;
constexpr std::size_t kMaxGenesisSize = std::size_t{1} << 30;
constexpr std::size_t kMaxBlockFrame = 2 * runtime::kMaxBlockSize;

using Entries = std::vector<std::pair<Bytes, Bytes>>;

std::unexpected<storage::Error> disk(const std::filesystem::path& file) {
  return fail(Code::kDisk, fmt::format("file {}: {}; check the disk and the file's permissions", file.string(),
                                       errno == 0 ? "cannot be written or read" : std::strerror(errno)));
}

Entries entries_of(const runtime::StateView& state) {
  Entries out;
  if (auto value = state.get({})) out.emplace_back(Bytes{}, *std::move(value));
  for (auto entry = state.next({}); entry; entry = state.next(out.back().first)) out.push_back(*std::move(entry));
  return out;
}

bool sync_file(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = ::fsync(fd) == 0;
  ::close(fd);
  return done;
}

}  // namespace

storage::Result<BlockFileWriter> BlockFileWriter::create(const std::filesystem::path& file, const BlockFileHead& head,
                                                         const runtime::StateView* genesis) {
  SUBSTRATEE_CHECK(head.has_genesis == (genesis != nullptr));
  errno = 0;
  BlockFileWriter writer(file, std::ofstream(file.string() + ".new", std::ios::binary | std::ios::trunc));
  if (!writer.out_.write(kMagic.data(), kMagic.size())) return disk(writer.unfinished());
  SUBSTRATEE_TRY(writer.frame(scale::encode(head)));
  if (genesis != nullptr) SUBSTRATEE_TRY(writer.frame(scale::encode(entries_of(*genesis))));
  return writer;
}

BlockFileWriter::~BlockFileWriter() {
  if (!out_.is_open()) return;
  out_.close();
  std::error_code ignored;
  std::filesystem::remove(unfinished(), ignored);
}

storage::Result<void> BlockFileWriter::frame(ByteView content) {
  const auto size = scale::encode(static_cast<std::uint32_t>(content.size()));
  out_.write(reinterpret_cast<const char*>(size.data()), static_cast<std::streamsize>(size.size()));
  out_.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (!out_) return disk(unfinished());
  return {};
}

storage::Result<void> BlockFileWriter::write(const SealedBlock& block) { return frame(scale::encode(block)); }

storage::Result<void> BlockFileWriter::finish() {
  errno = 0;
  out_.close();
  if (!out_ || !sync_file(unfinished())) return disk(unfinished());
  std::error_code error;
  std::filesystem::rename(unfinished(), file_, error);
  if (error) return fail(Code::kDisk, fmt::format("file {}: {}; choose another one", file_.string(), error.message()));
  return {};
}

std::unexpected<storage::Error> BlockFileReader::damaged(std::string_view what) const {
  return fail(Code::kCorrupt, fmt::format("file {}: {}; export the blocks again (`substratee-node export-blocks`)",
                                          file_.string(), what));
}

storage::Result<BlockFileReader> BlockFileReader::open(const std::filesystem::path& file) {
  errno = 0;
  BlockFileReader reader(file, std::ifstream(file, std::ios::binary));
  if (!reader.in_.is_open()) return disk(file);
  std::string magic(kMagic.size(), '\0');
  if (!reader.in_.read(magic.data(), static_cast<std::streamsize>(magic.size())) || magic != kMagic) {
    return fail(Code::kForeign, fmt::format("file {}: not a file of blocks; give one that `substratee-node "
                                            "export-blocks` of this version has written",
                                            file.string()));
  }
  SUBSTRATEE_TRY(reader.read_head());
  return reader;
}

storage::Result<void> BlockFileReader::read_head() {
  const auto head = scale::decode<BlockFileHead>(SUBSTRATEE_TRY(frame(kMaxHeadSize, "the head")));
  if (!head || head->first == 0 || (head->has_genesis && head->first != 1)) return damaged("the head is damaged");
  head_ = *head;
  next_ = head_.first;
  if (!head_.has_genesis) return {};
  auto entries = scale::decode<Entries>(SUBSTRATEE_TRY(frame(kMaxGenesisSize, "the genesis state")));
  if (!entries) return damaged("the genesis state is damaged");
  for (auto& [key, value] : *entries) genesis_.insert_or_assign(std::move(key), std::move(value));
  if (runtime::genesis_header(genesis_).hash() != head_.genesis_hash) {
    return damaged("the genesis state is not the one of the genesis hash");
  }
  return {};
}

storage::Result<Bytes> BlockFileReader::frame(std::size_t max, std::string_view what) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  const auto cut = [&] { return damaged(fmt::format("ends within {}", what)); };
  Bytes size(4);
  if (!in_.read(reinterpret_cast<char*>(size.data()), 4)) return cut();
  const std::size_t expected = scale::decode<std::uint32_t>(size).value();
  if (expected > max) return damaged(fmt::format("{} is too long", what));
  // Piece by piece: memory only for what is there.
  Bytes out;
  while (out.size() < expected) {
    const auto had = out.size();
    out.resize(std::min(expected, had + kPiece));
    if (!in_.read(reinterpret_cast<char*>(out.data() + had), static_cast<std::streamsize>(out.size() - had)))
      return cut();
  }
  return out;
}

storage::Result<std::optional<SealedBlock>> BlockFileReader::next() {
  if (next_ > head_.last) {
    if (in_.peek() != std::ifstream::traits_type::eof()) return damaged("goes on behind its last block");
    return std::optional<SealedBlock>{};
  }
  const auto name = fmt::format("block #{}", next_);
  auto block = scale::decode<SealedBlock>(SUBSTRATEE_TRY(frame(kMaxBlockFrame, name)));
  if (!block || block->header.number.value != next_) return damaged(fmt::format("{} is damaged", name));
  ++next_;
  return std::optional(*std::move(block));
}

}  // namespace substratee::node::service
