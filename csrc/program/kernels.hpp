// The loops over arrays.  kernels.cpp is compiled once for each instruction set, and
// the best one that the machine has is chosen when the first array is filled; all of
// them give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "program.hpp"
#include "range.hpp"

namespace pywarmup::program {

// What is needed to route steps: their bounds, and whether all of them are numbers >= 0.
struct Extent {
    double least;
    double greatest;
    bool is_valid;
};

struct Kernels {
    std::string_view name;

    // A shape's values at steps in order, integers of at most 2^53.
    void (*shape_range)(const Payload& shape, const double* table, Range range, std::size_t count, double* values);
    // A shape's values at any steps, counted from `begin`.
    void (*shape)(const Payload& shape, const double* table, const double* steps, double begin, std::size_t count, double* values);
    // The steps that a combinator asks its part for.
    void (*time)(const Payload& part, const double* steps, std::size_t count, double* local);
    // What a combinator makes of the values of its part.
    void (*change)(const Payload& part, const double* steps, std::size_t count, double* values);
    void (*change_in_cycle)(const Repeat& repeat, double cycle, std::size_t count, double* values);
    // What a combinator makes of the values of two parts.
    void (*combine)(const Payload& part, const double* others, std::size_t count, double* values);

    // The steps of a range.
    void (*range)(Range range, std::size_t count, double* steps);
    // Steps since the beginning of a stage; those before it count as 0.
    void (*since)(double begin, const double* steps, std::size_t count, double* local);
    // Values of a later stage replace those at its steps.
    void (*replace_from)(double begin, const double* steps, const double* others, std::size_t count, double* values);

    Extent (*extent)(const double* steps, std::size_t count);
    // Integers as doubles and their extent, which is not valid unless all are in [0, 2^51).
    Extent (*from_integers)(const std::int64_t* integers, std::size_t count, double* steps);
    // Whether steps are those of a range.
    bool (*is_range)(const double* steps, std::size_t count, Range range);
    void (*to_single)(const double* values, std::size_t count, float* singles);
};

// Those that this machine can run, the best one last.
std::span<const Kernels* const> available_kernels();

// The ones in use.
const Kernels& kernels();

// Changes the ones in use, for tests that compare them; false for a name that is not available.
bool use_kernels(std::string_view name);

}  // namespace pywarmup::program
