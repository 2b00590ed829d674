// end + (init - end) sqrt(1 - t / steps)
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct SquareRoot {
    static constexpr std::string_view kind = "square_root";
    static constexpr Parameter parameters[] = {
        {"init_value", Rule::non_negative}, {"end_value", Rule::non_negative}, {"steps", Rule::length}};

    double init_value_;
    double end_value_;
    double steps_;
    DoubleDouble change_;

    SquareRoot(double init_value, double end_value, double steps)
        : init_value_(init_value), end_value_(end_value), steps_(steps), change_(difference(init_value, end_value)) {}

    SquareRoot stretched(double factor) const { return SquareRoot(init_value_, end_value_, steps_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = minimum(t, steps_);
        const Number remaining = steps_ - here;
        const auto [root, complement] = sqrt_and_complement(remaining, here, steps_);
        return between(init_value_, end_value_, change_, Progress{complement, root});
    }
};

}  // namespace pywarmup::shapes
