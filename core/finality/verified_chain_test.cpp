#include "core/finality/fixture_test.hpp"

namespace substratee::finality {
namespace {

Journal some_journal() {
  return {registry::MemberChanged{{}, {}, {}, registry::MemberStatus::kJoining},
          registry::CallForwarded{{}, {}, {1, 1, {}, {{1, 2}}}}, registry::FoundingReopened{{}, 3}};
}

TEST_F(Chain, starts_at_a_genesis_header_only) {
  auto header = genesis_;
  header.number.value = 1;
  EXPECT_EQ(VerifiedChain::start(scale::encode(header)).error(), Error::kNotGenesis);
  header = genesis_;
  header.parent_hash[0] = 1;
  EXPECT_EQ(VerifiedChain::start(scale::encode(header)).error(), Error::kNotGenesis);
  EXPECT_EQ(VerifiedChain::start(scale::encode(sealed(genesis_))).error(), Error::kNotGenesis);
  auto wire = scale::encode(genesis_);
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_EQ(VerifiedChain::start(ByteView(wire).first(size)).error(), Error::kMalformedHeader);
  }
  wire.push_back(0);
  EXPECT_EQ(VerifiedChain::start(wire).error(), Error::kMalformedHeader);
}

TEST_F(Chain, a_header_over_its_bound_is_refused_before_it_is_decoded) {
  set_engine();
  auto header = next();
  header.digest.assign(kMaxHeaderSize, primitives::DigestRuntimeUpdated{});
  expect_refused(Error::kMalformedHeader, sealed(header));
  header.number.value = 0;
  header.parent_hash = {};
  EXPECT_EQ(VerifiedChain::start(scale::encode(header)).error(), Error::kMalformedHeader);
}

TEST_F(Chain, a_journal_over_its_bound_is_refused_though_it_is_the_one_that_the_header_names) {
  set_engine();
  const auto size = VerifiedChain::kMaxJournalSize / scale::encode(registry::CallForwarded{}).size() + 1;
  const registry::Journal journal(size, registry::CallForwarded{});
  auto header = next();
  header.digest = {registry::journal_digest(journal)};
  EXPECT_EQ(chain_->append(scale::encode(sealed(header)), scale::encode(journal), {}).error(),
            Error::kMalformedJournal);
}

TEST_F(Chain, genesis_is_head_and_recent) {
  EXPECT_EQ(chain_->head().number, 0u);
  EXPECT_EQ(chain_->head().hash, genesis_.hash());
  EXPECT_TRUE(chain_->is_recent(0, genesis_.hash()));
  EXPECT_FALSE(chain_->is_recent(1, genesis_.hash()));
}

TEST_F(Chain, appends_nothing_before_the_engine_is_proved) {
  EXPECT_FALSE(chain_->has_engine());
  expect_refused(Error::kNoEngine, sealed(next()));
}

TEST_F(Chain, takes_the_engine_from_a_proof_of_the_genesis_state) {
  set_engine();
  EXPECT_TRUE(chain_->has_engine());
  grow(1);
}

TEST_F(Chain, refuses_an_engine_that_is_not_proved_absent_or_unknown) {
  const auto unrelated = chain_->open(chain_->genesis_hash(), prove({Bytes(3, 9)}));
  EXPECT_EQ(chain_->set_engine(*unrelated).error(), Error::kNotProved);
  for (const bool is_absent : {true, false}) {
    auto content = content_;
    if (is_absent)
      content.erase(registry::key::engine());
    else
      content[registry::key::engine()] = Bytes{9, 9};
    auto header = genesis_;
    header.state_root = trie::root(content, trie::Layout::kV1);
    auto chain = *VerifiedChain::start(scale::encode(header));
    const auto state =
        chain.open(chain.genesis_hash(), trie::prove(content, std::vector<Bytes>{registry::key::engine()}));
    EXPECT_EQ(chain.set_engine(*state).error(), Error::kUnknownEngine);
    EXPECT_FALSE(chain.has_engine());
  }
}

TEST_F(Chain, takes_no_engine_from_a_later_block) {
  set_engine();
  grow(1);
  const auto state = chain_->open(chain_->head().hash, prove({registry::key::engine()}));
  EXPECT_EQ(chain_->set_engine(*state).error(), Error::kUnknownBlock);
}

TEST_F(Chain, follows_sealed_blocks_with_their_journals) {
  set_engine();
  const auto header = sealed(next(some_journal()));
  const auto block = append(header, some_journal());
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->number, 1u);
  EXPECT_EQ(block->hash, header.hash());
  EXPECT_EQ(block->journal, some_journal());
  EXPECT_EQ(chain_->head().hash, header.hash());
  grow(2);
  EXPECT_EQ(chain_->head().number, 3u);
}

TEST_F(Chain, refuses_headers_that_do_not_follow) {
  set_engine();
  grow(2);
  auto header = next();
  header.parent_hash[5] ^= 1;
  expect_refused(Error::kNotNext, sealed(header));
  header = next();
  header.number.value += 1;
  expect_refused(Error::kNotNext, sealed(header));
  header = next();
  header.number.value -= 1;
  expect_refused(Error::kNotNext, sealed(header));
}

TEST_F(Chain, refuses_every_block_twice) {
  set_engine();
  const auto first = sealed(next());
  ASSERT_TRUE(append(first).has_value());
  expect_refused(Error::kNotNext, first);
}

