// One step as Python gives it, and the value there: every argument that a schedule takes or refuses.
#pragma once

#include "../program/program.hpp"
#include "numbers.hpp"

namespace pywarmup::bindings {

// The `step` of a schedule's type, for messages.
Place step_of(py::handle self);

// What nearly every call asks for: an int or a float, Python's or NumPy's, converted exactly.
// Whatever it does not take (nan is one) is negative or nan here, and is left to `at`.
double quick_number(py::handle step);

// The value of a schedule at a number, as float, or at an array of numbers, as array.
py::object at(py::handle self, py::handle step);

}  // namespace pywarmup::bindings
