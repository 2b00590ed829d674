// init ((t + offset) / timescale)^power, the offset being the timescale unless it is given.
#pragma once

#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct PowerLaw {
    static constexpr std::string_view kind = "power_law";
    static constexpr Parameter parameters[] = {{"init_value", Rule::non_negative},
                                               {"power", Rule::finite},
                                               {"timescale", Rule::length},
                                               {"offset", Rule::optional_length}};

    double init_value_;
    double power_;
    double timescale_;
    double offset_;

    PowerLaw(double init_value, double power, double timescale, double offset)
        : init_value_(init_value), power_(power), timescale_(timescale), offset_(offset) {}

    template <class Build>
    static auto make(const Arguments& given, Build build) {
        const double timescale = given[2].number;
        return build(PowerLaw(given[0].number, given[1].number, timescale, given[3].number_or(timescale)));
    }

    PowerLaw stretched(double factor) const { return PowerLaw(init_value_, power_, timescale_ * factor, offset_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return times_power(init_value_, t, offset_, timescale_, power_);
    }
};

}  // namespace pywarmup::shapes
