#include "build.hpp"

#include <algorithm>
#include <type_traits>

namespace pywarmup::program {
namespace {

// Copies a program behind what is already there; returns where its root went.
Index append(Program& program, const Program& part) {
    const auto nodes = static_cast<Index>(program.nodes.size());
    const auto children = static_cast<Index>(program.children.size());
    const std::size_t tables = program.tables.size();
    for (const Node& node : part.nodes) {
        program.nodes.push_back(node);
        program.nodes.back().first_child += children;
        program.nodes.back().table += tables;
    }
    for (const Index child : part.children) program.children.push_back(child + nodes);
    program.tables.insert(program.tables.end(), part.tables.begin(), part.tables.end());
    return program.root_index();
}

void deepen(Program& program, const Program& child) {
    program.depth = std::max(program.depth, child.depth + 1);
    if (program.depth > largest_depth) {
        throw BuildError("", "schedules are nested more than " + std::to_string(largest_depth) + " deep",
                         "; join, add and multiply side by side, or make a Table of the values");
    }
}

// The children of a node, appended one after the other.
Program gather(Children children) {
    Program program;
    std::vector<Index> roots;
    program.nodes.reserve(children.size() + 1);
    roots.reserve(children.size());
    for (const Program* child : children) {
        deepen(program, *child);
        roots.push_back(append(program, *child));
    }
    program.children.insert(program.children.end(), roots.begin(), roots.end());
    return program;
}

void add_root(Program& program, Payload payload, double steps, std::size_t child_count = 1) {
    Node node{std::move(payload)};
    node.first_child = static_cast<Index>(program.children.size() - child_count);
    node.child_count = static_cast<Index>(child_count);
    node.steps = steps;
    program.nodes.push_back(std::move(node));
}

Program unary(const Program& child, Payload payload, double steps, double limit) {
    const Program* only[] = {&child};
    Program program = gather(only);
    add_root(program, std::move(payload), steps);
    program.limit = limit;
    return program;
}

// A child that is asked for every step up to `needed`.
void require_defined(const Program& child, const std::string& field, double needed) {
    if (child.limit < needed) {
        throw BuildError::state("a part raises an error past its end before the whole ends", field, "give that part another past_end policy");
    }
}

void require_bounded(const Program& child, const std::string& field) {
    if (child.steps() == endless) {
        throw BuildError::state("an endless schedule has no end", field, "give it one with .until(steps)");
    }
}

double within_largest(double steps) {
    if (steps > largest_step) throw BuildError("", "the whole would be longer than 2**53 steps", "; make its parts shorter");
    return steps;
}

// Stages with their running sums as the table of the new root.
Program joined(Children stages) {
    Program program = gather(stages);
    const std::size_t table = program.tables.size();
    program.tables.reserve(table + stages.size());
    double begin = 0.0;
    for (std::size_t index = 0; index < stages.size(); ++index) {
        const Program& stage = *stages[index];
        const bool is_last = index + 1 == stages.size();
        const std::string field = is_last ? "" : "stages[" + std::to_string(index) + "]";
        program.tables.push_back(begin);
        if (is_last) {
            program.limit = stage.limit + begin;
        } else {
            if (stage.steps() == endless) {
                throw BuildError::state("only the last stage may go on for ever", field, "give it an end with .until(steps)");
            }
            require_defined(stage, field, stage.steps());
        }
        begin += stage.steps();
    }
    add_root(program, Join{program.tables.back()}, begin, stages.size());
    program.nodes.back().table = table;
    return program;
}

template <class Operator>
Program build_many(const Arguments&, Children children) {
    Program program = gather(children);
    double steps = 0.0;
    double limit = endless;
    for (const Program* child : children) {
        if (child->steps() != endless) steps = std::max(steps, child->steps());
        limit = std::min(limit, child->limit);
    }
    add_root(program, Operator{}, steps > 0.0 ? steps : endless, children.size());
    program.limit = limit;
    return program;
}

Program build_join(const Arguments&, Children children) {
    Program program = joined(children);
    if (program.steps() != endless) within_largest(program.steps());
    return program;
}

Program build_scale(const Arguments& given, Children children) {
    const Program& child = *children[0];
    return unary(child, Scale{given[1].number}, child.steps(), child.limit);
}

Program build_offset(const Arguments& given, Children children) {
    const Program& child = *children[0];
    return unary(child, Offset{given[1].number}, child.steps(), child.limit);
}

Program build_clip(const Arguments& given, Children children) {
    const Program& child = *children[0];
    return unary(child, Clip{given[1].number_or(-endless), given[2].number_or(endless)}, child.steps(), child.limit);
}

Program build_shift(const Arguments& given, Children children) {
    const Program& child = *children[0];
    const double steps = given[1].number;
    if (steps >= child.steps()) throw BuildError::rule("steps", "less than the schedule's total_steps");
    return unary(child, Shift{steps}, child.steps() - steps, child.limit - steps);
}

struct Stretcher {
    double factor;

