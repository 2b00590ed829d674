// Time that passes in whole stairs.
#pragma once

#include "number.hpp"

namespace pywarmup::shapes {

// The last multiple of `every` that is not after t; exact for integers.
template <class Number>
PYWARMUP_INLINE Number stairs(Number t, double every) {
    return floor(t / every) * every;
}

}  // namespace pywarmup::shapes
