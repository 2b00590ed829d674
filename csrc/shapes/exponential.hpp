// init (end / init)^(t / steps): equal ratios from step to step.
#pragma once

#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Exponential {
    static constexpr std::string_view kind = "exponential";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::positive}, {"end_value", Rule::positive}, {"steps", Rule::length}};

    double init_value_;
    double end_value_;
    double steps_;
    DoubleDouble rate_;

    Exponential(double init_value, double end_value, double steps)
        : init_value_(init_value), end_value_(end_value), steps_(steps), rate_(log2_ratio(end_value, init_value) / steps) {}

    Exponential stretched(double factor) const { return Exponential(init_value_, end_value_, steps_ * factor); }

    // From the nearer end, so that both ends are exact.
    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = minimum(t, steps_);
        const Number remaining = steps_ - here;
        const auto first_half = here < remaining;
        return times_exp2(select(first_half, here * 0.0 + init_value_, here * 0.0 + end_value_), rate_,
                          select(first_half, here, here - steps_));
    }

    // log2(a / b); the quotient keeps its accuracy near 1, the difference cannot overflow.
    static DoubleDouble log2_ratio(double a, double b) {
        const double quotient = a / b;
        const bool is_moderate = quotient > 0x1p-900 && quotient < 0x1p900 && b > 0x1p-900 && b < 0x1p900;
        return is_moderate ? math::log2(math::divide(a, b)) : math::log2(a) - math::log2(b);
    }
};

}  // namespace pywarmup::shapes
