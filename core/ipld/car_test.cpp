#include "core/ipld/car.hpp"

#include "core/base/result.hpp"
#include "core/crypto/hash.hpp"
#include "core/ipld/unixfs.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <map>

namespace substratee::ipld {
namespace {

Bytes octets(std::string_view hex) { return test::hex(hex); }

struct Car {
  std::vector<Cid> roots;
  std::vector<Block> blocks;
};

/// Reads `bytes` in chunks of `chunk` bytes.
Result<Car> read_all(ByteView bytes, std::size_t chunk, CarReader::Hashing hashing = CarReader::Hashing::kHere) {
  CarReader reader(hashing);
  Car out;
  while (!bytes.empty()) {
    ByteView rest = bytes.first(std::min(chunk, bytes.size()));
    bytes = bytes.subspan(rest.size());
    while (auto block = SUBSTRATEE_TRY(reader.read(rest))) out.blocks.push_back(*std::move(block));
    EXPECT_TRUE(rest.empty());
  }
  SUBSTRATEE_TRY(reader.finish());
  if (!reader.roots()) return std::unexpected(Error::kBadCarHeader);
  out.roots = *reader.roots();
  return out;
}

const Block kBlock{.cid = Cid::of_raw_block(as_bytes("hello world")), .bytes = to_bytes(as_bytes("hello world"))};

Bytes write(std::span<const Cid> roots, std::span<const Block> blocks) {
  Bytes out = car_header(roots);
  for (const auto& block : blocks) append(out, car_section(block));
  return out;
}

/// A CARv2 around `payload`, `padding` bytes before it and `index` behind.
Bytes wrap(ByteView payload, std::size_t padding, ByteView index, std::uint64_t claimed) {
  Bytes out = octets("0aa16776657273696f6e02");
  out.resize(out.size() + 16);
  const auto number = [&out](std::uint64_t value) {
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  number(51 + padding);
  number(claimed);
  number(index.empty() ? 0 : 51 + padding + claimed);
  out.resize(out.size() + padding);
  append(out, payload);
  append(out, index);
  return out;
}

std::vector<std::string> texts(const auto& cids) {
  std::vector<std::string> out;
  for (const auto& cid : cids) out.push_back(cid.to_text());
  return out;
}

void expect_contents(const boost::json::object& vector, const Car& car) {
  std::vector<std::string> roots;
  for (const auto& root : vector.at("roots").as_array()) roots.emplace_back(root.as_string());
  EXPECT_EQ(texts(car.roots), roots);
  if (const auto* count = vector.if_contains("block_count")) {
    EXPECT_EQ(car.blocks.size(), count->to_number<std::size_t>());
  }
  const auto* blocks = vector.if_contains("blocks");
  if (blocks == nullptr) return;
  ASSERT_EQ(car.blocks.size(), blocks->as_array().size());
  for (std::size_t i = 0; i < car.blocks.size(); ++i) {
    EXPECT_EQ(car.blocks[i].cid.to_text(), test::text(blocks->at(i), "cid"));
    EXPECT_EQ(car.blocks[i].bytes.size(), blocks->at(i).at("length").to_number<std::size_t>());
  }
}

const std::map<std::string, Error, std::less<>> kReasons = {
    {"bad-identity-mismatch", Error::kHashMismatch},
    {"bad-hash", Error::kHashMismatch},
    {"bad-truncated-payload", Error::kTruncated},
    {"bad-truncated-cid", Error::kTruncated},
    {"bad-truncated-varint", Error::kTruncated},
    {"bad-truncated-header", Error::kTruncated},
    {"bad-empty", Error::kTruncated},
    {"bad-header-length-zero", Error::kBadCarHeader},
    {"bad-version-3", Error::kBadCarVersion},
    {"bad-header-no-roots-key", Error::kBadCarHeader},
    {"bad-header-not-map", Error::kBadCarHeader},
    {"bad-header-root-not-cid", Error::kBadCarHeader},
    {"bad-section-shorter-than-cid", Error::kBadCarSection},
    {"bad-section-length-huge", Error::kTooLarge},
    {"bad-section-length-zero", Error::kBadCarSection},
    {"bad-trailing-zeros", Error::kBadCarSection},
};

TEST(car, vectors_are_read_or_refused_in_chunks_of_any_size) {
  std::size_t refused = 0;
  for (const auto& vector : test::load_json("ipfs/car.json").at("files").as_array()) {
    const auto file = test::text(vector, "file");
    SCOPED_TRACE(file);
    const auto bytes = test::load_bytes("ipfs/" + file);
    const auto name = file.substr(4, file.size() - 8);
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{64}, bytes.size() + 1}) {
      const auto car = read_all(bytes, chunk);
      if (test::text(vector, "expect") == "reject") {
        ASSERT_FALSE(car);
        ASSERT_TRUE(kReasons.contains(name));
        EXPECT_EQ(car.error(), kReasons.at(name)) << to_string(car.error());
        ++refused;
        continue;
      }
      ASSERT_TRUE(car) << to_string(car.error());
      expect_contents(vector.as_object(), *car);
    }
  }
  EXPECT_EQ(refused, 4 * kReasons.size());
}

TEST(car, version_1_files_are_written_as_others_write_them) {
  for (const auto& vector : test::load_json("ipfs/car.json").at("files").as_array()) {
    const auto file = test::text(vector, "file");
    SCOPED_TRACE(file);
    if (test::text(vector, "expect") == "reject" || file.contains("carv2")) continue;
    const auto bytes = test::load_bytes("ipfs/" + file);
    const auto car = read_all(bytes, 100);
    ASSERT_TRUE(car);
    EXPECT_EQ(write(car->roots, car->blocks), bytes);
  }
}

TEST(car, export_of_a_file_is_what_kubo_exports) {
  const auto header = test::load_json("ipfs/car.json").at("header_example");
  const auto root = *Cid::from_text(test::text(header, "root"));
  EXPECT_EQ(car_header({&root, 1}), test::hex(header.at("hex")));
}

TEST(car, a_cut_anywhere_but_between_sections_is_noticed) {
  const auto bytes = write({&kBlock.cid, 1}, std::vector{kBlock, kBlock});
  const auto header = car_header({&kBlock.cid, 1}).size();
  const auto section = car_section(kBlock).size();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const bool is_between = size == header || size == header + section;
    const auto car = read_all(ByteView(bytes).first(size), 5);
    EXPECT_EQ(car.has_value(), is_between) << size;
    if (!car) {
      EXPECT_EQ(car.error(), Error::kTruncated);
    }
  }
}

