"""Where, and by how much, two schedules differ."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from pywarmup import _core
from pywarmup.compose import Repeat
from pywarmup.questions import Stage, integral, stages
from pywarmup.schedule import Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDLESS = 10_000_000  # steps of an endless schedule that are compared
MOST = 1_000_000_000  # steps of any two schedules that are compared; of more, evenly spaced ones
BLOCK = 32_768


@dataclass(frozen=True)
class Difference:
    """How two schedules differ.

    Args:
        stop: The steps 0 to `stop - 1` were compared.
        stride: Each of them if 1, else each so many within a stage; of longer runs than can be looked at.
        first_step: The first step at which they have two values, or only one has a value; None if they never part.
        largest: The largest distance of two values.
        at: The first step that has it; None if they never part.
        areas: The area under each, up to the last step that was compared and has a value; None if one has more pieces
            than can be summed, or is above the largest double.
    """

    stop: int
    stride: int
    first_step: int | None
    largest: float
    at: int | None
    areas: tuple[float, float] | None


def difference(a: Schedule, b: Schedule, *, stop: int | None = None) -> Difference:
    """Return where two schedules part, how far they get from each other, and their areas.

    Stages that are written alike and begin at the same step are not evaluated. The others are, in blocks: memory does
    not grow with the steps.

    Args:
        a: A schedule.
        b: Another one.
        stop: How many steps are compared, >= 1. Unless it is given, all up to the longer end and the value held
            there; of an endless schedule ten million. Of more than a billion steps, evenly spaced ones are compared.

    Returns:
        The difference.

    Raises:
        TypeError: For what is no schedule, or a `stop` that is no integer.
        ValueError: For a `stop` outside its range.

    Example:
        >>> import pywarmup as pw
        >>> a = pw.Linear(0.0, 1.0, steps=4)
        >>> difference(a, a.clip(upper=0.75))
        Difference(stop=5, stride=1, first_step=4, largest=0.25, at=4, areas=(2.0, 1.875))
    """
    for name, schedule in (("a", a), ("b", b)):
        _core.check("difference", name, _core.Rule.schedule, schedule)
    end = _core.check("difference", "stop", _core.Rule.optional_count, stop) or horizon(a, b)
    stride = -(-end // MOST)
    both, either = sorted((asked(a, end), asked(b, end)))
    first, largest, at = None, 0.0, None
    for steps, x, y in _parting(a, b, both, stride):
        first = _first(a, b, steps[int(np.argmax(x != y))], stride) if first is None else first
        gap, where = _largest(x, y)
        if gap > largest:
            largest, at = gap, steps[where]
    if first is None and both < either:
        first = both
    return Difference(end, stride, first, largest, at, _areas(a, b, max(0, both - 1)))


def first_difference(a: Schedule, b: Schedule, stop: int) -> int | None:
    """Return the first of the steps 0 to `stop - 1` at which two schedules have two values, or only one has a value.

    Example:
        >>> import pywarmup as pw
        >>> first_difference(pw.Constant(0.5), pw.Linear(0.5, 0.0, steps=4), 10)
        1
    """
    both, either = sorted((asked(a, stop), asked(b, stop)))
    for steps, x, y in _parting(a, b, both, 1):
        return steps[int(np.argmax(x != y))]
    return both if both < either else None


def horizon(*schedules: Schedule) -> int:
    """Return how many steps of these schedules are compared unless somebody says.

    Example:
        >>> import pywarmup as pw
        >>> horizon(pw.Linear(0.0, 1.0, steps=4), pw.Constant(0.5, steps=9))
        10
    """
    totals = [ENDLESS if each.total_steps is None else math.ceil(each.total_steps) + 1 for each in schedules]
    return min(max(totals), 2**53)


def asked(schedule: Schedule, stop: int) -> int:
    """Return how many of the steps 0 to `stop - 1` have a value: the end of a schedule may be an error.

    Example:
        >>> import pywarmup as pw
        >>> asked(pw.Linear(0.0, 1.0, steps=4).past_end("error"), 10)
        5
    """
    if _has_value(schedule, stop - 1):
        return stop
    some, none = 0, stop - 1
    while some < none:
        middle = (some + none) // 2
        some, none = (middle + 1, none) if _has_value(schedule, middle) else (some, middle)
    return some


def _has_value(schedule: Schedule, step: int) -> bool:
    try:
        schedule(step)
    except ValueError:
        return False
    return True


Block = tuple[range, "NDArray[Any]", "NDArray[Any]"]


def _parting(a: Schedule, b: Schedule, stop: int, stride: int) -> Iterator[Block]:
    """Give the blocks of steps, with both values, in which a value differs; the next block overwrites the values."""
    room = np.empty((2, BLOCK))
    for begin, end in _pieces(a, b, stop):
        for start in range(begin, end, BLOCK * stride):
            steps = range(start, min(start + BLOCK * stride, end), stride)
            x, y = room[:, : len(steps)]
            a.array(steps.start, steps.stop, stride, out=x)
            b.array(steps.start, steps.stop, stride, out=y)
            if not np.array_equal(x, y):
                yield steps, x, y


def _pieces(a: Schedule, b: Schedule, stop: int) -> Iterator[tuple[int, int]]:
    """Give the ranges of steps on which the two are not written alike."""
    both = _exact_stages(a), _exact_stages(b)
    begins = [[stage.begin for stage in each] for each in both]
    bounds = {0, stop} | {bound for each in begins for begin in each if (bound := math.ceil(begin)) < stop}
    for begin, end in pairwise(sorted(bounds)):
        x, y = (each[bisect_right(found, begin) - 1] for each, found in zip(both, begins, strict=True))
        if (x.begin, x.schedule) != (y.begin, y.schedule):  # past the last end both hold, or neither
            yield begin, end


def _exact_stages(schedule: Schedule) -> tuple[Stage, ...]:
    """The stages, if their values are those of the schedule to the bit; else the whole as one."""
    found = stages(schedule)
    marks = [mark for stage in found for mark in (stage.begin, stage.end)]
    if any(isinstance(mark, float) for mark in marks) or _has_decaying_cycles(schedule):
        return (Stage(0, schedule.total_steps, schedule),)
    return found


def _has_decaying_cycles(schedule: Schedule) -> bool:
    if isinstance(schedule, Repeat) and schedule.decay != 1.0:
        return True
    return any(_has_decaying_cycles(part) for part in schedule._parts())


def _largest(x: NDArray[Any], y: NDArray[Any]) -> tuple[float, int]:
    with np.errstate(over="ignore"):
        gaps = np.subtract(x, y, out=x)  # of finite values
    where = int(np.argmax(np.abs(gaps, out=gaps)))
    return float(gaps[where]), where


def _first(a: Schedule, b: Schedule, found: int, stride: int) -> int:
    """The first step that differs, up to one that does, among those between the steps that were compared too."""
    between = range(max(0, found - stride + 1), found + 1)
    x, y = (each.array(between.start, between.stop) for each in (a, b))
    return between[int(np.argmax(x != y))]


def _areas(a: Schedule, b: Schedule, stop: int) -> tuple[float, float] | None:
    try:
        return integral(a, 0, stop), integral(b, 0, stop)
    except (ValueError, OverflowError):
        return None
