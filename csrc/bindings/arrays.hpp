// Arrays of steps in, arrays of values out.
#pragma once

#include <pybind11/numpy.h>

#include "../program/program.hpp"
#include "numbers.hpp"

namespace pywarmup::bindings {

// The rule for one step of a program, in words.
std::string step_rule(const program::Program& program);

// The values at the steps of an array of any shape, as a new array of float64 or float32.
py::array values_at(const program::Program& program, py::handle steps, const py::dtype& type, const Place& place);

// The values at an array of steps into one of the same shape.
void fill_at(const program::Program& program, py::handle steps, py::array values, const Place& place);

// The values at start, start + stride, ... into a one-dimensional float array.
void fill_range(const program::Program& program, double start, double stride, py::array values, const Place& place);

}  // namespace pywarmup::bindings
