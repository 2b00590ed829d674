// One value, for a number of steps or for ever.
#pragma once

#include <limits>

#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Constant {
    static constexpr std::string_view kind = "constant";
    static constexpr Parameter parameters[] = {{"value", Rule::finite}, {"steps", Rule::optional_length}};

    double value_;
    double steps_;

    Constant(double value, double steps)
        : value_(value), steps_(steps) {}

    template <class Build>
    static auto make(const Arguments& given, Build build) {
        return build(Constant(given[0].number, given[1].number_or(std::numeric_limits<double>::infinity())));
    }

    Constant stretched(double factor) const { return Constant(value_, steps_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return constant(t, value_);
    }
};

}  // namespace pywarmup::shapes
