/// What a stranger shows to prove what it is: evidence and RA-TLS certificates. First byte: which.

#include "core/attestation/policy/appraise.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/attestation/ratls/certificate.hpp"
#include "core/attestation/simulation/platform.hpp"
#include "core/attestation/spki.hpp"
#include "core/base/check.hpp"
#include "fuzz/target.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace substratee;
using namespace substratee::attestation;

constexpr UnixSeconds kNow = 1'800'000'000;

struct Genuine {
  test::SeededRandom random{5};
  crypto::p256::KeyPair key = crypto::p256::KeyPair::draw(random);
  simulation::SimulatedPlatform platform =
      simulation::SimulatedPlatform::make(crypto::Secret<32>::draw(random), simulation::SimulationRoot::development());
  Claims claims = [this] {
    Claims out;
    out.pubkey_hash = hash_of_spki(to_spki(key.public_key()));
    return out;
  }();
  Evidence evidence = platform.evidence({}, claims);
  Bytes certificate = *ratls::make_certificate(key, evidence);
};

const Genuine& genuine() {
  static const Genuine the_genuine;
  return the_genuine;
}

const TrustAnchors& anchors() {
  static const TrustAnchors the_anchors{.intel_roots = {}, .simulation_roots = {development_root()}};
  return the_anchors;
}

/// Nothing but the genuine claims may ever be believed: the fuzzer has no key.
void check(const Result<VerifiedEvidence>& verified) {
  if (!verified) return;
  SUBSTRATEE_CHECK(verified->claims == genuine().claims.substratee);
  SUBSTRATEE_CHECK(verified->pubkey_hash == genuine().claims.pubkey_hash);
  SUBSTRATEE_CHECK(!verified->hardware && !verified->debug);
  static_cast<void>(appraise(*verified, development_policy(), {}, {}));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte() % 4;
  const auto rest = input.rest();
  switch (form) {
    case 0: {
      const auto evidence = scale::decode<Evidence>(rest);
      if (evidence) check(verify(*evidence, {}, anchors(), kNow));
      break;
    }
    case 1: check(ratls::verify_certificate(rest, {}, anchors(), kNow)); break;
    case 2: {
      const auto claims = decode_claims(rest);
      if (claims) static_cast<void>(encode_claims(*claims));
      break;
    }
    default:
      check(verify({Kind::kSimulated,
                    {to_bytes(rest.first(std::min(rest.size(), kMaxEvidenceBodySize)))},
                    genuine().evidence.claims},
                   {}, anchors(), kNow));
      break;
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  const auto form = [](std::uint8_t which, ByteView bytes) { return concat(Bytes{which}, bytes); };
  return {form(0, scale::encode(genuine().evidence)), form(1, genuine().certificate),
          form(2, genuine().evidence.claims.value), form(3, genuine().evidence.body.value)};
}
