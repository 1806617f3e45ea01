#include "node/runtime/scenario_test.hpp"
#include "rpc/dispatch_outcome.hpp"

namespace substratee::node::runtime::test {
namespace {

/// Failure of extrinsic 7 behind each event in turn: whoever reads events knows where each of them ends.
template <class Event>
void expect_readable(std::uint8_t pallet) {
  const MemoryState nothing;
  const auto expect_one = [&]<class Alternative>(Alternative event) {
    Context context(nothing, 1);
    context.deposit(pallet, Event{std::move(event)});
    context.phase = ApplyExtrinsic{7};
    context.deposit(registry::kSystemIndex,
                    system::Event{system::ExtrinsicFailed{to_dispatch(registry::Error::kNoKey), {}}});
    scale::Encoder out;
    out.compact(context.events().size());
    for (const auto& one : context.events()) out.raw(one);
    EXPECT_EQ(rpc::find_dispatch_error(out.bytes(), 7), "SubstrateeRegistry.NoKey") << Alternative::kName;
  };
  [&]<class... Alternatives>(std::type_identity<std::variant<Alternatives...>>) {
    (expect_one(Alternatives{}), ...);
  }(std::type_identity<Event>{});
}

TEST(events, every_one_of_them_is_known_to_who_looks_for_dispatch_errors) {
  for_each_pallet([]<class Pallet>(std::type_identity<Pallet>) {
    if constexpr (HasEvents<Pallet>) expect_readable<typename Pallet::Event>(Pallet::kIndex);
  });
}

TEST(events, fields_of_any_length_are_known_too) {
  const MemoryState nothing;
  Context context(nothing, 1);
  substratee_registry::StateAgreed agreed;
  agreed.confirmed_by.resize(64);
  substratee_registry::AddedEnclave added;
  added.worker_url = url("ws://127.0.0.1:2000");
  const substratee_registry::MemberChanged changed{{}, {}, MemberStatus::kActive};
  context.deposit(registry::kRegistryIndex, substratee_registry::Event{agreed});
  context.deposit(registry::kRegistryIndex, substratee_registry::Event{added});
  context.deposit(registry::kRegistryIndex, substratee_registry::Event{changed});
  const sudo::Sudid sudid{sudo::Failed{to_dispatch(registry::Error::kQuarantined)}};
  context.deposit(registry::kSudoIndex, sudo::Event{sudid});
  context.deposit(registry::kSudoIndex, sudo::Event{sudo::KeyChanged{AccountId{}, {}}});
  context.phase = ApplyExtrinsic{7};
  context.deposit(registry::kSystemIndex, system::Event{system::ExtrinsicFailed{BadOrigin{}, {}}});
  scale::Encoder out;
  out.compact(context.events().size());
  for (const auto& one : context.events()) out.raw(one);
  EXPECT_EQ(rpc::find_dispatch_error(out.bytes(), 7), "BadOrigin");
}

}  // namespace
}  // namespace substratee::node::runtime::test