TEST(car, a_failure_stays) {
  auto bytes = write({&kBlock.cid, 1}, std::vector{kBlock, kBlock});
  bytes[bytes.size() - kBlock.bytes.size() - 40 - 5] ^= 1;
  CarReader reader;
  ByteView rest = bytes;
  EXPECT_EQ(reader.read(rest).error(), Error::kHashMismatch);
  EXPECT_EQ(reader.read(rest).error(), Error::kHashMismatch);
  EXPECT_EQ(reader.finish().error(), Error::kHashMismatch);
}

TEST(car, hashing_may_be_left_to_the_taker) {
  const auto bytes = test::load_bytes("ipfs/car/bad-hash.car");
  const auto car = read_all(bytes, 50, CarReader::Hashing::kByTaker);
  ASSERT_TRUE(car);
  EXPECT_FALSE(car->blocks.back().cid.verify(car->blocks.back().bytes));
}

TEST(car, sizes_are_refused_before_anything_is_kept) {
  Bytes header_too_large = octets("818040");
  EXPECT_EQ(read_all(header_too_large, 1).error(), Error::kBadCarHeader);
  const Block large{.cid = Cid::of_raw_block(Bytes(kMaxBlockSize)), .bytes = Bytes(kMaxBlockSize)};
  const auto whole = write({}, {&large, 1});
  EXPECT_TRUE(read_all(whole, 1 << 16));
  const Block larger{.cid = large.cid, .bytes = Bytes(kMaxBlockSize + 1)};
  EXPECT_EQ(read_all(write({}, {&larger, 1}), 1 << 16).error(), Error::kTooLarge);
  const auto endless = concat(car_header({}), octets("ffffffffffffffffff7f"));
  EXPECT_EQ(read_all(endless, 3).error(), Error::kBadVarint);
  EXPECT_EQ(read_all(concat(car_header({}), octets("8000")), 3).error(), Error::kBadVarint);
}

