// The core as pybind11's tutorial would bind it.
#include <pybind11/pybind11.h>

#include "warmup_cosine.hpp"

namespace py = pybind11;
using benches::WarmupCosine;

static double lr(const WarmupCosine& schedule, double step) {
    if (!schedule.allows(step)) throw py::value_error("step must be >= 0 and <= 2**53");
    return schedule.at(step);
}

PYBIND11_MODULE(ordinary, module) {
    py::class_<WarmupCosine>(module, "WarmupCosine")
        .def(py::init<double, double, double, double>())
        .def("lr", &lr)
        .def("__call__", &lr);
}
