"""Schedules in JAX: `as_optax(schedule)`, a function of a traced count, and `table(schedule, n)`.

What a loop in Python pays for its rate (`make bench`, "inside jit", has the numbers):

- Cheapest is `as_optax(schedule)` in the compiled update, with the count in its state, where optax keeps it: it is
  fused into the update, which then costs hardly more than one with a constant rate.
- `update(state, batch, schedule.lr(step))` hands the rate to the compiled update as an argument. It needs no optax and
  no count on the device, may be another schedule at any time without compiling again, and the rate is the schedule's
  own, rounded once. A call takes some microseconds more. Hand over the Python float as it is: to make an array of it
  first, by `jnp.float32(rate)`, takes several times as long as the whole call.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, SupportsIndex

import numpy as np

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.trace import names_of, write

try:
    import jax
    import jax.numpy as jnp
except ImportError as error:
    raise ImportError(
        f'pywarmup.jax: JAX cannot be imported ({error}); install it with `pip install "pywarmup-schedules[jax]"`'
    ) from error


def as_optax(schedule: Schedule, *, dtype: Any = None) -> Expression:
    """Return a schedule as a function of the count of updates, traced or not: an `optax.Schedule`.

    It computes the schedule's own formula with `jax.numpy`, so it can be compiled, mapped, scanned and differentiated,
    and wherever optax takes a schedule it takes this one. Equal schedules give equal functions with equal hashes: as a
    static argument of `jax.jit` another one does not compile again.

    Whole steps are subtracted as integers before anything is rounded, so in float32 too every count has its own place.
    Integers have 32 bits unless JAX computes in 64: counts go to 2**31 - 1, as optax's own do.

    Args:
        schedule: Any schedule.
        dtype: The floating dtype of the values; JAX's default unless it is given, which is float64 if
            `jax_enable_x64` is set and float32 if not.

    Returns:
        A function of an array of integers or real numbers >= 0 (not checked) of any shape. It returns an array of the
        same shape: within 4e-7 of the peak of the schedule's own values in float32 (1e-6 for exponential growth over
        more than 8,000 steps) and 1e-15 in float64. Lower dtypes are rounded from float32. A number of Python or NumPy
        is answered by the schedule itself, rounded once and checked.

    Raises:
        TypeError: For what is no schedule, or another dtype; the function, for what is no array of steps.

    Example:
        >>> import pywarmup as pw
        >>> lr = as_optax(pw.Linear(0.0, 0.5, steps=2))
        >>> lr
        as_optax(Linear(init_value=0.0, end_value=0.5, steps=2))
        >>> jax.jit(lr)(jnp.arange(4))
        Array([0.  , 0.25, 0.5 , 0.5 ], dtype=float32)
        >>> jax.grad(lr)(0.5).item()
        0.25

    Same as:
        `optax.warmup_cosine_decay_schedule(0.0, peak, w, n)` for `warmup_cosine(peak, warmup_steps=w, total_steps=n)`.
    """
    _core.check("as_optax", "schedule", _core.Rule.schedule, schedule)
    return Expression(schedule, None if dtype is None else _floating("as_optax", dtype))


@dataclass(frozen=True, repr=False)
class Expression:
    """What `as_optax` returns."""

    schedule: Schedule
    dtype: np.dtype[Any] | None

    def __call__(self, count: Any) -> jax.Array:
        """Return the values at an array of counts."""
        if isinstance(count, (int, float, np.generic, np.ndarray)):
            dtype = self.dtype or jnp.result_type(float)
            return jnp.asarray(self.schedule.at(count, dtype=_computed_in(dtype)), dtype)
        values: jax.Array = _evaluate(self, _checked(jnp.asarray(count)))
        return values

    def __repr__(self) -> str:
        return f"as_optax({self.schedule!r}{'' if self.dtype is None else f', dtype={self.dtype}'})"


def table(schedule: Schedule, n: SupportsIndex | None = None, *, dtype: Any = None) -> jax.Array:
    """Return the values at steps 0 to n-1 as an array on the default device.

    For what takes a list of rates, and for a `jax.lax.scan` over them. As a schedule, `as_optax` is no slower and
    needs no memory.

    Args:
        schedule: Any schedule.
        n: How many values, >= 0; the whole schedule unless it is given.
        dtype: float32 or float64; JAX's default unless it is given. The values are rounded once, from float64.

    Returns:
        An array of shape (n,).

    Raises:
        TypeError: For what is no schedule, an `n` that is no integer, or another dtype.
        ValueError: For a negative `n`, or an endless schedule without `n`.

    Example:
        >>> import pywarmup as pw
        >>> table(pw.Linear(0.0, 1.0, steps=4), 6)
        Array([0.  , 0.25, 0.5 , 0.75, 1.  , 1.  ], dtype=float32)
    """
    _core.check("table", "schedule", _core.Rule.schedule, schedule)
    given = jnp.result_type(float) if dtype is None else _floating("table", dtype)
    if given.itemsize < 4:
        raise TypeError(f"table: `dtype` must be float32 or float64, got {given}")
    return jnp.asarray(schedule.array(n, dtype=given), given)


@partial(jax.jit, static_argnums=0, inline=True)
def _evaluate(expression: Expression, count: jax.Array) -> jax.Array:
    """Compute the formula; compiled by itself for an array, and part of what is traced for a tracer."""
    whole, widest = jnp.result_type(int), jnp.result_type(float)
    dtype = expression.dtype or widest
    real = widest if np.float64 in (dtype, count.dtype) else _computed_in(dtype)
    is_whole = jnp.issubdtype(count.dtype, jnp.integer)
    single = real == np.float32
    formula = write(expression.schedule, _NAMES, whole=is_whole, bits=np.iinfo(whole).bits, single=single)
    tables = [jnp.asarray(array, whole if array.dtype.kind == "i" else real) for array in formula.tables]
    values: jax.Array = formula.run(count, tables, whole, real, float(np.finfo(real).max))
    return values.astype(dtype)


def _computed_in(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype if dtype.itemsize >= 4 else np.dtype(np.float32)


def _floating(owner: str, dtype: Any) -> np.dtype[Any]:
    try:
        given: np.dtype[Any] = jnp.dtype(dtype)
    except TypeError:
        given = np.dtype(bool)
    if not jnp.issubdtype(given, jnp.floating):
        raise TypeError(f"{owner}: `dtype` must be a floating dtype, got {dtype!r}")
    return given


def _checked(count: jax.Array) -> jax.Array:
    if not (jnp.issubdtype(count.dtype, jnp.integer) or jnp.issubdtype(count.dtype, jnp.floating)):
        raise TypeError(f"as_optax: `count` must be integers or real numbers, got {count.dtype}")
    return count


def _log1p(x: jax.Array) -> jax.Array:
    """XLA's own is wrong by 64 ulp near -0.4 in float64."""
    return jnp.where(x < -0.25, jnp.log(1.0 + x), jnp.log1p(x))


_NAMES = names_of(
    jnp,
    log1p=_log1p,
    cast=lambda array, dtype: array.astype(dtype),
    take=partial(jnp.take, mode="clip"),  # an index is in range, and the default would check it
)
