#include "step.hpp"

#include <cstring>

#include "../program/evaluate.hpp"
#include "arrays.hpp"
#include "lower.hpp"

namespace pywarmup::bindings {
namespace {

using program::Program;

bool begins_with(const char* text, std::string_view prefix) {
    return std::strncmp(text, prefix.data(), prefix.size()) == 0;
}

double quick_integer(py::handle step) {
    int overflow = 0;
    const long long integer = PyLong_AsLongLongAndOverflow(step.ptr(), &overflow);
    return integer > static_cast<long long>(largest_step) ? -1.0 : static_cast<double>(integer);
}

// NumPy's are known by the names of their types, because NumPy need not be there.
double numpy_number(py::handle step) {
    const char* name = Py_TYPE(step.ptr())->tp_name;
    if (begins_with(name, "numpy.float")) return PyFloat_AsDouble(step.ptr());
    if (!begins_with(name, "numpy.int") && !begins_with(name, "numpy.uint")) return -1.0;
    const auto integer = py::reinterpret_steal<py::object>(PyNumber_Index(step.ptr()));
    return integer ? quick_integer(integer) : -1.0;
}

double at_number(const Program& program, py::handle self, py::handle step) {
    const double t = read_number(step, step_of(self), step_rule(program));
    if (!(t >= 0.0 && t <= program.last_step())) raise_value_error(step_of(self), step_rule(program), step);
    return program::evaluate(program, t);
}

// Arrays and sequences of steps; a 0-d array is one of them, a tensor of no dimension is a number.
bool holds_steps(py::handle step) {
    if (PyFloat_Check(step.ptr()) || PyLong_Check(step.ptr()) || PyUnicode_Check(step.ptr()) || PyBytes_Check(step.ptr())) return false;
    if (PyList_Check(step.ptr()) || PyTuple_Check(step.ptr()) || PyRange_Check(step.ptr())) return true;
    const py::object dimensions = py::getattr(step, "ndim", py::none());
    if (!PyLong_Check(dimensions.ptr())) return false;
    return !dimensions.equal(py::object(py::int_(0))) || std::string(Py_TYPE(step.ptr())->tp_name) == "numpy.ndarray";
}

}  // namespace

double quick_number(py::handle step) {
    if (PyFloat_Check(step.ptr())) return PyFloat_AS_DOUBLE(step.ptr());  // a numpy.float64 is one
    if (PyLong_CheckExact(step.ptr())) return quick_integer(step);
    const double number = numpy_number(step);
    if (number == -1.0) PyErr_Clear();
    return number;
}

Place step_of(py::handle self) {
    const std::string_view name = Py_TYPE(self.ptr())->tp_name;
    return {std::string(name.substr(name.rfind('.') + 1)), "step"};
}

py::object at(py::handle self, py::handle step) {
    const Program& program = program_of(self);
    if (holds_steps(step)) return values_at(program, step, py::none(), py::none(), step_of(self));
    return py::float_(at_number(program, self, step));
}

}  // namespace pywarmup::bindings
