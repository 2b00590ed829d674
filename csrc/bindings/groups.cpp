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
    return py::cast<double>(owned(ask(schedule.ptr(), kept(t, Rule::length).ptr())));  // which says why not
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

// Not by address: that of a tensor that is gone may be another's.
bool refers_to(const py::object& reference, PyObject* value) {
    if (!reference) return false;
#if PY_VERSION_HEX >= 0x030D0000
    PyObject* alive = nullptr;
    if (PyWeakref_GetRef(reference.ptr(), &alive) < 0) throw py::error_already_set();
    Py_XDECREF(alive);
    return alive == value;
#else
    return PyWeakref_GetObject(reference.ptr()) == value;
#endif
}

// Neither a float nor an int: a tensor, another number, or nothing that could be written.
bool is_tensor(py::handle owner, Hyperparameter& parameter, PyObject* value, std::size_t index) {
    if (value == nullptr) refuse(owner, "_check_groups", py::tuple());
    if (index >= parameter.tensors.size()) parameter.tensors.resize(index + 1);
    if (refers_to(parameter.tensors[index], value)) return true;
    if (!py::cast<bool>(owner.attr("_is_tensor")(named(parameter), py::handle(value), index))) return false;
    parameter.tensors[index] = owned(PyWeakref_NewRef(value, nullptr));
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
    for (Py_ssize_t index = 0; index < PySequence_Fast_GET_SIZE(groups); ++index) {  // what is called may remove some
        PyObject* group = PySequence_Fast_GET_ITEM(groups, index);
        if (index == 0 || parameter.is_for_each_group) value = value_at(parameter.schedules.at(static_cast<std::size_t>(index)), t);
        use(static_cast<std::size_t>(index), group, value);
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
    const auto keep = py::reinterpret_borrow<py::object>(group);
    const auto former = py::reinterpret_borrow<py::object>(parameter.key.found(group));  // others may replace it meanwhile
    PyObject* current = item_of(parameter, former.ptr());
    const bool is_shared = !fillings_.empty() && fillings_.back().tensor.ptr() == current && fillings_.back().value == value;
    if (is_shared) return;  // one tensor of many groups is filled once
    if ((current == nullptr || !is_number(current)) && is_tensor(owner, parameter, current, index)) {
        fillings_.push_back({py::reinterpret_borrow<py::object>(current), value});
    } else {
        former_.push_back({group, &parameter, former});
        put(parameter, group, with_item(parameter, former.ptr(), py::float_(value)).ptr());
    }
}

// One object serves all groups that get the same number.
void Groups::write_numbers(py::handle owner, Hyperparameter& parameter, double t, PyObject* groups) {
    former_.reserve(former_.size() + static_cast<std::size_t>(PySequence_Fast_GET_SIZE(groups)));
    double last = std::numeric_limits<double>::quiet_NaN();
    py::object number;
    for_each_group(owner, parameter, t, groups, [&](std::size_t index, PyObject* group, double factor) {
        py::object keep;  // a group that is remembered may be removed meanwhile
        if (!parameter.initial.name.is_none()) keep = py::reinterpret_borrow<py::object>(group);
        const double value = group_value(owner, parameter, factor, t, group);
        PyObject* current = parameter.item < 0 && PyDict_Check(group) ? parameter.key.at_hand(group) : nullptr;
        if (current == nullptr || !PyFloat_CheckExact(current)) [[unlikely]] return write_other(owner, parameter, value, group, index);
        if (value != last) number = owned(PyFloat_FromDouble(value));
        last = value;
        former_.push_back({group, &parameter, py::reinterpret_borrow<py::object>(current)});
        put(parameter, group, number.ptr());
    });
}

// Nothing is put back here: what a tensor held is not read, for that would wait for its device, and those that were
// found fit do not refuse.
void Groups::fill() const {
    for (const Filling& filling : fillings_) {
        const py::float_ value(filling.value);
        PyObject* arguments[] = {filling.tensor.ptr(), value.ptr()};
        owned(PyObject_VectorcallMethod(fill_name_.ptr(), arguments, 2, nullptr));
    }
}

void Groups::put_back(PyObject* groups) const {
    for (auto former = former_.rbegin(); former != former_.rend(); ++former) {
        for (Py_ssize_t index = 0; index < PySequence_Fast_GET_SIZE(groups); ++index) {
            if (PySequence_Fast_GET_ITEM(groups, index) == former->group) put(*former->parameter, former->group, former->value.ptr());
        }
    }
}

Groups::Writing::Writing(Groups& given) : groups(given) {
    if (groups.is_writing_) throw py::value_error("Scheduler: it is at a step already, in this thread or another");
    groups.is_writing_ = true;
}

Groups::Writing::~Writing() {
    groups.fillings_.clear();
    groups.former_.clear();
    groups.is_writing_ = false;
}

// The groups are asked for anew at every step: loading a state replaces them.
py::object Groups::list() const {
    if (!optimizer) throw py::value_error("Scheduler: it has no optimizer; it was never initialised");
    return owned(PySequence_Fast(owned(PyObject_GetAttr(optimizer.ptr(), groups_name_.ptr())).ptr(), "param_groups"));
}

void Groups::write(py::handle owner, double t) {
    const py::object groups = list();
    const Writing writing(*this);
    try {
        for (Hyperparameter& parameter : parameters) write_numbers(owner, parameter, t, groups.ptr());
        fill();
    } catch (...) {
        put_back(groups.ptr());
        throw;
    }
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
    former_.clear();
    fillings_.clear();
}

}  // namespace pywarmup::bindings
