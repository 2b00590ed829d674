"""The schedules of optax (`optax.schedules`), under their own names: `pywarmup.compat.optax.linear_schedule(...)`.

optax computes in float32 unless JAX computes in 64 bits: these are the values before that rounding. The lengths and
counts that optax only warns of in its log (`transition_steps <= 0`, `transition_begin < 0`) mean here what they mean
there. What optax returns as a negative, infinite or undefined rate for ever, these functions refuse.
"""

from pywarmup.compat.optax.convert import from_optax
from pywarmup.compat.optax.decay import (
    constant_schedule,
    cosine_decay_schedule,
    exponential_decay,
    linear_schedule,
    polynomial_schedule,
)
from pywarmup.compat.optax.joined import (
    join_schedules,
    sgdr_schedule,
    warmup_constant_schedule,
    warmup_cosine_decay_schedule,
    warmup_exponential_decay_schedule,
)
from pywarmup.compat.optax.piecewise import (
    cosine_onecycle_schedule,
    linear_onecycle_schedule,
    piecewise_constant_schedule,
    piecewise_interpolate_schedule,
)

__all__ = [
    "constant_schedule",
    "cosine_decay_schedule",
    "cosine_onecycle_schedule",
    "exponential_decay",
    "from_optax",
    "join_schedules",
    "linear_onecycle_schedule",
    "linear_schedule",
    "piecewise_constant_schedule",
    "piecewise_interpolate_schedule",
    "polynomial_schedule",
    "sgdr_schedule",
    "warmup_constant_schedule",
    "warmup_cosine_decay_schedule",
    "warmup_exponential_decay_schedule",
]
