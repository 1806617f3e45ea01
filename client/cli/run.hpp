#pragma once

/// The whole program but its main: parses, carries out, prints.

#include "core/base/random.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace substratee::client::cli {

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

/// The exit status: 0 done, 2 usage, 3 unreachable, 4 refused or failed verification, 5 timeout.
[[nodiscard]] int run(std::vector<std::string> arguments, Streams& streams, Random& random);

}  // namespace substratee::client::cli
