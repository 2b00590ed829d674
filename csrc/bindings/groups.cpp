#include "groups.hpp"

#include <limits>

#include "entry.hpp"
#include "numbers.hpp"

namespace pywarmup::bindings {

std::string named(const Hyperparameter& parameter) {
    return std::string(py::str(parameter.key.name)) + (parameter.item < 0 ? "" : "[" + std::to_string(parameter.item) + "]");
}

namespace {

double value_at(const py::object& schedule, double t) {
    const auto* instance = reinterpret_cast<const Instance*>(schedule.ptr());
    if (instance->allows(t)) [[likely]] return instance->value(t);
    return py::cast<double>(owned(ask(schedule.ptr(), py::float_(t).ptr())));  // which says why not
}

// A group that came later is remembered by what it came with.
double initial_value(py::handle owner, Hyperparameter& parameter, PyObject* group) {
    PyObject* value = parameter.initial.found(group);
    if (value != nullptr && PyFloat_CheckExact(value)) [[likely]] return PyFloat_AS_DOUBLE(value);
    return py::cast<double>(owner.attr("_remember")(py::handle(group), named(parameter)));
}

// The owner says what is wrong.
[[noreturn]] void refuse(py::handle owner, const char* method, const py::tuple& arguments) {
    owner.attr(method)(*arguments);
    throw py::value_error("Scheduler: the parameter groups are not what they were");
}

PYWARMUP_INLINE double checked(py::handle owner, const Hyperparameter& parameter, double value, double t) {
    if (value >= parameter.least && value < parameter.limit) [[likely]] return value;
    refuse(owner, "_refuse", py::make_tuple(named(parameter), value, kept(t, Rule::length)));
}

// What one group gets at a step.
PYWARMUP_INLINE double group_value(py::handle owner, Hyperparameter& parameter, double value, double t, PyObject* group) {
    return checked(owner, parameter, parameter.initial.name.is_none() ? value : value * initial_value(owner, parameter, group), t);
}

bool is_number(PyObject* value) {
    return PyFloat_CheckExact(value) || PyLong_CheckExact(value);
}

PyObject* item_of(const Hyperparameter& parameter, PyObject* value) {
    if (parameter.item < 0 || value == nullptr) return value;
    return PyTuple_Check(value) && parameter.item < PyTuple_GET_SIZE(value) ? PyTuple_GET_ITEM(value, parameter.item) : nullptr;
}

// Neither a float nor an int: a tensor, another number, or nothing that could be written.
bool is_tensor(py::handle owner, Hyperparameter& parameter, PyObject* value, std::size_t index) {
    if (value == nullptr) refuse(owner, "_check_groups", py::tuple());
    if (index >= parameter.tensors.size()) parameter.tensors.resize(index + 1);
    if (parameter.tensors[index] == value) return true;
    if (!py::cast<bool>(owner.attr("_is_tensor")(named(parameter), py::handle(value), index))) return false;
    parameter.tensors[index] = value;
    return true;
}

// Calls use(index, group, value) for each group.
template <class Use>
void for_each_group(py::handle owner, Hyperparameter& parameter, double t, PyObject* groups, const Use& use) {
    const auto count = static_cast<std::size_t>(PySequence_Fast_GET_SIZE(groups));
    if (parameter.is_for_each_group && parameter.schedules.size() != count) refuse(owner, "_check_groups", py::tuple());
    if (count > 0) {
        parameter.key.learn(PySequence_Fast_GET_ITEM(groups, 0));
        parameter.initial.learn(PySequence_Fast_GET_ITEM(groups, 0));
    }
    double value = 0.0;
    for (std::size_t index = 0; index < count; ++index) {
        if (index == 0 || parameter.is_for_each_group) value = value_at(parameter.schedules[index], t);
        use(index, PySequence_Fast_GET_ITEM(groups, static_cast<Py_ssize_t>(index)), value);
    }
}

void put(const Hyperparameter& parameter, PyObject* group, PyObject* value) {
    if (PyDict_SetItem(group, parameter.key.name.ptr(), value) != 0) throw py::error_already_set();
}

py::object with_item(const Hyperparameter& parameter, PyObject* items, const py::object& number) {
    if (parameter.item < 0) return number;
    py::list list(py::reinterpret_borrow<py::object>(items));
    list[static_cast<std::size_t>(parameter.item)] = number;
    return py::tuple(list);
}

}  // namespace

// Tensors are listed, to be filled when all groups have agreed; items of tuples are written into copies.
[[gnu::noinline]] void Groups::write_other(py::handle owner, Hyperparameter& parameter, double value, PyObject* group, std::size_t index) {
    PyObject* former = parameter.key.found(group);
    PyObject* current = item_of(parameter, former);
    if ((current == nullptr || !is_number(current)) && is_tensor(owner, parameter, current, index)) {
        fillings_.push_back({py::reinterpret_borrow<py::object>(current), value});
    } else {
        former_.push_back({group, &parameter, py::reinterpret_borrow<py::object>(former)});
        put(parameter, group, with_item(parameter, former, py::float_(value)).ptr());
    }
}

// One object serves all groups that get the same number.
void Groups::write_numbers(py::handle owner, Hyperparameter& parameter, double t, PyObject* groups) {
    former_.reserve(former_.size() + static_cast<std::size_t>(PySequence_Fast_GET_SIZE(groups)));
    double last = std::numeric_limits<double>::quiet_NaN();
    py::object number;
    for_each_group(owner, parameter, t, groups, [&](std::size_t index, PyObject* group, double factor) {
        const double value = group_value(owner, parameter, factor, t, group);
        PyObject* current = parameter.item < 0 && PyDict_Check(group) ? parameter.key.at_hand(group) : nullptr;
        if (current == nullptr || !PyFloat_CheckExact(current)) [[unlikely]] return write_other(owner, parameter, value, group, index);
        if (value != last) number = owned(PyFloat_FromDouble(value));
        last = value;
        former_.push_back({group, &parameter, py::reinterpret_borrow<py::object>(current)});
        put(parameter, group, number.ptr());
    });
}

// A tensor that many groups share is filled once.  Those found fit to be filled do not refuse.
void Groups::fill() const {
    const Filling* last = nullptr;
    for (const Filling& filling : fillings_) {
        if (last != nullptr && last->tensor.ptr() == filling.tensor.ptr() && last->value == filling.value) continue;
        const py::float_ value(filling.value);
        PyObject* arguments[] = {filling.tensor.ptr(), value.ptr()};
        owned(PyObject_VectorcallMethod(fill_name_.ptr(), arguments, 2, nullptr));
        last = &filling;
    }
}

void Groups::put_back() const {
    for (auto former = former_.rbegin(); former != former_.rend(); ++former) put(*former->parameter, former->group, former->value.ptr());
}

// The groups are asked for anew at every step: loading a state replaces them.
py::object Groups::list() const {
    if (!optimizer) throw py::value_error("Scheduler: it has no optimizer; it was never initialised");
    return owned(PySequence_Fast(owned(PyObject_GetAttr(optimizer.ptr(), groups_name_.ptr())).ptr(), "param_groups"));
}

void Groups::write(py::handle owner, double t) {
    const py::object groups = list();
    try {
        for (Hyperparameter& parameter : parameters) write_numbers(owner, parameter, t, groups.ptr());
        fill();
    } catch (...) {
        put_back();
        forget();
        throw;
    }
    forget();
}

void Groups::forget() {
    former_.clear();
    fillings_.clear();
}

py::list Groups::values(py::handle owner, Hyperparameter& parameter, double t) const {
    py::list values;
    for_each_group(owner, parameter, t, list().ptr(), [&](std::size_t, PyObject* group, double value) {
        values.append(py::float_(group_value(owner, parameter, value, t, group)));
    });
    return values;
}

void Groups::clear() {
    optimizer = py::object();
    parameters.clear();
    forget();
}

}  // namespace pywarmup::bindings
