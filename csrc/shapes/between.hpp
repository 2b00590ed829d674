// The two ways in which a shape runs from one value to another.  Both measure
// from the nearer end: that makes the ends exact, keeps relative accuracy near a
// zero floor, and keeps the curve monotone where the halves meet.
#pragma once

#include "number.hpp"

namespace pywarmup::shapes {

// end - init without rounding.
inline DoubleDouble difference(double init_value, double end_value) {
    return math::two_sum(end_value, -init_value);
}

// A power of two that brings a value near 1, so that products of its parts neither
// overflow nor vanish.
inline double normalising_scale(double value) {
    const double size = maximum(minimum(std::abs(value), 0x1p1000), 0x1p-1000);
    return math::power_of_two(-math::nearest_exponent(size));
}

// (end - init) / steps
inline DoubleDouble slope(double init_value, double end_value, double steps) {
    const double scale = normalising_scale(maximum(std::abs(init_value), std::abs(end_value)));
    const DoubleDouble scaled = difference(init_value * scale, end_value * scale) / steps;
    return {scaled.hi / scale, scaled.lo / scale};
}

// A curve that is point-symmetric about its middle: the shape says in rise(d) how far
// it has come d steps from an end.  The two halves stand for themselves because an
// array of steps in order runs through one and then the other (program/shape_range.hpp).
template <class Shape>
struct Symmetric {
    template <class Number>
    PYWARMUP_INLINE Number near_start(Number distance) const {
        return shape().init_value_ + shape().rise(distance);
    }

    template <class Number>
    PYWARMUP_INLINE Number near_end(Number distance) const {
        return shape().end_value_ - shape().rise(distance);
    }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = minimum(shape().steps_, t);
        const Number remaining = shape().steps_ - here;
        const auto first_half = here < remaining;
        const Number change = shape().rise(minimum(here, remaining));
        return select(first_half, shape().init_value_ + change, shape().end_value_ - change);
    }

private:
    PYWARMUP_INLINE const Shape& shape() const { return static_cast<const Shape&>(*this); }
};

// init + (end - init) from_start, measured from the nearer end.
template <class Number>
PYWARMUP_INLINE Number between(double init_value, double end_value, DoubleDouble change, Progress<Number> progress) {
    const auto first_half = progress.from_start < progress.from_end;
    const Number part = select(first_half, progress.from_start, progress.from_end);
    const Number moved = change.hi * part + change.lo * part;
    return select(first_half, init_value + moved, end_value - moved);
}

// The same for progress known to more than double precision: rounded once.
template <Real Number>
PYWARMUP_INLINE Number between(double init_value, double end_value, DoubleDouble change, Progress<Pair<Number>> progress) {
    const auto first_half = progress.from_start.hi < progress.from_end.hi;
    const Pair<Number> part{select(first_half, progress.from_start.hi, progress.from_end.hi),
                            select(first_half, progress.from_start.lo, progress.from_end.lo)};
    const auto moved = change * part;
    const Number sign = select(first_half, math::broadcast<Number>(1.0), math::broadcast<Number>(-1.0));
    const auto sum = math::two_sum(select(first_half, math::broadcast<Number>(init_value), math::broadcast<Number>(end_value)), sign * moved.hi);
    return sum.hi + (sum.lo + sign * moved.lo);
}

}  // namespace pywarmup::shapes
