// The class that every schedule inherits from.
#include <pybind11/stl.h>

#include <cmath>

#include "../program/evaluate.hpp"
#include "../program/kernels.hpp"
#include "../program/program.hpp"
#include "../program/record.hpp"
#include "arrays.hpp"
#include "lower.hpp"
#include "register.hpp"

namespace pywarmup::bindings {
namespace {

using program::Program;

Place step_of(py::handle self) {
    return {py::str(py::type::handle_of(self).attr("__name__")), "step"};
}

Place steps_of(py::handle self) {
    return {step_of(self).owner, "steps"};
}

// What nearly every call asks for: an int or a float, converted exactly.  Whatever
// it does not take (nan is one) is negative here and goes the long way.
double quick_number(py::handle step) {
    if (PyFloat_CheckExact(step.ptr())) return PyFloat_AS_DOUBLE(step.ptr());
    if (!PyLong_CheckExact(step.ptr())) return -1.0;
    int overflow = 0;
    const long long integer = PyLong_AsLongLongAndOverflow(step.ptr(), &overflow);
    return integer > static_cast<long long>(largest_step) ? -1.0 : static_cast<double>(integer);
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

py::object at(py::handle self, py::handle step) {
    const Program& program = program_of(self);
    const double t = quick_number(step);
    if (t >= 0.0 && t <= program.last_step()) return py::float_(program::evaluate(program, t));
    if (holds_steps(step)) return values_at(program, step, py::dtype::of<double>(), step_of(self));
    return py::float_(at_number(program, self, step));
}

// In place of pybind11's list of signatures.
py::object refuse_arguments(py::handle self, const py::args& given, const py::kwargs& named) {
    const std::size_t count = given.size() + named.size();
    throw py::type_error(std::string(py::str(py::type::handle_of(self).attr("__name__"))) + ": `step` must be the one argument, got " +
                         std::to_string(count) + (named.empty() ? "" : ", of which by name " + shown(py::list(named))));
}

bool is_built(py::handle value) {
    return py::isinstance<Program>(value) && reinterpret_cast<py::detail::instance*>(value.ptr())->get_value_and_holder().holder_constructed();
}

py::object total_steps(py::handle self) {
    const Program& program = program_of(self);
    return program.steps() == program::endless ? py::object(py::none()) : kept(program.steps(), Rule::length);
}

// (instructions, tables, result): an instruction is (name, operand, ...) or ("constant", value).
py::tuple recording(py::handle self) {
    const program::Recording recording = program::record(program_of(self));
    py::list instructions;
    for (const program::Instruction& instruction : recording.instructions) {
        const py::str name(std::string(program::name_of(instruction.operation)));
        const auto* operands = instruction.operands;
        if (instruction.operation == program::Operation::constant) {
            instructions.append(py::make_tuple(name, instruction.value));
        } else {
            instructions.append(py::make_tuple(name, operands[0], operands[1], operands[2]));
        }
    }
    return py::make_tuple(instructions, recording.tables, recording.result);
}

}  // namespace

void register_program(py::module_& module) {
    module.def("is_built", &is_built, py::arg("value"));
    module.def("instruction_sets", [] {
        py::list names;
        for (const program::Kernels* kernels : program::available_kernels()) names.append(std::string(kernels->name));
        return names;
    });
    module.def("use_instruction_set", [](const std::string& name) {
        if (!program::use_kernels(name)) throw py::value_error("use_instruction_set: `name` must be one of instruction_sets(), got " + name);
    }, py::arg("name"));
    py::class_<Program>(module, "Program", "A compiled schedule; every schedule is one.")
        .def(py::init(&lower), py::arg("value"))
        .def("__call__", &at, py::arg("step"))
        .def("__call__", &refuse_arguments)
        .def("lr", &at, py::arg("step"))
        .def("lr", &refuse_arguments)
        .def_property_readonly("total_steps", &total_steps)
        .def_property_readonly("depth", [](py::handle self) { return program_of(self).depth; })
        .def("_fill", [](py::handle self, double start, double stride, py::array values) {
            fill_range(program_of(self), start, stride, std::move(values), step_of(self));
        }, py::arg("start"), py::arg("stride"), py::arg("values"))
        .def("_at", [](py::handle self, py::handle steps, const py::dtype& type) {
            return values_at(program_of(self), steps, type, steps_of(self));
        }, py::arg("steps"), py::arg("dtype"))
        .def("_fill_at", [](py::handle self, py::handle steps, py::array values) {
            fill_at(program_of(self), steps, std::move(values), steps_of(self));
        }, py::arg("steps"), py::arg("values"))
        .def("_recording", &recording);
}

}  // namespace pywarmup::bindings
