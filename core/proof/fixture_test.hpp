#pragma once

/// A small chain with everything that proofs are about, all of it fixed: an authority, a founded shard, two registered
/// enclaves, a block of three calls that they agree on in the next block, and an answer at that block.

#include "core/finality/dev_seal.hpp"
#include "core/proof/assemble.hpp"
#include "core/protocol/keys.hpp"
#include "core/registry/storage.hpp"
#include "core/stf/counter/counter.hpp"
#include "tests/support/random.hpp"

namespace substratee::proof::test {

using substratee::test::SeededRandom;
namespace key = registry::key;

template <std::size_t N = 32>
FixedBytes<N> filled(std::uint8_t byte) {
  FixedBytes<N> out;
  out.bytes.fill(byte);
  return out;
}

inline crypto::ed25519::KeyPair key_of(std::uint8_t seed) {
  return crypto::ed25519::KeyPair::from_seed(filled(seed).bytes);
}

class Chain {
 public:
  static constexpr primitives::BlockNumber kCarrier = 7;
  static constexpr primitives::BlockNumber kAnnounced = 9;

  Chain() {
    put(key::engine(), registry::Engine{registry::DevEngine{{authority.public_key().bytes}, filled(5)}});
    genesis.state_root = root();
    genesis_state = content;
    set_shard();
    register_enclave(0);
    register_enclave(1);
    put(key::timestamp_now(), std::uint64_t{1'767'323'045'000});
    make_receipts();
    before = seal({{}, {kAnnounced - 1}, root(), {}, {}});
    before_state = content;
    announce();
  }

  [[nodiscard]] primitives::BlockHash genesis_hash() const { return genesis.hash(); }
  [[nodiscard]] Trust trust() const { return {genesis_hash(), {}}; }
  [[nodiscard]] protocol::Domain domain() const { return {genesis_hash(), shard_id}; }
  [[nodiscard]] registry::ShieldingKey shielding_key() const { return {keys.shielding().public_key().bytes}; }
  [[nodiscard]] primitives::AccountId account(std::size_t enclave) const { return enclaves[enclave].public_key(); }

  template <class T>
  void put(const Bytes& name, const T& value) {
    content[name] = scale::encode(value);
  }
  [[nodiscard]] Hash256 root() const { return trie::root(content, trie::Layout::kV1); }
  [[nodiscard]] primitives::Header seal(const primitives::Header& header) const {
    return finality::with_seal(header, authority.sign(finality::seal_message(header)));
  }

  void set_shard(bool is_agreed = true) {
    registry::Shard shard;
    shard.name.value = "default";
    shard.charter.shard = shard_id;
    shard.charter.stf.value = "counter";
    shard.charter.measurements.value = {filled(0x4d)};
    shard.epoch = 1;
    shard.shielding_key = shielding_key();
    shard.founded_at = 3;
    if (is_agreed) shard.agreed = agreed();
    put(key::shard(shard_id), shard);
  }
  void register_enclave(std::size_t enclave, registry::MemberStatus status = registry::MemberStatus::kActive) {
    registry::Enclave entry;
    entry.account = account(enclave);
    entry.kind = attestation::Kind::kSimulated;
    entry.tcb_status = attestation::TcbStatus::kSimulated;
    entry.measurement = filled(0x4d);
    entry.worker_url.value = "http://127.0.0.1:2000";
    entry.provisioning_url.value = "tcp://127.0.0.1:2001";
    entry.registered_at = 2;
    entry.valid_until = 1'767'409'445'000;
    put(key::enclave(enclave + 1), entry);
    put(key::enclave_index(account(enclave)), std::uint64_t{enclave + 1});
    put(key::member(shard_id, account(enclave)), registry::Member{status, kCarrier, 3, 0});
  }
  void unregister(std::size_t enclave) {
    content.erase(key::enclave(enclave + 1));
    content.erase(key::enclave_index(account(enclave)));
  }

  void make_receipts() {
    for (std::uint32_t i = 0; i < 3; ++i) {
      const auto outcome = i == 0 ? protocol::Outcome::kRefused : protocol::Outcome::kApplied;
      leaves.push_back(protocol::make_leaf(
          {shard_id, kCarrier, filled(0x77), i, filled(static_cast<std::uint8_t>(0x50 + i)), alice.account(), outcome},
          keys.blind_key().view()));
    }
    set_shard();
  }
  [[nodiscard]] std::vector<Bytes> encoded_leaves() const {
    std::vector<Bytes> out;
    for (const auto& leaf : leaves) out.push_back(scale::encode(leaf));
    return out;
  }
  [[nodiscard]] registry::Agreed agreed() const {
    return {kCarrier, filled(0x77), filled<36>(0x1c), protocol::merkle_root(encoded_leaves())};
  }
  /// Seals the block that announces the agreement, over the content as it stands.
  void announce() {
    registry::StateAgreed entry{shard_id, agreed(), 2, {{account(0), account(1)}}};
    journal = {registry::MemberChanged{shard_id, account(1), {}, registry::MemberStatus::kActive}, entry,
               registry::CallForwarded{shard_id, alice.account(), {1, 1, filled(3), {{1, 2, 3}}}}};
    announce_journal();
  }
  void announce_journal() {
    announced = {before.hash(), {kAnnounced}, root(), {}, {}};
    if (!journal.empty()) announced.digest.push_back(registry::journal_digest(journal));
    announced = seal(announced);
  }

