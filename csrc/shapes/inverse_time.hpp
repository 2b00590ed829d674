// init / (1 + decay_rate t / every), in whole stairs if asked for.
#pragma once

#include "number.hpp"
#include "parameter.hpp"
#include "stairs.hpp"

namespace pywarmup::shapes {

struct InverseTime {
    static constexpr std::string_view kind = "inverse_time";
    static constexpr Parameter parameters[] = {{"init_value", Rule::non_negative},
                                               {"decay_rate", Rule::non_negative},
                                               {"every", Rule::length},
                                               {"staircase", Rule::flag}};

    double init_value_;
    double decay_rate_;
    double every_;
    bool staircase_;

    InverseTime(double init_value, double decay_rate, double every, bool staircase)
        : init_value_(init_value), decay_rate_(decay_rate), every_(every), staircase_(staircase) {}

    InverseTime stretched(double factor) const { return InverseTime(init_value_, decay_rate_, every_ * factor, staircase_); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = staircase_ ? stairs(t, every_) : t;
        return init_value_ / (decay_rate_ * (here / every_) + 1.0);
    }
};

}  // namespace pywarmup::shapes
