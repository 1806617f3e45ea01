#include "enclave/state/page.hpp"

#include "enclave/state/fixture_test.hpp"

namespace substratee::enclave::state::test {
namespace {

struct PlainRecord {
  Bytes key;
  Bytes value;
  SUBSTRATEE_FIELDS(PlainRecord, key, value)
};

struct PlainLeaf {
  std::uint8_t kind = kLeafKind;
  std::uint8_t level = 0;
  std::vector<PlainRecord> records;
  SUBSTRATEE_FIELDS(PlainLeaf, kind, level, records)
};

TEST(page, a_leaf_is_scale) {
  Records records;
  PlainLeaf plain;
  for (const std::size_t size : {0U, 1U, 63U, 64U, 300U, 8192U}) {
    Bytes key(plain.records.size() == 3 ? 64 : 2, static_cast<std::uint8_t>(plain.records.size()));
    plain.records.push_back({.key = key, .value = Bytes(size, 7)});
    records.emplace(key, crypto::WipedBytes(Bytes(size, 7)));
  }
  const auto leaf = encode_leaf(records);
  const auto content = leaf.content();
  EXPECT_EQ(to_bytes(content), scale::encode(plain));
  std::size_t size = 3;
  for (const auto& [key, value] : records) size += record_size(key, value.view().size());
  EXPECT_EQ(content.size(), size);
  const auto decoded = decode_leaf(content);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->size(), records.size());
  for (std::size_t cut = 0; cut < content.size(); ++cut) {
    ASSERT_EQ(decode_leaf(content.first(cut)).error(), Error::kBadEncoding);
  }
}

TEST(page, a_record_is_found_by_its_key_alone) {
  Records records;
  for (std::uint32_t i = 0; i < 100; ++i) records.emplace(key_of(2 * i), crypto::WipedBytes(value_of(i)));
  const auto leaf = encode_leaf(records);
  for (std::uint32_t i = 0; i < 200; ++i) {
    const auto found = find_record(leaf.content(), key_of(i));
    const auto there = records.find(key_of(i));
    ASSERT_EQ(found.has_value(), there != records.end()) << i;
    if (!found) continue;
    EXPECT_EQ(to_bytes(found->key), there->first);
    EXPECT_EQ(to_bytes(found->value), to_bytes(there->second.view()));
  }
  EXPECT_FALSE(find_record(leaf.content(), {}));
  EXPECT_FALSE(find_record(leaf.content(), Bytes(64, 0xff)));
}

TEST(page, a_large_value_stands_in_pieces) {
  EXPECT_EQ(piece_count(0), 0U);
  EXPECT_EQ(piece_count(kMaxInlineSize), 0U);
  EXPECT_EQ(piece_count(kMaxInlineSize + 1), 1U);
  EXPECT_EQ(piece_count(kPieceSize), 1U);
  EXPECT_EQ(piece_count(kPieceSize + 1), 2U);
  EXPECT_EQ(piece_count(stf::kMaxValueSize), 65U);
  const auto key = Bytes(64, 1);
  const auto value = value_of(3, stf::kMaxValueSize);
  Bytes joined;
  Pieces pieces;
  for (std::uint32_t i = 0; i < piece_count(value.size()); ++i) {
    const auto content = encode_piece(key, i, value);
    ASSERT_LE(content.view().size(), kMaxContentSize);
    const auto part = read_piece(content.view(), key, i, value.size());
    ASSERT_TRUE(part.has_value());
    append(joined, *part);
    EXPECT_EQ(read_piece(content.view(), key, i + 1, value.size() + kPieceSize).error(), Error::kWrongKind);
    EXPECT_EQ(read_piece(content.view(), key_of(1), i, value.size()).error(), Error::kWrongKind);
    pieces[key].push_back({.digest = filled(static_cast<std::uint8_t>(i)), .writer = writer_at(i), .plaintext = {}});
  }
  EXPECT_EQ(joined, value);
  Records records;
  records.emplace(key, crypto::WipedBytes(Bytes(value)));
  const auto frame = encode_leaf(records, pieces);
  const auto leaf = frame.content();
  EXPECT_EQ(leaf.size(), 3 + record_size(key, value.size()));
  const auto decoded = decode_leaf(leaf);
  ASSERT_TRUE(decoded.has_value());
  ASSERT_EQ(decoded->front().pieces.size(), 65U);
  EXPECT_EQ(decoded->front().size, value.size());
  EXPECT_EQ(decoded->front().pieces[64].digest, filled(64));
  EXPECT_EQ(decoded->front().pieces[64].writer, writer_at(64));
  for (std::size_t cut = 0; cut < leaf.size(); cut += 7) {
    ASSERT_EQ(decode_leaf(leaf.first(cut)).error(), Error::kBadEncoding);
  }
}

TEST(page, a_page_round_trips_and_no_truncation_decodes) {
  Level nodes;
  for (std::uint8_t i = 1; i < 6; ++i) {
    nodes.emplace(key_of(i), NodeRef{.digest = filled(i), .writer = writer_at(i), .plaintext = {}});
  }
  const auto content = encode_page(3, nodes.begin(), nodes.end());
  EXPECT_EQ(content.view().size(), 3 + 5 * page_entry_size(key_of(1)));
  EXPECT_EQ(decode_head(content.view())->level, 3);
  const auto decoded = decode_page(content.view());
  ASSERT_TRUE(decoded.has_value());
  ASSERT_EQ(decoded->size(), 5U);
  EXPECT_EQ((*decoded)[4].first_key.value, key_of(5));
  EXPECT_EQ((*decoded)[4].digest, filled(5));
  EXPECT_EQ((*decoded)[4].writer, writer_at(5));
  for (std::size_t cut = 0; cut < content.view().size(); ++cut) {
    ASSERT_EQ(decode_page(content.view().first(cut)).error(), Error::kBadEncoding);
  }
  EXPECT_EQ(decode_head({}).error(), Error::kBadEncoding);
}

TEST(page, a_frame_holds_its_content_and_zeros) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{300}, kMaxContentSize}) {
    const Bytes content(size, 9);
    const auto frame = Frame::of(content);
    EXPECT_EQ(frame.bytes().size(), kPlaintextSize);
    EXPECT_EQ(to_bytes(frame.content()), content);
    auto back = Frame::from(crypto::WipedBytes(to_bytes(frame.bytes())));
    ASSERT_TRUE(back.has_value());
    const auto moved = *std::move(back);
    EXPECT_EQ(to_bytes(moved.content()), content);
  }
}

