"""The places where the formulas of a schedule meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pywarmup import _core
from pywarmup.compose import Join, PastEnd, Repeat, Reverse, Shift, Stretch, Until
from pywarmup.questions.cycle import cycle_at, growing_cycles, length_of
from pywarmup.schedule import Schedule
from pywarmup.shapes import PiecewiseConstant, PiecewiseLinear, Table

MOST = 10_000_000  # places that are returned; more would fill the memory, and no picture shows them

Places = NDArray[np.float64]
NONE: Places = np.empty(0)


def breaks(schedule: Schedule, start: float, stop: float) -> Places:
    """Return the places where the formulas of a schedule meet.

    These are the ends of stages and cycles, milestones, corners, the stairs of a staircase, the steps at which a table
    changes, and the place from which an end value is held. Every jump of the curve is at such a place, and every
    corner but those that come of comparing values (`clip`, `minimum`, `maximum`). A jump shows at the place itself;
    after `reverse` and past a mirror it shows right behind it.

    Args:
        schedule: Any schedule.
        start: The place after which to look, >= 0.
        stop: The last place to look at, at least `start`.

    Returns:
        The places, start < place <= stop, increasing, each once; float64.

    Raises:
        TypeError: For what is no schedule, or no number.
        ValueError: For numbers outside their range, or more than 10,000,000 places.

    Example:
        >>> import pywarmup as pw
        >>> breaks(pw.wsd(1.0, warmup_steps=10, decay_steps=20, total_steps=100), 0, 100)
        array([ 10.,  80., 100.])
    """
    _core.check("breaks", "schedule", _core.Rule.schedule, schedule)
    first = float(_core.check("breaks", "start", _core.Rule.delay, start))
    last = float(_core.check("breaks", "stop", _core.Rule.delay, stop))
    if last < first:
        raise ValueError(f"breaks: `stop` must be at least `start` ({start!r}), got {stop!r}")
    return places(schedule, first, last)


def places(schedule: Schedule, start: float, stop: float) -> Places:
    """Return what `breaks` does, of numbers that have been checked."""
    rule = _RULES.get(schedule.kind, _of_shape)
    found = np.unique(np.append(rule(schedule, start, stop), _end(schedule)))
    return found[(found > start) & (found <= stop)]


def _end(schedule: Schedule) -> Places:
    """Return the place from which the end value is held; that of a table holds already."""
    is_there = schedule.total_steps is not None and not isinstance(schedule, Table)
    return np.array([schedule.total_steps], float) if is_there else NONE


def _of_shape(shape: Schedule, start: float, stop: float) -> Places:
    return NONE


def _of_stairs(shape: Any, start: float, stop: float) -> Places:
    return _multiples(shape.every, start, stop) if getattr(shape, "staircase", True) else NONE


def _of_milestones(shape: PiecewiseConstant, start: float, stop: float) -> Places:
    return np.array(shape.milestones, float)


def _of_corners(shape: PiecewiseLinear, start: float, stop: float) -> Places:
    return np.array([step for step, _ in shape.points], float)


def _of_table(shape: Table, start: float, stop: float) -> Places:
    return np.asarray(np.flatnonzero(np.diff(np.array(shape.values, float))) + 1, float)


def _of_join(join: Join, start: float, stop: float) -> Places:
    begins = np.cumsum([0.0, *(float(stage.total_steps or 0.0) for stage in join.stages[:-1])])
    ends = np.append(begins[1:], np.inf)  # the last stage may go on past its total_steps
    first = int(np.searchsorted(begins[1:], start, "right"))
    found = [begins]
    for stage, begin, end in zip(join.stages[first:], begins[first:], ends[first:], strict=True):
        if begin >= stop:
            break
        found.append(begin + places(stage, max(start - begin, 0.0), min(stop, end) - begin))
    return _together(found)


def _of_parts(schedule: Any, start: float, stop: float) -> Places:
    return _together([places(part, start, stop) for part in schedule._fields()[0]])


def _of_wrapped(schedule: Any, start: float, stop: float) -> Places:
    return places(schedule.schedule, start, stop)


def _of_shift(shift: Shift, start: float, stop: float) -> Places:
    return places(shift.schedule, start + shift.steps, stop + shift.steps) - shift.steps


def _of_stretch(stretch: Stretch, start: float, stop: float) -> Places:
    slack = 1.0 + 1e-15  # the quotients are rounded; `places` keeps the bounds
    inner = places(stretch.schedule, start / stretch.factor / slack, stop / stretch.factor * slack)
    return np.asarray(inner * stretch.factor, float)


def _of_until(until: Until, start: float, stop: float) -> Places:
    end = float(until.steps)
    inner = places(until.schedule, start, min(stop, end)) if start < end else NONE
    return np.append(inner, end)


def _of_reverse(reverse: Reverse, start: float, stop: float) -> Places:
    return _backwards(reverse.schedule, float(reverse.schedule.total_steps or 0.0))


def _of_warp(warp: Any, start: float, stop: float) -> Places:
    length = float(warp.schedule.total_steps or 0.0)
    return np.asarray(length * (places(warp.schedule, 0.0, length) / length) ** (1.0 / warp.power), float)


def _of_repeat(repeat: Repeat, start: float, stop: float) -> Places:
    length, inner = length_of(repeat), places(repeat.schedule, 0.0, length_of(repeat))
    if repeat.growth != 1.0:
        begins, lengths, _ = growing_cycles(repeat)
        near = slice(max(int(np.searchsorted(begins, start)) - 1, 0), int(np.searchsorted(begins, stop)))
        last = places(repeat.schedule, 0.0, max((stop - begins[-1]) / lengths[-1], 0.0))  # as in a join, it goes on
        return np.append(_tiled(inner, begins[near], lengths[near]), begins[-1] + last * lengths[-1])
    return _tiled(inner, length * _count(cycle_at(repeat, start), cycle_at(repeat, stop)))


def _of_past_end(schedule: PastEnd, start: float, stop: float) -> Places:
    length = float(schedule.schedule.total_steps or 0.0)
    inner = places(schedule.schedule, 0.0, length)
    if schedule.policy == "error":
        return inner
    laps = length * _count(start // length, stop // length)
    if schedule.policy == "repeat":
        return _tiled(inner, laps)
    return np.append(_tiled(inner, laps), _tiled(_backwards(schedule.schedule, length), laps))


def _backwards(schedule: Schedule, length: float) -> Places:
    return np.append(length - places(schedule, 0.0, length), length)


def _multiples(length: float, start: float, stop: float) -> Places:
    return length * _count(start // length, stop // length)


def _count(first: float, last: float) -> Places:
    if last - first > MOST:
        raise ValueError(
            f"Schedule: formulas must meet at most {MOST:,} times between `start` and `stop`, got {last - first:.3g} "
            "cycles or stairs; ask for a part"
        )
    return np.arange(int(first), int(last) + 1, dtype=float)


def _tiled(inner: Places, begins: Places, lengths: Places | float = 1.0) -> Places:
    within = np.append(0.0, inner)
    _count(0, within.size * begins.size)
    offsets = np.multiply.outer(lengths * np.ones_like(begins), within)
    return np.asarray(begins[:, None] + offsets, float).ravel()


def _together(found: list[Places]) -> Places:
    return np.concatenate(found) if found else NONE


_RULES: dict[str, Callable[[Any, float, float], Places]] = {
    "exponential_decay": _of_stairs,
    "inverse_time": _of_stairs,
    "piecewise_constant": _of_milestones,
    "piecewise_linear": _of_corners,
    "table": _of_table,
    "join": _of_join,
    "product": _of_parts,
    "sum": _of_parts,
    "minimum": _of_parts,
    "maximum": _of_parts,
    "scale": _of_wrapped,
    "offset": _of_wrapped,
    "clip": _of_wrapped,
    "shift": _of_shift,
    "stretch": _of_stretch,
    "repeat": _of_repeat,
    "until": _of_until,
    "reverse": _of_reverse,
    "stairs": _of_stairs,
    "warp": _of_warp,
    "past_end": _of_past_end,
}
