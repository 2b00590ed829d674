// Compiled once for each instruction set, into the namespace PYWARMUP_INSTRUCTION_SET.
// Everything here has internal linkage or is inlined by force: a function shared with
// the rest of the program must not be compiled for a machine that it may not run on.
#include "kernels.hpp"

#include "lanes.hpp"
#include "shape_range.hpp"
#include "visit.hpp"

namespace pywarmup::program::PYWARMUP_INSTRUCTION_SET {
namespace {

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