TEST(page, a_frame_with_something_behind_its_content_is_refused) {
  const auto refusal = [](const Bytes& frame) { return Frame::from(crypto::WipedBytes(Bytes(frame))).error(); };
  Bytes frame = to_bytes(Frame::of(Bytes(5, 9)).bytes());
  for (std::size_t place = 7; place < frame.size(); place += place < 100 ? 1 : 997) {
    frame[place] = 1;
    EXPECT_EQ(refusal(frame), Error::kBadEncoding) << place;
    frame[place] = 0;
  }
  frame.back() = 1;
  EXPECT_EQ(refusal(frame), Error::kBadEncoding);
  std::fill(frame.begin() + 7, frame.end(), std::uint8_t{1});
  EXPECT_EQ(refusal(frame), Error::kBadEncoding);
  std::fill(frame.begin() + 7, frame.end(), std::uint8_t{0});
  frame[0] = 4;
  EXPECT_EQ(refusal(frame), Error::kBadEncoding);
  frame[0] = frame[1] = 0xff;
  EXPECT_EQ(refusal(frame), Error::kBadEncoding);
  EXPECT_EQ(refusal(Bytes(kPlaintextSize - 1)), Error::kBadEncoding);
}

}  // namespace
}  // namespace substratee::enclave::state::test
