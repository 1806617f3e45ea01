#include "node/storage/chain_store.hpp"

#include "core/base/check.hpp"
#include "node/storage/tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace substratee::node::storage {

namespace {

void put_block(Batch& batch, const NewBlock& block, const BlockHash& hash) {
  const auto number = block.header.number.value;
  batch.put(table::key(table::kHeaders, number), scale::encode(block.header));
  batch.put(table::key(table::kBodies, number), scale::encode(block.extrinsics));
  batch.put(table::key(table::kJournals, number), scale::encode(block.journal));
  batch.put(table::key(table::kNumbers, ByteView(hash)), scale::encode(number));
  batch.put(table::meta("best"), scale::encode(number));
}

std::unexpected<Error> corrupt(std::string_view path, std::string_view what) {
  return fail(
      Code::kCorrupt,
      fmt::format("database {}: damaged ({}); run `substratee-node purge-chain`, which keeps the key, and start again",
                  path, what));
}

std::unexpected<Error> unknown_block(std::string what) {
  return fail(Code::kUnknownBlock, fmt::format("unknown block {}; ask for one that this node has", what));
}

std::unexpected<Error> foreign_format(std::string_view path, std::string_view format) {
  return fail(
      Code::kForeign,
      fmt::format("database {}: format \"{}\", but this program reads \"{}\"; run `substratee-node purge-chain`, "
                  "which keeps the key, or use the program that wrote it, whose `export-blocks`, if it has that "
                  "command, writes a "
                  "file for this program's `import-blocks`",
                  path, format, kFormat));
}

}  // namespace

Result<std::unique_ptr<ChainStore>> ChainStore::open(const std::filesystem::path& directory,
                                                     const OpenOptions& options) {
  std::unique_ptr<ChainStore> store(new ChainStore());
  store->path_ = directory.string();
  store->database_ = SUBSTRATEE_TRY(Database::open(directory));
  store->states_ = std::make_unique<StateStore>(*store->database_, store->path_, options.cache_bytes);
  SUBSTRATEE_TRY(store->load(options));
  return store;
}

Result<void> ChainStore::load(const OpenOptions& options) {
  const auto format = SUBSTRATEE_TRY(database_->get(table::meta("format")));
  if (!format) {
    new_pruning_ = options.pruning.value_or(Pruning{});
    if (SUBSTRATEE_TRY(database_->is_empty())) return {};
    return fail(Code::kForeign,
                fmt::format("database {}: not written by substratee-node; run `substratee-node purge-chain` "
                            "or choose another --base-path",
                            path_));
  }
  if (as_text(*format) != kFormat) return foreign_format(path_, as_text(*format));
  const auto best = SUBSTRATEE_TRY(database_->get(table::meta("best")));
  const auto number = best ? scale::decode<BlockNumber>(*best) : std::unexpected(scale::Error::kTruncated);
  if (!number) return corrupt(path_, "the best block's number");
  best_header_ = SUBSTRATEE_TRY(header(*number));
  best_ = {*number, best_header_.hash()};
  genesis_hash_ = SUBSTRATEE_TRY(header(0)).hash();
  SUBSTRATEE_TRY(load_states(options));
  is_empty_ = false;
  return {};
}

Result<void> ChainStore::load_states(const OpenOptions& options) {
  const auto pruning = SUBSTRATEE_TRY(reconcile(options));
  const auto bytes = SUBSTRATEE_TRY(database_->get(table::meta("oldest")));
  const auto oldest = bytes ? scale::decode<BlockNumber>(*bytes) : scale::Result<BlockNumber>(0);
  if (!oldest || *oldest > best_.number) return corrupt(path_, "the oldest state's number");
  return states_->open(best_.number, best_header_.state_root, pruning, *oldest);
}

Result<Pruning> ChainStore::reconcile(const OpenOptions& options) {
  const auto bytes = SUBSTRATEE_TRY(database_->get(table::meta("pruning")));
  const auto kept = bytes ? pruning_from(as_text(*bytes)) : std::nullopt;
  if (!kept) return corrupt(path_, "the pruning mode");
  if (!options.pruning || *options.pruning == *kept) return *kept;
  const auto& wanted = *options.pruning;
  if (wanted.is_archive() != kept->is_archive()) {
    return fail(Code::kForeign,
                fmt::format("database {}: made with --pruning {}, so --pruning {} is not possible: {}; leave the flag "
                            "out, or export the chain (`substratee-node export-blocks`) and import it into another "
                            "--base-path with --pruning {}",
                            path_, to_string(*kept), to_string(wanted),
                            wanted.is_archive() ? "old states are gone" : "an archive is not thrown away by a flag",
                            to_string(wanted)));
  }
  Batch batch;
  batch.put(table::meta("pruning"), to_bytes(as_bytes(to_string(wanted))));
  SUBSTRATEE_TRY(database_->write(batch));
  return wanted;
}

