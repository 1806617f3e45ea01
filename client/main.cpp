#include "client/cli/run.hpp"
#include "core/crypto/system_random.hpp"

#include <cstdio>
#include <exception>
#include <iostream>

/// substratee-client: the user's end of substraTEE. See client/README.md.
int main(int argc, char** argv) {
  using namespace substratee;
  try {
    crypto::initialise();
    crypto::SystemRandom random;
    client::cli::Streams streams{std::cin, std::cout, std::cerr};
    return client::cli::run({argv + 1, argv + argc}, streams, random);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "substratee-client: %s; this is a bug, please report it\n", error.what());
    return 1;
  }
}
