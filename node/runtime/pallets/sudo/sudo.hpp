#pragma once

/// Pallet Sudo: one key whose holder acts as root. Numbered as in pallet_sudo; there is no sudo_as, since root must not
/// speak for enclaves.

#include "core/primitives/signature.hpp"
#include "node/runtime/frame/nested_call.hpp"
#include "node/runtime/frame/storage.hpp"

namespace substratee::node::runtime::sudo {

using primitives::AccountId;

inline constexpr std::string_view kPalletName = "Sudo";

inline constexpr StorageValue<AccountId> kKey{kPalletName, "Key", "Who acts as root; nobody if there is none.",
                                              Modifier::kOptional, Meaning::kAccount};

struct Sudo {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "sudo";
  static constexpr std::string_view kDocs = "Dispatches the call as root.";
  NestedCall call;
  SUBSTRATEE_FIELDS(Sudo, call)
};
struct SudoUncheckedWeight {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "sudo_unchecked_weight";
  static constexpr std::string_view kDocs = "Dispatches the call as root; the sender says what it weighs.";
  NestedCall call;
  Weight weight;
  SUBSTRATEE_FIELDS(SudoUncheckedWeight, call, weight)
};
struct SetKey {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "set_key";
  static constexpr std::string_view kDocs = "Passes the key on.";
  primitives::MultiAddress new_key;
  SUBSTRATEE_FIELDS(SetKey, new_key)
};
struct RemoveKey {
  static constexpr std::uint8_t kScaleIndex = 4;
  static constexpr std::string_view kName = "remove_key";
  static constexpr std::string_view kDocs = "Gives the key up for ever: from then on nobody is root.";
  SUBSTRATEE_FIELDS(RemoveKey)
};

struct Succeeded {
  static constexpr std::uint8_t kScaleIndex = 0;
  SUBSTRATEE_FIELDS(Succeeded)
};
struct Failed {
  static constexpr std::uint8_t kScaleIndex = 1;
  DispatchError error;
  SUBSTRATEE_FIELDS(Failed, error)
};
/// Result<(), DispatchError>.
using Outcome = std::variant<Succeeded, Failed>;

struct Sudid {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "Sudid";
  static constexpr std::string_view kDocs = "What became of a call as root. The call around it succeeds in any case.";
  Outcome sudo_result;
  SUBSTRATEE_FIELDS(Sudid, sudo_result)
};
struct KeyChanged {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "KeyChanged";
  static constexpr std::string_view kDocs = "The key was passed on.";
  std::optional<AccountId> old_key;
  AccountId new_key;
  SUBSTRATEE_FIELDS(KeyChanged, old_key, new_key)
};
struct KeyRemoved {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "KeyRemoved";
  static constexpr std::string_view kDocs = "The key was given up.";
  SUBSTRATEE_FIELDS(KeyRemoved)
};

enum class Error : std::uint8_t { kRequireSudo };
constexpr Error scale_last(Error) { return Error::kRequireSudo; }
[[nodiscard]] constexpr std::string_view docs_of(Error error) {
  switch (error) {
    case Error::kRequireSudo: return "The sender is not the holder of the key.";
  }
  return {};
}

struct Pallet {
  static constexpr std::string_view kName = kPalletName;
  static constexpr std::string_view kCrate = "pallet_sudo";
  static constexpr std::uint8_t kIndex = registry::kSudoIndex;
  static constexpr std::string_view kDocs = "One key whose holder acts as root.";
  using Call = std::variant<Sudo, SudoUncheckedWeight, SetKey, RemoveKey>;
  using Event = std::variant<Sudid, KeyChanged, KeyRemoved>;
  using Error = sudo::Error;
  static std::string_view docs_of(Error error) { return sudo::docs_of(error); }
  static constexpr auto storage() { return std::tuple{kKey}; }
  [[nodiscard]] static DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);
  [[nodiscard]] static RefTime weight_of(const Call& call);
};
using Call = Pallet::Call;
using Event = Pallet::Event;

}  // namespace substratee::node::runtime::sudo
