// init + (end - init) log(1 + t) / log(1 + steps)
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Logarithmic {
    static constexpr std::string_view kind = "logarithmic";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::non_negative}, {"end_value", Rule::non_negative}, {"steps", Rule::length}};

    double init_value_;
    double end_value_;
    double steps_;
    double unit_;  // what the 1 of 1 + t becomes when time is stretched
    DoubleDouble change_;
    DoubleDouble rate_;

    Logarithmic(double init_value, double end_value, double steps, double unit = 1.0)
        : init_value_(init_value), end_value_(end_value), steps_(steps), unit_(unit), change_(difference(init_value, end_value)),
          rate_(1.0 / math::log2(math::two_sum(unit, steps) / unit)) {}

    Logarithmic stretched(double factor) const { return Logarithmic(init_value_, end_value_, steps_ * factor, unit_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return between(init_value_, end_value_, change_, log_progress(minimum(t, steps_), steps_, unit_, rate_));
    }
};

}  // namespace pywarmup::shapes