TEST(car, headers_have_one_form) {
  const auto with_header = [](std::string_view hex) {
    const auto map = test::hex(hex);
    return read_all(concat(Bytes{static_cast<std::uint8_t>(map.size())}, map), 8);
  };
  EXPECT_TRUE(with_header("a265726f6f7473806776657273696f6e01"));
  for (const auto hex : {
           "a26776657273696f6e0165726f6f747380",              // keys in the other order
           "a365726f6f7473806776657273696f6e01617800",        // one more key
           "a265726f6f7473806776657273696f6e1801",            // a longer head than needed
           "a265726f6f7473806776657273696f6e0100",            // bytes behind the map
           "bf65726f6f7473806776657273696f6e01ff",            // indefinite length
           "a26672006f6f7473806776657273696f6e01",            // another key
           "a0", "a16776657273696f6e01", "a165726f6f747380",  // something is missing
       }) {
    SCOPED_TRACE(hex);
    const auto car = with_header(hex);
    ASSERT_FALSE(car);
    EXPECT_EQ(car.error(), Error::kBadCarHeader);
  }
  EXPECT_EQ(with_header("a265726f6f7473806776657273696f6e02").error(), Error::kBadCarVersion);
}

TEST(car, version_2_is_unwrapped) {
  const auto inner = write({&kBlock.cid, 1}, {&kBlock, 1});
  const Bytes index(100, 0xff);
  for (const auto& [padding, tail] :
       {std::pair{std::size_t{0}, Bytes{}}, {std::size_t{0}, index}, {std::size_t{77}, index}}) {
    for (const std::size_t chunk : {1, 13, 1000}) {
      const auto car = read_all(wrap(inner, padding, tail, inner.size()), chunk);
      ASSERT_TRUE(car) << to_string(car.error());
      EXPECT_EQ(car->roots, std::vector{kBlock.cid});
      EXPECT_EQ(car->blocks, std::vector{kBlock});
    }
  }
  CarReader reader;
  const auto bytes = wrap(inner, 0, {}, inner.size());
  ByteView rest = bytes;
  EXPECT_EQ(reader.version(), 0U);
  ASSERT_TRUE(reader.read(rest));
  EXPECT_EQ(reader.version(), 2U);
}

TEST(car, version_2_keeps_to_what_its_header_says) {
  const auto inner = write({&kBlock.cid, 1}, {&kBlock, 1});
  const auto reason = [](const Bytes& bytes) { return read_all(bytes, 9).error(); };
  EXPECT_EQ(reason(wrap(inner, 0, {}, inner.size() - 1)), Error::kTruncated);
  EXPECT_EQ(reason(wrap(inner, 0, {}, inner.size() + 1)), Error::kTruncated);
  EXPECT_EQ(reason(wrap(inner, 0, {}, 0)), Error::kBadCarHeader);
  EXPECT_EQ(reason(concat(wrap(inner, 0, {}, inner.size()), Bytes{0})), Error::kTrailingBytes);
  EXPECT_EQ(reason(wrap(wrap(inner, 0, {}, inner.size()), 0, {}, inner.size() + 51)), Error::kBadCarVersion);
  auto early = wrap(inner, 0, {}, inner.size());
  early[11 + 16] = 50;
  EXPECT_EQ(reason(early), Error::kBadCarHeader) << "the payload begins inside the header";
  auto far = wrap(inner, 0, {}, inner.size());
  far[11 + 16 + 6] = 1;
  EXPECT_EQ(reason(far), Error::kBadCarHeader) << "padding without end";
  auto index = wrap(inner, 0, Bytes(4), inner.size());
  index[11 + 32] = 52;
  EXPECT_EQ(reason(index), Error::kBadCarHeader) << "the index begins inside the payload";
  const auto whole = wrap(inner, 10, {}, inner.size());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto car = read_all(ByteView(whole).first(size), 6);
    ASSERT_FALSE(car) << size;
    EXPECT_EQ(car.error(), Error::kTruncated) << size;
  }
}

}  // namespace
}  // namespace substratee::ipld
