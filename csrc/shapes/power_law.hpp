// init ((t + shift) / timescale)^power, the shift being the timescale unless it is given.
#pragma once

#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct PowerLaw {
    static constexpr std::string_view kind = "power_law";
    static constexpr Parameter parameters[] = {{"init_value", Rule::non_negative},
                                               {"power", Rule::finite},
                                               {"timescale", Rule::length},
                                               {"shift", Rule::optional_length}};

    double init_value_;
    double power_;
    double timescale_;
    double shift_;

    PowerLaw(double init_value, double power, double timescale, double shift)
        : init_value_(init_value), power_(power), timescale_(timescale), shift_(shift) {}

    template <class Build>
    static auto make(const Arguments& given, Build build) {
        const double timescale = given[2].number;
        return build(PowerLaw(given[0].number, given[1].number, timescale, given[3].number_or(timescale)));
    }

    PowerLaw stretched(double factor) const { return PowerLaw(init_value_, power_, timescale_ * factor, shift_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return times_power(init_value_, t, shift_, timescale_, power_);
    }
};

}  // namespace pywarmup::shapes
