/// What comes from the chain or goes to it: extrinsics, headers, journals, read proofs. First byte: which.

#include "core/base/check.hpp"
#include "core/finality/dev_seal.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/primitives/keyring.hpp"
#include "core/registry/calls.hpp"
#include "core/registry/journal.hpp"
#include "core/trie/trie.hpp"
#include "fuzz/target.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace substratee;

trie::Content content() {
  trie::Content out;
  for (std::uint8_t i = 0; i < 40; ++i) out[Bytes{i, static_cast<std::uint8_t>(i * 7)}] = Bytes(i + 1, i);
  return out;
}

void try_extrinsic(ByteView bytes) {
  const auto decoded = primitives::decode_extrinsic(bytes);
  if (!decoded) return;
  SUBSTRATEE_CHECK(primitives::encode_extrinsic(*decoded) == to_bytes(bytes));
  static_cast<void>(primitives::verify_extrinsic(*decoded, {}));
  if (!decoded->call.empty()) static_cast<void>(scale::decode<registry::RegistryCall>(ByteView(decoded->call).subspan(1)));
}

template <class T>
std::optional<T> decode_canonical(ByteView bytes) {
  auto decoded = scale::decode<T>(bytes);
  if (!decoded) return std::nullopt;
  SUBSTRATEE_CHECK(scale::encode(*decoded) == to_bytes(bytes));
  return *std::move(decoded);
}

/// A proof tells the truth or nothing.
void try_proof(ByteView bytes) {
  auto nodes = scale::decode<std::vector<Bytes>>(bytes);
  if (!nodes) return;
  static const auto the_content = content();
  static const auto root = trie::root(the_content, trie::Layout::kV1);
  const auto proof = trie::ReadProof::from(root, *std::move(nodes));
  if (!proof) return;
  for (std::uint8_t i = 0; i < 50; ++i) {
    const Bytes key{i, static_cast<std::uint8_t>(i * 7)};
    const auto value = proof->get(key);
    if (!value) continue;
    const auto found = the_content.find(key);
    SUBSTRATEE_CHECK(value->has_value() == (found != the_content.end()));
    if (*value) SUBSTRATEE_CHECK(**value == found->second);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte() % 5;
  const auto rest = input.rest();
  switch (form) {
    case 0: try_extrinsic(rest); break;
    case 1:
      if (const auto header = decode_canonical<primitives::Header>(rest)) {
        static_cast<void>(finality::verify_seal(*header, {}));
        static_cast<void>(registry::journal_matches(*header, {}));
      }
      break;
    case 2:
      if (const auto journal = decode_canonical<registry::Journal>(rest)) {
        static_cast<void>(registry::has_work(*journal, {}));
        static_cast<void>(registry::journal_root(*journal));
      }
      break;
    case 3: try_proof(rest); break;
    default:
      static_cast<void>(decode_canonical<registry::RegistryCall>(rest));
      static_cast<void>(decode_canonical<registry::Shard>(rest));
      static_cast<void>(decode_canonical<registry::Enclave>(rest));
      static_cast<void>(decode_canonical<registry::BlockConfirmations>(rest));
      break;
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  test::SeededRandom random(9);
  const auto form = [](std::uint8_t which, ByteView bytes) { return concat(Bytes{which}, bytes); };
  std::vector<Bytes> out;
  for (const auto scheme : {primitives::Scheme::kEd25519, primitives::Scheme::kSr25519, primitives::Scheme::kEcdsa}) {
    const auto key = *primitives::AccountKey::from_uri("//Alice", scheme, random);
    out.push_back(form(0, primitives::encode_extrinsic(primitives::sign_extrinsic(
                              registry::encode_call(registry::CallWorker{}), primitives::Era::mortal(64, 9), 3, 1, {}, key, random))));
  }
  out.push_back(form(0, primitives::encode_extrinsic({std::nullopt, {1, 0, 4}})));
  const registry::Journal journal{registry::CallForwarded{{}, {}, {1, 1, {}, {{1, 2}}}},
                                  registry::MemberChanged{{}, {}, {}, registry::MemberStatus::kActive},
                                  registry::StateAgreed{{}, {}, 1, {{{}}}}, registry::FoundingReopened{{}, 1}};
  const auto authority = crypto::ed25519::KeyPair::from_seed(FixedBytes<32>{}.bytes);
  primitives::Header header;
  header.number.value = 5;
  header.digest.push_back(registry::journal_digest(journal));
  out.push_back(form(1, scale::encode(finality::with_seal(header, authority.sign(finality::seal_message(header))))));
  out.push_back(form(2, scale::encode(journal)));
  out.push_back(form(3, scale::encode(trie::prove(content(), std::vector<Bytes>{{3, 21}, {200}, {39, 17}}))));
  out.push_back(form(4, scale::encode(registry::RegistryCall{registry::ConfirmBlock{}})));
  out.push_back(form(4, scale::encode(registry::Shard{})));
  out.push_back(form(4, scale::encode(registry::Enclave{})));
  return out;
}
