// Powers of two made from exponent bits.
#pragma once

#include <bit>
#include <cstdint>

#include "inline.hpp"
#include "rounding.hpp"
#include "vector.hpp"

namespace pywarmup::math {

inline constexpr double largest_finite = 0x1.fffffffffffffp1023;

// 2^k for an integer -1022 <= k <= 1023.  Exact.
// Adding 1.5 2^52 leaves k + 1023 in the low bits; the shift moves it into place.
template <Real Number>
PYWARMUP_INLINE constexpr Number power_of_two(Number k) {
    const Number biased = k + (0x1.8p52 + 1023.0);
    return std::bit_cast<Number>(std::bit_cast<Bits<Number>>(biased) << 52);
}

// value * 2^k for an integer |k| <= 3000.  Exact for normal results.
// The three factors go the same way, so no intermediate value leaves the range
// between value and the result.
template <Real Number>
PYWARMUP_INLINE constexpr Number scale(Number value, Number k) {
    const Number third = nearest_integer(k * (1.0 / 3.0));
    const Number factor = power_of_two(third);
    return ((value * factor) * factor) * power_of_two(k - 2.0 * third);
}

// Infinities become the largest finite number of their sign.
template <Real Number>
PYWARMUP_INLINE constexpr Number saturate(Number x) {
    return maximum(minimum(x, largest_finite), -largest_finite);
}

}  // namespace pywarmup::math
