#include "core/ipld/file_builder.hpp"

#include "core/base/check.hpp"
#include "core/ipld/dag_pb.hpp"

#include <utility>

namespace substratee::ipld {
namespace {

BuiltNode make_raw_leaf(Bytes chunk) {
  Child self{.cid = Cid::of_raw_block(chunk), .content_size = chunk.size(), .dag_size = chunk.size()};
  return {.block = {.cid = self.cid, .bytes = std::move(chunk)}, .self = std::move(self)};
}

}  // namespace

FileBuilder::FileBuilder(FileLayout layout) : layout_(layout), levels_(1) {
  SUBSTRATEE_CHECK(layout.max_links >= 2 && layout.max_links <= kMaxLinks);
}

void FileBuilder::add(Bytes chunk, std::vector<Block>& blocks) {
  SUBSTRATEE_CHECK(chunk.size() <= kMaxChunkSize);
  auto leaf = layout_.raw_leaves ? make_raw_leaf(std::move(chunk)) : make_dag_pb_leaf(chunk, layout_.version);
  blocks.push_back(std::move(leaf.block));
  push(0, std::move(leaf.self), blocks);
}

void FileBuilder::push(std::size_t level, Child child, std::vector<Block>& blocks) {
  if (level == levels_.size()) levels_.emplace_back();
  levels_[level].push_back(std::move(child));
  if (levels_[level].size() == layout_.max_links) close(level, blocks);
}

void FileBuilder::close(std::size_t level, std::vector<Block>& blocks) {
  auto built = make_file_node(std::exchange(levels_[level], {}), layout_.version);
  blocks.push_back(std::move(built.block));
  push(level + 1, std::move(built.self), blocks);
}

bool FileBuilder::is_top(std::size_t level) const { return level + 1 == levels_.size() && levels_[level].size() == 1; }

Child FileBuilder::finish(std::vector<Block>& blocks) {
  std::size_t level = 0;
  // A last group of one still gets its parent: in a balanced tree all leaves are equally deep.
  for (; !is_top(level); ++level) {
    SUBSTRATEE_CHECK(level < levels_.size());
    if (!levels_[level].empty()) close(level, blocks);
  }
  return std::move(levels_[level].front());
}

}  // namespace substratee::ipld
