#include "iterator.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "../program/evaluate.hpp"
#include "arrays.hpp"
#include "entry.hpp"
#include "lower.hpp"
#include "register.hpp"
#include "step.hpp"

namespace pywarmup::bindings {
namespace {

using program::Program;

constexpr std::size_t first_block = 8;  // the first value is soon there
constexpr std::size_t largest_block = 256;
constexpr char type_name[] = "pywarmup._core.Values";

// Threads that share one may get a value twice, but read nothing outside `values`: so the schedule is
// kept to the end, and every index is compared before it is used.
struct Values {
    PyObject_HEAD
    PyObject* schedule;
    const Program* program;
    double start;  // the step of values[0]
    double end;    // the step to stop before
    std::size_t position;
    std::size_t count;
    std::size_t next_count;
    double values[largest_block];
};

Values* values_of(PyObject* self) {
    return reinterpret_cast<Values*>(self);
}

// Fills the next block with what may be asked for. False at the end, or with an error past an end that is one.
bool fill_next(Values& iterator) {
    const double start = iterator.start + static_cast<double>(iterator.count);
    if (start >= iterator.end) return false;
    const double allowed = std::min(iterator.end, iterator.program->last_step() + 1.0) - start;
    if (allowed < 1.0) {
        const Place place = step_of(iterator.schedule);
        raise_value_error(place, step_rule(*iterator.program), kept(start, Rule::length));
    }
    const std::size_t count = std::min(iterator.next_count, static_cast<std::size_t>(std::min(allowed, 1.0 * largest_block)));
    program::fill_range(*iterator.program, {start, 1.0}, count, iterator.values);
    iterator.start = start;
    iterator.count = count;
    iterator.next_count = std::min(2 * iterator.next_count, largest_block);
    iterator.position = 0;
    return true;
}

[[gnu::noinline]] PyObject* next_of_block(PyObject* self) {
    return guarded([&] {
        Values& iterator = *values_of(self);
        return fill_next(iterator) ? owned(PyFloat_FromDouble(iterator.values[iterator.position++])) : py::object();
    });
}

PyObject* next(PyObject* self) {
    Values& iterator = *values_of(self);
    const std::size_t position = iterator.position;
    if (position >= iterator.count) return next_of_block(self);
    iterator.position = position + 1;
    return PyFloat_FromDouble(iterator.values[position]);
}

// How many are left; unknown when they are endless.
PyObject* length_hint(PyObject* self, PyObject*) {
    const Values& iterator = *values_of(self);
    if (iterator.end == program::endless) Py_RETURN_NOTIMPLEMENTED;
    return PyLong_FromDouble(std::max(0.0, iterator.end - iterator.start - static_cast<double>(iterator.position)));
}

int traverse(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(values_of(self)->schedule);
    return 0;
}

// No tp_clear: a schedule cannot be changed, so a cycle through one has a link elsewhere to be cut.
void deallocate(PyObject* self) {
    PyTypeObject* type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_DECREF(values_of(self)->schedule);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

PyMethodDef methods[] = {
    {"__length_hint__", length_hint, METH_NOARGS, "How many values are left, NotImplemented if endlessly many."},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("The values of a schedule at steps 0, 1, ...")},
    {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_iter, reinterpret_cast<void*>(PyObject_SelfIter)},
    {Py_tp_iternext, reinterpret_cast<void*>(next)},
    {Py_tp_methods, methods},
    {0, nullptr},
};

constexpr unsigned flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE;
PyType_Spec spec = {type_name, sizeof(Values), 0, flags, slots};

}  // namespace

PyObject* iterate(PyObject* schedule) {
    return guarded([&] {
        const Program& program = program_of(schedule);
        auto* type = static_cast<PyTypeObject*>(py::get_shared_data(type_name));
        auto* iterator = PyObject_GC_New(Values, type);
        if (iterator == nullptr) throw py::error_already_set();
        iterator->schedule = Py_NewRef(schedule);
        iterator->program = &program;
        iterator->start = 0.0;
        iterator->end = std::ceil(program.steps());
        iterator->position = iterator->count = 0;
        iterator->next_count = first_block;
        PyObject_GC_Track(iterator);
        return py::reinterpret_steal<py::object>(reinterpret_cast<PyObject*>(iterator));
    });
}

// Each interpreter has its own type, which lives as long as the interpreter.
void register_iterator() {
    PyObject* type = PyType_FromSpec(&spec);
    if (type == nullptr) throw py::error_already_set();
    py::set_shared_data(type_name, type);
}

}  // namespace pywarmup::bindings
