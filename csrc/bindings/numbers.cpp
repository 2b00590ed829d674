#include "numbers.hpp"

#include <cmath>

namespace pywarmup::bindings {
namespace {

// The dtypes of NumPy scalars and arrays say what they hold; those of tensors are named.
bool holds_real_numbers(py::handle value) {
    const py::object dtype = py::getattr(value, "dtype", py::none());
    if (dtype.is_none()) return true;
    if (py::hasattr(dtype, "kind")) {
        const std::string kind = py::str(dtype.attr("kind"));
        return kind == "i" || kind == "u" || kind == "f";
    }
    const std::string name = py::str(dtype);
    return name.find("bool") == std::string::npos && name.find("complex") == std::string::npos;
}

bool is_scalar(py::handle value) {
    const py::object dimensions = py::getattr(value, "ndim", py::none());
    return dimensions.is_none() || !PyLong_Check(dimensions.ptr()) || dimensions.equal(py::object(py::int_(0)));
}

bool may_be_number(py::handle value) {
    if (PyBool_Check(value.ptr()) || PyComplex_Check(value.ptr())) return false;
    const PyNumberMethods* number = Py_TYPE(value.ptr())->tp_as_number;
    if (number == nullptr || (number->nb_float == nullptr && number->nb_index == nullptr)) return false;
    return PyLong_CheckExact(value.ptr()) || PyFloat_CheckExact(value.ptr()) || (is_scalar(value) && holds_real_numbers(value));
}

// Beyond 2^53 a float cannot tell one integer from the next.
double read_integer(py::handle value, const Place& place, std::string_view rule) {
    const double number = PyLong_AsDouble(value.ptr());
    if (number == -1.0 && PyErr_Occurred()) {
        PyErr_Clear();
        raise_value_error(place, rule, value);
    }
    if (std::abs(number) == largest_step && !py::object(py::int_(static_cast<long long>(number))).equal(py::reinterpret_borrow<py::object>(value))) raise_value_error(place, rule, value);
    return number;
}

}  // namespace

std::string shown(py::handle value) {
    constexpr std::size_t longest = 120;
    std::string text;
    try {
        text = py::cast<std::string>(py::repr(value).attr("encode")("utf-8", "backslashreplace"));
    } catch (py::error_already_set&) {
        return "an unprintable " + std::string(Py_TYPE(value.ptr())->tp_name);
    }
    for (char& character : text) character = character == '\n' || character == '\r' ? ' ' : character;
    if (text.size() <= longest) return text;
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    return text.substr(0, cut) + "...";
}

namespace {

std::string message(const Place& place, std::string_view rule, py::handle value) {
    return place.owner + ": `" + place.field + "` must be " + std::string(rule) + ", got " + shown(value);
}

}  // namespace

void raise_type_error(const Place& place, std::string_view rule, py::handle value) {
    throw py::type_error(message(place, rule, value));
}

void raise_value_error(const Place& place, std::string_view rule, py::handle value) {
    throw py::value_error(message(place, rule, value));
}

double read_number(py::handle value, const Place& place, std::string_view rule) {
    if (PyFloat_CheckExact(value.ptr())) return PyFloat_AS_DOUBLE(value.ptr());
    if (!may_be_number(value)) raise_type_error(place, rule, value);
    if (PyLong_Check(value.ptr())) return read_integer(value, place, rule);
    if (Py_TYPE(value.ptr())->tp_as_number->nb_index != nullptr) {
        if (const auto integer = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()))) return read_integer(integer, place, rule);
        PyErr_Clear();
    }
    const double number = PyFloat_AsDouble(value.ptr());
    if (number == -1.0 && PyErr_Occurred()) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError)) {
            PyErr_Clear();
            raise_value_error(place, rule, value);
        }
        if (!PyErr_ExceptionMatches(PyExc_TypeError) && !PyErr_ExceptionMatches(PyExc_ValueError)) throw py::error_already_set();
        PyErr_Clear();
        raise_type_error(place, rule, value);
    }
    return number;
}

double read_checked(py::handle value, const Place& place, Rule rule) {
    const double number = read_number(value, place, describe(rule));
    if (!satisfies(rule, number)) raise_value_error(place, describe(rule), value);
    return number;
}

py::object kept(double number, Rule rule) {
    if (counts_steps(rule) && number == std::trunc(number)) return py::int_(static_cast<long long>(number));
    return py::float_(number == 0.0 ? 0.0 : number);
}

}  // namespace pywarmup::bindings
