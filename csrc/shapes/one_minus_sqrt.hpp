// end + (init - end) (1 - sqrt(t / steps)), the decay of Haegele et al. 2024
// (arXiv:2405.18392, section 3).
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct OneMinusSqrt {
    static constexpr std::string_view kind = "one_minus_sqrt";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::non_negative}, {"end_value", Rule::non_negative}, {"steps", Rule::length}};

    double init_value_;
    double end_value_;
    double steps_;
    DoubleDouble change_;

    OneMinusSqrt(double init_value, double end_value, double steps)
        : init_value_(init_value), end_value_(end_value), steps_(steps), change_(difference(init_value, end_value)) {}

    OneMinusSqrt stretched(double factor) const { return OneMinusSqrt(init_value_, end_value_, steps_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = minimum(t, steps_);
        const Number remaining = steps_ - here;
        const auto [root, complement] = sqrt_and_complement(here, remaining, steps_);
        return between(init_value_, end_value_, change_, Progress{root, complement});
    }
};

}  // namespace pywarmup::shapes
