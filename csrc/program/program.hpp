// The flat, immutable program that a schedule is: nodes in one table, children
// before parents, the root last.  Plain data, without pointers, so that copying,
// joining and destroying a million stages recurses nowhere.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "../shapes/all.hpp"
#include "combinators.hpp"

namespace pywarmup::program {

inline constexpr double endless = std::numeric_limits<double>::infinity();
inline constexpr std::size_t largest_depth = 100;

template <class Shapes>
struct PayloadOf;

template <class... Shapes>
struct PayloadOf<shapes::List<Shapes...>> {
    using type = std::variant<Shapes..., shapes::CosinePower, Join, Product, Sum, Minimum, Maximum, Scale, Offset, Clip, Shift, Repeat,
                              Until, Reverse, Warp, Stairs, Mirror>;
};

using Payload = PayloadOf<shapes::All>::type;
using Index = std::uint32_t;

struct Node {
    Payload payload;
    Index first_child = 0;    // in Program::children; a node with one child has it right before itself
    Index child_count = 0;
    std::size_t table = 0;    // offset in Program::tables
    double steps = endless;   // length
};

struct Program {
    std::vector<Node> nodes;
    std::vector<Index> children;
    std::vector<double> tables;
    double limit = endless;   // the last step that may be asked for
    std::size_t depth = 1;

    const Node& root() const { return nodes.back(); }
    Index root_index() const { return static_cast<Index>(nodes.size() - 1); }
    double steps() const { return nodes.back().steps; }
    double last_step() const { return std::min(limit, largest_step); }
};

// Why a program cannot be built.  The message is before + the offending value + after.
struct BuildError : std::invalid_argument {
    std::string field;  // a parameter, or an element of one: `stages[2]`
    std::string before;
    std::string after;

    BuildError(std::string field_, std::string before_, std::string after_)
        : std::invalid_argument(before_ + field_ + after_), field(std::move(field_)), before(std::move(before_)), after(std::move(after_)) {}

    static BuildError rule(const std::string& field, const std::string& rule) {
        return {field, "`" + field + "` must be " + rule + ", got ", ""};
    }
    static BuildError state(const std::string& cause, const std::string& field, const std::string& remedy) {
        return {field, cause + " (`" + field + "` is ", "); " + remedy};
    }
};

}  // namespace pywarmup::program
