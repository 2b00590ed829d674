// values[number of milestones <= t]: a milestone belongs to the value after it.
#pragma once

#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct PiecewiseConstant {
    static constexpr std::string_view kind = "piecewise_constant";
    static constexpr Parameter parameters[] = {{"values", Rule::numbers}, {"milestones", Rule::milestones}};

    std::size_t count_;  // of milestones; the table holds them before the values
    double unit_;        // the length of a step when time is stretched

    PiecewiseConstant(std::size_t count, double unit) : count_(count), unit_(unit) {}

    template <class Build>
    static auto make(const Arguments& given, Build build) {
        std::vector<double> table = given[1].numbers;
        table.insert(table.end(), given[0].numbers.begin(), given[0].numbers.end());
        return build(PiecewiseConstant(given[1].numbers.size(), 1.0), table);
    }

    static std::optional<Conflict> conflict(const Arguments& given) {
        if (given[0].numbers.size() == given[1].numbers.size() + 1) return std::nullopt;
        return Conflict{0, "one longer than `milestones`"};
    }

    PiecewiseConstant stretched(double factor) const { return PiecewiseConstant(count_, unit_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t, const double* table) const {
        return take(table + count_, count_ + 1, search(table, count_, t / unit_));
    }
};

}  // namespace pywarmup::shapes
