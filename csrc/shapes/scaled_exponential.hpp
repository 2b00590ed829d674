// end + (init - end) (ratio^u - ratio) / (1 - ratio), u = t / steps: an exponential
// scaled so that its ends are exact.  The ratio 1/2 is the "exponential" decay of
// Megatron's WSD, 1/10 the "exp" of timm's.
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct ScaledExponential {
    static constexpr std::string_view kind = "scaled_exponential";
    static constexpr Parameter parameters[] = {{"init_value", Rule::non_negative},
                                               {"end_value", Rule::non_negative},
                                               {"steps", Rule::length},
                                               {"ratio", Rule::positive}};

    double init_value_;
    double end_value_;
    double steps_;
    double ratio_;
    DoubleDouble change_;
    DoubleDouble rate_;  // -log2(ratio) per step
    double weight_;      // 1 / (1 - ratio)

    ScaledExponential(double init_value, double end_value, double steps, double ratio)
        : init_value_(init_value), end_value_(end_value), steps_(steps), ratio_(ratio), change_(difference(init_value, end_value)),
          rate_(-math::log2(ratio) / steps), weight_((1.0 / math::two_sum(1.0, -ratio)).hi) {}

    static std::optional<Conflict> conflict(const Arguments& given) {
        if (given[3].number != 1.0) return std::nullopt;
        return Conflict{3, "other than 1, where the curve is Linear"};
    }

    ScaledExponential stretched(double factor) const { return ScaledExponential(init_value_, end_value_, steps_ * factor, ratio_); }

    // ratio^u - ratio = ratio (ratio^-(1 - u) - 1), which does not cancel near the end.
    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = minimum(t, steps_);
        const Number from_start = (0.0 - exp2m1(-rate_, here)) * weight_;
        const Number from_end = exp2m1(rate_, steps_ - here) * (ratio_ * weight_);
        return between(init_value_, end_value_, change_, Progress<Number>{from_start, from_end});
    }
};

}  // namespace pywarmup::shapes
