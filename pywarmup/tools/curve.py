"""The points of a picture: few steps, and every jump and peak among them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pywarmup import _core
from pywarmup.compose import Join, Repeat, Shift, Stretch
from pywarmup.questions import breaks
from pywarmup.questions.search import last_step
from pywarmup.schedule import Schedule

SAMPLES = 4  # per column, of the parts that are smooth
DENSE = 1_000  # per column, where there are too many places to look at each
INNER = 8  # samples between two places where formulas meet
MOST_INNER = 1_000  # places, beyond which there are none of these
MOST_PLACES = 10_000  # beyond which only the extremes of each column are kept
CHUNK = 65_536  # places that are looked at together
LARGEST_STEP = 2.0**53

Numbers = NDArray[np.float64]


class Curve(NamedTuple):
    """A line through points of a schedule."""

    steps: Numbers
    values: Numbers


def curve(schedule: Schedule, start: float = 0.0, stop: float | None = None, *, width: int = 1_000) -> Curve:
    """Return the points to draw between two steps, for a picture of some columns.

    Among them are both ends, the highest and the lowest point, and both sides of every jump: the last step before it,
    whole and real, and the jump itself. A schedule with more than 10,000 places where formulas meet is drawn by the
    first, the least, the greatest and the last value of each column; with more than ten million of them these are taken
    from 1,000 steps in each column. Memory grows with the columns and those places.

    Args:
        schedule: What to draw.
        start: First step, >= 0.
        stop: Last step; that of `horizon` unless it is given.
        width: Columns of the picture, >= 1.

    Returns:
        Steps, rising, and the values there; float64.

    Raises:
        ValueError: For a `stop` that is not after `start`, or steps past an end that is an error.

    Example:
        >>> import pywarmup as pw
        >>> steps, values = curve(pw.PiecewiseConstant([1.0, 0.1], milestones=[10**6]), stop=10**7)
        >>> values[steps.searchsorted([10**6 - 1, 10**6])]
        array([1. , 0.1])
    """
    start, stop = bounds("curve", schedule, start, stop)
    try:
        places = breaks(schedule, start, stop)
    except ValueError:  # more than ten million
        columns = np.linspace(start, stop, width + 1)
        return thin(_valued(schedule, [np.linspace(start, stop, DENSE * width + 1)]), columns)
    grid = np.linspace(start, stop, SAMPLES * width + 1)
    return _whole(schedule, grid, places) if len(places) <= MOST_PLACES else _by_columns(schedule, grid, places)


def _whole(schedule: Schedule, grid: Numbers, places: Numbers) -> Curve:
    """All points: samples, both sides of each place, the whole steps before and after it, and the extremes."""
    whole = np.concatenate([np.ceil(places) - 1.0, np.ceil(places)])
    sides = [_within(_sides(places), grid), _within(whole, grid)]
    points = _valued(schedule, [grid, *sides, _inner(places, grid)])
    return _merged([points, *[_extreme(schedule, points, sign) for sign in (1.0, -1.0)]])


def _by_columns(schedule: Schedule, grid: Numbers, places: Numbers) -> Curve:
    """The extremes of each column, found in parts, so that memory does not grow."""
    edges = grid[::SAMPLES]
    parts = [thin(_valued(schedule, [grid]), edges)]
    for begin in range(0, len(places), CHUNK):
        sides = _within(_sides(places[begin : begin + CHUNK]), grid)
        parts.append(thin(Curve(sides, schedule.at(sides)), edges))
    return thin(_merged(parts), edges)


def _valued(schedule: Schedule, steps: list[Numbers]) -> Curve:
    distinct = np.unique(np.concatenate(steps))
    return Curve(distinct, schedule.at(distinct))


def _merged(parts: list[Curve]) -> Curve:
    steps, order = np.unique(np.concatenate([part.steps for part in parts]), return_index=True)
    return Curve(steps, np.concatenate([part.values for part in parts])[order])


def _sides(places: Numbers) -> Numbers:
    """The places, each between the nearest real steps on both sides."""
    return np.stack([np.nextafter(places, 0.0), places, np.nextafter(places, LARGEST_STEP)], axis=1).ravel()


def _within(steps: Numbers, grid: Numbers) -> Numbers:
    return np.asarray(steps[(steps >= grid[0]) & (steps <= grid[-1])])


def _inner(places: Numbers, grid: Numbers) -> Numbers:
    """Steps within each stretch between two places, for the stages that are narrower than a column."""
    if len(places) > MOST_INNER:
        return grid[:0]
    ends = np.concatenate([grid[:1], places, grid[-1:]])
    return np.linspace(ends[:-1], ends[1:], INNER + 1).ravel()


def _extreme(schedule: Schedule, points: Curve, sign: float) -> Curve:
    """The top or the bottom of the curve, which lies between two samples where it is round."""
    steps, values = points.steps, points.values
    for _ in range(8):  # each round is 32 times as fine: from 1e12 down to 1
        best = int(np.argmax(sign * values))
        low, high = steps[max(best - 1, 0)], steps[min(best + 1, len(steps) - 1)]
        steps = np.linspace(low, high, 65)
        values = schedule.at(steps)
    top = steps[np.argmax(sign * values)]
    near = np.unique(np.clip([np.floor(top), top, np.ceil(top)], points.steps[0], points.steps[-1]))
    return Curve(near, schedule.at(near))


def thin(points: Curve, edges: Numbers) -> Curve:
    """Return the first, the least, the greatest and the last point of each column.

    Args:
        points: The points, by rising steps.
        edges: Where the columns begin, and the end of the last.

    Returns:
        Those of the points that are kept: at most four for each column.

    Example:
        >>> import numpy as np
        >>> thin(Curve(np.arange(6.0), np.array([1.0, 3.0, 2.0, 0.0, 2.0, 2.0])), np.array([0.0, 6.0])).values
        array([1., 3., 0., 2.])
    """
    columns = np.searchsorted(edges[1:-1], points.steps, side="right")
    firsts = np.flatnonzero(np.diff(columns, prepend=-1))
    lasts = np.append(firsts[1:], len(columns)) - 1
    kept = [firsts, lasts, _where(points.values, firsts, np.minimum), _where(points.values, firsts, np.maximum)]
    order = np.unique(np.concatenate(kept))
    return Curve(points.steps[order], points.values[order])


def _where(values: Numbers, firsts: NDArray[np.intp], least: np.ufunc) -> NDArray[np.intp]:
    """Where in each run that begins at one of `firsts` its least or greatest value is."""
    lengths = np.diff(np.append(firsts, len(values)))
    hits = np.flatnonzero(values == np.repeat(least.reduceat(values, firsts), lengths))
    runs = np.searchsorted(firsts, hits, side="right")
    return hits[np.flatnonzero(np.diff(runs, prepend=-1))]


def bounds(owner: str, schedule: Schedule, start: float, stop: float | None) -> tuple[float, float]:
    """Return the first and the last step of a picture, checked."""
    _core.check(owner, "schedule", _core.Rule.schedule, schedule)
    first = float(_core.check(owner, "start", _core.Rule.delay, start))
    last = float(_core.check(owner, "stop", _core.Rule.length, _seen(schedule) if stop is None else stop))
    if first >= last:
        raise ValueError(f"{owner}: `start` must be less than where the picture stops ({last:g}), got {start!r}")
    return first, last


def _seen(schedule: Schedule) -> float:
    """The horizon; that of an endless schedule without it, where the next cycle begins; up to where a part raises."""
    last = horizon(schedule)
    if schedule.total_steps is None:
        return math.nextafter(last, 0.0)
    try:
        schedule(last)
    except ValueError:
        return last_step(schedule)
    return last


def horizon(schedule: Schedule) -> float:
    """Return up to which step a schedule is drawn where nothing else is said.

    A bounded schedule is drawn as a whole. An endless one is drawn for four cycles, to a quarter beyond its last
    milestone, or until a lasting decay or rise is mostly done: up to four times the step by which it has changed most
    within 1, 2, 5, 10, ... steps; the longest of these where it is made of several. What is constant or grows for
    ever gets 100 steps.

    Example:
        >>> import pywarmup as pw
        >>> horizon(pw.Linear(0.0, 1.0, steps=7)), horizon(pw.noam(d_model=512, warmup_steps=4_000))
        (7.0, 23999.0)
        >>> horizon(pw.cosine_restarts(0.1, cycle_steps=100, growth=2))
        1500.0
    """
    return min(_reach(schedule) or 100.0, LARGEST_STEP)


def _reach(schedule: Schedule) -> float:
    if schedule.total_steps is not None:
        return float(schedule.total_steps)
    match schedule:
        case Join():
            begun = sum(map(_reach, schedule.stages[:-1]))
            return begun + max(_reach(schedule.stages[-1]), begun / 4.0)
        case Repeat():
            return _reach(schedule.schedule) * sum(schedule.growth**cycle for cycle in range(4))
        case Shift():
            return max(_reach(schedule.schedule) - schedule.steps, 0.0)
        case Stretch():
            return _reach(schedule.schedule) * schedule.factor
    parts = schedule._parts()
    return max(map(_reach, parts)) if parts else _settled(schedule)


def _settled(shape: Schedule) -> float:
    milestones = getattr(shape, "milestones", None)
    if milestones is not None:
        return 1.25 * milestones[-1] if milestones else 0.0
    steps = np.array([digit * 10.0**power for power in range(-3, 15) for digit in (1, 2, 5)])
    values = shape.at(steps)
    most = int(np.argmax(np.abs(np.diff(values))))
    grows_for_ever = most == len(steps) - 2 or values[-1] == np.finfo(float).max
    return 4.0 * float(steps[most + 1]) if most > 0 and not grows_for_ever else 0.0
