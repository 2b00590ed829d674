// Table of contents of the compiled module `pywarmup._core`.
#include <pybind11/pybind11.h>

#include "register.hpp"

PYBIND11_MODULE(_core, module, pybind11::mod_gil_not_used(), pybind11::multiple_interpreters::per_interpreter_gil()) {
    module.doc() = "The compiled core of pywarmup: programs, their evaluation, and the registry of kinds.";
    pywarmup::bindings::register_registry(module);
    pywarmup::bindings::register_program(module);
    pywarmup::bindings::register_iterator();
    pywarmup::bindings::register_entry(module);
    pywarmup::bindings::register_current(module);
    pywarmup::bindings::register_stepper(module);
}
