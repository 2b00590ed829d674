// end + (init - end) (1 + cos(pi t / steps)) / 2, the half-cosine of SGDR
// (Loshchilov and Hutter 2017, equation 5), and its power.
#pragma once

#include <array>
#include <cstddef>

#include "../math/power_of_two.hpp"
#include "between.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

// end + (init - end) ((1 + cos(pi t / steps)) / 2)^exponent
struct CosinePower {
    double init_value_;
    double end_value_;
    double steps_;
    double exponent_;
    DoubleDouble change_;

    CosinePower(double init_value, double end_value, double steps, double exponent)
        : init_value_(init_value), end_value_(end_value), steps_(steps), exponent_(exponent), change_(difference(init_value, end_value)) {}

    CosinePower stretched(double factor) const { return CosinePower(init_value_, end_value_, steps_ * factor, exponent_); }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        return between(init_value_, end_value_, change_, cosine_progress(minimum(t, steps_), steps_, exponent_));
    }
};

// The change from an end is (end - init) sin^2(pi d / (2 steps)), d being the
// distance to that end: sin^2 loses nothing near a zero floor, where 1 + cos
// cancels.  sin^2 is a polynomial in d^2 (math/sin_squared.hpp); the amplitude
// and the powers of 1 / steps are multiplied into its coefficients here, once,
// so that a value costs no division.  Distances are first scaled by a power of
// two (exact) to at most 1, which keeps every coefficient in range.
struct Cosine : Symmetric<Cosine> {
    static constexpr std::string_view kind = "cosine";
    static constexpr Parameter parameters[] = {{"init_value", Rule::non_negative},
                                               {"end_value", Rule::non_negative},
                                               {"steps", Rule::length},
                                               {"exponent", Rule::positive}};
    static constexpr std::size_t terms = std::size(math::sin_squared_coefficients);

    double init_value_;
    double end_value_;
    double steps_;
    double scale_;
    double remainder_;  // what rounding left out of coefficients_[0]
    double coefficients_[terms];

    Cosine(double init_value, double end_value, double steps)
        : init_value_(init_value), end_value_(end_value), steps_(steps), scale_(math::power_of_two(-math::nearest_exponent(steps))) {
        const DoubleDouble square = math::two_product(steps * scale_, steps * scale_);
        const DoubleDouble change = difference(init_value, end_value);
        const double scale = normalising_scale(change.hi);
        DoubleDouble amplitude = DoubleDouble{change.hi * scale, change.lo * scale} / square;
        remainder_ = (math::sin_squared_leading * amplitude).lo / scale;
        coefficients_[0] = (math::sin_squared_leading * amplitude).hi / scale;
        for (std::size_t index = 1; index < terms; ++index) {
            amplitude = amplitude / square;
            coefficients_[index] = (math::sin_squared_coefficients[index] * amplitude).hi / scale;
        }
    }

    template <class Build>
    static auto make(const Arguments& given, Build build) {
        const auto [init_value, end_value, steps, exponent] = std::array{given[0].number, given[1].number, given[2].number, given[3].number};
        return exponent == 1.0 ? build(Cosine(init_value, end_value, steps)) : build(CosinePower(init_value, end_value, steps, exponent));
    }

    Cosine stretched(double factor) const { return Cosine(init_value_, end_value_, steps_ * factor); }

    template <class Number>
    PYWARMUP_INLINE Number rise(Number distance) const {
        const Number scaled = distance * scale_;
        const Number square = scaled * scaled;
        const Number rest = square * curve<1>(square);
        const Number sum = coefficients_[0] + rest;
        const Number rounded_off = rest - (sum - coefficients_[0]);
        return square * sum + square * (rounded_off + remainder_);
    }

    template <std::size_t index, class Number>
    PYWARMUP_INLINE Number curve(Number square) const {
        if constexpr (index + 2 == terms) {
            return coefficients_[index] + square * coefficients_[index + 1];
        } else {
            return coefficients_[index] + square * curve<index + 1>(square);
        }
    }
};

}  // namespace pywarmup::shapes
