// What a shape's formula may be written in, for the number type double.
//
// A formula is a template over its number type: read as double it is computed,
// read as program::Expression it is recorded, and the expression has the same
// functions.  Each of them takes what the precise computation wants to know (a
// rate in double-double, a quotient before it is rounded); a recording keeps
// the plain mathematics.
#pragma once

#include <cmath>

#include "../math/double_double.hpp"
#include "../math/exp2.hpp"
#include "../math/inline.hpp"
#include "../math/log2.hpp"
#include "../math/pow.hpp"
#include "../math/rounding.hpp"
#include "../math/sin_squared.hpp"

namespace pywarmup::shapes {

using math::DoubleDouble;
using math::floor;
using math::maximum;
using math::minimum;
using math::select;

// How far a curve has come: from_start + from_end = 1, each computed without
// cancellation, so that the smaller one keeps its relative accuracy.
template <class Number>
struct Progress {
    Number from_start;
    Number from_end;
};

PYWARMUP_INLINE double sqrt(double x) {
    return std::sqrt(x);
}

// value * 2^(rate t)
PYWARMUP_INLINE double times_exp2(double value, DoubleDouble rate, double t) {
    return math::times_exp2(value, rate * t);
}

// 2^(rate t) - 1
PYWARMUP_INLINE double exp2m1(DoubleDouble rate, double t) {
    return math::exp2m1(rate * t);
}

// 2^(rate (t + offset)) - 1
PYWARMUP_INLINE double exp2m1(DoubleDouble rate, double t, double offset) {
    return math::exp2m1(math::two_sum(t, offset) * rate);
}

// value * ((t + offset) / timescale)^power
PYWARMUP_INLINE double times_power(double value, double t, double offset, double timescale, double power) {
    const DoubleDouble ratio = math::two_sum(t, offset) / timescale;
    return math::times_exp2(value, math::log2_of_power(ratio, power));
}

// from_end = (remaining / steps)^power; nothing remaining counts as 0^0 = 0.
PYWARMUP_INLINE Progress<double> power_progress(double remaining, double steps, double power) {
    const DoubleDouble ratio = math::divide(remaining, steps);
    const bool ended = remaining <= 0.0;
    return {select(ended, 1.0, math::one_minus_pow(ratio, power)), select(ended, 0.0, math::pow(ratio, power))};
}

// from_end = cos(pi t / (2 steps))^(2 exponent)
PYWARMUP_INLINE Progress<double> cosine_progress(double t, double steps, double exponent) {
    const double remaining = steps - t;
    const bool first_half = t < remaining;
    const DoubleDouble sine = math::sin_squared(math::divide(select(first_half, t, remaining), steps));
    const DoubleDouble complement = 1.0 - sine;
    const DoubleDouble base{select(first_half, complement.hi, sine.hi), select(first_half, complement.lo, sine.lo)};
    return {math::one_minus_pow(base, exponent), math::pow(base, exponent)};
}

// root = sqrt(part / whole) and its complement 1 - root, for rest = whole - part.
struct Root {
    DoubleDouble root;
    DoubleDouble complement;
};

PYWARMUP_INLINE Root sqrt_and_complement(double part, double rest, double whole) {
    const DoubleDouble ratio = math::divide(part, whole);
    const double root = std::sqrt(ratio.hi);
    const DoubleDouble square = math::two_product(root, root);
    const double missing = ((ratio.hi - square.hi) - square.lo) + ratio.lo;
    const DoubleDouble exact = math::quick_two_sum(root, select(root > 0.0, missing / (root + root), 0.0));
    return {exact, rest / ((exact + 1.0) * whole)};
}

// from_start = log(1 + t / unit) / log(1 + steps / unit), with rate = 1 / log2(1 + steps / unit)
PYWARMUP_INLINE Progress<double> log_progress(double t, double steps, double unit, DoubleDouble rate) {
    const DoubleDouble here = math::two_sum(t, unit);
    const DoubleDouble from_start = math::log2(here / unit) * rate;
    const DoubleDouble from_end = math::log2(math::two_sum(steps, unit) / here) * rate;
    return {from_start.hi, from_end.hi};
}

// The number of entries of a sorted table that are <= t, and the entry at an index.
inline double search(const double* table, std::size_t count, double t) {
    std::size_t below = 0;
    while (count > 0) {
        const std::size_t half = count / 2;
        const bool right = table[below + half] <= t;
        below += right ? half + 1 : 0;
        count = right ? count - half - 1 : half;
    }
    return static_cast<double>(below);
}

inline double take(const double* table, std::size_t, double index) {
    return table[static_cast<std::size_t>(index)];
}

}  // namespace pywarmup::shapes
