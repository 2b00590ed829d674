"""Curves between any two values, as libraries have them; shapes take values >= 0."""

from __future__ import annotations

import math
from collections.abc import Callable

from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear, Polynomial, PowerLaw


def signed(value: float, shape: Callable[[float], Schedule]) -> Schedule:
    """Return the shape of a value that may be negative, which shapes do not take."""
    return shape(value) if value >= 0.0 else -shape(-value)


def between(shape: Callable[..., Schedule], init_value: float, end_value: float, **rest: float) -> Schedule:
    """Return a shape from one value to another, which may be negative: it then runs above the lesser of them."""
    if init_value >= 0.0 and end_value >= 0.0:
        return shape(init_value, end_value, **rest)
    if init_value <= 0.0 and end_value <= 0.0:
        return -shape(-init_value, -end_value, **rest)
    lesser = min(init_value, end_value)
    return shape(init_value - lesser, end_value - lesser, **rest) + lesser


def not_negative(shape: Callable[..., Schedule], init_value: float, end_value: float, *, steps: float) -> Schedule:
    """Return the shape from one value to another, cut at 0 where it is negative."""
    made = between(shape, init_value, end_value, steps=steps)
    return made if min(init_value, end_value) >= 0.0 else made.clip(lower=0.0)


def polynomial(init_value: float, end_value: float, steps: float, power: float) -> Schedule:
    """Return end_value + (init_value - end_value) * (1 - u)**power, for any power.

    0**0 is 1, so that power 0 never comes to the end value.
    """
    if power == 0.0:
        return Constant(init_value)
    if power < 0.0:
        return to_a_pole(steps, power) * (init_value - end_value) + end_value
    if power == 1.0:
        return between(Linear, init_value, end_value, steps=steps)
    return between(Polynomial, init_value, end_value, steps=steps, power=power)


def to_a_pole(steps: float, power: float) -> Schedule:
    """Return (1 - t / steps)**power for a negative power, up to the last whole step before it is a division by zero."""
    last = math.ceil(steps) - 1
    if last == 0:
        return Constant(1.0)
    return PowerLaw(1.0, power=power, timescale=steps, offset=steps - last).until(last).reverse()
