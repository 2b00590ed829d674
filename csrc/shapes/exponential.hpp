// init (end / init)^(t / steps): equal ratios from step to step.
#pragma once

#include "geometric.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Exponential {
    static constexpr std::string_view kind = "exponential";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::positive}, {"end_value", Rule::positive}, {"steps", Rule::length}};

    double init_value_;
    double end_value_;
    double steps_;
    Geometric curve_;
    Scaled<double> init_;
    Scaled<double> end_;
    bool is_flat_;

    // A length below one step has turns of its own size, or its rate would be limited.
    Exponential(double init_value, double end_value, double steps)
        : Exponential(init_value, end_value, steps, minimum(steps, 1.0) * Geometric::steps_in_a_turn) {}

    Exponential(double init_value, double end_value, double steps, double turn)
        : init_value_(init_value), end_value_(end_value), steps_(steps), curve_(log2_ratio(end_value, init_value) / steps, turn),
          init_(scaled(init_value)), end_(scaled(end_value)), is_flat_(std::abs(curve_.rate.hi) * steps < 0.5) {}

    Exponential stretched(double factor) const { return Exponential(init_value_, end_value_, steps_ * factor, curve_.turn * factor); }

    // From the nearer end, so that both ends are exact.  Where the ends are near each
    // other, only adding the change to an end is monotone to the last bit.
    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = minimum(t, steps_);
        const Number remaining = steps_ - here;
        const auto first_half = here < remaining;
        const Number distance = select(first_half, here, 0.0 - remaining);
        return is_flat_ ? flat(select(first_half, constant(here, init_value_), constant(here, end_value_)), distance)
                        : times_exp2(select(first_half, init_, end_), curve_, distance);
    }

    template <class Number>
    PYWARMUP_INLINE Number flat(Number anchor, Number distance) const {
        return anchor + anchor * exp2m1(curve_.rate, distance);
    }

    // log2(a / b); the quotient keeps its accuracy near 1, the difference cannot overflow.
    static DoubleDouble log2_ratio(double a, double b) {
        const double quotient = a / b;
        const bool is_moderate = quotient > 0x1p-900 && quotient < 0x1p900 && b > 0x1p-900 && b < 0x1p900;
        return is_moderate ? math::log2(math::divide(a, b)) : math::log2(a) - math::log2(b);
    }
};

}  // namespace pywarmup::shapes
