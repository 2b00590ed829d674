"""Ignite's cyclical schedulers: a fall in each cycle, and a warmup between two of them if asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from pywarmup.compat import _checks
from pywarmup.compat._curves import between
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear, PiecewiseLinear

Fall: TypeAlias = Callable[[float, float, int], Schedule]
MOST_CYCLES = 10_000


def LinearCyclicalScheduler(  # noqa: N802
    param_name: str,
    start_value: float,
    end_value: float,
    cycle_size: int,
    cycle_mult: float = 1.0,
    start_value_mult: float = 1.0,
    end_value_mult: float = 1.0,
    warmup_duration: int = 0,
    save_history: bool = False,
    param_group_index: int | None = None,
    *,
    monotonic: bool = False,
) -> Schedule:
    """Return Ignite's LinearCyclicalScheduler: from `start_value` to `end_value` and back, again and again.

    The end value is in the middle of the cycle; with `monotonic` it is at its end, where the next one begins at once,
    so that only a warmup between them shows it. A cycle that `cycle_mult` < 1 brings to length 0 is a division by 0
    in Ignite; here the end of the one before is held.

    Args:
        param_name: Not used.
        start_value: The value at a cycle's begin.
        end_value: The value at its middle, or its end.
        cycle_size: Length of the first cycle, an integer >= 2.
        cycle_mult: Each cycle is this many times as long as the one before, rounded down, >= 0.
        start_value_mult: Factor of `start_value` after each cycle.
        end_value_mult: Factor of `end_value` after each cycle.
        warmup_duration: Steps from a cycle's end to the next one's begin, >= 0, multiplied as the cycles are.
        save_history: Not used.
        param_group_index: Not used.
        monotonic: Whether there is no way back; without it there is no `warmup_duration` either.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import ignite
        >>> ignite.LinearCyclicalScheduler("lr", 1.0, 0.0, 4)[:7]
        array([1. , 0.5, 0. , 0.5, 1. , 0.5, 0. ])

    Same as:
        ignite `LinearCyclicalScheduler(optimizer, param_name, start_value, end_value, cycle_size, ...)`.
    """
    owner = "LinearCyclicalScheduler"
    _checks.flags(owner, save_history=save_history, monotonic=monotonic)
    first = _first(owner, start_value, end_value, cycle_size, warmup_duration)
    if first.warmup and not monotonic:
        raise ValueError(f"{owner}: `warmup_duration` must be 0 where `monotonic` is False, got {warmup_duration!r}")
    multiply = _factors(owner, cycle_mult, start_value_mult, end_value_mult)
    return _cycles(_line if monotonic else _triangle, first, multiply)


def CosineAnnealingScheduler(  # noqa: N802
    param_name: str,
    start_value: float,
    end_value: float,
    cycle_size: int,
    cycle_mult: float = 1.0,
    start_value_mult: float = 1.0,
    end_value_mult: float = 1.0,
    warmup_duration: int = 0,
    save_history: bool = False,
    param_group_index: int | None = None,
) -> Schedule:
    """Return Ignite's CosineAnnealingScheduler: half a cosine from `start_value` to `end_value`, again and again.

    The end value is at a cycle's end, where the next one begins at once, so that only a warmup between them shows it.
    A cycle that `cycle_mult` < 1 brings to length 0 is a division by 0 in Ignite; here the end of the one before is
    held.

    Args:
        param_name: Not used.
        start_value: The value at a cycle's begin.
        end_value: The value at its end.
        cycle_size: Length of the first cycle, an integer >= 2.
        cycle_mult: Each cycle is this many times as long as the one before, rounded down, >= 0.
        start_value_mult: Factor of `start_value` after each cycle, and so of the goal of the warmup between two.
        end_value_mult: Factor of `end_value` after each cycle.
        warmup_duration: Steps from a cycle's end to the next one's begin, >= 0, multiplied as the cycles are.
        save_history: Not used.
        param_group_index: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import ignite
        >>> ignite.CosineAnnealingScheduler("lr", 1.0, 0.0, 4, warmup_duration=2)[:8].round(4)
        array([1.    , 0.8536, 0.5   , 0.1464, 0.    , 0.5   , 1.    , 0.8536])

    Same as:
        ignite `CosineAnnealingScheduler(optimizer, param_name, start_value, end_value, cycle_size, ...)`.
    """
    owner = "CosineAnnealingScheduler"
    _checks.flags(owner, save_history=save_history)
    first = _first(owner, start_value, end_value, cycle_size, warmup_duration)
    return _cycles(_cosine, first, _factors(owner, cycle_mult, start_value_mult, end_value_mult))


class _Cycle(NamedTuple):
    start: float
    end: float
    size: int
    warmup: int


class _Factors(NamedTuple):
    cycle: float
    start: float
    end: float


def _first(owner: str, start: object, end: object, size: object, warmup: object) -> _Cycle:
    return _Cycle(
        _checks.number(owner, "start_value", start),
        _checks.number(owner, "end_value", end),
        _checks.integer(owner, "cycle_size", size, 2),
        _checks.integer(owner, "warmup_duration", warmup, 0),
    )


def _factors(owner: str, cycle: object, start: object, end: object) -> _Factors:
    return _Factors(
        _checks.rate(owner, cycle, "cycle_mult"),
        _checks.number(owner, "start_value_mult", start),
        _checks.number(owner, "end_value_mult", end),
    )


# Lengths are rounded to integers, so no rate of growth gives them. They grow until they have passed all steps, or stay.
def _cycles(fall: Fall, cycle: _Cycle, multiply: _Factors) -> Schedule:
    stages: list[Schedule] = []
    left = _checks.LARGEST_STEP
    while cycle.size:
        if left <= cycle.size + cycle.warmup:
            return join(*stages, _made(fall, cycle, multiply).until(left))
        if multiply.cycle * (cycle.size + cycle.warmup) > _checks.LARGEST_STEP:  # as good as constant
            return join(*stages, _made(fall, cycle, multiply), Constant(cycle.start * multiply.start))
        size, warmup = int(cycle.size * multiply.cycle), int(cycle.warmup * multiply.cycle)
        if (size, warmup) == (cycle.size, cycle.warmup):
            return join(*stages, _repeated(fall, cycle, multiply))
        if len(stages) == MOST_CYCLES:
            return join(*stages).past_end("error")
        stages.append(_made(fall, cycle, multiply))
        left -= cycle.size + cycle.warmup
        cycle = _Cycle(cycle.start * multiply.start, cycle.end * multiply.end, size, warmup)
    return join(*stages)


def _made(fall: Fall, cycle: _Cycle, multiply: _Factors) -> Schedule:
    down = fall(cycle.start, cycle.end, cycle.size)
    return join(down, _line(cycle.end, cycle.start * multiply.start, cycle.warmup)) if cycle.warmup else down


# A cycle is a sum of what its start makes of it and what its end does; each of them has a factor of its own.
def _repeated(fall: Fall, cycle: _Cycle, multiply: _Factors) -> Schedule:
    if multiply.start == multiply.end:
        return _again(
            lambda start, end: _made(fall, cycle._replace(start=start, end=end), multiply), cycle, multiply.start
        )
    by_start = _again(
        lambda start, end: _made(fall, cycle._replace(start=start, end=0.0), multiply), cycle, multiply.start
    )
    by_end = _again(lambda start, end: _made(fall, cycle._replace(start=0.0, end=end), multiply), cycle, multiply.end)
    return by_start + by_end


def _again(make: Callable[[float, float], Schedule], cycle: _Cycle, factor: float) -> Schedule:
    first = make(cycle.start, cycle.end)
    if factor > 0.0:
        return first.repeat(decay=factor)
    if factor == 0.0:
        return join(first, Constant(0.0))
    return join(first, make(cycle.start * factor, cycle.end * factor)).repeat(decay=factor * factor)


def _line(start: float, end: float, steps: int) -> Schedule:
    return _between(Linear, start, end, steps)


def _cosine(start: float, end: float, steps: int) -> Schedule:
    return _between(Cosine, start, end, steps)


# Both ends are exact, also where one of them is negative: a warmup before a schedule asks for its first value.
def _between(shape: Callable[..., Schedule], start: float, end: float, steps: int) -> Schedule:
    if start >= 0.0 >= end:
        return shape(start, 0.0, steps=steps) - shape(0.0, -end, steps=steps) if end else shape(start, 0.0, steps=steps)
    if start < 0.0 < end:
        return shape(0.0, end, steps=steps) - shape(-start, 0.0, steps=steps)
    return between(shape, start, end, steps=steps)


def _triangle(start: float, end: float, steps: int) -> Schedule:
    return PiecewiseLinear([(0, start), (steps / 2, end), (steps, start)])
