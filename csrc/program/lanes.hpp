// As many doubles at once as an instruction of the namespace PYWARMUP_INSTRUCTION_SET
// holds, and the loops over arrays of them.
#pragma once

#include <cstring>

#include "../math/vector.hpp"
#include "range.hpp"

namespace pywarmup::program::PYWARMUP_INSTRUCTION_SET {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t lanes = 8;
#elif defined(__AVX2__)
constexpr std::size_t lanes = 4;
#else
constexpr std::size_t lanes = 2;
#endif

using V = math::Doubles<lanes>;

// Doubles, or integers of their size.
template <class Number>
PYWARMUP_INLINE V load(const Number* numbers) {
    V vector;
    std::memcpy(&vector, numbers, sizeof vector);
    return vector;
}

PYWARMUP_INLINE void store(V vector, double* numbers) {
    std::memcpy(numbers, &vector, sizeof vector);
}

// The last few of an array; the lanes past them repeat the first.
template <class Number>
PYWARMUP_INLINE V load_some(const Number* numbers, std::size_t count) {
    Number some[lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane) some[lane] = numbers[lane < count ? lane : 0];
    return load(some);
}

PYWARMUP_INLINE void store_some(V vector, double* numbers, std::size_t count) {
    std::memcpy(numbers, &vector, count * sizeof(double));
}

PYWARMUP_INLINE V first_steps(Range range) {
    V numbers{};
    for (std::size_t lane = 0; lane < lanes; ++lane) numbers[lane] = static_cast<double>(static_cast<int>(lane));
    return range.start + range.stride * numbers;
}

// values = function(start), function(start + stride), ...
template <class Function>
PYWARMUP_INLINE void over_range(Range range, std::size_t count, double* values, const Function& function) {
    const V advance = math::broadcast<V>(range.stride * static_cast<double>(lanes));
    V t = first_steps(range);
    std::size_t done = 0;
#pragma GCC unroll 2
    for (; done + lanes <= count; done += lanes, t += advance) store(function(t), values + done);
    if (done < count) store_some(function(t), values + done, count - done);
}

// results = function(number) for each number of an array; both may be one.
template <class Function>
PYWARMUP_INLINE void over(const double* numbers, std::size_t count, double* results, const Function& function) {
    for (std::size_t done = 0; done < count; done += lanes) {
        const std::size_t rest = count - done;
        const V result = function(rest >= lanes ? load(numbers + done) : load_some(numbers + done, rest));
        rest >= lanes ? store(result, results + done) : store_some(result, results + done, rest);
    }
}

// results = function(a, b) for each pair of two arrays; the results may replace one.
template <class Function>
PYWARMUP_INLINE void over_pairs(const double* a, const double* b, std::size_t count, double* results, const Function& function) {
    for (std::size_t done = 0; done < count; done += lanes) {
        const std::size_t rest = count - done;
        const V result = rest >= lanes ? function(load(a + done), load(b + done)) : function(load_some(a + done, rest), load_some(b + done, rest));
        rest >= lanes ? store(result, results + done) : store_some(result, results + done, rest);
    }
}

}  // namespace
}  // namespace pywarmup::program::PYWARMUP_INSTRUCTION_SET
