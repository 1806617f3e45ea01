/// What a client or a stranger sends to a shard: sealed calls and queries, the plaintexts inside, answers, provisioning.
/// First byte: which form the rest has.

#include "core/base/check.hpp"
#include "core/protocol/call.hpp"
#include "core/protocol/keys.hpp"
#include "core/protocol/padding.hpp"
#include "core/protocol/provisioning.hpp"
#include "core/protocol/query.hpp"
#include "fuzz/target.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace substratee;
using namespace substratee::protocol;

FixedBytes<32> filled(std::uint8_t byte) {
  FixedBytes<32> out;
  out.bytes.fill(byte);
  return out;
}

struct Shard {
  Domain domain{filled(1), registry::shard_id("counter", "default")};
  EpochKeys keys{1, *crypto::Secret<32>::from(filled(2).bytes), domain.shard};
  primitives::AccountKey account = primitives::AccountKey::from_ed25519_seed(filled(3).bytes);
  registry::ShieldingKey key{keys.shielding().public_key().bytes};
};

const Shard& shard() {
  static const Shard the_shard;
  return the_shard;
}

registry::SealedCall seal(std::string_view label, ByteView plaintext, ByteView associated) {
  test::SeededRandom random(7);
  auto sealed = crypto::hpke::seal(shard().key,
                                   concat(as_bytes(label), shard().domain.genesis_hash, shard().domain.shard,
                                          scale::encode(registry::Epoch{1})),
                                   associated, plaintext, random);
  return {1, 1, sealed->enc, {std::move(sealed->ciphertext)}};
}

void open(const registry::SealedCall& sealed) {
  const auto sender = shard().account.account();
  const auto call = open_call(sealed, shard().keys.shielding(), 1, shard().domain, sender);
  if (call) static_cast<void>(verify_call(*call, shard().domain));
  const auto query = open_query(sealed, shard().keys.shielding(), 1, shard().domain);
  if (query) static_cast<void>(verify_query(query->query, shard().domain));
}

const PendingQuery& pending() {
  static const auto the_query = [] {
    test::SeededRandom random(8);
    return *seal_query(sign_query({}, shard().domain, shard().account, random), shard().key, 1, shard().domain, random);
  }();
  return the_query;
}

/// Whatever decodes encodes to the same bytes: one value has one encoding.
template <class T>
void check_canonical(ByteView bytes) {
  const auto decoded = scale::decode<T>(bytes);
  if (decoded) SUBSTRATEE_CHECK(scale::encode(*decoded) == to_bytes(bytes));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte() % 6;
  const auto rest = input.rest();
  const auto sender = shard().account.account();
  switch (form) {
    case 0: {
      const auto sealed = scale::decode<registry::SealedCall>(rest);
      if (sealed) open(*sealed);
      break;
    }
    case 1: open(seal("substratee/call/v1", rest, sender)); break;
    case 2: open(seal("substratee/query/v1", rest, {})); break;
    case 3: static_cast<void>(open_answer(rest, pending(), shard().domain)); break;
    case 4: static_cast<void>(decode_provisioning(rest)); break;
    default:
      check_canonical<SignedCall>(rest);
      check_canonical<SignedQuery>(rest);
      check_canonical<Answer>(rest);
      check_canonical<ReceiptAnswer>(rest);
      break;
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  test::SeededRandom random(9);
  const auto sender = shard().account.account();
  const auto call = sign_call({0, 1, 0, 0, 0, 0, 0, 0, 0}, 0, 100, shard().domain, shard().account, random);
  SignedQuery asked;
  asked.query = AskReceipt{1, 2};
  const auto query = sign_query(asked, shard().domain, shard().account, random);
  auto padded_call = scale::encode(call);
  pad(padded_call);
  auto padded_query = scale::encode(query);
  pad(padded_query);
  Provisioning keys;
  keys.epochs.push_back({1, *crypto::Secret<32>::from(filled(2).bytes)});
  const auto form = [](std::uint8_t which, ByteView bytes) { return concat(Bytes{which}, bytes); };
  const auto answer = seal_answer({}, pending().sealed.enc, open_query(pending().sealed, shard().keys.shielding(), 1, shard().domain)->exporter, random);
  return {form(0, scale::encode(*seal_call(call, shard().key, 1, shard().domain, sender, random))),
          form(0, scale::encode(pending().sealed)),
          form(1, padded_call),
          form(2, padded_query),
          form(3, answer),
          form(4, encode_provisioning(keys).view()),
          form(5, scale::encode(call)),
          form(5, scale::encode(query))};
}
