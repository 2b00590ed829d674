// A shape over steps in order: where its halves, or its turns, share their work.
#pragma once

#include <utility>

#include "lanes.hpp"
#include "visit.hpp"

namespace pywarmup::program::PYWARMUP_INSTRUCTION_SET {
namespace {

void in_order(Range range, std::size_t count, double* steps) {
    over_range(range, count, steps, [](V t) PYWARMUP_INLINE_LAMBDA { return t; });
}

void set(double value, std::size_t count, double* values) {
    for (std::size_t index = 0; index < count; ++index) values[index] = value;
}

template <class Shape>
void steps_of(const Shape& shape, const double* table, const double* steps, double begin, std::size_t count, double* values) {
    const Shape local = shape;  // which no store to values can change
    over(steps, count, values, [&](V t) PYWARMUP_INLINE_LAMBDA { return value_of(local, math::maximum(t - begin, 0.0), table); });
}

template <std::size_t... lane>
PYWARMUP_INLINE V reversed(V vector, std::index_sequence<lane...>) {
    return V{vector[lanes - 1 - lane]...};
}

// A shape that runs from one end to another, over steps in order.  Each half goes by
// the distance from its own end: no choice is left in the loops.
template <class Shape>
struct Halves {
    const Shape& shape;
    Range range;
    double* values;

    PYWARMUP_NOINLINE void before_middle(std::size_t begin, std::size_t end) const {
        const Shape local = shape;  // which no store to values can change
        over_range(range.from(begin), end - begin, values + begin, [&](V distance) PYWARMUP_INLINE_LAMBDA { return local.near_start(distance); });
    }

    PYWARMUP_NOINLINE void after_middle(std::size_t begin, std::size_t end) const {
        const Shape local = shape;
        const Range back{local.steps_ - range.at(begin), -range.stride};
        over_range(back, end - begin, values + begin, [&](V distance) PYWARMUP_INLINE_LAMBDA { return local.near_end(distance); });
    }

    // Both halves at once: steps at the same distance from the two ends, which goes up
    // from `distance`, share the rise.  Values go up from `up` and down from `down`.
    PYWARMUP_NOINLINE void around_middle(double distance, std::size_t count, double* up, double* down) const {
        const Shape local = shape;
        V here = first_steps(Range{distance, 1.0});
        std::size_t done = 0;
#pragma GCC unroll 2
        for (; done + lanes <= count; done += lanes, here += static_cast<double>(lanes)) {
            store(local.near_start(here), up + done);
            store(reversed(local.near_end(here), std::make_index_sequence<lanes>()), down - done - (lanes - 1));
        }
        for (; done < count; ++done) {
            up[done] = local.near_start(distance + static_cast<double>(done));
            *(down - done) = local.near_end(distance + static_cast<double>(done));
        }
    }

    void fill(std::size_t count) const {
        const std::size_t middle = range.count_below(0.5 * shape.steps_, count);
        const std::size_t end = range.count_below(shape.steps_, count);
        set(shape.near_end(0.0), count - end, values + end);
        if (middle > 0 && end > middle && range.stride == 1.0 && shape.steps_ == math::floor(shape.steps_)) return fill_shared(middle, end);
        before_middle(0, middle);
        after_middle(middle, end);
    }

