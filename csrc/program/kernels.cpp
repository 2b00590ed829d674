// Compiled once for each instruction set, into the namespace PYWARMUP_INSTRUCTION_SET.
// Everything here has internal linkage or is inlined by force: a function shared with
// the rest of the program must not be compiled for a machine that it may not run on.
#include "kernels.hpp"

#include <cstring>
#include <utility>

#include "visit.hpp"

namespace pywarmup::program::PYWARMUP_INSTRUCTION_SET {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t lanes = 8;
#elif defined(__AVX2__)
constexpr std::size_t lanes = 4;
#else
constexpr std::size_t lanes = 2;
#endif

using V = math::Doubles<lanes>;

// Doubles, or integers of their size.
template <class Number>
PYWARMUP_INLINE V load(const Number* numbers) {
    V vector;
    std::memcpy(&vector, numbers, sizeof vector);
    return vector;
}

PYWARMUP_INLINE void store(V vector, double* numbers) {
    std::memcpy(numbers, &vector, sizeof vector);
}

// The last few of an array; the lanes past them repeat the first.
template <class Number>
PYWARMUP_INLINE V load_some(const Number* numbers, std::size_t count) {
    Number some[lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane) some[lane] = numbers[lane < count ? lane : 0];
    return load(some);
}

PYWARMUP_INLINE void store_some(V vector, double* numbers, std::size_t count) {
    std::memcpy(numbers, &vector, count * sizeof(double));
}

PYWARMUP_INLINE V first_steps(Range range) {
    V numbers{};
    for (std::size_t lane = 0; lane < lanes; ++lane) numbers[lane] = static_cast<double>(static_cast<int>(lane));
    return range.start + range.stride * numbers;
}

// values = function(start), function(start + stride), ...
template <class Function>
PYWARMUP_INLINE void over_range(Range range, std::size_t count, double* values, const Function& function) {
    const V advance = math::broadcast<V>(range.stride * static_cast<double>(lanes));
    V t = first_steps(range);
    std::size_t done = 0;
#pragma GCC unroll 2
    for (; done + lanes <= count; done += lanes, t += advance) store(function(t), values + done);
    if (done < count) store_some(function(t), values + done, count - done);
}

// results = function(number) for each number of an array; both may be one.
template <class Function>
PYWARMUP_INLINE void over(const double* numbers, std::size_t count, double* results, const Function& function) {
    for (std::size_t done = 0; done < count; done += lanes) {
        const std::size_t rest = count - done;
        const V result = function(rest >= lanes ? load(numbers + done) : load_some(numbers + done, rest));
        rest >= lanes ? store(result, results + done) : store_some(result, results + done, rest);
    }
}

// results = function(a, b) for each pair of two arrays; the results may replace one.
template <class Function>
PYWARMUP_INLINE void over_pairs(const double* a, const double* b, std::size_t count, double* results, const Function& function) {
    for (std::size_t done = 0; done < count; done += lanes) {
        const std::size_t rest = count - done;
        const V result = rest >= lanes ? function(load(a + done), load(b + done)) : function(load_some(a + done, rest), load_some(b + done, rest));
        rest >= lanes ? store(result, results + done) : store_some(result, results + done, rest);
    }
}

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

struct ShapeSteps {
    const double* table;
    const double* steps;
    double begin;
    std::size_t count;
    double* values;

    template <class Part>
    void operator()(const Part& part) const {
        if constexpr (IsShape<Part>) steps_of(part, table, steps, begin, count, values);
    }
};

struct Time {
    const double* steps;
    std::size_t count;
    double* local;

    template <class Part>
    void operator()(const Part& part) const {
        if constexpr (HasTime<Part>) {
            const Part copy = part;
            over(steps, count, local, [&](V t) PYWARMUP_INLINE_LAMBDA { return copy.time(t); });
        }
    }
};

struct Change {
    const double* steps;
    std::size_t count;
    double* values;

    template <class Part>
    void operator()(const Part& part) const {
        if constexpr (HasChange<Part>) {
            const Part copy = part;
            over(values, count, values, [&](V value) PYWARMUP_INLINE_LAMBDA { return copy.change(value); });
        } else if constexpr (HasChangeInTime<Part>) {
            over_pairs(steps, values, count, values, [&](V t, V value) PYWARMUP_INLINE_LAMBDA { return part.change(value, t); });
        }
    }
};

struct Combine {
    const double* others;
    std::size_t count;
    double* values;

