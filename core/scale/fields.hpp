#pragma once

/// SUBSTRATEE_FIELDS(Type, a, b): inside a struct, lists its fields once, in wire order, with their names.
/// Encoding, decoding, metadata and JSON all come from that one list.

#include <string_view>
#include <tuple>

namespace substratee::scale {

template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::* member;
};

template <class Owner, class Member>
Field(std::string_view, Member Owner::*) -> Field<Owner, Member>;

template <class T>
concept HasFields = requires { T::scale_fields(); };

}  // namespace substratee::scale

#define SUBSTRATEE_PARENS ()
#define SUBSTRATEE_EXPAND(...) SUBSTRATEE_EXPAND3(SUBSTRATEE_EXPAND3(SUBSTRATEE_EXPAND3(__VA_ARGS__)))
#define SUBSTRATEE_EXPAND3(...) SUBSTRATEE_EXPAND2(SUBSTRATEE_EXPAND2(SUBSTRATEE_EXPAND2(__VA_ARGS__)))
#define SUBSTRATEE_EXPAND2(...) SUBSTRATEE_EXPAND1(SUBSTRATEE_EXPAND1(SUBSTRATEE_EXPAND1(__VA_ARGS__)))
#define SUBSTRATEE_EXPAND1(...) __VA_ARGS__
#define SUBSTRATEE_FIELD_LIST(Type, name, ...) \
  ::substratee::scale::Field{#name,            \
                             &Type::name} __VA_OPT__(, SUBSTRATEE_FIELD_AGAIN SUBSTRATEE_PARENS(Type, __VA_ARGS__))
#define SUBSTRATEE_FIELD_AGAIN() SUBSTRATEE_FIELD_LIST

#define SUBSTRATEE_FIELDS(Type, ...)                                                            \
  static constexpr auto scale_fields() {                                                        \
    return std::tuple{__VA_OPT__(SUBSTRATEE_EXPAND(SUBSTRATEE_FIELD_LIST(Type, __VA_ARGS__)))}; \
  }
