// Many steps at once.  This file routes them to the nodes of the program; the loops
// are in kernels.cpp.
//
// Steps in order are split where stages, cycles and halves meet, so that each loop
// runs one formula; no array of steps exists.  That needs the distance to every
// beginning to be exact: integers.  Everything else, and steps in any order, goes
// through blocks of steps that stay in the cache.
#include <algorithm>
#include <cmath>
#include <memory>

#include "evaluate.hpp"
#include "kernels.hpp"
#include "range.hpp"
#include "visit.hpp"

namespace pywarmup::program {
namespace {

constexpr std::size_t block = 512;         // steps in any order, on the stack
constexpr std::size_t long_block = 3072;  // values of steps in order
constexpr std::size_t worth_a_loop = 16;  // shorter runs go step by step, or as blocks of steps
constexpr Index few_stages = 4;

bool is_integer(double number) {
    return number == std::floor(number);
}

// Steps in any order, at most a block.
struct Steps {
    const double* data;
    std::size_t count;
    Extent extent;

    Steps(const double* steps, std::size_t length) : data(steps), count(length), extent(kernels().extent(steps, length)) {}
    Steps(const double* steps, std::size_t length, Extent known) : data(steps), count(length), extent(known) {}

    double operator[](std::size_t index) const { return data[index]; }
    Steps part(std::size_t begin, std::size_t length) const { return {data + begin, length, extent}; }
    Steps since(double begin, double* local) const {
        kernels().since(begin, data, count, local);
        return {local, count, {extent.least - begin, extent.greatest - begin, extent.is_valid}};
    }
};

void fill_node(const Program& program, Index index, Steps steps, double* values);
void fill_node(const Program& program, Index index, Range range, std::size_t count, double* values);

template <class Work>
void in_long_blocks(std::size_t count, const Work& work) {
    for (std::size_t done = 0; done < count; done += long_block) work(done, std::min(long_block, count - done));
}

// A node to be filled, and where it is in the program.
struct Place {
    const Program& program;
    Index index;
    std::size_t count;
    double* values;

    const Node& node() const { return program.nodes[index]; }
    Index child(Index number) const { return program.children[node().first_child + number]; }
    const double* table() const { return program.tables.data() + node().table; }
};

struct AtSteps : Place {
    Steps steps;

    void operator()(const Join&) const {
        const Index first = stage_at(table(), node().child_count, steps.extent.least);
        const Index last = stage_at(table(), node().child_count, steps.extent.greatest);
        last - first < few_stages ? fill_stages(first, last) : fill_runs();
    }

    // Every stage at all steps; each keeps what belongs to it.
    void fill_stages(Index first, Index last) const {
        fill_stage(first, steps, values);
        for (Index stage = first + 1; stage <= last; ++stage) {
            double others[block];
            fill_stage(stage, steps, others);
            kernels().replace_from(table()[stage], steps.data, others, count, values);
        }
    }

    void fill_stage(Index stage, const Steps& here, double* output) const {
        const Node& part = program.nodes[child(stage)];
        const double begin = table()[stage];
        if (is_shape(part.payload)) {
            kernels().shape(part.payload, program.tables.data() + part.table, here.data, begin, here.count, output);
        } else {
            double local[block];
            fill_node(program, child(stage), here.since(begin, local), output);
        }
    }

    // Runs of steps that stay in one stage.
    void fill_runs() const {
        for (std::size_t done = 0; done < count;) {
            const Index stage = stage_at(table(), node().child_count, steps[done]);
            const double begin = table()[stage];
            const double end = stage + 1 < node().child_count ? table()[stage + 1] : endless;
            std::size_t run = 1;
            while (done + run < count && steps[done + run] >= begin && steps[done + run] < end) ++run;
            if (run >= worth_a_loop) {
                fill_stage(stage, steps.part(done, run), values + done);
            } else {
                for (std::size_t i = done; i < done + run; ++i) values[i] = evaluate(program, child(stage), steps[i] - begin);
            }
            done += run;
        }
    }

