// end + (init - end) (1 - t / steps)^power
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Polynomial {
    static constexpr std::string_view kind = "polynomial";
    static constexpr Parameter parameters[] = {{"init_value", Rule::non_negative},
                                               {"end_value", Rule::non_negative},
                                               {"steps", Rule::length},
                                               {"power", Rule::non_negative}};

    double init_value_;
    double end_value_;
    double steps_;
    double power_;
    DoubleDouble change_;

    Polynomial(double init_value, double end_value, double steps, double power)
        : init_value_(init_value), end_value_(end_value), steps_(steps), power_(power), change_(difference(init_value, end_value)) {}

    Polynomial stretched(double factor) const { return Polynomial(init_value_, end_value_, steps_ * factor, power_); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return between(init_value_, end_value_, change_, power_progress(steps_ - minimum(t, steps_), steps_, power_));
    }
};

}  // namespace pywarmup::shapes
