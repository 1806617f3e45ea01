#include "core/finality/fixture_test.hpp"

/// Two sealed headers at one height, and what only looks like it.

namespace substratee::finality {
namespace {

class Equivocations : public Chain {
 protected:
  void SetUp() override {
    set_engine();
    grow(2);
  }
  /// Another block at the height of the next one.
  primitives::Header other_next() const {
    auto header = next();
    header.extrinsics_root[0] ^= 1;
    return header;
  }
  static Equivocation pair(const primitives::Header& first, const primitives::Header& second) {
    return {{scale::encode(first)}, {scale::encode(second)}};
  }
  std::optional<Error> refusal(const Equivocation& evidence) const {
    const auto height = check_equivocation(evidence, *chain_->engine());
    return height ? std::nullopt : std::optional(height.error());
  }
};

TEST_F(Equivocations, two_sealed_headers_of_one_height_are_evidence) {
  const auto height = check_equivocation(pair(sealed(next()), sealed(other_next())), *chain_->engine());
  ASSERT_TRUE(height.has_value());
  EXPECT_EQ(*height, 3u);
}

TEST_F(Equivocations, of_blocks_that_nobody_remembers_are_evidence_too) {
  primitives::Header far{Hash256{}, {1'000'000}, {}, {}, {}};
  auto other = far;
  other.parent_hash[0] = 1;
  EXPECT_EQ(check_equivocation(pair(sealed(far), sealed(other)), *chain_->engine()), 1'000'000u);
}

TEST_F(Equivocations, one_header_twice_or_two_heights_are_none) {
  EXPECT_EQ(refusal(pair(sealed(next()), sealed(next()))), Error::kNotEquivocation);
  auto later = other_next();
  later.number.value += 1;
  EXPECT_EQ(refusal(pair(sealed(next()), sealed(later))), Error::kNotEquivocation);
}

TEST_F(Equivocations, a_header_without_the_authority_s_seal_is_none) {
  EXPECT_EQ(refusal(pair(sealed(next()), other_next())), Error::kNotFinal);
  EXPECT_EQ(refusal(pair(sealed(next()), sealed(other_next(), 2))), Error::kNotFinal);
  EXPECT_EQ(refusal(pair(other_next(), sealed(next()))), Error::kNotFinal);
  EXPECT_EQ(refusal({{scale::encode(sealed(next()))}, {Bytes(20, 1)}}), Error::kMalformedHeader);
}

TEST_F(Equivocations, are_found_when_another_header_of_a_recent_height_comes) {
  const auto other = sealed(other_next());
  const auto genuine = sealed(next());
  EXPECT_FALSE(chain_->find_equivocation(scale::encode(other)).has_value()) << "nothing to compare with yet";
  ASSERT_TRUE(append(genuine).has_value());
  grow(10);
  EXPECT_FALSE(chain_->find_equivocation(scale::encode(genuine)).has_value()) << "merely repeated";
  EXPECT_FALSE(chain_->find_equivocation(scale::encode(sealed(other_next(), 2))).has_value());
  EXPECT_FALSE(chain_->find_equivocation(Bytes(10)).has_value());
  const auto found = chain_->find_equivocation(scale::encode(other));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, pair(genuine, other));
  grow(static_cast<int>(VerifiedChain::kRecent));
  EXPECT_FALSE(chain_->find_equivocation(scale::encode(other)).has_value()) << "too long ago to remember";
}

TEST_F(Equivocations, are_found_across_a_restart) {
  const auto other = sealed(other_next());
  grow(1);
  const auto chain = VerifiedChain::restore(*chain_->snapshot());
  EXPECT_TRUE(chain->find_equivocation(scale::encode(other)).has_value());
}

TEST_F(Equivocations, a_sealed_header_of_height_zero_accuses_nobody) {
  auto header = genesis_;
  header.state_root[0] ^= 1;
  EXPECT_FALSE(chain_->find_equivocation(scale::encode(sealed(header))).has_value());
}

class EquivocationFiles : public Equivocations {
 protected:
  EquivocationFile file() const {
    return {1, scale::encode(genesis_), prove({registry::key::engine()}), pair(sealed(next()), sealed(other_next()))};
  }
  Error refused(const EquivocationFile& changed) const {
    const auto found = verify_equivocation_file(scale::encode(changed), genesis_.hash());
    EXPECT_FALSE(found.has_value());
    return found ? Error{} : found.error();
  }
};

TEST_F(EquivocationFiles, speak_for_themselves) {
  const auto found = verify_equivocation_file(scale::encode(file()), genesis_.hash());
  ASSERT_TRUE(found.has_value()) << to_string(found.error());
  EXPECT_EQ(found->height, 3u);
  EXPECT_EQ(found->first, sealed(next()).hash());
  EXPECT_EQ(found->second, sealed(other_next()).hash());
  EXPECT_EQ(std::get<registry::DevEngine>(found->engine).authority.bytes, key(1).public_key().bytes);
}

TEST_F(EquivocationFiles, are_refused_for_their_reason) {
  EXPECT_EQ(verify_equivocation_file(scale::encode(file()), Hash256{}).error(), Error::kOtherChain);
  auto changed = file();
  changed.version = 2;
  EXPECT_EQ(refused(changed), Error::kMalformedEvidence);
  changed = file();
  changed.engine_proof.clear();
  EXPECT_EQ(refused(changed), Error::kNotProved);
  changed = file();
  changed.evidence.second = changed.evidence.first;
  EXPECT_EQ(refused(changed), Error::kNotEquivocation);
  changed = file();
  changed.genesis_header = scale::encode(sealed(next()));
  EXPECT_EQ(refused(changed), Error::kNotGenesis);
  const Bytes huge(kMaxEquivocationFileSize + 1);
  EXPECT_EQ(verify_equivocation_file(huge, genesis_.hash()).error(), Error::kMalformedEvidence);
  auto wire = scale::encode(file());
  for (std::size_t size = 0; size < wire.size(); ++size) {
    ASSERT_EQ(verify_equivocation_file(ByteView(wire).first(size), genesis_.hash()).error(), Error::kMalformedEvidence);
  }
  wire.push_back(0);
  EXPECT_EQ(verify_equivocation_file(wire, genesis_.hash()).error(), Error::kMalformedEvidence);
}

}  // namespace
}  // namespace substratee::finality
