// Rounding to integers and selection by value, exact and without branches, so
// that loops over them vectorise on every instruction set.
#pragma once

#include "inline.hpp"
#include "vector.hpp"

namespace pywarmup::math {

// The smaller of value and limit; a NaN value stays NaN.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto minimum(A value, B limit) {
    return select(limit < value, limit, value);
}

// The larger of value and limit; a NaN value stays NaN.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto maximum(A value, B limit) {
    return select(limit > value, limit, value);
}

// The integer nearest to x, ties to even, for |x| < 2^51.  Exact.
// Next to 0x1.8p52 doubles are spaced by one, so the addition itself rounds.
template <Real Number>
PYWARMUP_INLINE constexpr Number nearest_integer(Number x) {
    return (x + 0x1.8p52) - 0x1.8p52;
}

// The largest integer <= x, for x > -2^51.  Exact.
// Positive numbers use the spacing above 2^52, which reaches one binade further;
// from there on every double is an integer.
template <Real Number>
PYWARMUP_INLINE constexpr Number floor(Number x) {
    const Number magic = select(x < 0.0, 0x1.8p52, 0x1p52);
    const Number rounded = select(x < 0x1p52, (x + magic) - magic, x);
    return rounded - select(rounded > x, 1.0, 0.0);
}

}  // namespace pywarmup::math
