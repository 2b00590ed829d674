// Evaluation of a polynomial with fixed coefficients.
#pragma once

#include <cstddef>

#include "inline.hpp"
#include "vector.hpp"

namespace pywarmup::math {

// coefficients[first] + coefficients[first + 1] x + ..., by Horner's rule.
// The recursion unrolls while compiling, so a loop over calls still vectorises.
template <std::size_t first = 0, std::size_t count, Real Number>
PYWARMUP_INLINE constexpr Number polynomial(const double (&coefficients)[count], Number x) {
    if constexpr (first + 1 == count) {
        return broadcast<Number>(coefficients[first]);
    } else {
        return coefficients[first] + x * polynomial<first + 1>(coefficients, x);
    }
}

}  // namespace pywarmup::math
