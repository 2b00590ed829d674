// Double-double arithmetic: an unevaluated sum hi + lo of two doubles that
// carries about 106 bits, built from IEEE + - * / alone (no fma), so that it
// gives the same bits everywhere.
//
// Every result is normalised: |lo| <= ulp(hi) / 2.  The bounds below hold while
// no intermediate overflows or underflows: products need factors below 2^970
// and a result above 2^-960.
#pragma once

#include "inline.hpp"

namespace pywarmup::math {

struct DoubleDouble {
    double hi;
    double lo;
};

// a + b exactly, for any order of magnitudes (Knuth).
PYWARMUP_INLINE constexpr DoubleDouble two_sum(double a, double b) {
    const double sum = a + b;
    const double b_part = sum - a;
    const double a_part = sum - b_part;
    return {sum, (a - a_part) + (b - b_part)};
}

// a + b exactly, for |a| >= |b| or a == 0 (Dekker).
PYWARMUP_INLINE constexpr DoubleDouble quick_two_sum(double a, double b) {
    const double sum = a + b;
    return {sum, b - (sum - a)};
}

// a as a sum of two halves of at most 26 bits each (Veltkamp), so that products
// of halves are exact.
PYWARMUP_INLINE constexpr DoubleDouble split(double a) {
    const double scaled = a * 0x1.0000002p27;
    const double high = scaled - (scaled - a);
    return {high, a - high};
}

// a * b exactly (Dekker).
PYWARMUP_INLINE constexpr DoubleDouble two_product(double a, double b) {
    const double product = a * b;
    const DoubleDouble x = split(a);
    const DoubleDouble y = split(b);
    const double error = ((x.hi * y.hi - product) + x.hi * y.lo) + x.lo * y.hi;
    return {product, error + x.lo * y.lo};
}

// a / b with relative error below 2^-104: the remainder is exact.
PYWARMUP_INLINE constexpr DoubleDouble divide(double a, double b) {
    const double quotient = a / b;
    const DoubleDouble product = two_product(quotient, b);
    const double remainder = (a - product.hi) - product.lo;
    return quick_two_sum(quotient, remainder / b);
}

PYWARMUP_INLINE constexpr DoubleDouble operator-(DoubleDouble a) {
    return {-a.hi, -a.lo};
}

// Relative error below 2^-104, also when a and b nearly cancel.
PYWARMUP_INLINE constexpr DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
    const DoubleDouble high = two_sum(a.hi, b.hi);
    const DoubleDouble low = two_sum(a.lo, b.lo);
    const DoubleDouble sum = quick_two_sum(high.hi, high.lo + low.hi);
    return quick_two_sum(sum.hi, sum.lo + low.lo);
}

// Relative error below 2^-104.
PYWARMUP_INLINE constexpr DoubleDouble operator+(DoubleDouble a, double b) {
    const DoubleDouble high = two_sum(a.hi, b);
    return quick_two_sum(high.hi, high.lo + a.lo);
}

// a + b for |b| <= |a| / 2, at less than half the cost of a + b.
// Relative error below 2^-103.
PYWARMUP_INLINE constexpr DoubleDouble add_smaller(DoubleDouble a, DoubleDouble b) {
    const DoubleDouble high = quick_two_sum(a.hi, b.hi);
    return quick_two_sum(high.hi, high.lo + (a.lo + b.lo));
}

PYWARMUP_INLINE constexpr DoubleDouble operator+(double a, DoubleDouble b) {
    return b + a;
}

PYWARMUP_INLINE constexpr DoubleDouble operator-(DoubleDouble a, DoubleDouble b) {
    return a + -b;
}

PYWARMUP_INLINE constexpr DoubleDouble operator-(DoubleDouble a, double b) {
    return a + -b;
}

PYWARMUP_INLINE constexpr DoubleDouble operator-(double a, DoubleDouble b) {
    return -b + a;
}

// Relative error below 2^-103.
PYWARMUP_INLINE constexpr DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
    const DoubleDouble product = two_product(a.hi, b.hi);
    return quick_two_sum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

// Relative error below 2^-104.
PYWARMUP_INLINE constexpr DoubleDouble operator*(DoubleDouble a, double b) {
    const DoubleDouble product = two_product(a.hi, b);
    return quick_two_sum(product.hi, product.lo + a.lo * b);
}

PYWARMUP_INLINE constexpr DoubleDouble operator*(double a, DoubleDouble b) {
    return b * a;
}

// Relative error below 2^-101.
PYWARMUP_INLINE constexpr DoubleDouble operator/(DoubleDouble a, DoubleDouble b) {
    const double quotient = a.hi / b.hi;
    const DoubleDouble product = two_product(quotient, b.hi);
    const double low = (a.lo - product.lo) - quotient * b.lo;
    return quick_two_sum(quotient, ((a.hi - product.hi) + low) / b.hi);
}

PYWARMUP_INLINE constexpr DoubleDouble operator/(DoubleDouble a, double b) {
    return a / DoubleDouble{b, 0.0};
}

PYWARMUP_INLINE constexpr DoubleDouble operator/(double a, DoubleDouble b) {
    return DoubleDouble{a, 0.0} / b;
}

}  // namespace pywarmup::math
