// The registry of kinds and the rules of parameters, as data.
#include <pybind11/native_enum.h>

#include "../program/build.hpp"
#include "lower.hpp"
#include "register.hpp"

namespace pywarmup::bindings {
namespace {

namespace py = pybind11;

// {kind: {parameter: rule}}
py::dict parameter_table() {
    py::dict result;
    for (const program::Kind& kind : program::kinds()) {
        py::dict parameters;
        for (const Parameter& parameter : kind.parameters) parameters[py::str(std::string(parameter.name))] = py::cast(parameter.rule);
        result[py::str(std::string(kind.name))] = parameters;
    }
    return result;
}

}  // namespace

void register_registry(py::module_& module) {
    py::native_enum<Rule>(module, "Rule", "enum.Enum")
        .value("finite", Rule::finite)
        .value("non_negative", Rule::non_negative)
        .value("positive", Rule::positive)
        .value("length", Rule::length)
        .value("optional_length", Rule::optional_length)
        .value("delay", Rule::delay)
        .value("at_least_one", Rule::at_least_one)
        .value("tanh_end", Rule::tanh_end)
        .value("radam_beta", Rule::radam_beta)
        .value("flag", Rule::flag)
        .value("optional_finite", Rule::optional_finite)
        .value("optional_count", Rule::optional_count)
        .value("numbers", Rule::numbers)
        .value("milestones", Rule::milestones)
        .value("points", Rule::points)
        .value("schedule", Rule::schedule)
        .value("schedules", Rule::schedules)
        .value("policy", Rule::policy)
        .finalize();
    module.def("describe", [](Rule rule) { return std::string(describe(rule)); }, py::arg("rule"));
    module.def("check", check, py::arg("owner"), py::arg("field"), py::arg("rule"), py::arg("value"));
    module.attr("PARAMETERS") = parameter_table();
    module.attr("LARGEST_DEPTH") = program::largest_depth;
}

}  // namespace pywarmup::bindings
