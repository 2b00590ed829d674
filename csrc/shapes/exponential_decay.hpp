// init decay_rate^(t / every), in whole stairs if asked for.
#pragma once

#include "geometric.hpp"
#include "parameter.hpp"
#include "stairs.hpp"

namespace pywarmup::shapes {

struct ExponentialDecay {
    static constexpr std::string_view kind = "exponential_decay";
    static constexpr Parameter parameters[] = {{"init_value", Rule::non_negative},
                                               {"decay_rate", Rule::non_negative},
                                               {"every", Rule::length},
                                               {"staircase", Rule::flag}};

    double init_value_;
    double every_;
    bool staircase_;
    DoubleDouble log2_rate_;
    Geometric curve_;
    Scaled<double> init_;

    // A rate of 0 leaves nothing after the first fraction of a step.
    ExponentialDecay(double init_value, double decay_rate, double every, bool staircase)
        : ExponentialDecay(init_value, decay_rate > 0.0 ? math::log2(decay_rate) : DoubleDouble{-0x1p100, 0.0}, every, staircase) {}

    ExponentialDecay(double init_value, DoubleDouble log2_rate, double every, bool staircase, double turn = Geometric::steps_in_a_turn)
        : init_value_(init_value), every_(every), staircase_(staircase), log2_rate_(log2_rate), curve_(log2_rate / every, turn),
          init_(scaled(init_value)) {}

    ExponentialDecay stretched(double factor) const { return ExponentialDecay(init_value_, log2_rate_, every_ * factor, staircase_, curve_.turn * factor); }

    bool is_geometric() const { return !staircase_; }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = staircase_ ? stairs(t, every_) : t;
        return times_exp2(init_, curve_, here);
    }
};

}  // namespace pywarmup::shapes
