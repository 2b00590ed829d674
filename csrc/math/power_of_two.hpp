// Powers of two made from exponent bits.
#pragma once

#include <bit>
#include <cstdint>

#include "inline.hpp"
#include "rounding.hpp"

namespace pywarmup::math {

inline constexpr double largest_finite = 0x1.fffffffffffffp1023;

// 2^k for an integer -1022 <= k <= 1023.  Exact.
// Adding 1.5 2^52 leaves k + 1023 in the low bits; the shift moves it into place.
PYWARMUP_INLINE constexpr double power_of_two(double k) {
    const double biased = k + (0x1.8p52 + 1023.0);
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(biased) << 52);
}

// value * 2^k for an integer |k| <= 3000.  Exact for normal results.
// The three factors go the same way, so no intermediate value leaves the range
// between value and the result.
PYWARMUP_INLINE constexpr double scale(double value, double k) {
    const double third = nearest_integer(k * (1.0 / 3.0));
    const double factor = power_of_two(third);
    return ((value * factor) * factor) * power_of_two(k - 2.0 * third);
}

// Infinities become the largest finite number of their sign.
PYWARMUP_INLINE constexpr double saturate(double x) {
    return maximum(minimum(x, largest_finite), -largest_finite);
}

}  // namespace pywarmup::math
