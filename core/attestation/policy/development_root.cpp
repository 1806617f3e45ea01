#include "core/attestation/policy/development_root.hpp"

namespace substratee::attestation {
ByteView development_root_certificate() noexcept { return {}; }
Hash256 development_root() noexcept { return {}; }
}
