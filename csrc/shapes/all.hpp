// The registry: every kind of shape.  Dispatch, the parameter table, the array
// loops, the recorder, the tests and the docs derive from this list.
#pragma once

#include "constant.hpp"
#include "cosine.hpp"
#include "exponential.hpp"
#include "exponential_decay.hpp"
#include "inverse_sqrt.hpp"
#include "inverse_time.hpp"
#include "linear.hpp"
#include "logarithmic.hpp"
#include "natural_exponential_decay.hpp"
#include "one_minus_sqrt.hpp"
#include "piecewise_constant.hpp"
#include "piecewise_linear.hpp"
#include "polynomial.hpp"
#include "power_law.hpp"
#include "radam.hpp"
#include "rex.hpp"
#include "saturating_exponential.hpp"
#include "scaled_exponential.hpp"
#include "square_root.hpp"
#include "table.hpp"
#include "tanh.hpp"

namespace pywarmup::shapes {

template <class... Members>
struct List {};

using All = List<Constant, Linear, Cosine, Polynomial, Exponential, ExponentialDecay, NaturalExponentialDecay, InverseSqrt, InverseTime,
                 PowerLaw, OneMinusSqrt, SquareRoot, Logarithmic, SaturatingExponential, ScaledExponential, RAdam, Tanh, Rex, PiecewiseConstant,
                 PiecewiseLinear, Table>;

}  // namespace pywarmup::shapes