    // Distances from `nearest` to `farthest` occur on both sides.
    void fill_shared(std::size_t middle, std::size_t end) const {
        const double nearest = math::maximum(range.start, shape.steps_ - range.at(end - 1));
        const double farthest = math::minimum(range.at(middle - 1), shape.steps_ - range.at(middle));
        const std::size_t shared = farthest < nearest ? 0 : static_cast<std::size_t>(farthest - nearest) + 1;
        const std::size_t first = shared == 0 ? middle : static_cast<std::size_t>(nearest - range.start);
        const std::size_t last = shared == 0 ? middle : static_cast<std::size_t>(shape.steps_ - nearest - range.start) + 1;
        if (shared > 0) around_middle(nearest, shared, values + first, values + last - 1);
        before_middle(0, first);
        before_middle(first + shared, middle);
        after_middle(middle, last - shared);
        after_middle(last, end);
    }
};

template <class Shape>
void halves(const Shape& shape, Range range, std::size_t count, double* values) {
    Halves<Shape>{shape, range, values}.fill(count);
}

// value 2^(rate t) at steps one apart: what the steps of every turn share is computed
// once, what one turn shares once for it (shapes/geometric.hpp).  Factors are scaled to
// their size here, not in the end, which gives the same bits while nothing comes near
// the ends of the range and steps are integers; `far` is called for the rest.
template <class Far>
void geometric(shapes::Geometric curve, shapes::Scaled<double> value, double start, std::size_t count, double* values, const Far& far) {
    constexpr auto width = static_cast<std::size_t>(shapes::Geometric::steps_in_a_turn);
    constexpr double half = 0.5 * shapes::Geometric::steps_in_a_turn;
    constexpr double far_exponent = 850.0;
    const double steepest = math::maximum(curve.rate.hi, -curve.rate.hi) * half;
    if (!(steepest < far_exponent) || start != math::floor(start)) return far(start, count, values);
    double high[width];
    double low[width];
    for (std::size_t index = 0; index < width; index += lanes) {
        const auto power = curve.power(first_steps(Range{static_cast<double>(index) - half, 1.0}));
        const V scale = math::power_of_two(power.exponent);
        store(power.hi * scale, high + index);
        store(power.lo * scale, low + index);
    }
    const shapes::Scaled<V> everywhere{math::broadcast<V>(value.mantissa), math::broadcast<V>(value.exponent)};
    for (std::size_t done = 0; done < count;) {
        const V middles = first_steps(Range{curve.middle(start + static_cast<double>(done)), curve.turn});
        const auto shared = curve.multiplied(everywhere, middles);
        const V sizes = math::maximum(shared.exponent, -shared.exponent) + steepest;
        const V factors = math::scale(shared.mantissa, shared.exponent);
        for (std::size_t lane = 0; lane < lanes && done < count; ++lane) {
            const double t = start + static_cast<double>(done);
            const auto first = static_cast<std::size_t>(t - middles[lane] + half);
            const std::size_t run = width - first < count - done ? width - first : count - done;
            const double factor = factors[lane];
            if (sizes[lane] < far_exponent) {
                over_pairs(high + first, low + first, run, values + done, [=](V hi, V lo) PYWARMUP_INLINE_LAMBDA { return factor * hi + factor * lo; });
            } else {
                far(t, run, values + done);
            }
            done += run;
        }
    }
}

struct ShapeRange {
    const double* table;
    Range range;
    std::size_t count;
    double* values;

    void operator()(const shapes::Constant& shape) const { set(shape.value(0.0), count, values); }

    // Both halves are the same curve, from different ends.
    void operator()(const shapes::Exponential& shape) const {
        if (shape.is_flat_ || !is_turning(shape.curve_)) return in_blocks(shape, range, count, values);
        const std::size_t middle = range.count_below(0.5 * shape.steps_, count);
        const std::size_t end = range.count_below(shape.steps_, count);
        geometric(shape.curve_, shape.init_, range.start, middle, values, [&](double t, std::size_t length, double* output) {
            in_blocks(shape, Range{t, 1.0}, length, output);
        });
        geometric(shape.curve_, shape.end_, range.at(middle) - shape.steps_, end - middle, values + middle, [&](double t, std::size_t length, double* output) {
            in_blocks(shape, Range{t + shape.steps_, 1.0}, length, output);
        });
        set(shape.end_value_, count - end, values + end);
    }

    template <class Part>
    void operator()(const Part& part) const {
        if constexpr (HasHalves<Part>) {
            halves(part, range, count, values);
        } else if constexpr (HasGeometric<Part>) {
            if (!part.is_geometric() || !is_turning(part.curve_)) return in_blocks(part, range, count, values);
            geometric(part.curve_, part.init_, range.start, count, values, [&](double t, std::size_t length, double* output) {
                in_blocks(part, Range{t, 1.0}, length, output);
            });
        } else if constexpr (IsShape<Part>) {
            in_blocks(part, range, count, values);
        }
    }

    // Where a turn has as many steps as it is wide, exactly.
    bool is_turning(const shapes::Geometric& curve) const {
        return range.stride == 1.0 && curve.turn == shapes::Geometric::steps_in_a_turn && range.at(count) < 0x1p51;
    }

    // Through blocks of steps.
    template <class Shape>
    void in_blocks(const Shape& shape, Range steps_in_order, std::size_t length, double* output) const {
        constexpr std::size_t block = 512;
        double steps[block];
        for (std::size_t done = 0; done < length; done += block) {
            const std::size_t part = length - done < block ? length - done : block;
            in_order(steps_in_order.from(done), part, steps);
            steps_of(shape, table, steps, 0.0, part, output + done);
        }
    }
};

}  // namespace
}  // namespace pywarmup::program::PYWARMUP_INSTRUCTION_SET
