// Arrays of steps in, arrays of values out.
#pragma once

#include <pybind11/numpy.h>

#include "../program/program.hpp"
#include "../program/range.hpp"
#include "numbers.hpp"

namespace pywarmup::bindings {

// The rule for one step of a program, in words.
std::string step_rule(const program::Program& program);

// The values at an array of steps of any shape.  `dtype` and `out` are what the user gave for
// the array to return (output.hpp).
py::array values_at(const program::Program& program, py::handle steps, py::handle dtype, py::handle out, const Place& place);

// The values at steps in order, integers >= 0.
py::array values_in_order(const program::Program& program, program::Range range, std::size_t count, py::handle dtype, py::handle out,
                          const Place& place);

}  // namespace pywarmup::bindings