    template <class Part>
    void operator()(const Part&) const {
        if constexpr (HasCombine<Part>) {
            over_pairs(others, values, count, values, [](V other, V value) PYWARMUP_INLINE_LAMBDA { return Part::combine(value, other); });
        }
    }
};

void shape_range(const Payload& shape, const double* table, Range range, std::size_t count, double* values) {
    std::visit(ShapeRange{table, range, count, values}, shape);
}

void shape(const Payload& shape, const double* table, const double* steps, double begin, std::size_t count, double* values) {
    std::visit(ShapeSteps{table, steps, begin, count, values}, shape);
}

void time(const Payload& part, const double* steps, std::size_t count, double* local) {
    std::visit(Time{steps, count, local}, part);
}

void change(const Payload& part, const double* steps, std::size_t count, double* values) {
    std::visit(Change{steps, count, values}, part);
}

void change_in_cycle(const Repeat& repeat, double cycle, std::size_t count, double* values) {
    const Repeat copy = repeat;
    over(values, count, values, [&](V value) PYWARMUP_INLINE_LAMBDA { return copy.decayed(value, math::broadcast<V>(cycle)); });
}

void combine(const Payload& part, const double* others, std::size_t count, double* values) {
    std::visit(Combine{others, count, values}, part);
}

void since(double begin, const double* steps, std::size_t count, double* local) {
    over(steps, count, local, [=](V t) PYWARMUP_INLINE_LAMBDA { return math::maximum(t - begin, 0.0); });
}

void replace_from(double begin, const double* steps, const double* others, std::size_t count, double* values) {
    for (std::size_t index = 0; index < count; ++index) values[index] = steps[index] >= begin ? others[index] : values[index];
}

// The extent of vectors, one after the other.
struct Bounds {
    V least;
    V greatest;

    PYWARMUP_INLINE void include(V t) {
        least = math::minimum(t, least);
        greatest = math::maximum(t, greatest);
    }

    Extent over_lanes(bool is_valid) const {
        Extent result{least[0], greatest[0], is_valid};
        for (std::size_t lane = 1; lane < lanes; ++lane) {
            result.least = math::minimum(least[lane], result.least);
            result.greatest = math::maximum(greatest[lane], result.greatest);
        }
        return result;
    }
};

Extent extent(const double* steps, std::size_t count) {
    Bounds bounds{math::broadcast<V>(steps[0]), math::broadcast<V>(steps[0])};
    auto is_valid = bounds.least == bounds.least;
    for (std::size_t done = 0; done < count; done += lanes) {
        const V t = count - done >= lanes ? load(steps + done) : load_some(steps + done, count - done);
        is_valid &= t >= 0.0;
        bounds.include(t);
    }
    bool all_valid = true;
    for (std::size_t lane = 0; lane < lanes; ++lane) all_valid = all_valid && is_valid[lane] != 0;
    return bounds.over_lanes(all_valid);
}

// Next to 1.5 2^52 doubles are the integers: the sum of the bits is the sum of the
// numbers.  A bit above the 51st in any of them shows in the union of all.
Extent from_integers(const std::int64_t* integers, std::size_t count, double* steps) {
    using Integers = math::Bits<V>;
    constexpr double magic = 0x1.8p52;
    Bounds bounds{math::broadcast<V>(math::largest_finite), math::broadcast<V>(0.0)};
    Integers all{};
    const auto convert = [&](V integer) PYWARMUP_INLINE_LAMBDA {
        const auto bits = std::bit_cast<Integers>(integer);
        const V t = std::bit_cast<V>(bits + std::bit_cast<std::uint64_t>(magic)) - magic;
        all |= bits;
        bounds.include(t);
        return t;
    };
    std::size_t done = 0;
    for (; done + lanes <= count; done += lanes) store(convert(load(integers + done)), steps + done);
    if (done < count) store_some(convert(load_some(integers + done, count - done)), steps + done, count - done);
    bool all_valid = true;
    for (std::size_t lane = 0; lane < lanes; ++lane) all_valid = all_valid && all[lane] < (std::uint64_t{1} << 51);
    return bounds.over_lanes(all_valid);
}

bool is_range(const double* steps, std::size_t count, Range range) {
    if (steps[count - 1] != range.at(count - 1)) return false;
    V t = first_steps(range);
    const V advance = math::broadcast<V>(range.stride * static_cast<double>(lanes));
    auto differ = t != t;
    std::size_t done = 0;
    for (; done + lanes <= count; done += lanes, t += advance) differ |= load(steps + done) != t;
    for (; done < count; ++done) differ[0] |= steps[done] != range.at(done);
    bool any_differs = false;
    for (std::size_t lane = 0; lane < lanes; ++lane) any_differs = any_differs || differ[lane] != 0;
    return !any_differs;
}

void to_single(const double* values, std::size_t count, float* singles) {
    for (std::size_t index = 0; index < count; ++index) singles[index] = static_cast<float>(values[index]);
}

#define PYWARMUP_TEXT_OF(name) #name
#define PYWARMUP_TEXT(name) PYWARMUP_TEXT_OF(name)

}  // namespace

extern const Kernels kernels{PYWARMUP_TEXT(PYWARMUP_INSTRUCTION_SET), shape_range, shape, time, change, change_in_cycle, combine, in_order, since,
                             replace_from, extent, from_integers, is_range, to_single};

}  // namespace pywarmup::program::PYWARMUP_INSTRUCTION_SET
