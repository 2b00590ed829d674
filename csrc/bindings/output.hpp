// The array that values go into: a new one, or the one given as `out`.
#pragma once

#include <pybind11/numpy.h>

#include <algorithm>
#include <string>
#include <vector>

#include "numbers.hpp"

namespace pywarmup::bindings {

using Shape = std::vector<py::ssize_t>;

// A new array of float64, or float32 if `dtype` says so; or `out`, if that is writable
// and has the shape and the type.  `owner` is who asks, for messages.
py::array output_array(const std::string& owner, py::handle dtype, py::handle out, const Shape& shape);

// A one-dimensional run of doubles or singles with any stride, or an array without gaps.
class Target {
public:
    explicit Target(py::array& array);

    // Has compute(begin, count, values) write count values from index begin on.
    template <class Compute>
    void write(std::size_t begin, std::size_t count, const Compute& compute) const {
        char* here = data_ + static_cast<py::ssize_t>(begin) * stride_;
        if (is_double_ && stride_ == sizeof(double)) return compute(begin, count, reinterpret_cast<double*>(here));
        constexpr std::size_t block = 1024;
        double values[block];
        for (std::size_t done = 0; done < count; done += block) {
            const std::size_t length = std::min(block, count - done);
            compute(begin + done, length, values);
            store(values, length, here + static_cast<py::ssize_t>(done) * stride_);
        }
    }

private:
    void store(const double* values, std::size_t count, char* here) const;

    char* data_;
    py::ssize_t stride_;
    bool is_double_;
};

}  // namespace pywarmup::bindings
