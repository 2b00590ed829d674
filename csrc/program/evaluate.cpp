#include "evaluate.hpp"

#include <array>
#include <utility>

#include "visit.hpp"

namespace pywarmup::program {
namespace {

constexpr Index few = 8;  // stages that a scan finds sooner than a binary search

PYWARMUP_INLINE double evaluate_node(const Program& program, const Node* node, double t);

[[gnu::noinline]] double evaluate_earlier_stage(const Program& program, const Node* join, double t) {
    const double* begins = program.tables.data() + join->table;
    Index stage = join->child_count - 1;
    if (join->child_count > few) {
        stage = stage_at(begins, join->child_count, t);
    } else {
        while (stage > 0 && t < begins[stage]) --stage;
    }
    return evaluate_node(program, &program.nodes[program.children[join->first_child + stage]], t - begins[stage]);
}

struct AtStep {
    const Program& program;
    const Node* node;
    double t;

    // The last stage is tried first; it stands right before the join.
    double operator()(const Join& join) const {
        if (t < join.last_begin) return evaluate_earlier_stage(program, node, t);
        return evaluate_node(program, node - 1, t - join.last_begin);
    }

    double operator()(const Repeat& repeat) const {
        return repeat.change(evaluate_node(program, node - 1, repeat.time(t)), t);
    }

    template <class Part>
    double operator()(const Part& part) const {
        if constexpr (HasTime<Part>) {
            return evaluate_node(program, node - 1, part.time(t));
        } else if constexpr (HasChange<Part>) {
            return part.change(evaluate_node(program, node - 1, t));
        } else if constexpr (HasCombine<Part>) {
            return combine<Part>();
        } else {
            return value_of(part, t, program.tables.data() + node->table);
        }
    }

    template <class Part>
    double combine() const {
        const Index* children = program.children.data() + node->first_child;
        double value = evaluate_node(program, &program.nodes[children[0]], t);
        for (Index child = 1; child < node->child_count; ++child) {
            value = Part::combine(value, evaluate_node(program, &program.nodes[children[child]], t));
        }
        return value;
    }
};

// One function for each alternative of the payload, none with the stack frame of another: a step
// costs little more than its formula, so the way there counts.  A join ends in a jump to its stage.
template <std::size_t alternative>
double evaluate_as(const Program& program, const Node* node, double t) {
    const auto* part = std::get_if<alternative>(&node->payload);
    if (part == nullptr) PYWARMUP_UNREACHABLE;
    return AtStep{program, node, t}(*part);
}

using Evaluate = double (*)(const Program&, const Node*, double);

template <std::size_t... alternatives>
constexpr auto each_of(std::index_sequence<alternatives...>) {
    return std::array<Evaluate, sizeof...(alternatives)>{evaluate_as<alternatives>...};
}

constexpr auto evaluate_alternative = each_of(std::make_index_sequence<std::variant_size_v<Payload>>());

PYWARMUP_INLINE double evaluate_node(const Program& program, const Node* node, double t) {
    return evaluate_alternative[node->payload.index()](program, node, t);
}

}  // namespace

Root root_of(const Program& program) {
    return {evaluate_alternative[program.root().payload.index()], &program.root()};
}

double evaluate(const Program& program, Index index, double t) {
    return evaluate_node(program, &program.nodes[index], t);
}

double evaluate(const Program& program, double t) {
    return evaluate_node(program, &program.root(), t);
}

}  // namespace pywarmup::program
