#include "evaluate.hpp"

#include <algorithm>

#include "visit.hpp"

namespace pywarmup::program {
namespace {

double evaluate_node(const Program& program, Index index, double t);

struct AtStep {
    const Program& program;
    Index index;
    double t;

    double operator()(const Join&) const {
        const Node& node = program.nodes[index];
        const double* begins = program.tables.data() + node.table;
        const Index stage = stage_at(begins, node.child_count, t);
        return evaluate_node(program, program.children[node.first_child + stage], t - begins[stage]);
    }

    double operator()(const Repeat& repeat) const {
        return repeat.change(evaluate_node(program, index - 1, repeat.time(t)), t);
    }

    template <class Part>
    double operator()(const Part& part) const {
        if constexpr (HasTime<Part>) {
            return evaluate_node(program, index - 1, part.time(t));
        } else if constexpr (HasChange<Part>) {
            return part.change(evaluate_node(program, index - 1, t));
        } else if constexpr (HasCombine<Part>) {
            return combine<Part>();
        } else {
            return value_of(part, t, program.tables.data() + program.nodes[index].table);
        }
    }

    template <class Part>
    double combine() const {
        const Node& node = program.nodes[index];
        const Index* children = program.children.data() + node.first_child;
        double value = evaluate_node(program, children[0], t);
        for (Index child = 1; child < node.child_count; ++child) {
            value = Part::combine(value, evaluate_node(program, children[child], t));
        }
        return value;
    }
};

double evaluate_node(const Program& program, Index index, double t) {
    return std::visit(AtStep{program, index, t}, program.nodes[index].payload);
}

}  // namespace

double evaluate(const Program& program, Index index, double t) {
    return evaluate_node(program, index, t);
}

double evaluate(const Program& program, double t) {
    return evaluate_node(program, program.root_index(), t);
}

}  // namespace pywarmup::program
