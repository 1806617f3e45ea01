#pragma once

/// encode and decode for every type that crosses a wire: integers, bool, text, FixedBytes, vectors, optionals,
/// tuples, Compact, Bounded, enums, variants and structs that list their fields (fields.hpp).

#include "core/base/check.hpp"
#include "core/scale/coder.hpp"
#include "core/scale/fields.hpp"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace substratee::scale {

/// An integer in compact form.
template <class T>
struct Compact {
  T value{};
  friend bool operator==(const Compact&, const Compact&) = default;
};

/// Bytes, text or a vector of at most `kMax` elements; encoding a longer one is a bug, decoding one is kTooLong.
template <class T, std::size_t kMaxCount>
struct Bounded {
  static constexpr std::size_t kMax = kMaxCount;
  T value{};
  friend bool operator==(const Bounded&, const Bounded&) = default;
  friend auto operator<=>(const Bounded&, const Bounded&) = default;
};

template <std::size_t kMax>
using BoundedBytes = Bounded<Bytes, kMax>;
template <std::size_t kMax>
using BoundedText = Bounded<std::string, kMax>;

/// An enum on the wire: one byte, 0 to scale_last(E{}), which stands beside the enum and names its last value.
template <class T>
concept WireEnum = std::is_enum_v<T> && requires(T value) {
  { scale_last(value) } -> std::same_as<T>;
};

/// One per type: write(Encoder&, const T&) and read(Decoder&) -> Result<T>.
template <class T>
struct Codec;

template <class T>
void encode_to(Encoder& out, const T& value) {
  Codec<T>::write(out, value);
}

template <class T>
[[nodiscard]] Bytes encode(const T& value) {
  Encoder out;
  encode_to(out, value);
  return std::move(out).take();
}

template <class T>
[[nodiscard]] Result<T> decode_from(Decoder& in) {
  return Codec<T>::read(in);
}

/// The whole input and nothing behind it.
template <class T>
[[nodiscard]] Result<T> decode(ByteView input) {
  Decoder in(input);
  auto value = decode_from<T>(in);
  if (value && !in.rest().empty()) return std::unexpected(Error::kTrailingBytes);
  return value;
}

template <class T>
concept WireInteger = (std::unsigned_integral<T> && !std::same_as<T, bool>) || std::same_as<T, u128>;

template <WireInteger T>
struct Codec<T> {
  static void write(Encoder& out, T value) { out.little_endian(value, sizeof(T)); }
  static Result<T> read(Decoder& in) { return static_cast<T>(SUBSTRATEE_TRY(in.little_endian(sizeof(T)))); }
};

template <>
struct Codec<bool> {
  static void write(Encoder& out, bool value) { out.byte(value ? 1 : 0); }
  static Result<bool> read(Decoder& in) {
    const auto byte = SUBSTRATEE_TRY(in.byte());
    if (byte > 1) return std::unexpected(Error::kInvalidBool);
    return byte == 1;
  }
};

template <WireEnum T>
struct Codec<T> {
  static void write(Encoder& out, T value) { out.byte(static_cast<std::uint8_t>(value)); }
  static Result<T> read(Decoder& in) {
    const auto byte = SUBSTRATEE_TRY(in.byte());
    if (byte > static_cast<std::uint8_t>(scale_last(T{}))) return std::unexpected(Error::kUnknownVariant);
    return static_cast<T>(byte);
  }
};

template <class T>
struct Codec<Compact<T>> {
  static void write(Encoder& out, const Compact<T>& value) { out.compact(value.value); }
  static Result<Compact<T>> read(Decoder& in) {
    constexpr u128 limit = static_cast<u128>(static_cast<T>(~T{}));
    return Compact<T>{static_cast<T>(SUBSTRATEE_TRY(in.compact(limit)))};
  }
};

template <std::size_t N>
struct Codec<FixedBytes<N>> {
  static void write(Encoder& out, const FixedBytes<N>& value) { out.raw(value.bytes); }
  static Result<FixedBytes<N>> read(Decoder& in) { return *FixedBytes<N>::from(SUBSTRATEE_TRY(in.raw(N))); }
};

template <class T, std::size_t N>
struct Codec<std::array<T, N>> {
  static void write(Encoder& out, const std::array<T, N>& value) {
    for (const auto& item : value) encode_to(out, item);
  }
  static Result<std::array<T, N>> read(Decoder& in) {
    std::array<T, N> out{};
    for (auto& item : out) item = SUBSTRATEE_TRY(decode_from<T>(in));
    return out;
  }
};

/// A sequence of at most `max` elements. Memory stays proportional to the input: each element takes at least a byte.
template <class T>
[[nodiscard]] Result<std::vector<T>> read_sequence(Decoder& in, std::size_t max) {
  const auto count = SUBSTRATEE_TRY(in.compact(std::numeric_limits<std::uint32_t>::max()));
  if (count > max) return std::unexpected(Error::kTooLong);
  if (count > in.rest().size()) return std::unexpected(Error::kTruncated);
  if constexpr (std::same_as<T, std::uint8_t>) {
    return to_bytes(SUBSTRATEE_TRY(in.raw(static_cast<std::size_t>(count))));
  } else {
    std::vector<T> out;
    for (u128 i = 0; i < count; ++i) out.push_back(SUBSTRATEE_TRY(decode_from<T>(in)));
    return out;
  }
}

inline constexpr std::size_t kUnbounded = std::numeric_limits<std::uint32_t>::max();

template <class T>
struct Codec<std::vector<T>> {
  static void write(Encoder& out, const std::vector<T>& value) {
    out.compact(value.size());
    if constexpr (std::same_as<T, std::uint8_t>) {
      out.raw(value);
    } else {
      for (const auto& item : value) encode_to(out, item);
    }
  }
  static Result<std::vector<T>> read(Decoder& in) { return read_sequence<T>(in, kUnbounded); }
};

