// Several doubles computed at once.  Every function of this floor is a template
// over its number type: with double it computes one value, with a vector of doubles
// (a compiler extension of gcc and clang) as many as an instruction holds.  Both run
// the same IEEE operations in the same order, so both give the same bits.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include "inline.hpp"

namespace pywarmup::math {

template <std::size_t lanes>
using Doubles [[gnu::vector_size(8 * lanes)]] = double;

template <class Number>
concept Vector = requires(Number x) { x[0] + 0.0, x * 1.0; };

template <class Number>
concept Real = std::same_as<Number, double> || Vector<Number>;

template <Real Number>
inline constexpr std::size_t lanes_of = sizeof(Number) / sizeof(double);

// Unsigned integers of the same size, for work on the bits of a number.
template <class Number>
struct BitsOf {
    using type [[gnu::vector_size(sizeof(Number))]] = std::uint64_t;
};

template <>
struct BitsOf<double> {
    using type = std::uint64_t;
};

template <Real Number>
using Bits = typename BitsOf<Number>::type;

// The value in every lane.  (Subtracting zero changes no number, not even -0.)
template <Real Number>
PYWARMUP_INLINE constexpr Number broadcast(double value) {
    if constexpr (std::same_as<Number, double>) {
        return value;
    } else {
        return value - Number{};
    }
}

template <Vector Number>
PYWARMUP_INLINE constexpr Number broadcast(Number value) {
    return value;
}

// One of two values that are both already computed.
PYWARMUP_INLINE constexpr double select(bool condition, double if_true, double if_false) {
    return condition ? if_true : if_false;
}

// The same lane by lane; a comparison of vectors gives all bits or none in each lane.
template <class Condition, Real A, Real B>
    requires requires(Condition condition) { condition[0]; }
PYWARMUP_INLINE constexpr auto select(Condition condition, A if_true, B if_false) {
    using Number = Doubles<sizeof(Condition) / sizeof(double)>;
    return condition ? broadcast<Number>(if_true) : broadcast<Number>(if_false);
}

// Calls a function of one number for each lane.
template <Real Number, class Function>
PYWARMUP_INLINE Number each_lane(Number x, const Function& function) {
    if constexpr (std::same_as<Number, double>) {
        return function(x);
    } else {
        Number result{};
        for (std::size_t lane = 0; lane < lanes_of<Number>; ++lane) result[lane] = function(x[lane]);
        return result;
    }
}

}  // namespace pywarmup::math
