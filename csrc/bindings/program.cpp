// The class that every schedule inherits from.
#include <pybind11/stl.h>

#include "../program/kernels.hpp"
#include "../program/program.hpp"
#include "../program/record.hpp"
#include "arrays.hpp"
#include "entry.hpp"
#include "lower.hpp"
#include "register.hpp"
#include "step.hpp"

namespace pywarmup::bindings {
namespace {

using program::Program;

Place steps_of(py::handle self) {
    return {step_of(self).owner, "steps"};
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
    py::class_<Program>(module, "Program", "A compiled schedule; every schedule is one.", entry_points())
        .def("__init__", &initialise, py::arg("value"), py::detail::is_new_style_constructor())
        .def_property_readonly("total_steps", &total_steps)
        .def_property_readonly("depth", [](py::handle self) { return program_of(self).depth; })
        .def("_array", [](py::handle self, double start, double stride, std::size_t count, py::handle dtype, py::handle out) {
            return values_in_order(program_of(self), {start, stride}, count, dtype, out, step_of(self));
        }, py::arg("start"), py::arg("stride"), py::arg("count"), py::arg("dtype"), py::arg("out"))
        .def("_at", [](py::handle self, py::handle steps, py::handle dtype, py::handle out) {
            return values_at(program_of(self), steps, dtype, out, steps_of(self));
        }, py::arg("steps"), py::arg("dtype"), py::arg("out"))
        .def("_recording", &recording);
}

}  // namespace pywarmup::bindings
