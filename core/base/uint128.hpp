#pragma once

namespace substratee {

/// A balance: Substrate counts in 128 bits.
__extension__ using u128 = unsigned __int128;

}  // namespace substratee
