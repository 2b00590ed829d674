// value r_t, the variance rectification of RAdam (Liu et al. 2020, algorithm 2),
// counted from the first step at which it is defined, as pytorch_warmup does.
#pragma once

#include "number.hpp"
#include "parameter.hpp"

namespace pywarmup::shapes {

// rho_t = rho_inf - 2 s beta^s / (1 - beta^s), s = t + offset.  With x = -s ln beta
// the second term is (2 / -ln beta) x / (exp(x) - 1), which nearly cancels rho_inf
// while x is small; there its Bernoulli series is used instead.
struct RAdam {
    static constexpr std::string_view kind = "radam";
    static constexpr Parameter parameters[] = {{"value", Rule::non_negative}, {"beta2", Rule::radam_beta}};

    double value_;
    double beta2_;
    double unit_;        // the length of a step when time is stretched
    DoubleDouble rate_;  // -log2(beta2)
    double log_rate_;    // -ln(beta2)
    double limit_;       // rho_inf
    double constant_;    // rho_inf - 2 / -ln(beta2), what the series starts from
    double offset_;

    RAdam(double value, double beta2, double unit = 1.0) : value_(value), beta2_(beta2), unit_(unit), rate_(-math::log2(beta2)) {
        const DoubleDouble log_rate = rate_ * math::ln_2;
        const DoubleDouble limit = 2.0 / math::two_sum(1.0, -beta2) - 1.0;
        log_rate_ = log_rate.hi;
        limit_ = limit.hi;
        constant_ = (limit - 2.0 / log_rate).hi;
        offset_ = 1.0;
        while (length(offset_) <= 4.0) offset_ += 1.0;
    }

    RAdam stretched(double factor) const { return RAdam(value_, beta2_, unit_ * factor); }

    // rho_t, the length of the simple moving average, at s.
    template <class Number>
    PYWARMUP_INLINE Number length(Number s) const {
        const Number x = log_rate_ * s;
        const Number square = x * x;
        const Number near = minimum(square, 0.25);
        const Number series = constant_ + s * (1.0 - x * bernoulli<0>(near));
        const Number direct = limit_ - (s + s) / exp2m1(rate_, s);
        return select(square < 0.25, series, direct);
    }

    // The sum of 2 B_2k / (2k)! x^(2k - 2) for k = 1, 2, ..., good for x <= 1/2.
    template <std::size_t index, class Number>
    PYWARMUP_INLINE Number bernoulli(Number square) const {
        constexpr double coefficients[] = {
            1.0 / 6.0,
            -1.0 / 360.0,
            1.0 / 15120.0,
            -1.0 / 604800.0,
            1.0 / 23950080.0,
            -691.0 / 653837184000.0,
            1.0 / 37362124800.0,
            -3617.0 / 5335311421440000.0,
        };
        if constexpr (index + 1 == std::size(coefficients)) {
            return constant(square, coefficients[index]);
        } else {
            return coefficients[index] + square * bernoulli<index + 1>(square);
        }
    }

    template <class Number>
    PYWARMUP_INLINE Number value(Number t) const {
        const Number rho = length(t / unit_ + offset_);
        const double most = (limit_ - 4.0) * (limit_ - 2.0);
        return value_ * sqrt((rho - 4.0) * (rho - 2.0) * limit_ / (most * rho));
    }
};

}  // namespace pywarmup::shapes
