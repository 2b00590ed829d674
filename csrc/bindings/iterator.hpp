// The values at steps 0, 1, ... one after the other: what `iter(s)` returns.
#pragma once

#include <pybind11/pybind11.h>

namespace pywarmup::bindings {

// To be the tp_iter of Program.
PyObject* iterate(PyObject* schedule);

}  // namespace pywarmup::bindings