template <>
struct Codec<std::string> {
  static void write(Encoder& out, const std::string& value) {
    out.compact(value.size());
    out.raw(as_bytes(value));
  }
  static Result<std::string> read(Decoder& in) { return read_at_most(in, kUnbounded); }
  static Result<std::string> read_at_most(Decoder& in, std::size_t max) {
    const auto bytes = SUBSTRATEE_TRY(read_sequence<std::uint8_t>(in, max));
    if (!is_utf8(bytes)) return std::unexpected(Error::kInvalidUtf8);
    return std::string(as_text(bytes));
  }
};

template <class T, std::size_t kMax>
struct Codec<Bounded<T, kMax>> {
  static void write(Encoder& out, const Bounded<T, kMax>& value) {
    SUBSTRATEE_CHECK(value.value.size() <= kMax);
    encode_to(out, value.value);
  }
  static Result<Bounded<T, kMax>> read(Decoder& in) {
    if constexpr (std::same_as<T, std::string>) {
      return Bounded<T, kMax>{SUBSTRATEE_TRY(Codec<std::string>::read_at_most(in, kMax))};
    } else {
      return Bounded<T, kMax>{SUBSTRATEE_TRY(read_sequence<typename T::value_type>(in, kMax))};
    }
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static void write(Encoder& out, const std::optional<T>& value) {
    out.byte(value ? 1 : 0);
    if (value) encode_to(out, *value);
  }
  static Result<std::optional<T>> read(Decoder& in) {
    const auto byte = SUBSTRATEE_TRY(in.byte());
    if (byte > 1) return std::unexpected(Error::kInvalidOption);
    if (byte == 0) return std::optional<T>{};
    return std::optional<T>{SUBSTRATEE_TRY(decode_from<T>(in))};
  }
};

template <class... Ts>
struct Codec<std::tuple<Ts...>> {
  static void write(Encoder& out, const std::tuple<Ts...>& value) {
    std::apply([&](const auto&... items) { (encode_to(out, items), ...); }, value);
  }
  static Result<std::tuple<Ts...>> read(Decoder& in) {
    std::tuple<Ts...> out{};
    std::optional<Error> error;
    std::apply([&](auto&... items) { static_cast<void>((read_into(in, items, error) && ...)); }, out);
    if (error) return std::unexpected(*error);
    return out;
  }

 private:
  template <class T>
  static bool read_into(Decoder& in, T& item, std::optional<Error>& error) {
    auto value = decode_from<T>(in);
    if (!value) {
      error = value.error();
      return false;
    }
    item = *std::move(value);
    return true;
  }
};

template <class A, class B>
struct Codec<std::pair<A, B>> {
  static void write(Encoder& out, const std::pair<A, B>& value) {
    encode_to(out, value.first);
    encode_to(out, value.second);
  }
  static Result<std::pair<A, B>> read(Decoder& in) {
    auto first = SUBSTRATEE_TRY(decode_from<A>(in));
    auto second = SUBSTRATEE_TRY(decode_from<B>(in));
    return std::pair<A, B>{std::move(first), std::move(second)};
  }
};

template <HasFields T>
struct Codec<T> {
  static void write(Encoder& out, const T& value) {
    std::apply([&](const auto&... field) { (encode_to(out, value.*field.member), ...); }, T::scale_fields());
  }
  static Result<T> read(Decoder& in) {
    T out{};
    std::optional<Error> error;
    std::apply([&](const auto&... field) { static_cast<void>((read_into(in, out.*field.member, error) && ...)); },
               T::scale_fields());
    if (error) return std::unexpected(*error);
    return out;
  }

 private:
  template <class M>
  static bool read_into(Decoder& in, M& member, std::optional<Error>& error) {
    auto value = decode_from<M>(in);
    if (!value) {
      error = value.error();
      return false;
    }
    member = *std::move(value);
    return true;
  }
};

/// The byte that stands for an alternative: its kScaleIndex if it has one, else its position.
template <class Alternative, std::size_t kPosition>
[[nodiscard]] constexpr std::uint8_t variant_index() {
  if constexpr (requires { Alternative::kScaleIndex; }) {
    return Alternative::kScaleIndex;
  } else {
    return static_cast<std::uint8_t>(kPosition);
  }
}

template <class... Ts>
struct Codec<std::variant<Ts...>> {
  using Variant = std::variant<Ts...>;

  static void write(Encoder& out, const Variant& value) { write_alternative<0>(out, value); }
  static Result<Variant> read(Decoder& in) {
    const auto index = SUBSTRATEE_TRY(in.byte());
    return read_alternative<0>(in, index);
  }

 private:
  template <std::size_t I>
  static void write_alternative(Encoder& out, const Variant& value) {
    if constexpr (I < sizeof...(Ts)) {
      if (value.index() != I) return write_alternative<I + 1>(out, value);
      out.byte(variant_index<std::variant_alternative_t<I, Variant>, I>());
      encode_to(out, *std::get_if<I>(&value));
    }
  }
  template <std::size_t I>
  static Result<Variant> read_alternative(Decoder& in, std::uint8_t index) {
    if constexpr (I < sizeof...(Ts)) {
      using Alternative = std::variant_alternative_t<I, Variant>;
      if (index != variant_index<Alternative, I>()) return read_alternative<I + 1>(in, index);
      return Variant(std::in_place_index<I>, SUBSTRATEE_TRY(decode_from<Alternative>(in)));
    } else {
      return std::unexpected(Error::kUnknownVariant);
    }
  }
};

}  // namespace substratee::scale
