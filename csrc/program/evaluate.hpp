// Evaluation of a program: one step, a range of steps, any steps.  All three run
// the same formulas and give the same bits.
#pragma once

#include <cstddef>

#include "program.hpp"

namespace pywarmup::program {

// The value at step t, 0 <= t <= program.limit.
double evaluate(const Program& program, double t);

// The values at count given steps.
void fill(const Program& program, const double* steps, std::size_t count, double* values);

// The values at start, start + stride, ...; all steps are integers of at most 2^53.
void fill_range(const Program& program, double start, double stride, std::size_t count, double* values);

}  // namespace pywarmup::program
