"""Keras' decays without an end, and its piecewise constant."""

# ruff: noqa: N802  (the names are Keras')

from __future__ import annotations

import math
from collections.abc import Sequence

from pywarmup import _core, shapes
from pywarmup.compat._checks import LARGEST_STEP, Rule, finite, listed
from pywarmup.compat._curves import signed, to_a_pole
from pywarmup.compat.keras.numbers import as_cast
from pywarmup.schedule import Schedule


def ExponentialDecay(
    initial_learning_rate: float,
    decay_steps: float,
    decay_rate: float,
    staircase: bool = False,
    name: str = "ExponentialDecay",
) -> Schedule:
    """Return initial_learning_rate * decay_rate**(t / decay_steps), without end.

    Args:
        initial_learning_rate: Value at step 0, any finite number; of integers see `pywarmup.compat.keras`.
        decay_steps: Steps per factor, > 0.
        decay_rate: The factor, >= 0. (Keras' values are undefined between the stairs of a negative one.)
        staircase: Whether the factor comes at once after each `decay_steps`.
        name: Ignored.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
        >>> s(0), s(10), s(20)
        (0.1, 0.05, 0.025)

    Same as:
        `keras.optimizers.schedules.ExponentialDecay(...)` with the same arguments.
    """
    owner = "ExponentialDecay"
    (start,) = finite(owner, initial_learning_rate=initial_learning_rate)
    rate = _core.check(owner, "decay_rate", Rule.non_negative, decay_rate)
    steps = _core.check(owner, "decay_steps", Rule.length, decay_steps)
    is_stairs = _core.check(owner, "staircase", Rule.flag, staircase)
    rate, steps = as_cast(initial_learning_rate, rate, steps)
    return signed(
        start, lambda value: shapes.ExponentialDecay(value, decay_rate=rate, every=steps, staircase=is_stairs)
    )


def InverseTimeDecay(
    initial_learning_rate: float,
    decay_steps: float,
    decay_rate: float,
    staircase: bool = False,
    name: str = "InverseTimeDecay",
) -> Schedule:
    """Return initial_learning_rate / (1 + decay_rate * t / decay_steps), without end.

    A negative decay_rate makes a rate that rises to a division by zero, after which Keras' rates are negative: here the
    value of the last step before that is held.

    Args:
        initial_learning_rate: Value at step 0, any finite number; of integers see `pywarmup.compat.keras`.
        decay_steps: Steps per unit of decay_rate, > 0.
        decay_rate: The decay, >= 0 with stairs; else any finite number but a negative one that is next to nothing.
        staircase: Whether the decay comes at once after each `decay_steps`.
        name: Ignored.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> s = InverseTimeDecay(0.1, decay_steps=10, decay_rate=0.5)
        >>> s(0), s(20), s(60)
        (0.1, 0.05, 0.025)

    Same as:
        `keras.optimizers.schedules.InverseTimeDecay(...)` with the same arguments.
    """
    owner = "InverseTimeDecay"
    (start,) = finite(owner, initial_learning_rate=initial_learning_rate)
    is_stairs = _core.check(owner, "staircase", Rule.flag, staircase)
    rate = _core.check(owner, "decay_rate", Rule.non_negative if is_stairs else Rule.finite, decay_rate)
    steps = _core.check(owner, "decay_steps", Rule.length, decay_steps)
    rate, steps = as_cast(initial_learning_rate, rate, steps)
    if rate < 0.0:
        return to_a_pole(_steps_to_the_pole(owner, steps, rate), -1.0) * start
    return signed(start, lambda value: shapes.InverseTime(value, decay_rate=rate, every=steps, staircase=is_stairs))


def _steps_to_the_pole(owner: str, steps: float, rate: float) -> float:
    if -rate * LARGEST_STEP < steps:
        raise ValueError(f"{owner}: `decay_rate` must be >= 0, or at most -decay_steps / 2**53, got {rate!r}")
    return steps / -rate


def PiecewiseConstantDecay(
    boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
) -> Schedule:
    """Return values that change one step after each boundary: a boundary itself has the value before it.

    Boundaries that are no integers are cut to the integer below, as Keras casts them to the type of the step. Keras
    adds the values of all pieces that a step is in: where boundaries are not in order, there may be two or more.

    Args:
        boundaries: The last step of each value but the last one, at least one.
        values: Finite numbers, one more than there are boundaries.
        name: Ignored.

    Raises:
        TypeError: For what is no sequence of numbers.
        ValueError: For a number that is not finite, no boundary, or lengths that do not fit.

    Example:
        >>> s = PiecewiseConstantDecay([30, 60], [0.1, 0.01, 0.001])
        >>> s(30), s(31), s(60), s(61)
        (0.1, 0.01, 0.01, 0.001)

    Same as:
        `keras.optimizers.schedules.PiecewiseConstantDecay(boundaries, values)`.
    """
    owner = "PiecewiseConstantDecay"
    numbers = _core.check(owner, "values", Rule.numbers, listed(owner, "values", values))
    ends = _core.check(owner, "boundaries", Rule.numbers, listed(owner, "boundaries", boundaries))
    if len(ends) != len(numbers) - 1:
        raise ValueError(f"{owner}: `values` must be one longer than `boundaries`, got {values!r}")
    last_steps = [math.trunc(end) for end in ends]
    begins = sorted({end + 1 for end in last_steps if end >= 0})
    pieces = [_sum_at(step, last_steps, numbers) for step in (0, *begins)]
    return shapes.PiecewiseConstant(pieces, milestones=begins) if begins else shapes.Constant(*pieces)


def _sum_at(step: float, last_steps: Sequence[float], values: Sequence[float]) -> float:
    """Return the sum of the values of all pieces (low, high] that a step is in."""
    pieces = zip((-math.inf, *last_steps), (*last_steps, math.inf), values, strict=True)
    return sum((value for low, high, value in pieces if low < step <= high), 0.0)
