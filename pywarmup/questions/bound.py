"""Between which values a schedule stays over a span of steps, without looking at the steps.

Every shape but the tables is monotone, so its ends bound it. Combinators combine the bounds of their children by
interval arithmetic: exact for one child, perhaps too wide for a product or a sum, never too narrow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pywarmup.compose import Clip, Join, Offset, PastEnd, Repeat, Reverse, Scale, Shift, Stretch, Until
from pywarmup.questions.cycle import LAST_STEP, Cycles, cycle_at, growing_cycles, length_of, worth_of
from pywarmup.schedule import Schedule
from pywarmup.shapes import PiecewiseConstant, PiecewiseLinear, Table

Bounds: TypeAlias = tuple[float, float]
Numbers: TypeAlias = NDArray[np.float64]

LARGEST = float(np.finfo(float).max)
SLACK = 1e-9  # of a power of a cycle's decay, which the core computes in another way


class Bounder:
    """Answers for one schedule and its parts; what it has computed for tables and stages it keeps."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], Any] = {}

    def of(self, schedule: Schedule, begin: float, end: float) -> Bounds:
        """Return the bounds of the values from step `begin` to step `end`, both included.

        Example:
            >>> import pywarmup as pw
            >>> Bounder().of(pw.join(pw.Linear(0.0, 1.0, steps=10), pw.Linear(1.0, 0.5, steps=10)), 5, 20)
            (0.5, 1.0)
        """
        rule = _RULES.get(schedule.kind)
        if rule is not None:
            return rule(self, schedule, begin, end)
        return _hull(schedule(min(begin, LAST_STEP)), schedule(min(end, LAST_STEP)))

    def once(self, schedule: Schedule, what: str, compute: Callable[[], Any]) -> Any:
        """Return what was computed for a schedule before, or compute it."""
        key = id(schedule), what
        if key not in self._known:
            self._known[key] = compute()
        return self._known[key]


def _hull(*values: float) -> Bounds:
    return min(values), max(values)


def _among(bounder: Bounder, owner: Schedule, values: Any, first: int, last: int) -> Bounds:
    numbers = bounder.once(owner, "values", lambda: np.array(values, float))[first : last + 1]
    return float(numbers.min()), float(numbers.max())


def _of_table(bounder: Bounder, table: Table, begin: float, end: float) -> Bounds:
    last = len(table.values) - 1
    return _among(bounder, table, table.values, min(int(begin), last), min(int(end), last))


def _of_milestones(bounder: Bounder, shape: PiecewiseConstant, begin: float, end: float) -> Bounds:
    milestones = bounder.once(shape, "milestones", lambda: np.array(shape.milestones, float))
    first, last = np.searchsorted(milestones, [begin, end], "right")
    return _among(bounder, shape, shape.values, int(first), int(last))


def _of_corners(bounder: Bounder, shape: PiecewiseLinear, begin: float, end: float) -> Bounds:
    points = bounder.once(shape, "points", lambda: np.array(shape.points, float))
    inside = points[np.searchsorted(points[:, 0], begin) : np.searchsorted(points[:, 0], end), 1]
    return _hull(shape(min(begin, LAST_STEP)), shape(min(end, LAST_STEP)), *_extremes(inside))


def _extremes(values: Numbers) -> tuple[float, ...]:
    return (float(values.min()), float(values.max())) if values.size else ()


def _of_join(bounder: Bounder, join: Join, begin: float, end: float) -> Bounds:
    begins = bounder.once(join, "begins", lambda: _begins(join))
    first, last = (max(int(index) - 1, 0) for index in np.searchsorted(begins, [begin, end], "right"))
    found = [_in_stage(bounder, join, index, begin - begins[index], end - begins[index]) for index in {first, last}]
    if last - first > 1:
        whole = bounder.once(join, "whole", lambda: _whole_stages(bounder, join))[first + 1 : last]
        found.append(_extremes(whole))  # type: ignore[arg-type]  # it has numbers
    return _union(found)


def _begins(join: Join) -> Numbers:
    return np.cumsum([0.0, *(float(stage.total_steps or 0.0) for stage in join.stages[:-1])])


