#include "entry.hpp"

#include <bit>
#include <cmath>

#include "../program/evaluate.hpp"
#include "arrays.hpp"
#include "iterator.hpp"
#include "lower.hpp"
#include "register.hpp"
#include "step.hpp"

#if PY_VERSION_HEX < 0x030B0000
#include <longintrepr.h>
#endif

namespace pywarmup::bindings {
namespace {

using program::Program;

constexpr char lr_documentation[] =
    "lr($self, step, /)\n--\n\n"
    "Return the value at a step: `s(step)` under the name that trainers use.\n\n"
    "Args:\n"
    "    step: The number of updates already made, >= 0, or an array of such numbers.\n\n"
    "Returns:\n"
    "    A float, or an array of float64 for an array.\n\n"
    "Raises:\n"
    "    TypeError: For what is no number, bool among them.\n"
    "    ValueError: For a step that is negative, not finite, above 2**53, or past an end declared an error.\n\n"
    "Example:\n"
    "    >>> import pywarmup as pw\n"
    "    >>> pw.Linear(0.0, 1.0, steps=4).lr(1)\n"
    "    0.25\n";

// An int of one digit; before 3.12 only a positive one, as one comparison tells.
PYWARMUP_INLINE bool is_short(PyObject* step) {
#if PY_VERSION_HEX >= 0x030C0000
    return PyUnstable_Long_IsCompact(reinterpret_cast<PyLongObject*>(step)) != 0;
#else
    return Py_SIZE(step) == 1;
#endif
}

PYWARMUP_INLINE double short_value(PyObject* step) {
#if PY_VERSION_HEX >= 0x030C0000
    return static_cast<double>(PyUnstable_Long_CompactValue(reinterpret_cast<PyLongObject*>(step)));
#else
    return static_cast<double>(static_cast<std::int32_t>(reinterpret_cast<PyLongObject*>(step)->ob_digit[0]));
#endif
}

std::uint64_t least_refused(const Program& program) {
    const double last = program.last_step();  // negative where a shift passes an end that is an error
    return last < 0.0 ? 0 : std::bit_cast<std::uint64_t>(std::nextafter(last, program::endless));
}

// Everything but short ints and floats, and every refusal.
[[gnu::noinline]] PyObject* value_at_any(PyObject* self, PyObject* step) {
    const auto* instance = reinterpret_cast<const Instance*>(self);
    const double t = quick_number(step);
    if (instance->allows(t)) return PyFloat_FromDouble(instance->value(t));
    return guarded([&] { return at(self, step); });
}

// What the entry points share; they differ in where the step comes from, and in who else may take it.
PYWARMUP_INLINE PyObject* value_at(PyObject* self, PyObject* step, binaryfunc otherwise = value_at_any) {
    const auto* instance = reinterpret_cast<const Instance*>(self);
    double t = 0.0;
    if (PyLong_CheckExact(step) && is_short(step)) [[likely]] {
        t = short_value(step);
    } else if (PyFloat_CheckExact(step)) [[unlikely]] {
        t = PyFloat_AS_DOUBLE(step);
    } else {
        return otherwise(self, step);
    }
    if (instance->allows(t)) [[likely]] return PyFloat_FromDouble(instance->value(t));
    return otherwise(self, step);
}

PyObject* call(PyObject* self, PyObject* arguments, PyObject* named);

// False for a class that overrides __call__, whenever it was assigned.
PYWARMUP_INLINE bool answers_itself(PyObject* self) {
    return Py_TYPE(self)->tp_call == call;
}

[[gnu::noinline]] PyObject* refuse_arguments(PyObject* self, PyObject* given, PyObject* named) {
    return guarded([&]() -> py::object {
        const py::dict names = named == nullptr ? py::dict() : py::reinterpret_borrow<py::dict>(named);
        const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(given)) + names.size();
        throw py::type_error(step_of(self).owner + ": `step` must be the one argument, got " + std::to_string(count) +
                             (names.empty() ? "" : ", of which by name " + shown(py::list(names))));
    });
}

PyObject* call(PyObject* self, PyObject* given, PyObject* named) {
    const Py_ssize_t by_name = named == nullptr ? 0 : PyDict_GET_SIZE(named);
    const Py_ssize_t by_place = PyTuple_GET_SIZE(given);
    if (by_place == 1 && by_name == 0) return value_at(self, PyTuple_GET_ITEM(given, 0));
    PyObject* step = by_place == 0 && by_name == 1 ? PyDict_GetItemString(named, "step") : nullptr;
    return step == nullptr ? refuse_arguments(self, given, named) : value_at(self, step);
}

// Other than one argument, or a class that overrides __call__: as CPython calls without vectorcall.
[[gnu::noinline]] PyObject* call_slowly(PyObject* self, PyObject* const* given, Py_ssize_t count, PyObject* names) {
    return guarded([&] {
        py::tuple arguments(static_cast<std::size_t>(count));
        for (Py_ssize_t index = 0; index < count; ++index) arguments[static_cast<std::size_t>(index)] = py::handle(given[index]);
        py::dict named;
        for (Py_ssize_t index = 0; names != nullptr && index < PyTuple_GET_SIZE(names); ++index) {
            named[PyTuple_GET_ITEM(names, index)] = py::handle(given[count + index]);
        }
        return owned(Py_TYPE(self)->tp_call(self, arguments.ptr(), named.ptr()));
    });
}

PyObject* vectorcall(PyObject* self, PyObject* const* given, std::size_t count, PyObject* names) {
    if (PyVectorcall_NARGS(count) == 1 && names == nullptr && answers_itself(self)) return value_at(self, given[0]);
    return call_slowly(self, given, PyVectorcall_NARGS(count), names);
}

PyObject* lr(PyObject* self, PyObject* step) {
    return value_at(self, step);
}

[[gnu::noinline]] PyObject* subscript_any(PyObject* self, PyObject* step) {
    if (PySlice_Check(step)) return PyObject_CallMethod(self, "_slice", "O", step);
    return answers_itself(self) ? value_at_any(self, step) : PyObject_CallFunctionObjArgs(self, step, nullptr);
}

PyObject* subscript(PyObject* self, PyObject* step) {
    return answers_itself(self) ? value_at(self, step, subscript_any) : subscript_any(self, step);
}

// For those who take a schedule for a sequence: reversed(), numpy.asarray().
PyObject* item(PyObject* self, Py_ssize_t index) {
    return guarded([&] { return owned(PyObject_GetItem(self, py::int_(index).ptr())); });
}

PyMethodDef methods[] = {{"lr", lr, METH_O, lr_documentation}, {nullptr, nullptr, 0, nullptr}};

void set_up(PyHeapTypeObject* heap_type) {
    PyTypeObject* type = &heap_type->ht_type;
    type->tp_basicsize = sizeof(Instance);
    type->tp_vectorcall_offset = offsetof(Instance, vectorcall);
    type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    type->tp_call = call;
    type->tp_methods = methods;
    type->tp_iter = iterate;
    heap_type->as_mapping.mp_subscript = subscript;
    heap_type->as_sequence.sq_item = item;
}

// A subclass inherits all of this, but the interpreter calls a method without a detour only where the
// method was made for the object's very class, and before 3.12 a class made in Python loses vectorcall.
void quicken(const py::type& cls) {
    auto* type = reinterpret_cast<PyTypeObject*>(cls.ptr());
    if (PyType_IsSubtype(type, reinterpret_cast<PyTypeObject*>(py::type::of<Program>().ptr())) == 0) {
        throw py::type_error("a class of schedules is needed, got " + shown(cls));
    }
    const py::object method = cls.attr("lr");
    const bool is_own = Py_IS_TYPE(method.ptr(), &PyMethodDescr_Type) && reinterpret_cast<PyMethodDescrObject*>(method.ptr())->d_method == methods;
    if (is_own) cls.attr("lr") = owned(PyDescr_NewMethod(type, methods));
#if PY_VERSION_HEX < 0x030C0000
    if (type->tp_call == call) type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    PyType_Modified(type);
#endif
}

}  // namespace

PyObject* ask(PyObject* schedule, PyObject* step) {
    return answers_itself(schedule) ? value_at(schedule, step) : PyObject_CallFunctionObjArgs(schedule, step, nullptr);
}

py::custom_type_setup entry_points() {
    return py::custom_type_setup(set_up);
}

void initialise(py::detail::value_and_holder& holder, py::handle value) {
    auto* instance = reinterpret_cast<Instance*>(holder.inst);
    if (instance->program != nullptr) throw py::type_error(step_of(value).owner + ": a schedule cannot be built again");
    auto* program = new Program(lower(value));
    holder.value_ptr() = program;
    instance->program = program;
    instance->root = program::root_of(*program);
    instance->refused = least_refused(*program);
    instance->vectorcall = vectorcall;
}

void register_entry(py::module_& module) {
    module.def("quicken", &quicken, py::arg("cls"));
}

}  // namespace pywarmup::bindings
