#pragma once

/// For the tests of this folder: a store that is removed again, and a small DAG.

#include "core/ipld/unixfs.hpp"
#include "tests/support/temporary_directory.hpp"
#include "worker/ipfs/block_store.hpp"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace substratee::worker::ipfs::testing {

/// A store of its own, removed at the end.
struct TestStore {
  test::TemporaryDirectory directory;
  std::unique_ptr<BlockStore> store = open();

  [[nodiscard]] std::unique_ptr<BlockStore> open() const {
    auto opened = BlockStore::open(directory.path());
    if (opened) return *std::move(opened);
    ADD_FAILURE() << opened.error().to_string();
    return nullptr;
  }
  BlockStore* operator->() const { return store.get(); }
  BlockStore& operator*() const { return *store; }
};

/// Changes the stored bytes of a block behind the store's back. The store must be closed.
inline void flip_a_byte(const std::filesystem::path& directory, const ipld::Cid& cid) {
  rocksdb::Options options;
  options.enable_blob_files = true;
  rocksdb::DB* raw = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, directory.string(), &raw).ok());
  const std::unique_ptr<rocksdb::DB> db(raw);
  const auto key = "b" + std::string(as_text(cid.multihash()));
  std::string value;
  ASSERT_TRUE(db->Get({}, key, &value).ok());
  value.back() = static_cast<char>(value.back() ^ 1);
  ASSERT_TRUE(db->Put({}, key, value).ok());
}

struct Dag {
  ipld::Cid root;
  std::vector<ipld::Block> blocks;  ///< children before parents, no repeats
};

/// A file of `leaves` different leaves of 100 bytes, up to 4 links per node; different for each `salt`.
inline Dag make_dag(std::size_t leaves, std::uint8_t salt = 0) {
  Bytes content(leaves * 100, salt);
  for (std::size_t i = 0; i < leaves; ++i) content[i * 100] = static_cast<std::uint8_t>(i);
  Dag dag;
  dag.root = ipld::make_file(content, {.chunk_size = 100, .max_links = 4}, dag.blocks).cid;
  return dag;
}

inline ipld::Block make_block(std::string_view text) {
  return {.cid = ipld::Cid::of_raw_block(as_bytes(text)), .bytes = to_bytes(as_bytes(text))};
}

}  // namespace substratee::worker::ipfs::testing
