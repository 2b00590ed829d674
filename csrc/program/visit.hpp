// Finding the right code for a node: what all readings of a program share.
#pragma once

#include <algorithm>
#include <concepts>
#include <utility>
#include <variant>

#include "program.hpp"

namespace pywarmup::program {

template <class Part>
concept HasTime = requires(const Part& part, double t) { part.time(t); };

template <class Part>
concept HasChange = requires(const Part& part, double value) { part.change(value); };

template <class Part>
concept HasCombine = requires(double value) { Part::combine(value, value); };

// What a repeat adds to its change of time.
template <class Part>
concept HasChangeInTime = requires(const Part& part, double value) { part.change(value, value); };

template <class Part>
concept IsShape = requires(const Part& part, double t) { part.value(t); } || requires(const Part& part, double t, const double* table) { part.value(t, table); };

template <class Part>
concept HasHalves = requires(const Part& part, double distance) { part.near_start(distance), part.near_end(distance); };

// Curves of which steps in order share factors.
template <class Part>
concept HasGeometric = requires(const Part& part) { part.is_geometric(); };

inline bool is_shape(const Payload& payload) {
    return std::visit([]<class Part>(const Part&) { return IsShape<Part>; }, payload);
}

// Whether a value in a range takes about a nanosecond or less.
inline bool is_quick(const Payload& payload) {
    return std::visit(
        []<class Part>(const Part&) { return HasHalves<Part> || std::same_as<Part, shapes::Constant> || std::same_as<Part, Join>; }, payload);
}

// The stage that a step belongs to: a boundary begins the next one.
inline Index stage_at(const double* begins, Index count, double t) {
    return static_cast<Index>(std::upper_bound(begins + 1, begins + count, t) - (begins + 1));
}

// A shape's formula, with its table if it has one.
template <class Shape, class Number>
PYWARMUP_INLINE Number value_of(const Shape& shape, Number t, const double* table) {
    if constexpr (requires { shape.value(t, table); }) {
        return shape.value(t, table);
    } else {
        return shape.value(t);
    }
}

}  // namespace pywarmup::program
