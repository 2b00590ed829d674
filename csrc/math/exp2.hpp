// Powers of two 2^x and their relatives, for an argument hi + lo with
// |lo| <= ulp(hi) / 2.  All of them share one reduction: x = k + r with an
// integer k and |r| <= 1/2, and 2^r - 1 from a polynomial.
#pragma once

#include "double_double.hpp"
#include "inline.hpp"
#include "polynomial.hpp"
#include "power_of_two.hpp"
#include "rounding.hpp"

namespace pywarmup::math {

inline constexpr DoubleDouble ln_2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

// (2^r - 1 - r ln 2) / r^2 in powers of r for |r| <= 1/2, from
// scripts/derive_math.py; its error is 2^-63.7 of 2^r before rounding.
inline constexpr double exp2_coefficients[] = {
    0x1.ebfbdff82c58fp-3,
    0x1.c6b08d704a0c8p-5,
    0x1.3b2ab6fba4d6bp-7,
    0x1.5d87fe78a36bap-10,
    0x1.430912f8b295cp-13,
    0x1.ffcbfc70d9ed6p-17,
    0x1.62c0213561b1fp-20,
    0x1.b524e495251dcp-24,
    0x1.e4d2be6cc791fp-28,
    0x1.e9f77c45b4156p-32,
    0x1.bfcd72db4cc2ap-36,
};

// 2^x = 2^integer (1 + line.hi + (curve + line.lo)): line is r ln 2, at most
// 0.35; curve is the part of higher order, at most 0.07.
template <Real Number>
struct Exp2Parts {
    Number integer;
    Pair<Number> line;
    Number curve;
};

// The parts of 2^x for x clamped to [lowest, highest], both integers.
// r.lo is weighted with the slope at r.hi, which leaves the polynomial to r.hi.
template <Real Number>
PYWARMUP_INLINE constexpr Exp2Parts<Number> exp2_parts(Pair<Number> x, double lowest, double highest) {
    const Number hi = maximum(minimum(x.hi, highest), lowest);
    const Number lo = select(hi == x.hi, x.lo, 0.0);
    const Number integer = nearest_integer(hi);
    const auto r = two_sum(hi - integer, lo);
    const auto line = two_product(r.hi, ln_2.hi);
    const Number slope = ln_2.hi + ln_2.hi * line.hi;
    const Number rest = line.lo + (r.hi * ln_2.lo + r.lo * slope);
    const Number curve = (r.hi * r.hi) * polynomial(exp2_coefficients, r.hi);
    return {integer, {line.hi, rest}, curve};
}

// 2^x / 2^integer as hi + lo with |lo| <= ulp(hi).
template <Real Number>
PYWARMUP_INLINE constexpr Pair<Number> exp2_mantissa(const Exp2Parts<Number>& parts) {
    const auto sum = quick_two_sum(1.0, parts.line.hi);
    const auto whole = quick_two_sum(sum.hi, parts.curve);
    return {whole.hi, whole.lo + (sum.lo + parts.line.lo)};
}

// 2^x for any x; error <= 0.6 ulp for normal results.
// Integers give exact powers; far arguments give 0 or the largest finite double.
template <Real Number>
PYWARMUP_INLINE constexpr Number exp2(Pair<Number> x) {
    const auto parts = exp2_parts(x, -1200.0, 1200.0);
    const auto mantissa = exp2_mantissa(parts);
    return saturate(scale(mantissa.hi + mantissa.lo, parts.integer));
}

// 2^x - 1 for any x; error <= 1.2 ulp for x = 0 and |x| >= 2^-900.
// Integers give exact values where representable, 0 gives 0; far arguments give
// -1 or the largest finite double.
// Half of 2^k is used because 2^1024 is no double.
template <Real Number>
PYWARMUP_INLINE constexpr Number exp2m1(Pair<Number> x) {
    const auto parts = exp2_parts(x, -100.0, 1024.0);
    const Number half = power_of_two(parts.integer - 1.0);
    const auto sum = two_sum(half - 0.5, half * parts.line.hi);
    const Number rest = half * parts.curve + (half * parts.line.lo + sum.lo);
    return saturate(2.0 * (sum.hi + rest));
}

// value * 2^x for finite value and any x; error <= 1.2 ulp for normal results,
// also where 2^x alone would not be normal.  Beyond the finite range the result
// is 0 or the largest finite double with the sign of value.
// value first moves to a range where its product with the mantissa neither
// overflows nor falls among the subnormals.
template <Real Number>
PYWARMUP_INLINE constexpr Number times_exp2(Number value, Pair<Number> x) {
    const auto parts = exp2_parts(x, -2200.0, 2200.0);
    const auto is_small = (value < 0x1p-500) & (value > -0x1p-500);
    const Number moved = value * select(is_small, 0x1p200, 0.5);
    const Number integer = parts.integer + select(is_small, -200.0, 1.0);
    const auto mantissa = exp2_mantissa(parts);
    const Number product = moved * mantissa.hi + moved * mantissa.lo;
    return saturate(scale(product, integer));
}

template <Real Number>
PYWARMUP_INLINE constexpr Number exp2(Number x) {
    return exp2(Pair{x, broadcast<Number>(0.0)});
}

template <Real Number>
PYWARMUP_INLINE constexpr Number exp2m1(Number x) {
    return exp2m1(Pair{x, broadcast<Number>(0.0)});
}

template <Real Number>
PYWARMUP_INLINE constexpr Number times_exp2(Number value, Number x) {
    return times_exp2(value, Pair{x, broadcast<Number>(0.0)});
}

}  // namespace pywarmup::math