    template <class Part>
    void operator()(const Part& part) const {
        if constexpr (HasTime<Part>) {
            double local[block];
            kernels().time(node().payload, steps.data, count, local);
            fill_node(program, index - 1, Steps(local, count), values);
            if constexpr (HasChangeInTime<Part>) {
                if (part.decays) kernels().change(node().payload, steps.data, count, values);
            }
        } else if constexpr (HasChange<Part>) {
            fill_node(program, index - 1, steps, values);
            kernels().change(node().payload, steps.data, count, values);
        } else if constexpr (HasCombine<Part>) {
            combine();
        } else {
            kernels().shape(node().payload, table(), steps.data, 0.0, count, values);
        }
    }

    void combine() const {
        fill_node(program, child(0), steps, values);
        for (Index number = 1; number < node().child_count; ++number) {
            double others[block];
            fill_node(program, child(number), steps, others);
            kernels().combine(node().payload, others, count, values);
        }
    }
};

// Steps in order, integers of at most 2^53.
struct AtRange : Place {
    Range range;

    void operator()(const Join&) const {
        Index stage = stage_at(table(), node().child_count, range.start);
        for (std::size_t done = 0; done < count;) {
            const Range rest = range.from(done);
            while (stage + 1 < node().child_count && rest.start >= table()[stage + 1]) ++stage;
            const double begin = table()[stage];
            const std::size_t left = count - done;
            const std::size_t run = stage + 1 < node().child_count ? rest.count_below(table()[stage + 1], left) : left;
            if (is_integer(begin) && (run >= worth_a_loop || run == left)) {
                fill_node(program, child(stage), rest.minus(begin), run, values + done);
                done += run;
            } else {
                done += fill_block(rest, left, values + done);
            }
        }
    }

    void operator()(const Repeat& repeat) const {
        if (!is_integer(repeat.steps) || repeat.steps < static_cast<double>(worth_a_loop) * range.stride) return fill_steps(range, count, values);
        for (std::size_t done = 0; done < count;) {
            const Range rest = range.from(done);
            const double cycle = repeat.cycle(rest.start);
            const Range local = rest.minus(cycle * repeat.steps);
            const std::size_t run = local.count_below(repeat.steps, count - done);
            if (run == 0) return fill_constant(rest.start, done);
            fill_node(program, index - 1, local, run, values + done);
            if (repeat.decays) kernels().change_in_cycle(repeat, cycle, run, values + done);
            done += run;
        }
    }

    void operator()(const Until& until) const {
        const std::size_t run = range.count_below(until.steps, count);
        if (run > 0) fill_node(program, index - 1, range, run, values);
        fill_constant(until.steps, run);
    }

    void operator()(const Shift& shift) const {
        const Range later{range.start + shift.steps, range.stride};
        if (!is_integer(shift.steps) || later.at(count) > largest_step) return fill_steps(range, count, values);
        fill_node(program, index - 1, later, count, values);
    }

    template <class Part>
    void operator()(const Part&) const {
        if constexpr (HasTime<Part>) {
            fill_steps(range, count, values);
        } else if constexpr (HasChange<Part>) {
            in_long_blocks(count, [&](std::size_t begin, std::size_t length) {
                fill_node(program, index - 1, range.from(begin), length, values + begin);
                kernels().change(node().payload, nullptr, length, values + begin);
            });
        } else if constexpr (HasCombine<Part>) {
            const auto others = std::make_unique_for_overwrite<double[]>(std::min(count, long_block));
            in_long_blocks(count, [&](std::size_t begin, std::size_t length) { combine(range.from(begin), length, values + begin, others.get()); });
        } else {
            kernels().shape_range(node().payload, table(), range, count, values);
        }
    }

    void combine(Range here, std::size_t length, double* output, double* others) const {
        fill_node(program, child(0), here, length, output);
        for (Index number = 1; number < node().child_count; ++number) {
            fill_node(program, child(number), here, length, others);
            kernels().combine(node().payload, others, length, output);
        }
    }

    // The value at t, from values[begin] on.
    void fill_constant(double t, std::size_t begin) const {
        if (begin < count) std::fill(values + begin, values + count, evaluate(program, index, t));
    }

