// Straight lines through given points.
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct PiecewiseLinear {
    static constexpr std::string_view kind = "piecewise_linear";
    static constexpr Parameter parameters[] = {{"points", Rule::points}};

    // The table holds columns: positions and values of the points, and the slope
    // of the line after each point but the last, in double-double.
    std::size_t count_;
    double steps_;
    double unit_;  // the length of a step when time is stretched

    PiecewiseLinear(std::size_t count, double steps, double unit) : count_(count), steps_(steps), unit_(unit) {}

    template <class Build>
    static auto make(const Arguments& given, Build build) {
        const std::vector<double>& points = given[0].numbers;
        const std::size_t count = points.size() / 2;
        std::vector<double> table(4 * count, 0.0);
        for (std::size_t index = 0; index < count; ++index) {
            table[index] = points[2 * index];
            table[count + index] = points[2 * index + 1];
        }
        for (std::size_t index = 0; index + 1 < count; ++index) {
            const double width = table[index + 1] - table[index];
            const DoubleDouble line = slope(table[count + index], table[count + index + 1], width);
            table[2 * count + index] = line.hi;
            table[3 * count + index] = line.lo;
        }
        return build(PiecewiseLinear(count, points[points.size() - 2], 1.0), table);
    }

    PiecewiseLinear stretched(double factor) const { return PiecewiseLinear(count_, steps_ * factor, unit_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t, const double* table) const {
        const Number here = minimum(t / unit_, steps_ / unit_);
        const double last = static_cast<double>(count_ - 2);
        const Number index = minimum(search(table + 1, count_ - 1, here), last);
        const auto column = [&](std::size_t number, Number row) { return take(table + number * count_, count_, row); };
        const Number before = here - column(0, index);
        const Number after = column(0, index + 1.0) - here;
        const auto first_half = before < after;
        const Number distance = select(first_half, before, after);
        const Number change = column(2, index) * distance + column(3, index) * distance;
        return select(first_half, column(1, index) + change, column(1, index + 1.0) - change);
    }
};

}  // namespace pywarmup::shapes
