// Real powers through the binary logarithm.
#pragma once

#include "double_double.hpp"
#include "exp2.hpp"
#include "inline.hpp"
#include "log2.hpp"
#include "rounding.hpp"

namespace pywarmup::math {

// log2(base^exponent) for base > 0.
// Exponents beyond 2^900 in magnitude act like 2^900, which already sends every
// base but 1 out of range; the product must not overflow on its way.
template <Real Number>
PYWARMUP_INLINE constexpr Pair<Number> log2_of_power(Pair<Number> base, double exponent) {
    return log2(base) * maximum(minimum(exponent, 0x1p900), -0x1p900);
}

template <Real Number>
struct PowerAndComplement {
    Number power;
    Number complement;  // 1 - power
};

// base^exponent for base >= 0; error <= 0.6 ulp for normal results.
// 0^0 and base^0 give 1, 1^exponent gives 1, 0^exponent gives 0 for
// exponent > 0; overflow gives the largest finite double.
//
// Its complement for 0 <= base <= 1 and exponent >= 0; error <= 1.2 ulp, also where
// the power is near 1, for results that are 0 or at least 2^-900.
// base 1 or exponent 0 give 0; base 0 gives 1 for exponent > 0.
template <Real Number>
PYWARMUP_INLINE constexpr PowerAndComplement<Number> pow(Pair<Number> base, double exponent) {
    const double at_zero = select(exponent > 0.0, 0.0, select(exponent < 0.0, largest_finite, 1.0));
    const auto is_positive = base.hi > 0.0;
    const auto logarithm = log2_of_power(base, exponent);
    return {select(is_positive, exp2(logarithm), at_zero), select(is_positive, 0.0 - exp2m1(logarithm), 1.0 - at_zero)};
}

}  // namespace pywarmup::math
