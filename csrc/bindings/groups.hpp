// The parameter groups of an optimizer, and the values of schedules written into them.  All groups are written in
// one call, by the C API: a trainer's step should cost what writing costs.  An optimizer is seen through Python's
// dictionaries only; nothing here knows torch.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "../math/inline.hpp"

namespace pywarmup::bindings {

namespace py = pybind11;

// A key of dictionaries that are alike.  Where one of them had it is where the next will have it, which is
// quicker to see than to look up.
struct Key {
    py::object name;
    py::object seen;  // the same text, perhaps another object: that of a loaded checkpoint
    Py_ssize_t position = 0;

    explicit Key(const py::handle& given) : name(py::reinterpret_borrow<py::object>(given)), seen(name) {}

    PyObject* found(PyObject* group) const {
        if (!PyDict_Check(group)) return nullptr;
        if (PyObject* value = at_hand(group)) return value;
        PyObject* value = PyDict_GetItemWithError(group, name.ptr());
        if (value == nullptr && PyErr_Occurred()) throw py::error_already_set();
        return value;
    }

    // Where it was in the last one; null for a dictionary that is not alike.
    PYWARMUP_INLINE PyObject* at_hand(PyObject* group) const {
        Py_ssize_t next = position;
        PyObject *key = nullptr, *value = nullptr;
        return PyDict_Next(group, &next, &key, &value) != 0 && key == seen.ptr() ? value : nullptr;
    }

    void learn(PyObject* group) {
        if (name.is_none() || !PyDict_Check(group) || at_hand(group) != nullptr) return;
        Py_ssize_t next = 0, before = 0;
        PyObject *key = nullptr, *value = nullptr;
        for (; PyDict_Next(group, &next, &key, &value) != 0; before = next) {
            if (!name.equal(py::handle(key))) continue;
            seen = py::reinterpret_borrow<py::object>(key);
            position = before;
            return;
        }
    }
};

// One hyperparameter, such as "lr" or the first of "betas", and what drives it.
struct Hyperparameter {
    Key key;
    Py_ssize_t item;        // of a tuple, -1 for a number of its own
    Key initial;            // of the value to be multiplied; None to replace the value instead
    double least, limit;    // values from least on, below the limit
    bool is_for_each_group;
    std::vector<py::object> schedules;
    std::vector<py::object> tensors;  // that were found fit to be written into: weak references
};

// "lr", or "betas[0]".
std::string named(const Hyperparameter& parameter);

// What was written over in a group, to be put back if a later group refuses.
struct Former {
    PyObject* group;  // not owned: the value is put back into those that are still there
    const Hyperparameter* parameter;
    py::object value;
};

struct Filling {
    py::object tensor;
    double value;
};

// `owner` is the Python object that knows the rules: it is asked where something is not as usual.
class Groups {
public:
    py::object optimizer;
    std::vector<Hyperparameter> parameters;

    // All or nothing: where one group refuses, none is changed.
    void write(py::handle owner, double t);

    // What each group gets of one hyperparameter.
    py::list values(py::handle owner, Hyperparameter& parameter, double t) const;

    void clear();

    bool is_writing() const { return is_writing_; }

private:
    py::str groups_name_{"param_groups"};
    py::str fill_name_{"fill_"};
    std::vector<Former> former_;  // these two are empty between steps; they keep their memory
    std::vector<Filling> fillings_;
    bool is_writing_ = false;

    // What a write needs is gone when it ends, however it ends.
    struct Writing {
        Groups& groups;
        explicit Writing(Groups& given);
        ~Writing();
    };

    py::object list() const;
    void write_numbers(py::handle owner, Hyperparameter& parameter, double t, PyObject* groups);
    void write_other(py::handle owner, Hyperparameter& parameter, double value, PyObject* group, std::size_t index);
    void fill() const;
    void put_back(PyObject* groups) const;
};

}  // namespace pywarmup::bindings
