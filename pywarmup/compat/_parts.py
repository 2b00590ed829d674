"""What several libraries need: their curves between any two values, and their ways of joining schedules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pywarmup import _core
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear, Polynomial, PowerLaw

Rule = _core.Rule
LARGEST_STEP = 2.0**53


def finite(owner: str, **arguments: Any) -> list[float]:
    """Check that the arguments are finite numbers, and return them."""
    return [_core.check(owner, name, Rule.finite, value) for name, value in arguments.items()]


def steps_if_any(owner: str, field: str, value: Any) -> float:
    """Check a number of steps that may also be 0 or negative, which libraries read as none."""
    number: float = _core.check(owner, field, Rule.finite, value)
    return _core.check(owner, field, Rule.length, value) if number > 0.0 else number


def listed(owner: str, field: str, values: Any) -> list[Any]:
    """Return the items of a sequence or an iterable, which a text, a mapping or a single schedule is not."""
    if isinstance(values, str | bytes | dict | Schedule) or not isinstance(values, Iterable):
        raise TypeError(f"{owner}: `{field}` must be a sequence, got {values!r}")
    return list(values)


def schedules_of(owner: str, values: Any) -> list[Schedule]:
    """Check that something is a sequence of schedules."""
    schedules = listed(owner, "schedules", values)
    return [_core.check(owner, f"schedules[{i}]", Rule.schedule, one) for i, one in enumerate(schedules)]


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


def delayed(value: float, steps: float, schedule: Schedule) -> Schedule:
    """Return a value that is kept for some steps, if any, and the schedule after them."""
    return join(Constant(value, steps=steps), schedule) if steps > 0.0 else schedule


def from_step(schedule: Schedule, step: float) -> Schedule:
    """Return t -> schedule(t + step), also for a step past its end."""
    if step == 0.0:
        return schedule
    is_over = schedule.total_steps is not None and step >= schedule.total_steps
    return (schedule.until(LARGEST_STEP) if is_over else schedule).shift(step)


def joined(schedules: Sequence[Schedule], boundaries: Sequence[float]) -> Schedule:
    """Return what optax and MLX make of schedules and boundaries in any order.

    Step t is answered by the last schedule whose boundary is at most t, at t - boundary; by the first one if there is
    none. So a boundary that is not less than a later one has no part, nor has what comes before one that is <= 0.
    """
    stages: list[Schedule] = []
    end = math.inf
    for schedule, boundary in reversed(list(zip(schedules, (0.0, *boundaries), strict=False))):
        begin = max(boundary, 0.0)
        if begin < end:
            stages.insert(0, _ended(from_step(schedule, begin - boundary), end - begin))
            end = begin
    return join(*stages)


def _ended(schedule: Schedule, steps: float) -> Schedule:
    return schedule if steps in (math.inf, schedule.total_steps) else schedule.until(steps)
