#include "output.hpp"

#include <algorithm>

#include "../program/kernels.hpp"

namespace pywarmup::bindings {
namespace {

bool is_float_type(const py::dtype& type) {
    return type.equal(py::dtype::of<double>()) || type.equal(py::dtype::of<float>());
}

// float64 for None.
py::dtype float_type(const std::string& owner, py::handle dtype) {
    if (dtype.is_none()) return py::dtype::of<double>();
    py::dtype type = py::dtype::from_args(py::reinterpret_borrow<py::object>(dtype));
    if (is_float_type(type)) return type;
    throw py::type_error(owner + ": `dtype` must be float64 or float32, got " + shown(dtype));
}

std::string text(py::handle value) {
    return py::str(value);
}

py::tuple as_tuple(const Shape& shape) {
    py::tuple sizes(shape.size());
    for (std::size_t index = 0; index < shape.size(); ++index) sizes[index] = py::int_(shape[index]);
    return sizes;
}

void check_type(const std::string& owner, const py::array& out, py::handle dtype) {
    const bool is_fitting = dtype.is_none() ? is_float_type(out.dtype()) : out.dtype().equal(float_type(owner, dtype));
    if (is_fitting) return;
    const std::string expected = dtype.is_none() ? "float64 or float32" : text(float_type(owner, dtype));
    throw py::type_error(owner + ": `out` must be an array of " + expected + ", got dtype " + text(out.dtype()));
}

void check_layout(const std::string& owner, const py::array& out, const Shape& shape) {
    if (!std::equal(shape.begin(), shape.end(), out.shape(), out.shape() + out.ndim())) {
        throw py::value_error(owner + ": `out` must have shape " + shown(as_tuple(shape)) + ", got " + text(out.attr("shape")));
    }
    constexpr int needed = py::detail::npy_api::NPY_ARRAY_WRITEABLE_ | py::detail::npy_api::NPY_ARRAY_ALIGNED_;
    if ((out.flags() & needed) != needed) {
        throw py::value_error(owner + ": `out` must be writable and aligned, got flags " + text(out.attr("flags").attr("num")));
    }
    for (py::ssize_t axis = 0; axis < out.ndim(); ++axis) {
        if (out.shape(axis) < 2 || out.strides(axis) != 0) continue;
        throw py::value_error(owner + ": `out` must not overlap itself, got strides " + text(out.attr("strides")));
    }
}

}  // namespace

py::array output_array(const std::string& owner, py::handle dtype, py::handle out, const Shape& shape) {
    if (out.is_none()) return py::array(float_type(owner, dtype), shape);
    if (!py::isinstance<py::array>(out)) throw py::type_error(owner + ": `out` must be a NumPy array, got " + shown(out));
    auto array = py::reinterpret_borrow<py::array>(out);
    check_type(owner, array, dtype);
    check_layout(owner, array, shape);
    return array;
}

Target::Target(py::array& array)
    : data_(static_cast<char*>(array.mutable_data())), stride_(array.ndim() == 1 ? array.strides(0) : array.itemsize()),
      is_double_(array.itemsize() == sizeof(double)) {}

void Target::store(const double* values, std::size_t count, char* here) const {
    if (stride_ == sizeof(float)) return program::kernels().to_single(values, count, reinterpret_cast<float*>(here));
    for (std::size_t index = 0; index < count; ++index, here += stride_) {
        if (is_double_) {
            *reinterpret_cast<double*>(here) = values[index];
        } else {
            *reinterpret_cast<float*>(here) = static_cast<float>(values[index]);
        }
    }
}

}  // namespace pywarmup::bindings