  [[nodiscard]] static protocol::FinalBlock block_of(const primitives::Header& header,
                                                     const registry::Journal& entries = {}) {
    return {scale::encode(header), scale::encode(entries), {}};
  }
  [[nodiscard]] std::optional<std::vector<Bytes>> read(const std::vector<Bytes>& names,
                                                       const primitives::BlockHash& at) const {
    if (at == genesis.hash()) return trie::prove(genesis_state, names);
    if (at == before.hash()) return trie::prove(before_state, names);
    if (at == announced.hash()) return trie::prove(content, names);
    return std::nullopt;
  }
  [[nodiscard]] Reader reader() const {
    return [this](const std::vector<Bytes>& names, const primitives::BlockHash& at) { return read(names, at); };
  }
  [[nodiscard]] ChainProof chain_proof() const {
    return {scale::encode(genesis), {*read({key::engine()}, genesis.hash())}};
  }
  [[nodiscard]] Result<AgreementProof> agreement(std::uint32_t entry = 1) const {
    return assemble_agreement(block_of(announced, journal), entry, reader(), [this] { return block_of(before); });
  }
  [[nodiscard]] protocol::ReceiptAnswer receipt(std::size_t index = 1) const {
    return {leaves[index], static_cast<std::uint32_t>(leaves.size()), protocol::merkle_path(encoded_leaves(), index)};
  }
  [[nodiscard]] ReceiptFile receipt_file() const { return {chain_proof(), *agreement(), receipt()}; }

  [[nodiscard]] protocol::SignedQuery question(protocol::Mode mode = protocol::Mode::kAgreed) {
    protocol::SignedQuery out;
    out.block_number = kAnnounced;
    out.block_hash = announced.hash();
    out.mode = mode;
    out.query = protocol::AskState{{scale::encode(stf::counter::Query{stf::counter::ReadCounter{}})}};
    return protocol::sign_query(std::move(out), domain(), alice, random);
  }
  [[nodiscard]] protocol::Answer sign(protocol::Answer answer, std::size_t enclave = 0) const {
    answer.enclave = account(enclave);
    answer.signature = enclaves[enclave].sign(protocol::answer_message(answer, domain()));
    return answer;
  }
  [[nodiscard]] AnswerFile answer_file(protocol::Mode mode = protocol::Mode::kAgreed, std::size_t enclave = 0) {
    const auto pending = *protocol::seal_query(question(mode), shielding_key(), 1, domain(), random);
    protocol::Answer answer;
    answer.mode = mode;
    answer.block_number = kAnnounced;
    answer.block_hash = announced.hash();
    answer.state_cid = agreed().state_cid;
    answer.value.value = scale::encode(std::uint64_t{84});
    answer.query_hash = protocol::query_hash(pending.sealed);
    const auto nodes = *read(answer_keys(shard_id, account(enclave), enclave + 1), announced.hash());
    return {chain_proof(),
            shard_id,
            {scale::encode(announced), {}, {nodes}},
            pending.sealed,
            FixedBytes<32>::from(pending.ephemeral.view()),
            sign(answer, enclave)};
  }

  SeededRandom random{21};
  crypto::ed25519::KeyPair authority = key_of(0x0a);
  std::array<crypto::ed25519::KeyPair, 2> enclaves{key_of(0x0e), key_of(0x0f)};
  primitives::AccountKey alice = primitives::AccountKey::from_ed25519_seed(filled(0x44).bytes);
  registry::ShardId shard_id = registry::shard_id("counter", "default");
  protocol::EpochKeys keys{1, *crypto::Secret<32>::from(filled(0x22).bytes), shard_id};
  std::vector<protocol::ReceiptLeaf> leaves;
  trie::Content content;
  trie::Content genesis_state;
  trie::Content before_state;
  primitives::Header genesis;
  primitives::Header before;
  primitives::Header announced;
  registry::Journal journal;
};

}  // namespace substratee::proof::test
