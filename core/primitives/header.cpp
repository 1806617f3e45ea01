#include "core/primitives/header.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::primitives {

BlockHash Header::hash() const { return crypto::blake2_256(scale::encode(*this)); }

}  // namespace substratee::primitives
