#include "node/storage/pruning.hpp"

#include <charconv>

namespace substratee::node::storage {

std::string to_string(const Pruning& pruning) {
  return pruning.blocks ? std::to_string(*pruning.blocks) : std::string("archive");
}

std::optional<Pruning> pruning_from(std::string_view text) {
  if (text == "archive") return Pruning{std::nullopt};
  BlockNumber blocks = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), blocks);
  if (error != std::errc{} || end != text.data() + text.size() || blocks == 0 || blocks > Pruning::kMaxBlocks) {
    return std::nullopt;
  }
  return Pruning{blocks};
}

}  // namespace substratee::node::storage
