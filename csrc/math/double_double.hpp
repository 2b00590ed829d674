// Double-double arithmetic: an unevaluated sum hi + lo of two doubles that
// carries about 106 bits, built from IEEE + - * / alone (no fma), so that it
// gives the same bits everywhere.
//
// Every result is normalised: |lo| <= ulp(hi) / 2.  The bounds below hold while
// no intermediate overflows or underflows: products need factors below 2^970
// and a result above 2^-960.
#pragma once

#include "inline.hpp"
#include "vector.hpp"

namespace pywarmup::math {

template <class Number>
struct Pair {
    Number hi;
    Number lo;
};

template <class Number>
Pair(Number, Number) -> Pair<Number>;

using DoubleDouble = Pair<double>;

// a + b exactly, for any order of magnitudes (Knuth).
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto two_sum(A a, B b) {
    const auto sum = a + b;
    const auto b_part = sum - a;
    const auto a_part = sum - b_part;
    return Pair{sum, (a - a_part) + (b - b_part)};
}

// a + b exactly, for |a| >= |b| or a == 0 (Dekker).
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto quick_two_sum(A a, B b) {
    const auto sum = a + b;
    return Pair{sum, b - (sum - a)};
}

// a as a sum of two halves of at most 26 bits each (Veltkamp), so that products
// of halves are exact.
template <Real A>
PYWARMUP_INLINE constexpr Pair<A> split(A a) {
    const A scaled = a * 0x1.0000002p27;
    const A high = scaled - (scaled - a);
    return {high, a - high};
}

// a * b exactly (Dekker).
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto two_product(A a, B b) {
    const auto product = a * b;
    const auto x = split(a);
    const auto y = split(b);
    const auto error = ((x.hi * y.hi - product) + x.hi * y.lo) + x.lo * y.hi;
    return Pair{product, error + x.lo * y.lo};
}

// a / b with relative error below 2^-104: the remainder is exact.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto divide(A a, B b) {
    const auto quotient = a / b;
    const auto product = two_product(quotient, b);
    const auto remainder = (a - product.hi) - product.lo;
    return quick_two_sum(quotient, remainder / b);
}

template <Real A>
PYWARMUP_INLINE constexpr Pair<A> operator-(Pair<A> a) {
    return {-a.hi, -a.lo};
}

// Relative error below 2^-104, also when a and b nearly cancel.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator+(Pair<A> a, Pair<B> b) {
    const auto high = two_sum(a.hi, b.hi);
    const auto low = two_sum(a.lo, b.lo);
    const auto sum = quick_two_sum(high.hi, high.lo + low.hi);
    return quick_two_sum(sum.hi, sum.lo + low.lo);
}

// Relative error below 2^-104.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator+(Pair<A> a, B b) {
    const auto high = two_sum(a.hi, b);
    return quick_two_sum(high.hi, high.lo + a.lo);
}

// a + b for |b| <= |a| / 2, at less than half the cost of a + b.
// Relative error below 2^-103.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto add_smaller(Pair<A> a, Pair<B> b) {
    const auto high = quick_two_sum(a.hi, b.hi);
    return quick_two_sum(high.hi, high.lo + (a.lo + b.lo));
}

template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator+(A a, Pair<B> b) {
    return b + a;
}

template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator-(Pair<A> a, Pair<B> b) {
    return a + -b;
}

template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator-(Pair<A> a, B b) {
    return a + -b;
}

template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator-(A a, Pair<B> b) {
    return -b + a;
}

// Relative error below 2^-103.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator*(Pair<A> a, Pair<B> b) {
    const auto product = two_product(a.hi, b.hi);
    return quick_two_sum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

// Relative error below 2^-104.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator*(Pair<A> a, B b) {
    const auto product = two_product(a.hi, b);
    return quick_two_sum(product.hi, product.lo + a.lo * b);
}

template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator*(A a, Pair<B> b) {
    return b * a;
}

// Relative error below 2^-101.
template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator/(Pair<A> a, Pair<B> b) {
    const auto quotient = a.hi / b.hi;
    const auto product = two_product(quotient, b.hi);
    const auto low = (a.lo - product.lo) - quotient * b.lo;
    return quick_two_sum(quotient, ((a.hi - product.hi) + low) / b.hi);
}

template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator/(Pair<A> a, B b) {
    return a / Pair{b, broadcast<B>(0.0)};
}

template <Real A, Real B>
PYWARMUP_INLINE constexpr auto operator/(A a, Pair<B> b) {
    return Pair{a, broadcast<A>(0.0)} / b;
}

}  // namespace pywarmup::math