Result<void> ChainStore::initialise(const Header& genesis, const trie::Content& state) {
  SUBSTRATEE_CHECK(is_empty_ && genesis.number.value == 0);
  states_->begin(new_pruning_);
  const NewBlock block{genesis, {}, {}, Changes(state.begin(), state.end())};
  Batch batch;
  batch.put(table::meta("format"), to_bytes(as_bytes(kFormat)));
  batch.put(table::meta("pruning"), to_bytes(as_bytes(to_string(new_pruning_))));
  SUBSTRATEE_TRY(write(block, states_->change(block.changes), std::move(batch), Sync::kNow));
  genesis_hash_ = best_.hash;
  is_empty_ = false;
  return {};
}

Result<void> ChainStore::commit(const NewBlock& block, Sync sync) {
  const auto number = block.header.number.value;
  SUBSTRATEE_CHECK(!is_empty_ && number == best_.number + 1 && block.header.parent_hash == best_.hash);
  auto change = std::exchange(prepared_, std::nullopt);
  // Equal roots are equal states.
  if (!change || change->root.hash != block.header.state_root) change = states_->change(block.changes);
  return write(block, *change, {}, sync);
}

Result<void> ChainStore::write(const NewBlock& block, const TrieChange& change, Batch batch, Sync sync) {
  SUBSTRATEE_CHECK(change.root.hash == block.header.state_root);
  const BlockId id{block.header.number.value, block.header.hash()};
  put_block(batch, block, id.hash);
  SUBSTRATEE_TRY(states_->put(batch, id.number, change));
  SUBSTRATEE_TRY(database_->write(batch, sync));
  states_->written(id.number, change);
  const std::scoped_lock lock(mutex_);
  best_ = id;
  best_header_ = block.header;
  return {};
}

Hash256 ChainStore::root_after(const Changes& changes) {
  prepared_ = states_->change(changes);
  return prepared_->root.hash;
}

BlockId ChainStore::best() const {
  const std::scoped_lock lock(mutex_);
  return best_;
}

Header ChainStore::best_header() const {
  const std::scoped_lock lock(mutex_);
  return best_header_;
}

Result<Bytes> ChainStore::table(char table, BlockNumber number) const {
  auto value = SUBSTRATEE_TRY(database_->get(table::key(table, number)));
  if (!value) return unknown_block(fmt::format("#{}", number));
  return *std::move(value);
}

Result<Header> ChainStore::header(BlockNumber number) const {
  auto decoded = scale::decode<Header>(SUBSTRATEE_TRY(table(table::kHeaders, number)));
  if (!decoded) return corrupt(path_, fmt::format("header {}", number));
  return *std::move(decoded);
}

Result<BlockHash> ChainStore::hash(BlockNumber number) const {
  if (const auto known = best(); known.number == number) return known.hash;
  return SUBSTRATEE_TRY(header(number)).hash();
}

Result<BlockNumber> ChainStore::number(const BlockHash& hash) const {
  if (const auto known = best(); known.hash == hash) return known.number;
  if (const auto known = best(); known.hash == hash) return known.number;
  const auto value = SUBSTRATEE_TRY(database_->get(table::key(table::kNumbers, ByteView(hash))));
  if (!value) return unknown_block(fmt::format("0x{:02x}", fmt::join(hash.bytes, "")));
  const auto number = scale::decode<BlockNumber>(*value);
  if (!number) return corrupt(path_, "the index of blocks");
  return *number;
}

Result<std::vector<Bytes>> ChainStore::extrinsics(BlockNumber number) const {
  auto decoded = scale::decode<std::vector<Bytes>>(SUBSTRATEE_TRY(table(table::kBodies, number)));
  if (!decoded) return corrupt(path_, fmt::format("body {}", number));
  return *std::move(decoded);
}

Result<Bytes> ChainStore::encoded_journal(BlockNumber number) const { return table(table::kJournals, number); }

Result<std::unique_ptr<Snapshot>> ChainStore::at(const BlockHash& hash) const {
  const auto wanted = SUBSTRATEE_TRY(number(hash));
  auto hold = states_->hold(wanted);
  if (!hold) {
    return fail(
        Code::kPruned,
        fmt::format("the state of block #{} is no longer kept; ask for one of the last {} blocks, or run a node "
                    "with --pruning archive",
                    wanted, to_string(pruning())));
  }
  const auto known = best_header();
  const auto state_root = known.number.value == wanted ? known.state_root : SUBSTRATEE_TRY(header(wanted)).state_root;
  const auto root = SUBSTRATEE_TRY(states_->root(wanted, state_root));
  return std::make_unique<Snapshot>(*std::move(hold), StateTrie(states_->nodes(), root));
}

}  // namespace substratee::node::storage
