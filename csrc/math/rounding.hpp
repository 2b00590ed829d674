// Rounding to integers and selection by value, exact and without branches, so
// that loops over them vectorise on every instruction set.
#pragma once

#include "inline.hpp"

namespace pywarmup::math {

// One of two values that are both already computed.
PYWARMUP_INLINE constexpr double select(bool condition, double if_true, double if_false) {
    return condition ? if_true : if_false;
}

// The smaller of value and limit; a NaN value stays NaN.
PYWARMUP_INLINE constexpr double minimum(double value, double limit) {
    return limit < value ? limit : value;
}

// The larger of value and limit; a NaN value stays NaN.
PYWARMUP_INLINE constexpr double maximum(double value, double limit) {
    return limit > value ? limit : value;
}

// The integer nearest to x, ties to even, for |x| < 2^51.  Exact.
// Next to 0x1.8p52 doubles are spaced by one, so the addition itself rounds.
PYWARMUP_INLINE constexpr double nearest_integer(double x) {
    return (x + 0x1.8p52) - 0x1.8p52;
}

// The largest integer <= x, for x > -2^51.  Exact.
// Positive numbers use the spacing above 2^52, which reaches one binade further;
// from there on every double is an integer.
PYWARMUP_INLINE constexpr double floor(double x) {
    const double magic = select(x < 0.0, 0x1.8p52, 0x1p52);
    const double rounded = select(x < 0x1p52, (x + magic) - magic, x);
    return rounded - select(rounded > x, 1.0, 0.0);
}

}  // namespace pywarmup::math
