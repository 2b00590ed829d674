// values[floor(t)], the last one for ever.
#pragma once

#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Table {
    static constexpr std::string_view kind = "table";
    static constexpr Parameter parameters[] = {{"values", Rule::numbers}};

    double steps_;
    double unit_;  // the length of a step when time is stretched
    double last_;

    Table(double count, double unit) : steps_(count * unit), unit_(unit), last_(count - 1.0) {}

    template <class Build>
    static auto make(const Arguments& given, Build build) {
        return build(Table(static_cast<double>(given[0].numbers.size()), 1.0), given[0].numbers);
    }

    Table stretched(double factor) const { return Table(last_ + 1.0, unit_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t, const double* table) const {
        const auto count = static_cast<std::size_t>(last_) + 1;
        return take(table, count, minimum(floor(t / unit_), last_));
    }
};

}  // namespace pywarmup::shapes
