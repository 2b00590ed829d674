// cos(pi x) on one half period.
#pragma once

#include "double_double.hpp"
#include "inline.hpp"
#include "polynomial.hpp"
#include "rounding.hpp"
#include "sin_squared.hpp"

namespace pywarmup::math {

inline constexpr DoubleDouble pi{0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};

// (sin(pi t) - pi t) / t^3 in powers of t^2 for |t| <= 1/4, from
// scripts/derive_math.py; its error is 2^-68.7 of sin(pi t) before rounding.
inline constexpr double sinpi_coefficients[] = {
    -0x1.4abbce625be53p+2,
    0x1.466bc6775ab5cp+1,
    -0x1.32d2cce63608cp-1,
    0x1.50783494be639p-4,
    -0x1.e3075fe927c35p-8,
    0x1.e8fd0ababc110p-12,
    -0x1.703fc53342c2dp-16,
};

// sin(pi t) for 0 <= t <= 1/4.
// Error <= 0.8 ulp for t = 0 and t >= 2^-900: pi t is kept exactly until the
// last addition.
template <Real Number>
PYWARMUP_INLINE constexpr Number sinpi(Number t) {
    const Number w = t * t;
    const auto line = two_product(t, pi.hi);
    const Number rest = t * (w * polynomial(sinpi_coefficients, w));
    return line.hi + (rest + (line.lo + t * pi.lo));
}

// cos(pi x) for 0 <= x <= 1.
// Error <= 1.25 ulp, relatively accurate around 1/2; 0, 1/2 and 1 give 1, 0, -1.
// 1 - x and 1/2 - x are exact wherever their values are used.
template <Real Number>
PYWARMUP_INLINE constexpr Number cospi(Number x) {
    const Number folded = select(x > 0.5, 1.0 - x, x);
    const Number near_zero = 1.0 - 2.0 * sin_squared(folded);
    const Number near_half = sinpi(0.5 - folded);
    const Number magnitude = select(folded < 0.25, near_zero, near_half);
    return select(x > 0.5, -magnitude, magnitude);
}

}  // namespace pywarmup::math
