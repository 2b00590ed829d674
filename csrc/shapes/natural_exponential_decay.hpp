// init exp(-decay_rate t / every)
#pragma once

#include "geometric.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct NaturalExponentialDecay {
    static constexpr std::string_view kind = "natural_exponential_decay";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::non_negative}, {"decay_rate", Rule::non_negative}, {"every", Rule::length}};

    double init_value_;
    double decay_rate_;
    double every_;
    Geometric curve_;
    Scaled<double> init_;

    NaturalExponentialDecay(double init_value, double decay_rate, double every, double turn = Geometric::steps_in_a_turn)
        : init_value_(init_value), decay_rate_(decay_rate), every_(every), curve_(math::log2_e * -minimum(decay_rate, 0x1p200) / every, turn),
          init_(scaled(init_value)) {}

    NaturalExponentialDecay stretched(double factor) const {
        return NaturalExponentialDecay(init_value_, decay_rate_, every_ * factor, curve_.turn * factor);
    }

    bool is_geometric() const { return true; }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return times_exp2(init_, curve_, t);
    }
};

}  // namespace pywarmup::shapes
