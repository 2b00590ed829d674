// The half-cosine kernel sin^2(pi u / 2) = (1 - cos(pi u)) / 2 for
// 0 <= u <= 1/2, as w P(w) with w = u^2.  Written this way it keeps its relative
// accuracy down to u = 0, where 1 - cos loses everything.
//
// The coefficients come from scripts/derive_math.py and are public, because a
// cosine shape folds its amplitude and step width into them.
#pragma once

#include "double_double.hpp"
#include "inline.hpp"
#include "polynomial.hpp"

namespace pywarmup::math {

// P(0) = pi^2 / 4.
inline constexpr DoubleDouble sin_squared_leading{0x1.3bd3cc9be45dep+1, 0x1.692b71366cc04p-53};

// P in ascending order, relative error 2^-65.1 on [0, 1/4] before rounding.
inline constexpr double sin_squared_coefficients[] = {
    0x1.3bd3cc9be45dep+1,
    -0x1.03c1f081b5ac4p+1,
    0x1.55d3c7e3cbfddp-1,
    -0x1.e1f50689193cfp-4,
    0x1.a6d1f2a06a190p-7,
    -0x1.f9d3890ae15c7p-11,
    0x1.b6e1cebf0cccdp-15,
    -0x1.20a634b3c9e4fp-19,
    0x1.2177c46d1dd52p-24,
};

// What rounding left out of the first coefficients of P.
inline constexpr double sin_squared_remainders[] = {
    0x1.692b71366cc04p-53,
    0x1.6d14ea144ac5bp-53,
    0x1.25c4d0b789a61p-55,
    0x1.69661e88dc81ep-58,
};

// sin^2(pi u / 2) for 0 <= u <= 1/2.
// Error <= 2 ulp for u = 0 and u >= 2^-500; 0 gives 0.
// What P loses to rounding is multiplied separately: it would cost 1 ulp.
template <Real Number>
PYWARMUP_INLINE constexpr Number sin_squared(Number u) {
    const Number w = u * u;
    const Number rest = w * polynomial<1>(sin_squared_coefficients, w);
    const auto sum = quick_two_sum(sin_squared_leading.hi, rest);
    return w * sum.hi + w * (sum.lo + sin_squared_leading.lo);
}

// sin^2(pi u / 2) for 0 <= u <= 1/2.
// Relative error <= 2^-64 for u = 0 and u >= 2^-450; 0 gives 0.
template <Real Number>
PYWARMUP_INLINE constexpr Pair<Number> sin_squared(Pair<Number> u) {
    const auto w = u * u;
    Pair<Number> sum = w * polynomial<4>(sin_squared_coefficients, w.hi);
    for (int index = 3; index >= 0; --index) {
        sum = w * add_smaller(DoubleDouble{sin_squared_coefficients[index], sin_squared_remainders[index]}, sum);
    }
    return sum;
}

}  // namespace pywarmup::math
