#pragma once

namespace substratee::node::program {

/// Of the project; set by the build.
inline constexpr const char* kVersion = SUBSTRATEE_VERSION;

}  // namespace substratee::node::program
