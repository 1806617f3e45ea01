#pragma once

/// Vectors that the code makes of fixed inputs and compares with the file: SUBSTRATEE_WRITE_VECTORS=1 writes them anew,
/// and a reviewer sees what changed.

#include "core/base/hex.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace substratee::test {

inline boost::json::value hex_json(ByteView bytes) { return boost::json::string(to_hex_prefixed(bytes)); }

/// One member a line, so that a change is seen where it is.
inline void write_pretty(std::string& out, const boost::json::value& value, const std::string& indent) {
  const auto deeper = indent + "  ";
  if (value.is_object() && !value.as_object().empty()) {
    const char* separator = "{\n";
    for (const auto& member : value.as_object()) {
      out += separator + deeper + boost::json::serialize(boost::json::string(member.key())) + ": ";
      write_pretty(out, member.value(), deeper);
      separator = ",\n";
    }
    out += "\n" + indent + "}";
  } else if (value.is_array() && !value.as_array().empty()) {
    const char* separator = "[\n";
    for (const auto& item : value.as_array()) {
      out += separator + deeper;
      write_pretty(out, item, deeper);
      separator = ",\n";
    }
    out += "\n" + indent + "]";
  } else {
    out += boost::json::serialize(value);
  }
}

/// Compares with the file of that name in tests/vectors/protocol, or writes it.
inline void check(const std::string& name, const boost::json::object& made) {
  const auto path = std::string(SUBSTRATEE_VECTORS) + "/protocol/" + name;
  if (std::getenv("SUBSTRATEE_WRITE_VECTORS") != nullptr) {
    std::string out;
    write_pretty(out, made, "");
    std::ofstream(path) << out << "\n";
    return;
  }
  // Through text, so that numbers compare by value and not by the type they were made from.
  EXPECT_EQ(boost::json::parse(boost::json::serialize(made)), load_json("protocol/" + name))
      << name << " differs. If the format is meant to change: SUBSTRATEE_WRITE_VECTORS=1, then look at the difference";
}

}  // namespace substratee::test
