// The entry points that a training loop meets once a step: `s.lr(step)`, `s(step)`, `s[step]` and
// `pywarmup.lr(step)`.  They are plain functions of the C API on the type that pybind11 makes, because
// pybind11's own dispatch costs several times what a value costs.
#pragma once

#include <pybind11/pybind11.h>

#include <bit>
#include <cstdint>

#include "../math/inline.hpp"
#include "../program/evaluate.hpp"

namespace pywarmup::bindings {

// A schedule in memory: what pybind11 keeps, then what the entry points read.  An object made by
// __new__ alone has zeros here; then no step is allowed, and CPython finds no vectorcall.
struct Instance {
    pybind11::detail::instance base;
    vectorcallfunc vectorcall;
    const program::Program* program;
    program::Root root;
    std::uint64_t refused;  // the bits of the least step above the last allowed one

    // Of two floats that are not negative and no nan the larger has the larger bits, read as an unsigned
    // integer; the bits of all other floats are larger still.
    PYWARMUP_INLINE bool allows(double t) const { return std::bit_cast<std::uint64_t>(t) < refused; }
    PYWARMUP_INLINE double value(double t) const { return root.evaluate(*program, root.node, t); }
};

// To be given to the py::class_ of Program.
pybind11::custom_type_setup entry_points();

// The constructor: lowers a value to its program, and puts it into an object that has none.
void initialise(pybind11::detail::value_and_holder& holder, pybind11::handle value);

// schedule(step)
PyObject* ask(PyObject* schedule, PyObject* step);

// The new reference that a function of the C API returns.
inline pybind11::object owned(PyObject* result) {
    if (result == nullptr) throw pybind11::error_already_set();
    return pybind11::reinterpret_steal<pybind11::object>(result);
}

// Calls work() -> py::object as a function of the C API: C++ exceptions become Python's.
template <class Work>
PyObject* guarded(const Work& work) {
    try {
        return work().release().ptr();
    } catch (pybind11::error_already_set& error) {
        error.restore();
#ifdef __GLIBCXX__
    } catch (abi::__forced_unwind&) {  // the end of a thread
        throw;
#endif
    } catch (...) {
        pybind11::detail::try_translate_exceptions();
    }
    return nullptr;
}

}  // namespace pywarmup::bindings