    template <class Part>
    Payload operator()(const Part& part) const {
        if constexpr (requires { part.stretched(factor); }) {
            return part.stretched(factor);
        } else {
            return part;
        }
    }
};

Program stretched(Program program, double factor) {
    for (Node& node : program.nodes) {
        node.payload = std::visit(Stretcher{factor}, node.payload);
        node.steps *= factor;
        if (std::holds_alternative<Join>(node.payload)) {
            double* begins = program.tables.data() + node.table;
            std::for_each(begins, begins + node.child_count, [factor](double& begin) { begin *= factor; });
        }
    }
    program.limit *= factor;
    return program;
}

Program build_stretch(const Arguments& given, Children children) {
    const double factor = given[1].number;
    for (const Node& node : children[0]->nodes) {
        const double steps = node.steps * factor;
        if (node.steps != endless && !(steps > 0.0 && steps <= largest_step)) {
            throw BuildError::rule("factor", "such that every length stays > 0 and <= 2**53");
        }
    }
    Program program = stretched(*children[0], factor);
    deepen(program, *children[0]);
    return program;
}

Program scaled(const Program& child, double factor) {
    return factor == 1.0 ? child : unary(child, Scale{factor}, child.steps(), child.limit);
}

// Cycle c lasts growth^c times as long and is worth decay^c; endless growth stops
// where steps do.
Program grown(const Program& child, double times, double growth, double decay) {
    constexpr std::size_t most = 100000;
    std::vector<Program> cycles;
    double end = 0.0;
    double length = 1.0;
    double worth = 1.0;
    while (static_cast<double>(cycles.size()) < times && end <= largest_step) {
        if (cycles.size() == most) throw BuildError::state("growing cycles would be more than 100000", "growth", "give fewer with times=");
        cycles.push_back(scaled(stretched(child, length), worth));
        end += child.steps() * length;
        length *= growth;
        worth *= decay;
    }
    if (times != endless) within_largest(end);
    std::vector<const Program*> pointers;
    for (const Program& cycle : cycles) pointers.push_back(&cycle);
    Program program = joined(pointers);
    if (times == endless) program.nodes.back().steps = endless;
    return program;
}

Program build_repeat(const Arguments& given, Children children) {
    const Program& child = *children[0];
    require_bounded(child, "schedule");
    require_defined(child, "schedule", child.steps());
    const double times = given[1].number_or(endless);
    const double growth = given[2].number;
    const double decay = given[3].number;
    if (growth != 1.0) return grown(child, times, growth, decay);
    const double steps = times == endless ? endless : within_largest(child.steps() * times);
    return unary(child, Repeat{child.steps(), times, decay != 1.0, math::log2(decay)}, steps, endless);
}

Program build_until(const Arguments& given, Children children) {
    const double steps = given[1].number;
    const double limit = children[0]->limit;
    return unary(*children[0], Until{steps}, steps, limit < steps ? limit : endless);
}

Program build_reverse(const Arguments&, Children children) {
    const Program& child = *children[0];
    require_bounded(child, "schedule");
    require_defined(child, "schedule", child.steps());
    return unary(child, Reverse{child.steps()}, child.steps(), endless);
}

Program build_warp(const Arguments& given, Children children) {
    const Program& child = *children[0];
    require_bounded(child, "schedule");
    require_defined(child, "schedule", child.steps());
    return unary(child, Warp{child.steps(), given[1].number}, child.steps(), endless);
}

// The last stair holds what the child ends with, so it ends where that begins.
Program build_stairs(const Arguments& given, Children children) {
    const Program& child = *children[0];
    const double every = given[1].number;
    const double steps = child.steps() == endless ? endless : within_largest(std::ceil(child.steps() / every) * every);
    return unary(child, Stairs{every}, steps, child.limit);
}

Program build_past_end(const Arguments& given, Children children) {
    const Program& child = *children[0];
    require_bounded(child, "schedule");
    require_defined(child, "schedule", child.steps());
    const double steps = child.steps();
    switch (static_cast<int>(given[1].number)) {
        case PastEnd::repeat: return unary(child, Repeat{steps, endless, false, {}}, steps, endless);
        case PastEnd::mirror: return unary(child, Mirror{steps}, steps, endless);
        default: return unary(child, Until{steps}, steps, steps);
    }
}

template <class Shape>
double length_of(const Shape& shape) {
    if constexpr (requires { shape.steps_; }) {
        return shape.steps_;
    } else {
        return endless;
    }
}

struct ShapeBuilder {
    template <class Shape>
    Program operator()(const Shape& shape, std::vector<double> table = {}) const {
        Program program;
        program.nodes.push_back(Node{Payload(shape)});
        program.nodes.back().steps = length_of(shape);
        program.tables = std::move(table);
        return program;
    }
};

template <class Shape, std::size_t... index>
Shape construct(const Arguments& given, std::index_sequence<index...>) {
    return Shape(static_cast<std::conditional_t<Shape::parameters[index].rule == Rule::flag, bool, double>>(given[index].number)...);
}

template <class Shape>
Program build_shape(const Arguments& given, Children) {
    if constexpr (requires { Shape::make(given, ShapeBuilder{}); }) {
        return Shape::make(given, ShapeBuilder{});
    } else {
        return ShapeBuilder{}(construct<Shape>(given, std::make_index_sequence<std::size(Shape::parameters)>{}));
    }
}

// Rules that need several parameters come first.
template <class Part, Program (*build)(const Arguments&, Children)>
Program checked(const Arguments& given, Children children) {
    if constexpr (requires { Part::conflict(given); }) {
        if (const std::optional<Conflict> conflict = Part::conflict(given)) {
            throw BuildError::rule(std::string(Part::parameters[conflict->parameter].name), std::string(conflict->rule));
        }
    }
    return build(given, children);
}

template <class Part, Program (*build)(const Arguments&, Children)>
Kind kind_of() {
    return {Part::kind, Part::parameters, checked<Part, build>};
}

template <class... Shapes>
std::vector<Kind> all_kinds(shapes::List<Shapes...>) {
    return {
        kind_of<Shapes, build_shape<Shapes>>()...,
        kind_of<Join, build_join>(),
        kind_of<Product, build_many<Product>>(),
        kind_of<Sum, build_many<Sum>>(),
        kind_of<Minimum, build_many<Minimum>>(),
        kind_of<Maximum, build_many<Maximum>>(),
        kind_of<Scale, build_scale>(),
        kind_of<Offset, build_offset>(),
        kind_of<Clip, build_clip>(),
        kind_of<Shift, build_shift>(),
        kind_of<Stretch, build_stretch>(),
        kind_of<Repeat, build_repeat>(),
        kind_of<Until, build_until>(),
        kind_of<Reverse, build_reverse>(),
        kind_of<Warp, build_warp>(),
        kind_of<Stairs, build_stairs>(),
        kind_of<PastEnd, build_past_end>(),
    };
}

}  // namespace

std::span<const Kind> kinds() {
    static const std::vector<Kind> table = all_kinds(shapes::All{});
    return table;
}

const Kind* find_kind(std::string_view name) {
    const auto table = kinds();
    const auto found = std::find_if(table.begin(), table.end(), [name](const Kind& kind) { return kind.name == name; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace pywarmup::program
