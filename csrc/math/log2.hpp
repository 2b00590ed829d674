// The binary logarithm to more than double precision, so that it can be
// multiplied by a large exponent and raised again.
#pragma once

#include <bit>
#include <cstdint>

#include "double_double.hpp"
#include "inline.hpp"
#include "polynomial.hpp"
#include "power_of_two.hpp"
#include "rounding.hpp"
#include "vector.hpp"

namespace pywarmup::math {

inline constexpr DoubleDouble log2_e{0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};

// log2((1 + s) / (1 - s)) = s (first + z (second + z (third + z T(z)))) with
// z = s^2; T serves |s| <= (sqrt 2 - 1) / (sqrt 2 + 1).  All constants come from
// scripts/derive_math.py; the error is 2^-72.7 of the result before rounding.
inline constexpr DoubleDouble log2_first{0x1.71547652b82fep+1, 0x1.777d0ffda0d24p-55};
inline constexpr DoubleDouble log2_second{0x1.ec709dc3a03fdp-1, 0x1.d27f05548af0cp-55};
inline constexpr DoubleDouble log2_third{0x1.2776c50ef9bfep-1, 0x1.e4b29ccc535d4p-55};
inline constexpr double log2_coefficients[] = {
    0x1.a61762a7ae3c4p-2,
    0x1.484b13d72e555p-2,
    0x1.0c9a85054882cp-2,
    0x1.c68f029af5557p-3,
    0x1.8a0652e44e777p-3,
    0x1.593b32aaa1e25p-3,
    0x1.6015bb1ecad51p-3,
};

// The integer k with sqrt(1/2) <= x / 2^k < sqrt 2, for normal x > 0.
// Adding the bits of 1 less those of sqrt(1/2) makes the mantissa carry into the
// exponent exactly from sqrt 2 on.
template <Real Number>
PYWARMUP_INLINE constexpr Number nearest_exponent(Number x) {
    constexpr std::uint64_t root_half = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bcdp-1);
    constexpr std::uint64_t one = std::bit_cast<std::uint64_t>(1.0);
    const Bits<Number> exponent = (std::bit_cast<Bits<Number>>(x) + (one - root_half)) >> 52;
    const Bits<Number> shifted = exponent | std::bit_cast<std::uint64_t>(0x1p52);
    return std::bit_cast<Number>(shifted) - (0x1p52 + 1023.0);
}

// log2(1 + f) for 1 + f between sqrt(1/2) and sqrt 2; relative error <= 2^-70.
template <Real Number>
PYWARMUP_INLINE constexpr Pair<Number> log2_near_one(Pair<Number> f) {
    const auto s = f / (2.0 + f);
    const auto z = s * s;
    Pair<Number> sum = add_smaller(log2_third, z * polynomial(log2_coefficients, z.hi));
    sum = add_smaller(log2_second, z * sum);
    sum = add_smaller(log2_first, z * sum);
    return s * sum;
}

// log2(x) for finite x > 0, subnormals included; relative error <= 2^-70 while
// |x - 1| is 0 or at least 2^-900.  Powers of two are exact, 1 gives 0 + 0.
template <Real Number>
PYWARMUP_NOINLINE constexpr Pair<Number> log2(Pair<Number> x) {
    const auto is_subnormal = x.hi < 0x1p-1022;
    const auto lift = select(is_subnormal, 0x1p54, 1.0);
    const auto exponent = nearest_exponent(x.hi * lift);
    const auto hi = scale(x.hi * lift, -exponent);
    const auto lo = scale(x.lo * lift, -exponent);
    const auto fraction = log2_near_one(two_sum(hi - 1.0, lo));
    return fraction + (exponent - select(is_subnormal, 54.0, 0.0));
}

template <Real Number>
PYWARMUP_INLINE constexpr Pair<Number> log2(Number x) {
    return log2(Pair{x, broadcast<Number>(0.0)});
}

}  // namespace pywarmup::math
