#include "record.hpp"

#include "visit.hpp"

namespace pywarmup::program {
namespace {

Expression record_node(const Program& program, Index index, Expression t);

struct AsExpression {
    const Program& program;
    Index index;
    Expression t;

    const Node& node() const { return program.nodes[index]; }
    Index child(Index number) const { return program.children[node().first_child + number]; }

    // Every stage sees a step of its own range, so that one that is not selected
    // is finite and has finite gradients.
    Expression operator()(const Join&) const {
        const double* begins = program.tables.data() + node().table;
        return select_stage(begins, 0, node().child_count);
    }

    // A balanced tree of choices: depth grows with the logarithm of the stages.
    Expression select_stage(const double* begins, Index first, Index last) const {
        if (last - first == 1) {
            const Expression local = maximum(t - begins[first], 0.0);
            const double steps = program.nodes[child(first)].steps;
            const bool is_final = last == node().child_count;
            return record_node(program, child(first), is_final ? local : minimum(local, steps));
        }
        const Index middle = first + (last - first) / 2;
        const Expression before = select_stage(begins, first, middle);
        const Expression after = select_stage(begins, middle, last);
        return select(t < begins[middle], before, after);
    }

    Expression operator()(const Repeat& repeat) const {
        return repeat.change(record_node(program, index - 1, repeat.time(t)), t);
    }

    template <class Part>
    Expression operator()(const Part& part) const {
        if constexpr (HasTime<Part>) {
            return record_node(program, index - 1, part.time(t));
        } else if constexpr (HasChange<Part>) {
            return part.change(record_node(program, index - 1, t));
        } else if constexpr (HasCombine<Part>) {
            Expression value = record_node(program, child(0), t);
            for (Index number = 1; number < node().child_count; ++number) {
                value = Part::combine(value, record_node(program, child(number), t));
            }
            return value;
        } else {
            return value_of(part, t, program.tables.data() + node().table);
        }
    }
};

Expression record_node(const Program& program, Index index, Expression t) {
    return std::visit(AsExpression{program, index, t}, program.nodes[index].payload);
}

}  // namespace

Recording record(const Program& program) {
    Recording recording;
    const Expression t(recording, recording.add({Operation::step}));
    recording.result = record_node(program, program.root_index(), t).index();
    return recording;
}

}  // namespace pywarmup::program