TEST_F(Chain, refuses_a_forged_chain_under_the_genuine_genesis) {
  set_engine();
  expect_refused(Error::kNotFinal, sealed(next(), 2));
  expect_refused(Error::kNotFinal, next());
}

TEST_F(Chain, refuses_every_flipped_bit_of_a_header) {
  set_engine();
  const auto wire = scale::encode(sealed(next(some_journal())));
  for (std::size_t bit = 0; bit < wire.size() * 8; ++bit) {
    auto changed = wire;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(chain_->append(changed, scale::encode(some_journal()), {}).has_value()) << bit;
    EXPECT_EQ(chain_->head().number, 0u);
  }
  EXPECT_TRUE(chain_->append(wire, scale::encode(some_journal()), {}).has_value());
}

TEST_F(Chain, refuses_malformed_headers_and_journals) {
  set_engine();
  const auto header = scale::encode(sealed(next(some_journal())));
  const auto journal = scale::encode(some_journal());
  for (std::size_t size = 0; size < header.size(); ++size) {
    expect_refused(Error::kMalformedHeader, Bytes(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(size)),
                   journal);
  }
  for (std::size_t size = 0; size < journal.size(); ++size) {
    expect_refused(Error::kMalformedJournal, header,
                   Bytes(journal.begin(), journal.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  expect_refused(Error::kMalformedHeader, concat(header, Bytes{0}), journal);
  expect_refused(Error::kMalformedJournal, header, concat(journal, Bytes{0}));
  expect_refused(Error::kNotFinal, header, journal, Bytes{1});
}

TEST_F(Chain, refuses_invented_hidden_reordered_and_replaced_entries) {
  set_engine();
  const auto header = sealed(next(some_journal()));
  auto changed = some_journal();
  changed.emplace_back(registry::FoundingReopened{{}, 4});
  expect_refused(Error::kWrongJournal, header, changed);
  changed = some_journal();
  changed.erase(changed.begin() + 1);
  expect_refused(Error::kWrongJournal, header, changed);
  changed = some_journal();
  std::swap(changed[0], changed[1]);
  expect_refused(Error::kWrongJournal, header, changed);
  changed = some_journal();
  changed[2] = registry::FoundingReopened{{}, 4};
  expect_refused(Error::kWrongJournal, header, changed);
  expect_refused(Error::kWrongJournal, header, {});
  expect_refused(Error::kWrongJournal, sealed(next()), some_journal());
  EXPECT_TRUE(append(header, some_journal()).has_value());
}

TEST_F(Chain, opens_proofs_of_genesis_and_of_recent_blocks_only) {
  set_engine();
  grow(1);
  const auto first = chain_->head().hash;
  grow(static_cast<int>(VerifiedChain::kRecent) - 1);
  EXPECT_TRUE(chain_->open(first, prove({kPresent})).has_value());
  EXPECT_TRUE(chain_->is_recent(1, first));
  EXPECT_EQ(chain_->hash_of(1), first);
  grow(1);
  EXPECT_EQ(chain_->open(first, prove({kPresent})).error(), Error::kUnknownBlock);
  EXPECT_FALSE(chain_->is_recent(1, first));
  EXPECT_FALSE(chain_->hash_of(1).has_value());
  EXPECT_TRUE(chain_->open(chain_->genesis_hash(), prove({kPresent})).has_value());
  EXPECT_EQ(chain_->hash_of(0), chain_->genesis_hash());
  primitives::BlockHash foreign;
  foreign.bytes.fill(9);
  EXPECT_EQ(chain_->open(foreign, prove({kPresent})).error(), Error::kUnknownBlock);
}

TEST_F(Chain, remembers_the_head_and_the_64_blocks_before_it) {
  set_engine();
  grow(70);
  EXPECT_TRUE(chain_->hash_of(70 - 64).has_value());
  EXPECT_FALSE(chain_->hash_of(70 - 65).has_value());
}

TEST_F(Chain, tells_absent_from_not_proved) {
  const auto state = chain_->open(chain_->genesis_hash(), prove({kPresent, kAbsent}));
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->get<std::uint32_t>(kPresent).value(), 7u);
  EXPECT_EQ(state->get<std::uint32_t>(kAbsent).value(), std::nullopt);
  EXPECT_EQ(state->get<std::uint64_t>(kPresent).error(), Error::kMalformedValue);
  EXPECT_EQ(state->raw(Bytes(3, 9)).error(), Error::kNotProved);
  const auto nothing = chain_->open(chain_->genesis_hash(), {});
  ASSERT_TRUE(nothing.has_value());
  EXPECT_EQ(nothing->raw(kPresent).error(), Error::kNotProved);
}

TEST_F(Chain, believes_no_node_of_another_state) {
  auto forged = content_;
  forged[kPresent] = scale::encode(std::uint32_t{8});
  const auto state = chain_->open(chain_->genesis_hash(), trie::prove(forged, std::vector<Bytes>{kPresent}));
  EXPECT_TRUE(!state || state->raw(kPresent).error() == Error::kNotProved);
}

TEST_F(Chain, refuses_proofs_over_the_bound) {
  const std::vector<Bytes> nodes(5000, Bytes{0});
  EXPECT_EQ(chain_->open(chain_->genesis_hash(), nodes).error(), Error::kBadProof);
}

}  // namespace
}  // namespace substratee::finality
