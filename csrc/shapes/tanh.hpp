// end + (init - end) (tanh(upper) - tanh(x)) / (tanh(upper) - tanh(lower)), with x
// running from lower to upper: the decay of Hsueh et al. 2019 (arXiv:1806.01593,
// equation 4), scaled so that its ends are exact.
#pragma once

#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

struct Tanh {
    static constexpr std::string_view kind = "tanh";
    static constexpr Parameter parameters[] = {{"init_value", Rule::non_negative},
                                               {"end_value", Rule::non_negative},
                                               {"steps", Rule::length},
                                               {"lower", Rule::tanh_end},
                                               {"upper", Rule::tanh_end}};

    // (tanh(x) - tanh(start)) / (tanh(stop) - tanh(start)) at a distance from the
    // start, as E / (fixed + growing E) with E = exp(2 (x - start)) - 1: the difference
    // of two tanh would cancel near the start.
    struct Side {
        double fixed;
        double growing;
        DoubleDouble rate;

        Side(double start, double stop, double steps) : rate(math::log2_e * width(start, stop) / steps) {
            const DoubleDouble base = power(math::log2_e * (2.0 * start));
            const DoubleDouble most = power(math::log2_e * width(start, stop)) - 1.0;
            const DoubleDouble weight = (power(math::log2_e * (2.0 * stop)) + 1.0) / most;
            fixed = ((base + 1.0) / weight).hi;
            growing = (base / weight).hi;
        }

        static DoubleDouble width(double start, double stop) { return math::two_sum(stop, -start) * 2.0; }

        // 2^x in double-double.
        static DoubleDouble power(DoubleDouble x) {
            const auto parts = math::exp2_parts(x, -600.0, 600.0);
            const DoubleDouble mantissa = math::exp2_mantissa(parts);
            const double scale = math::power_of_two(parts.integer);
            return math::quick_two_sum(mantissa.hi * scale, mantissa.lo * scale);
        }

        template <class Number>
        PYWARMUP_INLINE Number fraction(Number distance) const {
            const Number grown = exp2m1(rate, distance);
            return grown / (fixed + growing * grown);
        }
    };

    double init_value_;
    double end_value_;
    double steps_;
    double lower_;
    double upper_;
    DoubleDouble change_;
    Side from_start_;
    Side from_end_;

    Tanh(double init_value, double end_value, double steps, double lower, double upper)
        : init_value_(init_value), end_value_(end_value), steps_(steps), lower_(lower), upper_(upper),
          change_(difference(init_value, end_value)), from_start_(lower, upper, steps), from_end_(-upper, -lower, steps) {}

    static std::optional<Conflict> conflict(const Arguments& given) {
        if (given[3].number < given[4].number) return std::nullopt;
        return Conflict{3, "less than `upper`"};
    }

    Tanh stretched(double factor) const { return Tanh(init_value_, end_value_, steps_ * factor, lower_, upper_); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number here = minimum(t, steps_);
        const Progress<Number> progress{from_start_.fraction(here), from_end_.fraction(steps_ - here)};
        return between(init_value_, end_value_, change_, progress);
    }
};

}  // namespace pywarmup::shapes
