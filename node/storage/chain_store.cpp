#include "node/storage/chain_store.hpp"

#include "core/base/check.hpp"

#include <fmt/format.h>

namespace substratee::node::storage {

namespace {

constexpr char kMeta = 'M';
constexpr char kHeaders = 'H';
constexpr char kBodies = 'B';
constexpr char kJournals = 'J';
constexpr char kUndo = 'U';
constexpr char kNumbers = 'N';
constexpr char kState = 'S';
constexpr char kGenesis = 'G';

Bytes key_of(char table, ByteView key) {
  Bytes out{static_cast<std::uint8_t>(table)};
  append(out, key);
  return out;
}

Bytes key_of(char table, BlockNumber number) {
  const std::array<std::uint8_t, 4> big_endian = {
      static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
      static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  return key_of(table, ByteView(big_endian));
}

Bytes meta_key(std::string_view name) { return key_of(kMeta, as_bytes(name)); }

using UndoRecord = std::vector<std::pair<Bytes, std::optional<Bytes>>>;

Bytes encode_undo(const Changes& undo) { return scale::encode(UndoRecord(undo.begin(), undo.end())); }

std::optional<Changes> decode_undo(ByteView bytes) {
  auto record = scale::decode<UndoRecord>(bytes);
  if (!record) return std::nullopt;
  return Changes(std::make_move_iterator(record->begin()), std::make_move_iterator(record->end()));
}

void put_block(Batch& batch, const NewBlock& block, const BlockHash& hash) {
  const auto number = block.header.number.value;
  batch.put(key_of(kHeaders, number), scale::encode(block.header));
  batch.put(key_of(kBodies, number), scale::encode(block.extrinsics));
  batch.put(key_of(kJournals, number), scale::encode(block.journal));
  batch.put(key_of(kNumbers, ByteView(hash)), scale::encode(number));
  batch.put(meta_key("best"), scale::encode(number));
}

std::unexpected<Error> corrupt(std::string_view path, std::string_view what) {
  return fail(Code::kCorrupt,
              fmt::format("database {}: damaged ({}); run `substratee-node purge-chain` and start again", path, what));
}

std::unexpected<Error> unknown_block(std::string what) {
  return fail(Code::kUnknownBlock, fmt::format("unknown block {}; ask for one that this node has", what));
}

}  // namespace

Snapshot::Snapshot(std::shared_lock<std::shared_mutex> lock, const trie::Content& content, Changes overlay)
    : lock_(std::move(lock)), content_(content), overlay_(std::move(overlay)), state_(content_, overlay_) {}

std::vector<Bytes> Snapshot::prove(std::span<const Bytes> keys) const {
  if (overlay_.empty()) return trie::prove(content_, keys);
  auto content = content_;
  apply_changes(content, overlay_);
  return trie::prove(content, keys);
}

Result<std::unique_ptr<ChainStore>> ChainStore::open(const std::filesystem::path& directory) {
  std::unique_ptr<ChainStore> store(new ChainStore());
  store->path_ = directory.string();
  store->database_ = SUBSTRATEE_TRY(Database::open(directory));
  SUBSTRATEE_TRY(store->load());
  return store;
}

Result<void> ChainStore::load() {
  const auto format = SUBSTRATEE_TRY(database_->get(meta_key("format")));
  if (!format) {
    if (SUBSTRATEE_TRY(database_->is_empty())) return {};
    return fail(Code::kForeign,
                fmt::format("database {}: not written by substratee-node; run `substratee-node purge-chain` "
                            "or choose another --base-path",
                            path_));
  }
  if (as_text(*format) != kFormat) {
    return fail(Code::kForeign,
                fmt::format("database {}: format \"{}\", but this program reads \"{}\"; run `substratee-node "
                            "purge-chain` or use the program that wrote it",
                            path_, as_text(*format), kFormat));
  }
  const auto best = SUBSTRATEE_TRY(database_->get(meta_key("best")));
  const auto number = best ? scale::decode<BlockNumber>(*best) : std::unexpected(scale::Error::kTruncated);
  if (!number) return corrupt(path_, "the best block's number");
  best_header_ = SUBSTRATEE_TRY(header(*number));
  best_ = {*number, best_header_.hash()};
  genesis_hash_ = SUBSTRATEE_TRY(header(0)).hash();
  SUBSTRATEE_TRY(load_state());
  is_empty_ = false;
  return {};
}

Result<void> ChainStore::load_state() {
  const auto into = [](trie::Content& content) {
    return [&content](ByteView key, ByteView value) { content.emplace(to_bytes(key), to_bytes(value)); };
  };
  SUBSTRATEE_TRY(database_->each(key_of(kGenesis, ByteView{}), into(genesis_state_)));
  SUBSTRATEE_TRY(database_->each(key_of(kState, ByteView{}), into(staging_)));
  if (trie::root(staging_, trie::Layout::kV1) != best_header_.state_root) return corrupt(path_, "the state's root");
  if (trie::root(genesis_state_, trie::Layout::kV1) != SUBSTRATEE_TRY(header(0)).state_root) {
    return corrupt(path_, "the genesis state's root");
  }
  std::deque<Changes> undo;
  for (auto n = best_.number - std::min(best_.number, kUndoBlocks) + 1; n <= best_.number; ++n) {
    auto record = decode_undo(SUBSTRATEE_TRY(table(kUndo, n)));
    if (!record) return corrupt(path_, fmt::format("the undo record of block {}", n));
    undo.push_back(*std::move(record));
  }
  history_ = StateHistory(staging_, best_.number, std::move(undo));
  return {};
}

Result<void> ChainStore::initialise(const Header& genesis, const trie::Content& state) {
  SUBSTRATEE_CHECK(is_empty_ && genesis.number.value == 0);
  Batch batch;
  const auto hash = genesis.hash();
  put_block(batch, {genesis, {}, {}, {}}, hash);
  batch.put(meta_key("format"), to_bytes(as_bytes(kFormat)));
  for (const auto& [key, value] : state) {
    batch.put(key_of(kState, key), value);
    batch.put(key_of(kGenesis, key), value);
  }
  SUBSTRATEE_TRY(database_->write(batch));
  genesis_state_ = state;
  staging_ = state;
  genesis_hash_ = hash;
  history_ = StateHistory(state, 0, {});
  best_ = {0, hash};
  best_header_ = genesis;
  is_empty_ = false;
  return {};
}

Result<void> ChainStore::commit(const NewBlock& block) {
  const auto number = block.header.number.value;
  SUBSTRATEE_CHECK(!is_empty_ && number == best_.number + 1 && block.header.parent_hash == best_.hash);
  auto undo = history_.undo_of(block.changes);
  Batch batch;
  put_block(batch, block, block.header.hash());
  for (const auto& [key, value] : block.changes) {
    if (value) {
      batch.put(key_of(kState, key), *value);
    } else {
      batch.erase(key_of(kState, key));
    }
  }
  batch.put(key_of(kUndo, number), encode_undo(undo));
  if (number > kUndoBlocks) batch.erase(key_of(kUndo, number - kUndoBlocks));
  SUBSTRATEE_TRY(database_->write(batch));
  publish(block, std::move(undo));
  return {};
}

void ChainStore::publish(const NewBlock& block, Changes undo) {
  apply_changes(staging_, block.changes);
  const std::scoped_lock turn(turn_);
  const std::unique_lock lock(mutex_);
  history_.apply(block.changes, std::move(undo));
  best_ = {block.header.number.value, block.header.hash()};
  best_header_ = block.header;
}

Hash256 ChainStore::root_after(const Changes& changes) {
  const auto undo = history_.undo_of(changes);
  apply_changes(staging_, changes);
  const auto root = trie::root(staging_, trie::Layout::kV1);
  apply_changes(staging_, undo);
  return root;
}

OverlayState ChainStore::best_view() const {
  static const Changes kNothing;
  return {staging_, kNothing};
}

std::shared_lock<std::shared_mutex> ChainStore::lock_for_reading() const {
  const std::scoped_lock turn(turn_);
  return std::shared_lock(mutex_);
}

BlockId ChainStore::best() const {
  const auto lock = lock_for_reading();
  return best_;
}

Header ChainStore::best_header() const {
  const auto lock = lock_for_reading();
  return best_header_;
}

Result<Bytes> ChainStore::table(char table, BlockNumber number) const {
  auto value = SUBSTRATEE_TRY(database_->get(key_of(table, number)));
  if (!value) return unknown_block(fmt::format("#{}", number));
  return *std::move(value);
}

Result<Header> ChainStore::header(BlockNumber number) const {
  auto decoded = scale::decode<Header>(SUBSTRATEE_TRY(table(kHeaders, number)));
  if (!decoded) return corrupt(path_, fmt::format("header {}", number));
  return *std::move(decoded);
}

Result<BlockHash> ChainStore::hash(BlockNumber number) const {
  if (const auto known = best(); known.number == number) return known.hash;
  return SUBSTRATEE_TRY(header(number)).hash();
}

Result<BlockNumber> ChainStore::number(const BlockHash& hash) const {
  const auto value = SUBSTRATEE_TRY(database_->get(key_of(kNumbers, ByteView(hash))));
  if (!value) return unknown_block(fmt::format("0x{:02x}", fmt::join(hash.bytes, "")));
  const auto number = scale::decode<BlockNumber>(*value);
  if (!number) return corrupt(path_, "the index of blocks");
  return *number;
}

Result<std::vector<Bytes>> ChainStore::extrinsics(BlockNumber number) const {
  auto decoded = scale::decode<std::vector<Bytes>>(SUBSTRATEE_TRY(table(kBodies, number)));
  if (!decoded) return corrupt(path_, fmt::format("body {}", number));
  return *std::move(decoded);
}

Result<Bytes> ChainStore::encoded_journal(BlockNumber number) const { return table(kJournals, number); }

Result<std::unique_ptr<Snapshot>> ChainStore::at(const BlockHash& hash) const {
  const auto wanted = SUBSTRATEE_TRY(number(hash));
  auto lock = lock_for_reading();
  if (auto overlay = history_.overlay_at(wanted)) {
    return std::make_unique<Snapshot>(std::move(lock), history_.content(), *std::move(overlay));
  }
  if (wanted == 0) return std::make_unique<Snapshot>(std::move(lock), genesis_state_, Changes{});
  return fail(Code::kPruned, fmt::format("the state of block #{} is no longer kept; ask for one of the last {} blocks",
                                         wanted, kUndoBlocks));
}

}  // namespace substratee::node::storage
