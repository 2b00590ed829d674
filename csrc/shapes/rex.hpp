// end + (init - end) (1 - u) / (1/2 + (1 - u) / 2), u = t / steps: the reflected
// exponential of Chen et al. 2022 (arXiv:2107.04197, section 4).
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Rex {
    static constexpr std::string_view kind = "rex";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::non_negative}, {"end_value", Rule::non_negative}, {"steps", Rule::length}};

    double init_value_;
    double end_value_;
    double steps_;
    DoubleDouble change_;

    Rex(double init_value, double end_value, double steps)
        : init_value_(init_value), end_value_(end_value), steps_(steps), change_(difference(init_value, end_value)) {}

    Rex stretched(double factor) const { return Rex(init_value_, end_value_, steps_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = minimum(t, steps_);
        const Number remaining = steps_ - here;
        const Number both = steps_ + remaining;
        return between(init_value_, end_value_, change_, Progress<Number>{here / both, (remaining + remaining) / both});
    }
};

}  // namespace pywarmup::shapes
