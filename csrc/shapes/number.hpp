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
using math::Pair;
using math::Real;
using math::select;
using math::Vector;

// How far a curve has come: from_start + from_end = 1, each computed without
// cancellation, so that the smaller one keeps its relative accuracy.
template <class Number>
struct Progress {
    Number from_start;
    Number from_end;
};

// Compilers without aggregate deduction (clang before 17) need to be told.
template <class Number>
Progress(Number, Number) -> Progress<Number>;

// A value that does not depend on the step, as the number type that the step has.
template <Real Number>
PYWARMUP_INLINE Number constant(Number, double value) {
    return math::broadcast<Number>(value);
}

template <Real Number>
PYWARMUP_INLINE Number sqrt(Number x) {
    return math::each_lane(x, [](double lane) { return std::sqrt(lane); });
}

// value * 2^(rate t)
template <Real Number>
PYWARMUP_INLINE Number times_exp2(Number value, DoubleDouble rate, Number t) {
    return math::times_exp2(value, rate * t);
}

// 2^(rate t) - 1
template <Real Number>
PYWARMUP_INLINE Number exp2m1(DoubleDouble rate, Number t) {
    return math::exp2m1(rate * t);
}

// 2^(rate (t + offset)) - 1
template <Real Number>
PYWARMUP_INLINE Number exp2m1(DoubleDouble rate, Number t, double offset) {
    return math::exp2m1(math::two_sum(t, offset) * rate);
}

// value * ((t + offset) / timescale)^power
template <Real Number>
PYWARMUP_INLINE Number times_power(double value, Number t, double offset, double timescale, double power) {
    const auto ratio = math::two_sum(t, offset) / timescale;
    return math::times_exp2(math::broadcast<Number>(value), math::log2_of_power(ratio, power));
}

// from_end = (remaining / steps)^power; nothing remaining counts as 0^0 = 0.
template <Real Number>
PYWARMUP_INLINE Progress<Number> power_progress(Number remaining, double steps, double power) {
    const auto ratio = math::divide(remaining, steps);
    const auto ended = remaining <= 0.0;
    const auto result = math::pow(ratio, power);
    return {select(ended, 1.0, result.complement), select(ended, 0.0, result.power)};
}

// from_end = cos(pi t / (2 steps))^(2 exponent)
template <Real Number>
PYWARMUP_INLINE Progress<Number> cosine_progress(Number t, double steps, double exponent) {
    const auto remaining = steps - t;
    const auto first_half = t < remaining;
    const auto sine = math::sin_squared(math::divide(select(first_half, t, remaining), steps));
    const auto complement = 1.0 - sine;
    const Pair<Number> base{select(first_half, complement.hi, sine.hi), select(first_half, complement.lo, sine.lo)};
    const auto result = math::pow(base, exponent);
    return {result.complement, result.power};
}

// root = sqrt(part / whole) and its complement 1 - root, for rest = whole - part.
template <Real Number>
struct Root {
    Pair<Number> root;
    Pair<Number> complement;
};

template <Real Number>
PYWARMUP_INLINE Root<Number> sqrt_and_complement(Number part, Number rest, double whole) {
    const auto ratio = math::divide(part, whole);
    const auto root = sqrt(ratio.hi);
    const auto square = math::two_product(root, root);
    const auto missing = ((ratio.hi - square.hi) - square.lo) + ratio.lo;
    const auto exact = math::quick_two_sum(root, select(root > 0.0, missing / (root + root), 0.0));
    return {exact, rest / ((exact + 1.0) * whole)};
}

// from_start = log(1 + t / unit) / log(1 + steps / unit), with rate = 1 / log2(1 + steps / unit)
template <Real Number>
PYWARMUP_INLINE Progress<Number> log_progress(Number t, double steps, double unit, DoubleDouble rate) {
    const auto here = math::two_sum(t, unit);
    const auto from_start = math::log2(here / unit) * rate;
    const auto from_end = math::log2(math::two_sum(steps, unit) / here) * rate;
    return {from_start.hi, from_end.hi};
}

// The number of entries of a sorted table that are <= t.
PYWARMUP_INLINE double search_one(const double* table, std::size_t count, double t) {
    std::size_t below = 0;
    while (count > 0) {
        const std::size_t half = count / 2;
        const bool right = table[below + half] <= t;
        below += right ? half + 1 : 0;
        count = right ? count - half - 1 : half;
    }
    return static_cast<double>(below);
}

template <Real Number>
PYWARMUP_INLINE Number search(const double* table, std::size_t count, Number t) {
    return math::each_lane(t, [=](double lane) { return search_one(table, count, lane); });
}

// The entry at an index.
template <Real Number>
PYWARMUP_INLINE Number take(const double* table, std::size_t, Number index) {
    return math::each_lane(index, [=](double lane) { return table[static_cast<std::size_t>(lane)]; });
}

}  // namespace pywarmup::shapes
