// value 2^(rate t), for curves that lose or gain an equal part with every step.
//
// The exponent is taken apart: t = 64 turns + rest with |rest| <= 32, and
//
//     value 2^(rate t) = (value 2^(64 rate turns)) 2^(rate rest).
//
// Steps in order share both factors: the first one for 64 steps, the second one with
// every other turn, so a value there costs two multiplications and one addition
// (program/shape_range.hpp).  A single step computes both; the bits are the same.
//
// Each power is exact to about 2^-60; tests/test_accuracy.py holds what the roundings of
// the products and sums add up to under 3 ulp.  A result below 2^-1022 becomes 0, one
// above the range the largest finite double.
#pragma once

#include "../math/exp2.hpp"
#include "../math/log2.hpp"
#include "../math/power_of_two.hpp"
#include "number.hpp"

namespace pywarmup::shapes {

// mantissa 2^exponent, so that no product of powers leaves the range before the last.
template <class Number>
struct Scaled {
    Number mantissa;
    Number exponent;
};

template <class Number>
Scaled(Number, Number) -> Scaled<Number>;

// A power of two with more than double precision: (hi + lo) 2^exponent.
template <class Number>
struct Power {
    Number hi;
    Number lo;
    Number exponent;
};

inline Scaled<double> scaled(double value) {
    const double exponent = value > 0.0 ? math::nearest_exponent(maximum(value, 0x1p-1022)) : 0.0;
    return {math::scale(value, -exponent), exponent};
}

struct Geometric {
    static constexpr double steps_in_a_turn = 64.0;

    DoubleDouble rate;  // of log2(value), per step
    double turn;        // its length is stretched with time, so that a stretch by a power of two is exact

    explicit Geometric(DoubleDouble rate_, double turn_ = steps_in_a_turn) : rate(limited(rate_, 0x1p49 / turn_)), turn(turn_) {}

    // A rate that keeps both parts of an exponent in the range of exact integers.  A
    // steeper one has left nothing, or everything, after 2^-44 of a turn all the same.
    static DoubleDouble limited(DoubleDouble rate, double limit) {
        const double hi = maximum(minimum(rate.hi, limit), -limit);
        return {hi, hi == rate.hi ? rate.lo : 0.0};
    }

    // The middle of the turn that a step is in; the difference to the step is exact.
    template <Real Number>
    PYWARMUP_INLINE Number middle(Number t) const {
        return floor((t + 0.5 * turn) / turn) * turn;
    }

    // 2^(rate t)
    template <Real Number>
    PYWARMUP_INLINE Power<Number> power(Number t) const {
        const auto parts = math::exp2_parts(rate * t, -0x1p50, 0x1p50);
        const auto mantissa = math::exp2_mantissa(parts);
        return {mantissa.hi, mantissa.lo, parts.integer};
    }

    // value 2^(rate t), rounded.
    template <Real Number>
    PYWARMUP_INLINE Scaled<Number> multiplied(Scaled<Number> value, Number t) const {
        const auto factor = power(t);
        return {value.mantissa * factor.hi + value.mantissa * factor.lo, value.exponent + factor.exponent};
    }

    template <Real Number>
    PYWARMUP_INLINE Number value(Scaled<Number> value, Number t) const {
        const Number here = middle(t);
        const Scaled<Number> result = multiplied(multiplied(value, here), t - here);
        const Number exponent = minimum(maximum(result.exponent, -1023.0), 2000.0);
        const Number first = minimum(exponent, 1023.0);
        return math::saturate(result.mantissa * math::power_of_two(first) * math::power_of_two(exponent - first));
    }
};

// value 2^(rate t)
template <Real Number>
PYWARMUP_INLINE Number times_exp2(Scaled<Number> value, const Geometric& curve, Number t) {
    return curve.value(value, t);
}

template <Vector Number>
PYWARMUP_INLINE Number times_exp2(Scaled<double> value, const Geometric& curve, Number t) {
    return curve.value(Scaled<Number>{constant(t, value.mantissa), constant(t, value.exponent)}, t);
}

template <class Condition>
PYWARMUP_INLINE auto select(Condition condition, Scaled<double> if_true, Scaled<double> if_false) {
    return Scaled{select(condition, if_true.mantissa, if_false.mantissa), select(condition, if_true.exponent, if_false.exponent)};
}

}  // namespace pywarmup::shapes
