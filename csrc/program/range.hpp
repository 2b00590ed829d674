// Steps in order: start, start + stride, ...
#pragma once

#include <cstddef>

#include "../math/inline.hpp"
#include "../math/rounding.hpp"

namespace pywarmup::program {

// Exact where all of them are integers of at most 2^53.
struct Range {
    double start;
    double stride;  // > 0

    PYWARMUP_INLINE double at(std::size_t index) const { return start + static_cast<double>(index) * stride; }
    PYWARMUP_INLINE Range from(std::size_t index) const { return {at(index), stride}; }
    PYWARMUP_INLINE Range minus(double begin) const { return {start - begin, stride}; }

    // How many of the first count steps are below a limit.  The quotient may be
    // rounded to the wrong integer.
    PYWARMUP_INLINE std::size_t count_below(double limit, std::size_t count) const {
        if (!(start < limit)) return 0;
        const double most = static_cast<double>(count);
        double below = math::minimum(math::floor((limit - start) / stride), most);
        while (below > 0.0 && start + (below - 1.0) * stride >= limit) below -= 1.0;
        while (below < most && start + below * stride < limit) below += 1.0;
        return static_cast<std::size_t>(below);
    }
};

}  // namespace pywarmup::program
