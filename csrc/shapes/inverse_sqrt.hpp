// init sqrt(timescale / (t + offset)), the offset being the timescale unless it is given.
#pragma once

#include "../math/power_of_two.hpp"
#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct InverseSqrt {
    static constexpr std::string_view kind = "inverse_sqrt";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::non_negative}, {"timescale", Rule::length}, {"offset", Rule::optional_length}};

    double init_value_;
    double timescale_;
    double offset_;

    InverseSqrt(double init_value, double timescale, double offset)
        : init_value_(init_value), timescale_(timescale), offset_(offset) {}

    template <class Build>
    static auto make(const Arguments& given, Build build) {
        const double timescale = given[1].number;
        return build(InverseSqrt(given[0].number, timescale, given[2].number_or(timescale)));
    }

    InverseSqrt stretched(double factor) const { return InverseSqrt(init_value_, timescale_ * factor, offset_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return minimum(init_value_ * sqrt(timescale_ / (t + offset_)), math::largest_finite);
    }
};

}  // namespace pywarmup::shapes
