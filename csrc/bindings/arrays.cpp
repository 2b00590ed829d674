#include "arrays.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "../program/evaluate.hpp"
#include "../program/visit.hpp"
#include "output.hpp"

namespace pywarmup::bindings {
namespace {

using program::Program;

constexpr std::size_t worth_a_release = 4096;  // values times nodes: below, other threads wait no longer than for any call

constexpr std::size_t many_nodes = 64;

// How many values take some milliseconds.  What is soon done is done in one piece, because
// the two halves of a curve share work within a piece.
std::size_t chunk_of(const Program& program, std::size_t count) {
    const std::size_t nodes = std::min(program.nodes.size(), many_nodes);
    const auto is_quick = [](const program::Node& node) { return program::is_quick(node.payload); };
    if (nodes == many_nodes || !std::all_of(program.nodes.begin(), program.nodes.end(), is_quick)) return (std::size_t{1} << 16) / nodes;
    return count <= std::size_t{1} << 24 ? count : std::size_t{1} << 22;
}

// Calls work(begin, count) on chunk after chunk without the GIL, and about fifty times
// a second lets other threads and signals in.  Taking the GIL more often would make
// a busy thread beside us cost its switch interval for every chunk.
template <class Work>
void in_chunks(const Program& program, std::size_t count, const Work& work) {
    using clock = std::chrono::steady_clock;
    if (count * program.nodes.size() <= worth_a_release) return work(0, count);
    const std::size_t chunk = chunk_of(program, count);
    for (std::size_t done = 0; done < count;) {
        {
            const py::gil_scoped_release release;
            const auto end = clock::now() + std::chrono::milliseconds(20);
            do {
                const std::size_t length = std::min(chunk, count - done);
                work(done, length);
                done += length;
            } while (done < count && clock::now() < end);
        }
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    }
}

py::module_ numpy() {
    return py::module_::import("numpy");
}

// The values at contiguous steps; returns the index of the first step that is not allowed, or count.
template <class Step>
std::size_t evaluate_steps(const Program& program, const py::array& steps, py::array& values) {
    const auto* input = static_cast<const Step*>(steps.data());
    const auto count = static_cast<std::size_t>(steps.size());
    const Target target(values);
    std::size_t bad = count;
    in_chunks(program, count, [&](std::size_t begin, std::size_t length) {
        target.write(begin, length, [&](std::size_t first, std::size_t part, double* output) {
            if (bad < count) return;
            const std::size_t good = program::fill(program, input + first, part, output);
            if (good < part) bad = first + good;
        });
    });
    return bad;
}

std::size_t evaluate_any(const Program& program, const py::array& steps, py::array& values) {
    switch (steps.dtype().kind()) {
        case 'i': return evaluate_steps<std::int64_t>(program, steps, values);
        case 'u': return evaluate_steps<std::uint64_t>(program, steps, values);
        default: break;
    }
    return steps.itemsize() == sizeof(float) ? evaluate_steps<float>(program, steps, values) : evaluate_steps<double>(program, steps, values);
}

// The type of steps that the core reads for those of an array.
const char* type_read(const py::array& steps) {
    const char kind = steps.dtype().kind();
    return kind == 'u' ? "=u8" : kind == 'i' ? "=i8" : steps.itemsize() == sizeof(float) ? "=f4" : "=f8";
}

bool is_without_gaps(const py::array& array) {
    return (array.flags() & py::array::c_style) != 0;
}

bool is_read_directly(const py::array& array, const char* type) {
    return is_without_gaps(array) && array.dtype().equal(py::dtype(type)) &&
           (array.flags() & py::detail::npy_api::NPY_ARRAY_ALIGNED_) != 0;
}

// NumPy's buffered iterator brings steps of any layout and type, a few thousand at a
// time, so that no copy grows with their number.
std::size_t evaluate_buffered(const Program& program, const py::array& steps, const py::array& values) {
    if (steps.ndim() == 0) {  // which NumPy before 2.3 does not bring
        const py::array first = steps.attr("reshape")(1);
        return evaluate_buffered(program, first, values.attr("reshape")(1));
    }
    const py::object iterator = numpy().attr("nditer")(
        py::make_tuple(steps, values), py::arg("flags") = py::make_tuple("external_loop", "buffered", "zerosize_ok"),
        py::arg("op_flags") = py::make_tuple(py::make_tuple("readonly", "contig"), py::make_tuple("writeonly", "contig")),
        py::arg("op_dtypes") = py::make_tuple(type_read(steps), "=f8"), py::arg("order") = "C", py::arg("casting") = "same_kind");
    const py::object entered = iterator.attr("__enter__")();
    const auto count = static_cast<std::size_t>(steps.size());
    std::size_t done = 0;
    std::size_t bad = count;
    if (count > 0) {
        for (const py::handle pair : entered) {
            const auto some = py::reinterpret_borrow<py::array>(pair[py::int_(0)]);
            auto output = py::reinterpret_borrow<py::array>(pair[py::int_(1)]);
            const std::size_t good = evaluate_any(program, some, output);
            if (good < static_cast<std::size_t>(some.size())) {
                bad = done + good;
                break;
            }
            done += static_cast<std::size_t>(some.size());
        }
    }
    iterator.attr("__exit__")(py::none(), py::none(), py::none());
    return bad;
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
        return numpy().attr("asarray")(steps);
    } catch (py::error_already_set& error) {
        if (!error.matches(PyExc_ValueError) && !error.matches(PyExc_TypeError) && !error.matches(PyExc_OverflowError)) throw;
        return py::none();
    }
}

// An array of real numbers as it is, and not of a class of its own.
bool is_plain_array(py::handle steps) {
    if (Py_TYPE(steps.ptr()) != py::detail::npy_api::get().PyArray_Type_) return false;
    const char kind = py::reinterpret_borrow<py::array>(steps).dtype().kind();
    return kind == 'i' || kind == 'u' || kind == 'f';
}

// Steps as an array of real numbers.
py::array read_steps(py::handle steps, const Place& place) {
    constexpr std::string_view rule = "a number or an array of integers or real numbers";
    if (is_plain_array(steps)) return py::reinterpret_borrow<py::array>(steps);
    const py::object array = as_array(steps);
    if (array.is_none()) raise_type_error(place, rule, steps);
    const std::string kind = py::str(array.attr("dtype").attr("kind"));
    const bool is_masked = py::isinstance(steps, numpy().attr("ma").attr("MaskedArray"));
    if ((kind != "i" && kind != "u" && kind != "f") || is_masked) {
        throw py::type_error(place.owner + ": `" + place.field + "` must be " + std::string(rule) + ", got " + shown(steps) + " of dtype " +
                             std::string(py::str(array.attr("dtype"))));
    }
    return py::reinterpret_borrow<py::array>(array);
}

bool share_memory(const py::array& a, const py::array& b) {
    if (!is_without_gaps(a) || !is_without_gaps(b)) return numpy().attr("shares_memory")(a, b).cast<bool>();
    const auto* a_begin = static_cast<const char*>(a.data());
    const auto* b_begin = static_cast<const char*>(b.data());
    return a_begin < b_begin + b.nbytes() && b_begin < a_begin + a.nbytes();
}

void evaluate_checked(const Program& program, const py::array& steps, py::array& values, const Place& place) {
    const bool is_direct = is_read_directly(steps, type_read(steps)) && (values.ndim() == 1 || is_without_gaps(values));
    const std::size_t bad = is_direct ? evaluate_any(program, steps, values) : evaluate_buffered(program, steps, values);
    if (bad == static_cast<std::size_t>(steps.size())) return;
    const py::object offender = steps.attr("flat")[py::int_(bad)];
    throw py::value_error(place.owner + ": `" + place.field + "` must be " + step_rule(program) + ", got " +
                          shown(offender.attr("item")()) + " at index " + std::to_string(bad));
}

// The start and the stride of a Python range that counts up from a whole step, which needs no array of steps.
bool is_range_of_steps(const Program& program, py::handle steps) {
    if (!PyRange_Check(steps.ptr()) || py::len(steps) == 0) return false;
    const py::object first = steps[py::int_(0)];
    const py::object last = steps[py::int_(-1)];
    return py::object(steps.attr("step")) > py::int_(0) && first >= py::int_(0) &&
           last <= py::int_(static_cast<long long>(program.last_step()));
}

}  // namespace

