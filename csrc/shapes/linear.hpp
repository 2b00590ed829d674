// init + (end - init) t / steps
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Linear : Symmetric<Linear> {
    static constexpr std::string_view kind = "linear";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::non_negative}, {"end_value", Rule::non_negative}, {"steps", Rule::length}};

    double init_value_;
    double end_value_;
    double steps_;
    DoubleDouble slope_;

    Linear(double init_value, double end_value, double steps)
        : init_value_(init_value), end_value_(end_value), steps_(steps), slope_(slope(init_value, end_value, steps)) {}

    Linear stretched(double factor) const { return Linear(init_value_, end_value_, steps_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number rise(Number distance) const {
        return slope_.hi * distance + slope_.lo * distance;
    }
};

}  // namespace pywarmup::shapes
