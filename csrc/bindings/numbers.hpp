// Python objects read as numbers, by the rules of the core.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "../shapes/parameter.hpp"

namespace pywarmup::bindings {

namespace py = pybind11;

// Whose parameter is read, for messages: `{owner}: `{field}` must be ...`.
struct Place {
    std::string owner;
    std::string field;
};

// repr(value) on one line, cut when it is long.
std::string shown(py::handle value);

[[noreturn]] void raise_type_error(const Place& place, std::string_view rule, py::handle value);
[[noreturn]] void raise_value_error(const Place& place, std::string_view rule, py::handle value);

// A real number from int, float, NumPy scalar, 0-d array or tensor, Decimal, Fraction.
// TypeError for bool, str, complex, arrays and what is no number.
double read_number(py::handle value, const Place& place, std::string_view rule);

// The same, checked against a rule for numbers.
double read_checked(py::handle value, const Place& place, Rule rule);

// A number as Python shall keep it: an int where steps are whole, else a float.
py::object kept(double number, Rule rule);

}  // namespace pywarmup::bindings
