// Evaluation of a program: one step, a range of steps, any steps.  All three run
// the same formulas and give the same bits.
#pragma once

#include <cstddef>

#include "program.hpp"
#include "range.hpp"

namespace pywarmup::program {

// The value at step t, 0 <= t <= program.last_step().
double evaluate(const Program& program, double t);

// The way to the value of a program, for those who ask it often: evaluate(program, node, t).
struct Root {
    double (*evaluate)(const Program& program, const Node* node, double t);
    const Node* node;
};

Root root_of(const Program& program);

// The same for a part of the program, given by its node.
double evaluate(const Program& program, Index index, double t);

// The values at count steps: doubles, floats, std::int64_t or std::uint64_t.  Returns
// the index of the first step that is not in [0, program.last_step()], or count.
template <class Step>
std::size_t fill(const Program& program, const Step* steps, std::size_t count, double* values);

// The values at steps in order, integers in [0, program.last_step()].
void fill_range(const Program& program, Range range, std::size_t count, double* values);

}  // namespace pywarmup::program
