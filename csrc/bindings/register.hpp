// One function for each topic of the module.
#pragma once

#include <pybind11/pybind11.h>

namespace pywarmup::bindings {

void register_registry(pybind11::module_& module);
void register_program(pybind11::module_& module);
void register_iterator();
void register_entry(pybind11::module_& module);
void register_current(pybind11::module_& module);
void register_stepper(pybind11::module_& module);

}  // namespace pywarmup::bindings
