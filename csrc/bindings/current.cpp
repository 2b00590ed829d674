// The schedule in use, and `pywarmup.lr(step)`, which asks it.
#include <pybind11/critical_section.h>
#include <pybind11/pybind11.h>

#include "entry.hpp"
#include "register.hpp"

namespace pywarmup::bindings {
namespace {

namespace py = pybind11;

constexpr char lr_documentation[] =
    "lr($module, step, /)\n--\n\n"
    "Return the value of the schedule in use at a step: `s(step)` for the `s` of `pywarmup.use(s)`.\n\n"
    "Args:\n"
    "    step: What a schedule accepts: a number >= 0, or an array of them.\n\n"
    "Returns:\n"
    "    A float, or an array of float64 for an array.\n\n"
    "Raises:\n"
    "    LookupError: If no schedule is in use.\n"
    "    TypeError: For what is no number, bool among them.\n"
    "    ValueError: For a step that is negative, not finite or above 2**53.\n\n"
    "Example:\n"
    "    >>> import pywarmup as pw\n"
    "    >>> s = pw.use(pw.Linear(0.0, 1.0, steps=4))\n"
    "    >>> pw.lr(1)\n"
    "    0.25\n";

// The functions belong to a module of their own, for the state that CPython keeps beside a module: one
// in each interpreter, and found without a look-up.
PyObject*& slot_of(PyObject* module) {
    return *static_cast<PyObject**>(PyModule_GetState(module));
}

// A reference of one's own: another thread may put another schedule in use at any time.
PyObject* schedule_in_use(PyObject* module) {
    const py::scoped_critical_section lock(module);
    return Py_XNewRef(slot_of(module));
}

PyObject* lr(PyObject* module, PyObject* step) {
    PyObject* schedule = schedule_in_use(module);
    if (schedule == nullptr) {
        PyErr_SetString(PyExc_LookupError, "lr: no schedule is in use; call pywarmup.use(schedule) first");
        return nullptr;
    }
    PyObject* value = ask(schedule, step);
    Py_DECREF(schedule);
    return value;
}

PyObject* get(PyObject* module, PyObject*) {
    PyObject* schedule = schedule_in_use(module);
    return schedule == nullptr ? Py_NewRef(Py_None) : schedule;
}

PyObject* set(PyObject* module, PyObject* schedule) {
    PyObject* former = schedule == Py_None ? nullptr : Py_NewRef(schedule);
    {
        const py::scoped_critical_section lock(module);
        std::swap(former, slot_of(module));
    }
    Py_XDECREF(former);
    Py_RETURN_NONE;
}

PyMethodDef functions[] = {
    {"lr", lr, METH_O, lr_documentation},
    {"current", get, METH_NOARGS, "current($module, /)\n--\n\nReturn the schedule in use, or None."},
    {"set_current", set, METH_O, "set_current($module, schedule, /)\n--\n\nPut a schedule in use, None for none."},
};

int traverse(PyObject* module, visitproc visit, void* arg) {
    Py_VISIT(slot_of(module));
    return 0;
}

int clear(PyObject* module) {
    Py_CLEAR(slot_of(module));
    return 0;
}

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "pywarmup._core", nullptr, sizeof(PyObject*), nullptr, nullptr, traverse, clear, nullptr,
};

}  // namespace

void register_current(py::module_& module) {
    const py::object home = owned(PyModule_Create(&definition));
    for (PyMethodDef& function : functions) {
        module.attr(function.ml_name) = owned(PyCFunction_NewEx(&function, home.ptr(), py::str("pywarmup").ptr()));
    }
}

}  // namespace pywarmup::bindings
