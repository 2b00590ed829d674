// value (1 - exp(-(t + 1) / timescale)): the exponential warmup of Ma and Yarats 2019
// (arXiv:1910.04209, section 5), which approaches its value without reaching it.
#pragma once

#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct SaturatingExponential {
    static constexpr std::string_view kind = "saturating_exponential";
    static constexpr Parameter parameters[] = {{"value", Rule::non_negative}, {"timescale", Rule::length}};

    double value_;
    double timescale_;
    double unit_;  // what the 1 of t + 1 becomes when time is stretched
    DoubleDouble rate_;

    explicit SaturatingExponential(double value, double timescale, double unit = 1.0)
        : value_(value), timescale_(timescale), unit_(unit), rate_(-math::log2_e / timescale) {}

    SaturatingExponential stretched(double factor) const {
        return SaturatingExponential(value_, timescale_ * factor, unit_ * factor);
    }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return value_ * (0.0 - exp2m1(rate_, t, unit_));
    }
};

}  // namespace pywarmup::shapes
