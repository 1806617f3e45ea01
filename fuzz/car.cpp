/// CARs from anybody: read whole and in pieces, and what was read written again. First byte: size of the pieces.

#include "core/ipld/car.hpp"

#include "core/base/check.hpp"
#include "core/ipld/unixfs.hpp"
#include "fuzz/target.hpp"

namespace {

using namespace substratee;
using namespace substratee::ipld;

struct Outcome {
  std::vector<Block> blocks;
  std::optional<std::vector<Cid>> roots;
  std::optional<Error> failure;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(ByteView bytes, std::size_t piece) {
  CarReader reader;
  Outcome out;
  while (!bytes.empty() && !out.failure) {
    ByteView rest = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(rest.size());
    auto block = reader.read(rest);
    for (; block && *block; block = reader.read(rest)) out.blocks.push_back(**std::move(block));
    if (!block) out.failure = block.error();
  }
  const auto end = reader.finish();
  if (!end) out.failure = end.error();
  out.roots = reader.roots();
  return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const std::size_t piece = 1 + input.byte();
  const auto bytes = input.rest();
  const auto whole = read(bytes, bytes.size() + 1);
  SUBSTRATEE_CHECK(read(bytes, piece) == whole);
  for (const auto& block : whole.blocks) SUBSTRATEE_CHECK(block.cid.verify(block.bytes));
  if (whole.failure) return 0;
  Bytes again = car_header(*whole.roots);
  for (const auto& block : whole.blocks) append(again, car_section(block));
  SUBSTRATEE_CHECK(read(again, piece) == whole);
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  std::vector<Block> blocks;
  const auto root = make_file(Bytes(300, 7), {.chunk_size = 100, .max_links = 2}, blocks).cid;
  Bytes car = car_header({&root, 1});
  for (const auto& block : blocks) append(car, car_section(block));
  Bytes second{0x0a, 0xa1, 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x02};
  second.resize(51);
  second[27] = 51;
  second[35] = static_cast<std::uint8_t>(car.size());
  second[36] = static_cast<std::uint8_t>(car.size() >> 8);
  const Bytes small{7};
  const Bytes large{255};
  return {concat(small, car), concat(large, car), concat(small, second, car), concat(large, car_header({}))};
}
