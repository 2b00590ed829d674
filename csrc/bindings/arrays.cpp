#include "arrays.hpp"

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "../program/evaluate.hpp"

namespace pywarmup::bindings {
namespace {

using program::Program;

constexpr std::size_t block = 1024;                  // converted at a time

// Calls work(begin, count) on chunks without the GIL, and lets signals in between; the
// more nodes there are to evaluate, the shorter the chunks.
template <class Work>
void in_chunks(const Program& program, std::size_t count, const Work& work) {
    const std::size_t chunk = (std::size_t{1} << 16) / std::min<std::size_t>(program.nodes.size(), 64);
    for (std::size_t done = 0; done < count; done += chunk) {
        {
            const py::gil_scoped_release release;
            work(done, std::min(chunk, count - done));
        }
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    }
}

// Whether a step of the array's own type is within 0 and the last one; false for nan.
template <class Step>
bool is_allowed(Step step, double last) {
    if constexpr (std::is_floating_point_v<Step>) {
        return step >= 0.0 && step <= last;
    } else if constexpr (std::is_signed_v<Step>) {
        return step >= 0 && static_cast<std::uint64_t>(step) <= static_cast<std::uint64_t>(last);
    } else {
        return step <= static_cast<std::uint64_t>(last);
    }
}

template <class Step>
void refuse_bad_steps(const Program& program, const Step* steps, std::size_t count, py::handle array, const Place& place) {
    const double last = last_step(program);
    std::size_t bad = count;
    in_chunks(program, count, [&](std::size_t begin, std::size_t length) {
        const Step* end = steps + begin + length;
        const Step* found = std::find_if_not(steps + begin, end, [last](Step step) { return is_allowed(step, last); });
        if (found != end && bad == count) bad = static_cast<std::size_t>(found - steps);
    });
    if (bad == count) return;
    const py::object offender = array.attr("ravel")()[py::int_(bad)];
    throw py::value_error(place.owner + ": `" + place.field + "` must be " + step_rule(program) + ", got " +
                          shown(offender.attr("item")()) + " at index " + std::to_string(bad));
}

template <class Step>
py::array evaluate_steps(const Program& program, const py::array& steps, const Place& place) {
    const auto* input = static_cast<const Step*>(steps.data());
    const auto count = static_cast<std::size_t>(steps.size());
    refuse_bad_steps(program, input, count, steps, place);
    py::array_t<double> values(std::vector<py::ssize_t>(steps.shape(), steps.shape() + steps.ndim()));
    double* output = values.mutable_data();
    in_chunks(program, count, [&](std::size_t begin, std::size_t length) {
        if constexpr (std::is_same_v<Step, double>) {
            program::fill(program, input + begin, length, output + begin);
        } else {
            double converted[block];
            for (std::size_t done = 0; done < length; done += block) {
                const std::size_t part = std::min(block, length - done);
                const Step* source = input + begin + done;
                std::transform(source, source + part, converted, [](Step step) { return static_cast<double>(step); });
                program::fill(program, converted, part, output + begin + done);
            }
        }
    });
    return values;
}

// NumPy would take a truth value among numbers for 0 or 1.
bool has_truth_value(py::handle steps) {
    if (PyBool_Check(steps.ptr()) || std::string(Py_TYPE(steps.ptr())->tp_name).starts_with("numpy.bool")) return true;
    if (!PyList_Check(steps.ptr()) && !PyTuple_Check(steps.ptr())) return false;
    for (const py::handle step : steps) {
        if (has_truth_value(step)) return true;
    }
    return false;
}

// What NumPy makes of the steps, None if nothing.
py::object as_array(py::handle steps) {
    if (has_truth_value(steps)) return py::none();
    try {
        return py::module_::import("numpy").attr("asarray")(steps);
    } catch (py::error_already_set& error) {
        if (!error.matches(PyExc_ValueError) && !error.matches(PyExc_TypeError) && !error.matches(PyExc_OverflowError)) throw;
        return py::none();
    }
}

// Native, contiguous, and of one of the types read directly.
py::array normalised(py::handle steps, char kind, py::ssize_t size) {
    const char* type = kind == 'u' ? "=u8" : kind == 'i' ? "=i8" : size == 4 ? "=f4" : "=f8";
    return py::module_::import("numpy").attr("asarray")(steps, py::arg("dtype") = type, py::arg("order") = "C");
}

template <class Value>
void store(const Program& program, double start, double stride, std::size_t count, char* target, py::ssize_t step) {
    double values[block];
    for (std::size_t done = 0; done < count; done += block) {
        const std::size_t part = std::min(block, count - done);
        program::fill_range(program, start + static_cast<double>(done) * stride, stride, part, values);
        for (std::size_t i = 0; i < part; ++i, target += step) *reinterpret_cast<Value*>(target) = static_cast<Value>(values[i]);
    }
}

}  // namespace

double last_step(const Program& program) {
    return std::min(program.limit, largest_step);
}

std::string step_rule(const Program& program) {
    const std::string last = program.limit < largest_step ? shown(kept(program.limit, Rule::length)) + ", where the schedule ends" : "2**53";
    return "a number >= 0 and <= " + last;
}

py::array values_at(const Program& program, py::handle steps, const Place& place) {
    constexpr std::string_view rule = "a number or an array of integers or real numbers";
    const py::object array = as_array(steps);
    if (array.is_none()) raise_type_error(place, rule, steps);
    const std::string kind = py::str(array.attr("dtype").attr("kind"));
    const bool is_masked = py::isinstance(steps, py::module_::import("numpy").attr("ma").attr("MaskedArray"));
    if ((kind != "i" && kind != "u" && kind != "f") || is_masked) {
        throw py::type_error(place.owner + ": `" + place.field + "` must be " + std::string(rule) + ", got " + shown(steps) + " of dtype " +
                             std::string(py::str(array.attr("dtype"))));
    }
    const py::array ready = normalised(array, kind[0], array.attr("dtype").attr("itemsize").cast<py::ssize_t>());
    switch (ready.dtype().kind()) {
        case 'i': return evaluate_steps<std::int64_t>(program, ready, place);
        case 'u': return evaluate_steps<std::uint64_t>(program, ready, place);
        default: break;
    }
    return ready.dtype().itemsize() == 4 ? evaluate_steps<float>(program, ready, place) : evaluate_steps<double>(program, ready, place);
}

void fill_range(const Program& program, double start, double stride, py::array values, const Place& place) {
    if (values.ndim() != 1 || values.dtype().kind() != 'f' || (values.itemsize() != 8 && values.itemsize() != 4) || !(start >= 0.0)) {
        throw py::type_error(place.owner + ": `values` must be a one-dimensional array of float64 or float32, got " + shown(values));
    }
    const auto count = static_cast<std::size_t>(values.size());
    if (count == 0) return;
    const double last = start + stride * static_cast<double>(count - 1);
    if (last > last_step(program)) raise_value_error(place, step_rule(program), kept(last, Rule::length));
    const py::ssize_t step = values.strides(0);
    auto* target = static_cast<char*>(values.mutable_data());
    const bool is_double = values.itemsize() == sizeof(double);
    in_chunks(program, count, [&](std::size_t begin, std::size_t length) {
        const double first = start + static_cast<double>(begin) * stride;
        char* part = target + static_cast<py::ssize_t>(begin) * step;
        if (is_double && step == sizeof(double)) {
            program::fill_range(program, first, stride, length, reinterpret_cast<double*>(part));
        } else if (is_double) {
            store<double>(program, first, stride, length, part, step);
        } else {
            store<float>(program, first, stride, length, part, step);
        }
    });
}

}  // namespace pywarmup::bindings
