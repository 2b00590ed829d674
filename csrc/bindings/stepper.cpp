// What a scheduler does once a step: it counts, and has the values of its schedules written.
#include <pybind11/pybind11.h>
#include <structmember.h>

#include "entry.hpp"
#include "groups.hpp"
#include "lower.hpp"
#include "register.hpp"
#include "step.hpp"

namespace pywarmup::bindings {
namespace {

constexpr char type_name[] = "pywarmup._core.Stepper";
constexpr std::string_view step_rule = "a number >= 0 and <= 2**53";

constexpr char step_documentation[] =
    "step($self, epoch=None, *, increment=None)\n--\n\n"
    "Count a step, and write the values there into all parameter groups. It belongs behind `optimizer.step()`.\n\n"
    "Args:\n"
    "    epoch: Go to this step instead, >= 0; `step_to` does so without counting as a call.\n"
    "    increment: How far to go, >= 0: the samples or tokens of this update; `count` unless it is given.\n\n"
    "Raises:\n"
    "    ValueError: For what is no such number, or values that the groups must not get; then nothing is changed.\n\n"
    "Example:\n"
    "    >>> import torch, pywarmup as pw\n"
    "    >>> from pywarmup.torch import Scheduler\n"
    "    >>> optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)\n"
    "    >>> scheduler = Scheduler(optimizer, pw.Linear(0.0, 1.0, steps=100))\n"
    "    >>> optimizer.step()\n"
    "    >>> scheduler.step(increment=25)\n"
    "    >>> scheduler.get_last_lr()\n"
    "    [0.25]\n";

struct State {
    Groups groups;
    double last_epoch = -1.0;
    double count = 1.0;  // of one step
};

struct Stepper {
    PyObject_HEAD
    State* state;
    long long step_count;
};

State& state_of(PyObject* self) {
    return *reinterpret_cast<Stepper*>(self)->state;
}

[[noreturn]] void refuse(const std::string& problem) {
    throw py::value_error("Scheduler: " + problem);
}

// Always a ValueError: DeepSpeed takes a TypeError from a scheduler's step for a different signature, and tries again.
double read_count(const char* field, py::handle value) {
    const Place place{"Scheduler", field};
    double count = quick_number(value);
    if (count >= 0.0 && count <= largest_step) return count;
    try {
        count = read_number(value, place, step_rule);
    } catch (py::type_error& error) {
        throw py::value_error(error.what());
    }
    if (!(count >= 0.0 && count <= largest_step)) raise_value_error(place, step_rule, value);
    return count;
}

double incremented(const State& state, double increment) {
    const double epoch = state.last_epoch + increment;
    if (epoch <= largest_step) [[likely]] return epoch;
    raise_value_error({"Scheduler", "increment"}, "such that the step stays <= 2**53", kept(increment, Rule::length));
}

// The step that the arguments of `step(epoch=None, *, increment=None)` ask for.
double next_epoch(const State& state, PyObject* const* given, Py_ssize_t count, PyObject* names) {
    PyObject* values[2] = {count > 0 ? given[0] : nullptr, nullptr};
    if (count > 1) refuse("`step` takes one number, got " + std::to_string(count));
    for (Py_ssize_t index = 0; names != nullptr && index < PyTuple_GET_SIZE(names); ++index) {
        PyObject* name = PyTuple_GET_ITEM(names, index);
        const bool is_epoch = PyUnicode_CompareWithASCIIString(name, "epoch") == 0;
        if (!is_epoch && PyUnicode_CompareWithASCIIString(name, "increment") != 0) refuse("`step` takes `epoch` or `increment`, got " + shown(name));
        if (values[is_epoch ? 0 : 1] != nullptr) refuse("`step` takes one number, got 2");
        values[is_epoch ? 0 : 1] = given[count + index];
    }
    const bool has_epoch = values[0] != nullptr && values[0] != Py_None;
    const bool has_increment = values[1] != nullptr && values[1] != Py_None;
    if (has_epoch && has_increment) refuse("`step` takes `epoch` or `increment`, got both");
    if (has_epoch) return read_count("epoch", values[0]);
    return incremented(state, has_increment ? read_count("increment", values[1]) : state.count);
}

void go(PyObject* self, double epoch) {
    State& state = state_of(self);
    state.groups.write(self, epoch);
    state.last_epoch = epoch;
}

PyObject* update_lr(PyObject* self, PyObject* const* given, Py_ssize_t count, PyObject* names) {
    return guarded([&]() -> py::object {
        const State& state = state_of(self);
        const bool is_plain = count == 0 && names == nullptr;
        go(self, is_plain ? incremented(state, state.count) : next_epoch(state, given, count, names));
        return py::none();
    });
}

// _go_to(step): that step, whatever it was before.
PyObject* go_to(PyObject* self, PyObject* step) {
    return guarded([&]() -> py::object {
        go(self, read_count("step", step));
        return py::none();
    });
}

PyObject* step(PyObject* self, PyObject* const* given, Py_ssize_t count, PyObject* names) {
    auto* stepper = reinterpret_cast<Stepper*>(self);
    if (stepper->step_count == 1) [[unlikely]] {
        PyObject* nothing = PyObject_CallMethod(self, "_check_order", nullptr);
        if (nothing == nullptr) return nullptr;
        Py_DECREF(nothing);
    }
    PyObject* done = update_lr(self, given, count, names);
    if (done != nullptr) ++stepper->step_count;
    return done;
}

// _values(name): what each group gets at `last_epoch`.
PyObject* values(PyObject* self, PyObject* name) {
    return guarded([&]() -> py::object {
        State& state = state_of(self);
        for (Hyperparameter& parameter : state.groups.parameters) {
            if (py::str(named(parameter)).equal(py::handle(name))) return state.groups.values(self, parameter, state.last_epoch);
        }
        return py::none();
    });
}

Hyperparameter read_parameter(py::handle given) {
    const py::tuple fields = py::cast<py::tuple>(given);
    PyObject* name = py::str(fields[0]).release().ptr();
    PyUnicode_InternInPlace(&name);
    Hyperparameter parameter{Key(py::reinterpret_steal<py::str>(name)), py::cast<Py_ssize_t>(fields[1]), Key(fields[2]), py::cast<double>(fields[3]),
                  py::cast<double>(fields[4]), py::cast<bool>(fields[5]), {}, {}};
    for (py::handle schedule : py::cast<py::tuple>(fields[6])) {
        program_of(schedule);  // refuses what is none
        parameter.schedules.push_back(py::reinterpret_borrow<py::object>(schedule));
    }
    if (parameter.schedules.empty()) refuse("a hyperparameter must have a schedule");
    return parameter;
}

// _drive(parameters): what to write from now on; see pywarmup/torch/scheduler.py for the fields.
PyObject* drive(PyObject* self, PyObject* given) {
    return guarded([&]() -> py::object {
        std::vector<Hyperparameter> parameters;
        for (py::handle parameter : py::handle(given)) parameters.push_back(read_parameter(parameter));
        if (state_of(self).groups.is_writing()) refuse("it is at a step, in this thread or another");
        state_of(self).groups.parameters = std::move(parameters);
        return py::none();
    });
}

// _write(): writes the values at `last_epoch` again.
PyObject* rewrite(PyObject* self, PyObject*) {
    return guarded([&]() -> py::object {
        state_of(self).groups.write(self, state_of(self).last_epoch);
        return py::none();
    });
}

PyObject* get_optimizer(PyObject* self, void*) {
    const py::object& optimizer = state_of(self).groups.optimizer;
    if (!optimizer) PyErr_SetString(PyExc_AttributeError, "optimizer");
    return Py_XNewRef(optimizer.ptr());
}

int set_optimizer(PyObject* self, PyObject* value, void*) {
    state_of(self).groups.optimizer = py::reinterpret_borrow<py::object>(value);
    return 0;
}

PyObject* get_number(PyObject* self, void* member) {
    return kept(state_of(self).*(*static_cast<double State::**>(member)), Rule::length).release().ptr();
}

int set_number(PyObject* self, PyObject* value, void* member) {
    double State::*const which = *static_cast<double State::**>(member);
    double& number = state_of(self).*which;
    PyObject* done = guarded([&]() -> py::object {
        if (value == nullptr) refuse("`last_epoch` and `count` cannot be deleted");
        if (which == &State::count) {
            number = read_checked(value, {"Scheduler", "count"}, Rule::length);
            return py::none();
        }
        const bool is_before_the_first = PyLong_CheckExact(value) && PyLong_AsLong(value) == -1 && PyErr_Occurred() == nullptr;
        PyErr_Clear();
        number = is_before_the_first ? -1.0 : read_count("last_epoch", value);
        return py::none();
    });
    if (done == nullptr) return -1;
    Py_DECREF(done);
    return 0;
}

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
    auto* stepper = reinterpret_cast<Stepper*>(type->tp_alloc(type, 0));
    if (stepper != nullptr) stepper->state = new State;
    return reinterpret_cast<PyObject*>(stepper);
}

int traverse(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    if (reinterpret_cast<Stepper*>(self)->state == nullptr) return 0;
    Py_VISIT(state_of(self).groups.optimizer.ptr());
    for (const Hyperparameter& parameter : state_of(self).groups.parameters) {
        for (const py::object& schedule : parameter.schedules) Py_VISIT(schedule.ptr());
    }
    return 0;
}

int clear(PyObject* self) {
    state_of(self).groups.clear();
    return 0;
}

void deallocate(PyObject* self) {
    PyTypeObject* type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    delete reinterpret_cast<Stepper*>(self)->state;
    type->tp_free(self);
    Py_DECREF(type);
}

double State::*last_epoch_member = &State::last_epoch;
double State::*count_member = &State::count;

PyGetSetDef properties[] = {
    {"optimizer", get_optimizer, set_optimizer, "The optimizer whose groups are written.", nullptr},
    {"last_epoch", get_number, set_number, "The step of the values in the optimizer, -1 before the first.", &last_epoch_member},
    {"count", get_number, set_number, "How much one `step()` counts.", &count_member},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyMemberDef members[] = {
    {"_step_count", T_LONGLONG, offsetof(Stepper, step_count), 0, "How often `step()` was called, the first step among them."},
    {nullptr, 0, 0, 0, nullptr},
};

constexpr int with_keywords = METH_FASTCALL | METH_KEYWORDS;
#define PYWARMUP_METHOD(function) reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function))
PyMethodDef methods[] = {
    {"step", PYWARMUP_METHOD(step), with_keywords, step_documentation},
    {"_update_lr", PYWARMUP_METHOD(update_lr), with_keywords, "_update_lr($self, epoch=None, *, increment=None)\n--\n\nA step that is not counted as a call."},
    {"_go_to", go_to, METH_O, "_go_to($self, step, /)\n--\n\nGo to a step."},
    {"_values", values, METH_O, "_values($self, name, /)\n--\n\nWhat each group gets at `last_epoch`; None for a name that is not driven."},
    {"_drive", drive, METH_O, "_drive($self, parameters, /)\n--\n\nWhat to write from now on."},
    {"_write", rewrite, METH_NOARGS, "_write($self, /)\n--\n\nWrite the values at `last_epoch` again."},
    {nullptr, nullptr, 0, nullptr},
};
#undef PYWARMUP_METHOD

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("Counts steps, and writes the values of schedules into an optimizer's groups.")},
    {Py_tp_new, reinterpret_cast<void*>(make)},
    {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear)},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {Py_tp_getset, properties},
    {0, nullptr},
};

constexpr unsigned flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE;
PyType_Spec spec = {type_name, sizeof(Stepper), 0, flags, slots};

}  // namespace

void register_stepper(py::module_& module) {
    module.attr("Stepper") = owned(PyType_FromSpec(&spec));
}

}  // namespace pywarmup::bindings
