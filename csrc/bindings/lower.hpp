// From a Python value to its program.
#pragma once

#include <pybind11/pybind11.h>

#include "../program/program.hpp"

namespace pywarmup::bindings {

// The program that a value is. TypeError for an object made by __new__ alone, which has none.
const program::Program& program_of(pybind11::handle value);

// Reads the fields of a frozen dataclass by the parameters of its `kind`, checks
// them, puts them back as plain Python numbers and tuples, and builds the program.
program::Program lower(pybind11::handle value);

// Reads one parameter outside a dataclass: what recipes check their arguments with.
pybind11::object check(const std::string& owner, const std::string& field, Rule rule, pybind11::handle value);

}  // namespace pywarmup::bindings
