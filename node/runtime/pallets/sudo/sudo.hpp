#pragma once

/// Pallet Sudo: one key whose holder acts as root.

#include "core/primitives/signature.hpp"
#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"

namespace substratee::node::runtime::sudo {

using primitives::AccountId;

inline constexpr std::string_view kName = "Sudo";
inline constexpr std::uint8_t kIndex = registry::kSudoIndex;

inline constexpr StorageValue<AccountId> kKey{kName, "Key", Modifier::kOptional};

[[nodiscard]] constexpr auto storage() { return std::tuple{kKey}; }

/// A runtime call inside a call: the rest of the input. call.hpp checks it with the call that contains it.
struct NestedCall {
  Bytes encoded;
};

struct Sudo {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "sudo";
  NestedCall call;
  SUBSTRATEE_FIELDS(Sudo, call)
};
struct SetKey {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "set_key";
  primitives::MultiAddress new_key;
  SUBSTRATEE_FIELDS(SetKey, new_key)
};
using Call = std::variant<Sudo, SetKey>;

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

/// The outer call succeeds whatever the inner one does; this tells about the inner one.
struct Sudid {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "Sudid";
  Outcome sudo_result;
  SUBSTRATEE_FIELDS(Sudid, sudo_result)
};
struct KeyChanged {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "KeyChanged";
  std::optional<AccountId> old_key;
  AccountId new_key;
  SUBSTRATEE_FIELDS(KeyChanged, old_key, new_key)
};
using Event = std::variant<Sudid, KeyChanged>;

enum class Error : std::uint8_t { kRequireSudo };
constexpr Error scale_last(Error) { return Error::kRequireSudo; }
inline constexpr auto kErrorNames = std::to_array<std::string_view>({"RequireSudo"});

[[nodiscard]] DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);

}  // namespace substratee::node::runtime::sudo

namespace substratee::scale {
template <>
struct Codec<node::runtime::sudo::NestedCall> {
  static void write(Encoder& out, const node::runtime::sudo::NestedCall& call) { out.raw(call.encoded); }
  static Result<node::runtime::sudo::NestedCall> read(Decoder& in) {
    const auto size = in.rest().size();
    return node::runtime::sudo::NestedCall{to_bytes(SUBSTRATEE_TRY(in.raw(size)))};
  }
};
}  // namespace substratee::scale
