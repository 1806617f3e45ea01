#include "bench/bound.hpp"

#include "core/base/check.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/system_random.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/protocol/call.hpp"
#include "core/protocol/keys.hpp"
#include "core/registry/calls.hpp"

#include <chrono>
#include <thread>

namespace substratee::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// Mean seconds of one run, over at least 100 ms.
template <class Run>
double seconds_of(Run run) {
  constexpr std::chrono::milliseconds kLongEnough{100};
  run();  // warm
  const auto start = Clock::now();
  std::size_t count = 0;
  while (Clock::now() - start < kLongEnough) {
    for (int i = 0; i < 10; ++i) run();
    count += 10;
  }
  return std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(count);
}

}  // namespace

Bound measure_bound() {
  crypto::SystemRandom random;
  const auto key = *primitives::AccountKey::from_uri("//Alice", primitives::Scheme::kSr25519, random);
  const protocol::Domain domain{random.draw<32>(), registry::shard_id("counter", "default")};
  const protocol::EpochKeys keys(1, crypto::Secret<32>::draw(random), domain.shard);
  const auto call = protocol::sign_call(Bytes(9), 0, 1000, domain, key, random);
  const auto sealed = *protocol::seal_call(call, keys.shielding().public_key(), 1, domain, key.account(), random);
  const primitives::SigningContext context{1, 1, domain.genesis_hash, domain.genesis_hash};
  const auto extrinsic = primitives::sign_extrinsic(registry::encode_call(registry::CallWorker{domain.shard, sealed}),
                                                    primitives::Era::immortal(), 0, 0, context, key, random);
  const auto siv_key = crypto::Secret<64>::draw(random);
  const Bytes block(16'368);
  bool good = true;
  Bound out;
  out.cores = std::max(1U, std::thread::hardware_concurrency());
  out.verify_seconds = seconds_of([&] { good = good && primitives::verify_extrinsic(extrinsic, context); });
  out.open_seconds = seconds_of(
      [&] { good = good && protocol::open_call(sealed, keys.shielding(), 1, domain, key.account()).has_value(); });
  out.inner_seconds = seconds_of([&] { good = good && protocol::verify_call(call, domain); });
  out.state_seconds = seconds_of([&] {
    const auto encrypted = crypto::aes_siv_seal(siv_key.view(), std::nullopt, block);
    good = good && crypto::sha256(encrypted) != Hash256{};
  });
  SUBSTRATEE_CHECK(good);
  return out;
}

}  // namespace substratee::bench
