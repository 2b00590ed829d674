#include "lower.hpp"

#include <vector>

#include "../program/build.hpp"
#include "numbers.hpp"

namespace pywarmup::bindings {
namespace {

using program::BuildError;
using program::Kind;
using program::Program;

// What was read of one field: for the core, and for Python to keep.
struct Field {
    Argument argument;
    py::object kept;
};

bool is_sequence(py::handle value) {
    if (PyUnicode_Check(value.ptr()) || PyBytes_Check(value.ptr()) || PyDict_Check(value.ptr())) return false;
    return PySequence_Check(value.ptr()) != 0;
}

Place element(const Place& place, std::size_t index) {
    return {place.owner, place.field + "[" + std::to_string(index) + "]"};
}

std::vector<py::object> elements(py::handle value, const Place& place, Rule rule) {
    if (!is_sequence(value)) raise_type_error(place, describe(rule), value);
    std::vector<py::object> items;
    try {
        for (const py::handle item : value) items.push_back(py::reinterpret_borrow<py::object>(item));
    } catch (py::error_already_set& error) {
        if (!error.matches(PyExc_TypeError)) throw;
        raise_type_error(place, describe(rule), value);
    }
    return items;
}

py::tuple as_tuple(const std::vector<py::object>& items) {
    py::tuple result(items.size());
    for (std::size_t index = 0; index < items.size(); ++index) result[index] = items[index];
    return result;
}

Field read_numbers(py::handle value, const Place& place) {
    Field field;
    std::vector<py::object> items = elements(value, place, Rule::numbers);
    if (items.empty()) raise_value_error(place, describe(Rule::numbers), value);
    for (std::size_t index = 0; index < items.size(); ++index) {
        const double number = read_checked(items[index], element(place, index), Rule::finite);
        field.argument.numbers.push_back(number);
        items[index] = kept(number, Rule::finite);
    }
    field.kept = as_tuple(items);
    return field;
}

Field read_milestones(py::handle value, const Place& place) {
    Field field;
    std::vector<py::object> items = elements(value, place, Rule::milestones);
    for (std::size_t index = 0; index < items.size(); ++index) {
        const double number = read_checked(items[index], element(place, index), Rule::length);
        if (index > 0 && number <= field.argument.numbers.back()) {
            raise_value_error(element(place, index), "greater than the milestone before it", items[index]);
        }
        field.argument.numbers.push_back(number);
        items[index] = kept(number, Rule::length);
    }
    field.kept = as_tuple(items);
    return field;
}

Field read_points(py::handle value, const Place& place) {
    Field field;
    std::vector<py::object> items = elements(value, place, Rule::points);
    if (items.size() < 2) raise_value_error(place, "at least two (step, value) pairs", value);
    for (std::size_t index = 0; index < items.size(); ++index) {
        const Place here = element(place, index);
        const std::vector<py::object> pair = elements(items[index], here, Rule::points);
        if (pair.size() != 2) raise_value_error(here, "a (step, value) pair", items[index]);
        const double step = read_checked(pair[0], element(here, 0), Rule::delay);
        const double number = read_checked(pair[1], element(here, 1), Rule::finite);
        if (index == 0 && step != 0.0) raise_value_error(element(here, 0), "0, where a schedule begins", pair[0]);
        if (index > 0 && step <= field.argument.numbers[2 * index - 2]) {
            raise_value_error(element(here, 0), "greater than the step before it", pair[0]);
        }
        field.argument.numbers.insert(field.argument.numbers.end(), {step, number});
        items[index] = py::make_tuple(kept(step, Rule::delay), kept(number, Rule::finite));
    }
    field.kept = as_tuple(items);
    return field;
}

Field read_flag(py::handle value, const Place& place) {
    if (!PyBool_Check(value.ptr())) raise_type_error(place, describe(Rule::flag), value);
    const bool is_true = value.ptr() == Py_True;
    return {{true, is_true ? 1.0 : 0.0, {}}, py::bool_(is_true)};
}

Field read_policy(py::handle value, const Place& place) {
    if (!PyUnicode_Check(value.ptr())) raise_type_error(place, describe(Rule::policy), value);
    const std::string text = py::cast<std::string>(value.attr("encode")("utf-8", "backslashreplace"));
    const std::string_view policies[] = {"repeat", "mirror", "error"};
    for (std::size_t index = 0; index < 3; ++index) {
        if (text == policies[index]) return {{true, static_cast<double>(index), {}}, py::str(text)};
    }
    raise_value_error(place, describe(Rule::policy), value);
}

Field read(py::handle value, const Place& place, Rule rule) {
    if (is_optional(rule) && value.is_none()) return {{false, 0.0, {}}, py::none()};
    switch (rule) {
        case Rule::flag: return read_flag(value, place);
        case Rule::policy: return read_policy(value, place);
        case Rule::numbers: return read_numbers(value, place);
        case Rule::milestones: return read_milestones(value, place);
        case Rule::points: return read_points(value, place);
        default: {
            const double number = read_checked(value, place, rule);
            return {{true, number, {}}, kept(number, rule)};
        }
    }
}

const Program* read_schedule(py::handle schedule, const Place& place) {
    if (!py::isinstance<Program>(schedule)) raise_type_error(place, describe(Rule::schedule), schedule);
    return &program_of(schedule);
}

// A join of joins is one join: parts of the owner's own type are spliced in.
Field read_schedules(py::handle value, py::handle owner, const Place& place, std::vector<const Program*>& children) {
    const std::vector<py::object> items = elements(value, place, Rule::schedules);
    if (items.empty()) raise_value_error(place, describe(Rule::schedules), value);
    py::list flat;
    for (std::size_t index = 0; index < items.size(); ++index) {
        const Program* program = read_schedule(items[index], element(place, index));
        if (Py_TYPE(items[index].ptr()) != Py_TYPE(owner.ptr())) {
            children.push_back(program);
            flat.append(items[index]);
            continue;
        }
        for (const py::handle part : items[index].attr(place.field.c_str())) {
            children.push_back(&program_of(part));
            flat.append(part);
        }
    }
    return {{}, py::tuple(flat)};
}

Field read_field(py::handle value, py::handle owner, const Place& place, Rule rule, std::vector<const Program*>& children) {
    if (rule == Rule::schedules) return read_schedules(value, owner, place, children);
    if (rule == Rule::schedule) {
        children.push_back(read_schedule(value, place));
        return {{}, py::reinterpret_borrow<py::object>(value)};
    }
    return read(value, place, rule);
}

// The value that a build error names: a field, or one element of it.
py::object named_value(py::handle owner, const std::string& field) {
    const std::size_t bracket = field.find('[');
    const py::object value = owner.attr(field.substr(0, bracket).c_str());
    return bracket == std::string::npos ? value : py::object(value[py::int_(std::stoul(field.substr(bracket + 1)))]);
}

[[noreturn]] void raise(const BuildError& error, py::handle owner, const std::string& name) {
    const std::string value = error.field.empty() ? "" : shown(named_value(owner, error.field));
    throw py::value_error(name + ": " + error.before + value + error.after);
}

}  // namespace

const Program& program_of(py::handle value) {
    if (!py::isinstance<Program>(value)) throw py::type_error("a schedule is needed, got " + shown(value));
    const auto holder = reinterpret_cast<py::detail::instance*>(value.ptr())->get_value_and_holder();
    if (!holder.holder_constructed()) {
        throw py::type_error(std::string(py::str(py::type::handle_of(value).attr("__name__"))) + ": made by __new__ alone; call the class instead");
    }
    return *holder.value_ptr<Program>();
}

Program lower(py::handle value) {
    const std::string owner = py::str(py::type::handle_of(value).attr("__name__"));
    if (!py::hasattr(value, "kind")) throw py::type_error(owner + ": a schedule must have a `kind`, got " + shown(value));
    const Kind* kind = program::find_kind(py::cast<std::string>(value.attr("kind")));
    if (kind == nullptr) throw py::type_error(owner + ": `kind` must be registered in the core, got " + shown(value.attr("kind")));
    Arguments given;
    std::vector<const Program*> children;
    for (const Parameter& parameter : kind->parameters) {
        const std::string name(parameter.name);
        Field field = read_field(value.attr(name.c_str()), value, {owner, name}, parameter.rule, children);
        given.push_back(std::move(field.argument));
        if (PyObject_GenericSetAttr(value.ptr(), py::str(name).ptr(), field.kept.ptr()) != 0) throw py::error_already_set();
    }
    try {
        return kind->build(given, children);
    } catch (const BuildError& error) {
        raise(error, value, owner);
    }
}

py::object check(const std::string& owner, const std::string& field, Rule rule, py::handle value) {
    const Place place{owner, field};
    if (rule != Rule::schedule) return read(value, place, rule).kept;
    read_schedule(value, place);
    return py::reinterpret_borrow<py::object>(value);
}

}  // namespace pywarmup::bindings
