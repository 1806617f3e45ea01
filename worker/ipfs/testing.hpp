#pragma once

/// For the tests of this folder: a directory that is removed again, a store in it, and a small DAG.

#include "core/ipld/unixfs.hpp"
#include "worker/ipfs/block_store.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace substratee::worker::ipfs::testing {

class TempDirectory {
 public:
  TempDirectory() {
    static std::atomic<unsigned> number = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("substratee-ipfs-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A store of its own, removed at the end.
struct TestStore {
  TempDirectory directory;
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