def _in_stage(bounder: Bounder, join: Join, index: int, begin: float, end: float) -> Bounds:
    stage = join.stages[index]
    is_last = index == len(join.stages) - 1
    length = end if is_last else float(stage.total_steps or 0.0)
    return bounder.of(stage, max(float(begin), 0.0), min(float(end), length))


def _whole_stages(bounder: Bounder, join: Join) -> Numbers:
    return np.array([bounder.of(stage, 0.0, float(stage.total_steps or 0.0)) for stage in join.stages[:-1]])


def _union(found: list[Bounds]) -> Bounds:
    return min(lower for lower, _ in found), max(upper for _, upper in found)


def _of_repeat(bounder: Bounder, repeat: Repeat, begin: float, end: float) -> Bounds:
    if repeat.growth != 1.0:
        return _of_growing(bounder, repeat, begin, end)
    length, first, last = length_of(repeat), cycle_at(repeat, begin), cycle_at(repeat, end)
    from_, to = (min(max(time, 0.0), length) for time in (begin - first * length, end - last * length))
    if first == last:
        return _worth(repeat, bounder.of(repeat.schedule, from_, to), first, first)
    found = [
        _worth(repeat, bounder.of(repeat.schedule, from_, length), first, first),
        _worth(repeat, bounder.of(repeat.schedule, 0.0, to), last, last),
    ]
    if last - first > 1:
        whole = bounder.once(repeat, "whole", lambda: bounder.of(repeat.schedule, 0.0, length))
        found.append(_worth(repeat, whole, first + 1, last - 1))
    return _union(found)


def _worth(repeat: Repeat, bounds: Bounds, first: int, last: int) -> Bounds:
    if repeat.decay == 1.0 or last == 0:
        return bounds
    lower, upper = _product(bounds, _hull(worth_of(repeat, first), worth_of(repeat, last)))
    return lower - SLACK * abs(lower), min(upper + SLACK * abs(upper), LARGEST)


def _of_growing(bounder: Bounder, repeat: Repeat, begin: float, end: float) -> Bounds:
    cycles: Cycles = bounder.once(repeat, "cycles", lambda: growing_cycles(repeat))
    first, last = (max(int(index) - 1, 0) for index in np.searchsorted(cycles.begins, [begin, end], "right"))

    def in_cycle(cycle: int) -> Bounds:
        from_, to = ((time - cycles.begins[cycle]) / cycles.lengths[cycle] for time in (begin, end))
        length = np.inf if cycle == len(cycles.begins) - 1 else length_of(repeat)  # as in a join, the last goes on
        inner = bounder.of(repeat.schedule, *_wider(from_, to, length))
        return _product(inner, _hull(cycles.worths[cycle], cycles.worths[cycle]))

    found = [in_cycle(cycle) for cycle in {first, last}]
    if last - first > 1:
        whole = bounder.once(repeat, "whole", lambda: bounder.of(repeat.schedule, 0.0, length_of(repeat)))
        found.append(_product(whole, _hull(cycles.worths[first + 1], cycles.worths[last - 1])))
    return _union(found)


def _wider(begin: float, end: float, length: float = np.inf) -> Bounds:
    """Return a span that holds what a quotient may have been before it was rounded, within [0, length]."""
    return max(float(begin) * (1.0 - 1e-15), 0.0), min(float(end) * (1.0 + 1e-15), length)


def _product(a: Bounds, b: Bounds) -> Bounds:
    with np.errstate(over="ignore"):
        return _hull(*[_finite(x * y) for x in a for y in b])


def _finite(value: float) -> float:
    return float(min(max(value + 0.0, -LARGEST), LARGEST))


def _many(combine: Callable[[Bounds, Bounds], Bounds]) -> Callable[[Bounder, Any, float, float], Bounds]:
    def rule(bounder: Bounder, schedule: Any, begin: float, end: float) -> Bounds:
        first, *rest = (bounder.of(part, begin, end) for part in schedule._fields()[0])
        for bounds in rest:
            first = combine(first, bounds)
        return first

    return rule


def _of_scale(bounder: Bounder, scale: Scale, begin: float, end: float) -> Bounds:
    return _product(bounder.of(scale.schedule, begin, end), (scale.factor, scale.factor))