std::string step_rule(const Program& program) {
    const std::string last = program.limit < largest_step ? shown(kept(program.limit, Rule::length)) + ", where the schedule ends" : "2**53";
    return "a number >= 0 and <= " + last;
}

py::array values_at(const Program& program, py::handle steps, py::handle dtype, py::handle out, const Place& place) {
    if (is_range_of_steps(program, steps)) {
        const program::Range range{steps.attr("start").cast<double>(), steps.attr("step").cast<double>()};
        return values_in_order(program, range, py::len(steps), dtype, out, place);
    }
    const py::array array = read_steps(steps, place);
    py::array values = output_array(place.owner, dtype, out, Shape(array.shape(), array.shape() + array.ndim()));
    if (!out.is_none() && share_memory(array, values)) {
        throw py::value_error(place.owner + ": `out` must not overlap `" + place.field + "`, got two views of the same memory");
    }
    evaluate_checked(program, array, values, place);
    return values;
}

py::array values_in_order(const Program& program, program::Range range, std::size_t count, py::handle dtype, py::handle out, const Place& place) {
    py::array values = output_array(place.owner, dtype, out, {static_cast<py::ssize_t>(count)});
    if (count == 0) return values;
    if (range.at(count - 1) > program.last_step()) raise_value_error(place, step_rule(program), kept(range.at(count - 1), Rule::length));
    const Target target(values);
    in_chunks(program, count, [&](std::size_t begin, std::size_t length) {
        target.write(begin, length, [&](std::size_t first, std::size_t part, double* output) {
            program::fill_range(program, range.from(first), part, output);
        });
    });
    return values;
}

}  // namespace pywarmup::bindings
