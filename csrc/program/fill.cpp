// Many steps at once, in blocks that stay in the cache.
#include <algorithm>

#include "evaluate.hpp"
#include "visit.hpp"

namespace pywarmup::program {
namespace {

constexpr std::size_t block = 256;

void fill_node(const Program& program, Index index, const double* steps, std::size_t count, double* values);

struct AtSteps {
    const Program& program;
    Index index;
    const double* steps;
    std::size_t count;
    double* values;

    const Node& node() const { return program.nodes[index]; }
    Index child(Index number) const { return program.children[node().first_child + number]; }

    // Runs of steps that stay in one stage go to that stage together.
    void operator()(const Join&) const {
        const double* begins = program.tables.data() + node().table;
        std::size_t done = 0;
        while (done < count) {
            const Index stage = stage_at(begins, node().child_count, steps[done]);
            const double begin = begins[stage];
            const double end = stage + 1 < node().child_count ? begins[stage + 1] : endless;
            double local[block];
            std::size_t run = 0;
            while (done + run < count && steps[done + run] >= begin && steps[done + run] < end) {
                local[run] = steps[done + run] - begin;
                ++run;
            }
            fill_node(program, child(stage), local, run, values + done);
            done += run;
        }
    }

    void operator()(const Repeat& repeat) const {
        fill_at(repeat);
        if (!repeat.decays) return;
        for (std::size_t i = 0; i < count; ++i) values[i] = repeat.change(values[i], steps[i]);
    }

    template <class Part>
    void operator()(const Part& part) const {
        if constexpr (HasTime<Part>) {
            fill_at(part);
        } else if constexpr (HasChange<Part>) {
            fill_node(program, index - 1, steps, count, values);
            for (std::size_t i = 0; i < count; ++i) values[i] = part.change(values[i]);
        } else if constexpr (HasCombine<Part>) {
            combine<Part>();
        } else {
            const Part shape = part;
            const double* table = program.tables.data() + node().table;
            for (std::size_t i = 0; i < count; ++i) values[i] = value_of(shape, steps[i], table);
        }
    }

    template <class Part>
    void fill_at(const Part& part) const {
        double local[block];
        for (std::size_t i = 0; i < count; ++i) local[i] = part.time(steps[i]);
        fill_node(program, index - 1, local, count, values);
    }

    template <class Part>
    void combine() const {
        fill_node(program, child(0), steps, count, values);
        for (Index number = 1; number < node().child_count; ++number) {
            double others[block];
            fill_node(program, child(number), steps, count, others);
            for (std::size_t i = 0; i < count; ++i) values[i] = Part::combine(values[i], others[i]);
        }
    }
};

void fill_node(const Program& program, Index index, const double* steps, std::size_t count, double* values) {
    visit(AtSteps{program, index, steps, count, values}, program.nodes[index].payload);
}

}  // namespace

void fill(const Program& program, const double* steps, std::size_t count, double* values) {
    for (std::size_t done = 0; done < count; done += block) {
        fill_node(program, program.root_index(), steps + done, std::min(block, count - done), values + done);
    }
}

void fill_range(const Program& program, double start, double stride, std::size_t count, double* values) {
    double steps[block];
    for (std::size_t done = 0; done < count; done += block) {
        const std::size_t length = std::min(block, count - done);
        const double first = start + static_cast<double>(done) * stride;
        for (std::size_t i = 0; i < length; ++i) steps[i] = first + static_cast<double>(static_cast<int>(i)) * stride;
        fill_node(program, program.root_index(), steps, length, values + done);
    }
}

}  // namespace pywarmup::program