def _of_offset(bounder: Bounder, offset: Offset, begin: float, end: float) -> Bounds:
    return _sum(bounder.of(offset.schedule, begin, end), (offset.amount, offset.amount))


def _sum(a: Bounds, b: Bounds) -> Bounds:
    return _finite(a[0] + b[0]), _finite(a[1] + b[1])


def _least(a: Bounds, b: Bounds) -> Bounds:
    return min(a[0], b[0]), min(a[1], b[1])


def _greatest(a: Bounds, b: Bounds) -> Bounds:
    return max(a[0], b[0]), max(a[1], b[1])


def _of_clip(bounder: Bounder, clip: Clip, begin: float, end: float) -> Bounds:
    lower = -LARGEST if clip.lower is None else clip.lower
    upper = LARGEST if clip.upper is None else clip.upper
    first, last = bounder.of(clip.schedule, begin, end)
    return min(max(first, lower), upper), min(max(last, lower), upper)


def _of_shift(bounder: Bounder, shift: Shift, begin: float, end: float) -> Bounds:
    return bounder.of(shift.schedule, begin + shift.steps, end + shift.steps)


def _of_stretch(bounder: Bounder, stretch: Stretch, begin: float, end: float) -> Bounds:
    return bounder.of(stretch.schedule, *_wider(begin / stretch.factor, end / stretch.factor))


def _of_until(bounder: Bounder, until: Until, begin: float, end: float) -> Bounds:
    return bounder.of(until.schedule, min(begin, until.steps), min(end, until.steps))


def _of_reverse(bounder: Bounder, reverse: Reverse, begin: float, end: float) -> Bounds:
    length = float(reverse.schedule.total_steps or 0.0)
    return bounder.of(reverse.schedule, length - min(end, length), length - min(begin, length))


def _of_stairs(bounder: Bounder, stairs: Any, begin: float, end: float) -> Bounds:
    slack = 0.0 if float(stairs.every).is_integer() else 1e-15  # the quotient may round to another stair
    first = begin * (1.0 - slack) // stairs.every * stairs.every
    last = end * (1.0 + slack) // stairs.every * stairs.every
    return bounder.of(stairs.schedule, first, max(last, first))


def _of_warp(bounder: Bounder, warp: Any, begin: float, end: float) -> Bounds:
    length = float(warp.schedule.total_steps or 0.0)
    from_, to = (length * (min(time, length) / length) ** warp.power for time in (begin, end))
    return bounder.of(warp.schedule, from_ * (1.0 - 1e-12), min(to * (1.0 + 1e-12), length))


def _of_past_end(bounder: Bounder, schedule: PastEnd, begin: float, end: float) -> Bounds:
    if schedule.policy == "error":
        return bounder.of(schedule.schedule, begin, end)
    if schedule.policy == "repeat":
        return _of_repeat(bounder, bounder.once(schedule, "repeat", lambda: Repeat(schedule.schedule)), begin, end)
    length = float(schedule.schedule.total_steps or 0.0)
    lap = begin // length
    if lap != end // length:
        return bounder.of(schedule.schedule, 0.0, length)
    from_, to = (begin - lap * length, end - lap * length) if lap % 2 == 0 else _turned(lap + 1, length, begin, end)
    return bounder.of(schedule.schedule, *_wider(from_ - 1e-15 * end, to + 1e-15 * end, length))


def _turned(lap: float, length: float, begin: float, end: float) -> Bounds:
    return lap * length - end, lap * length - begin


_RULES: dict[str, Callable[[Bounder, Any, float, float], Bounds]] = {
    "table": _of_table,
    "piecewise_constant": _of_milestones,
    "piecewise_linear": _of_corners,
    "join": _of_join,
    "repeat": _of_repeat,
    "product": _many(_product),
    "sum": _many(_sum),
    "minimum": _many(_least),
    "maximum": _many(_greatest),
    "scale": _of_scale,
    "offset": _of_offset,
    "clip": _of_clip,
    "shift": _of_shift,
    "stretch": _of_stretch,
    "until": _of_until,
    "reverse": _of_reverse,
    "stairs": _of_stairs,
    "warp": _of_warp,
    "past_end": _of_past_end,
}