    // As steps in any order.
    void fill_steps(Range here, std::size_t length, double* output) const {
        for (std::size_t done = 0; done < length;) done += fill_block(here.from(done), length - done, output + done);
    }

    std::size_t fill_block(Range here, std::size_t length, double* output) const {
        double steps[block];
        length = std::min(length, block);
        kernels().range(here, length, steps);
        fill_node(program, index, Steps(steps, length, {here.start, here.at(length - 1), true}), output);
        return length;
    }
};

void fill_node(const Program& program, Index index, Steps steps, double* values) {
    std::visit(AtSteps{{program, index, steps.count, values}, steps}, program.nodes[index].payload);
}

void fill_node(const Program& program, Index index, Range range, std::size_t count, double* values) {
    std::visit(AtRange{{program, index, count, values}, range}, program.nodes[index].payload);
}

// Steps of any type as doubles, exact for those that are allowed.
Steps as_doubles(const double* steps, std::size_t count, double*) {
    return {steps, count};
}

template <class Step>
Steps as_doubles(const Step* steps, std::size_t count, double* buffer) {
    if constexpr (std::is_same_v<Step, std::int64_t>) {
        const Extent extent = kernels().from_integers(steps, count, buffer);
        if (extent.is_valid) return {buffer, count, extent};
    }
    std::transform(steps, steps + count, buffer, [](Step step) { return static_cast<double>(step); });
    return {buffer, count};
}

// An integer just above 2^53 may become 2^53 as a double.
template <class Step>
bool is_allowed(Step step, double last) {
    if constexpr (std::is_floating_point_v<Step>) {
        return step >= 0 && step <= last;
    } else {
        return step >= 0 && static_cast<std::uint64_t>(step) <= static_cast<std::uint64_t>(last);
    }
}

// Steps that are in order after all go the faster way, as many at a time as there are:
// they wait for what comes next.
struct InOrder {
    const Program& program;
    double* values;
    Range range{0.0, 1.0};
    std::size_t begin = 0;
    std::size_t count = 0;

    // Whether the steps that begin at an index continue the range, or begin one.
    bool take(const Steps& steps, std::size_t index) {
        const Range here{steps[0], steps.count > 1 ? steps[1] - steps[0] : range.stride};
        const bool is_counted = here.stride > 0.0 && is_integer(here.start) && is_integer(here.stride);
        if (!is_counted || !kernels().is_range(steps.data, steps.count, here)) return false;
        if (count == 0 || here.stride != range.stride || here.start != range.at(count)) {
            fill();
            range = here;
            begin = index;
        }
        count += steps.count;
        return true;
    }

    void fill() {
        if (count > 0) fill_node(program, program.root_index(), range, count, values + begin);
        count = 0;
    }
};

}  // namespace

template <class Step>
std::size_t fill(const Program& program, const Step* steps, std::size_t count, double* values) {
    const double last = program.last_step();
    InOrder in_order{program, values};
    for (std::size_t done = 0; done < count; done += block) {
        const std::size_t length = std::min(block, count - done);
        double buffer[block];
        const Steps here = as_doubles(steps + done, length, buffer);
        if (!here.extent.is_valid || here.extent.greatest >= last) {
            const Step* end = steps + done + length;
            const Step* bad = std::find_if_not(steps + done, end, [last](Step step) { return is_allowed(step, last); });
            if (bad != end) return static_cast<std::size_t>(bad - steps);
        }
        if (!in_order.take(here, done)) fill_node(program, program.root_index(), here, values + done);
    }
    in_order.fill();
    return count;
}

template std::size_t fill(const Program&, const double*, std::size_t, double*);
template std::size_t fill(const Program&, const float*, std::size_t, double*);
template std::size_t fill(const Program&, const std::int64_t*, std::size_t, double*);
template std::size_t fill(const Program&, const std::uint64_t*, std::size_t, double*);

void fill_range(const Program& program, Range range, std::size_t count, double* values) {
    if (count > 0) fill_node(program, program.root_index(), range, count, values);
}

}  // namespace pywarmup::program
