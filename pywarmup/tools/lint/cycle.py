"""Whether a run ends within a cycle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from pywarmup.compose import (
    Clip,
    Join,
    Maximum,
    Minimum,
    Offset,
    PastEnd,
    Product,
    Repeat,
    Scale,
    Shift,
    Stairs,
    Stretch,
    Sum,
    Until,
)
from pywarmup.questions.cycle import cycle_at, growing_cycles, length_of
from pywarmup.schedule import Schedule

WHOLE = 1e-9  # of a cycle: lengths that are no integers add up to the end of a cycle only nearly


class Cut(NamedTuple):
    """How far into a cycle a run ends, how long the cycle is, and at which steps of the run it begins and ends."""

    inside: float
    length: float
    before: float
    after: float


def cycle_at_end(schedule: Schedule, total: float) -> Cut | None:
    """Return the cycle that the end of a run cuts, if there is one.

    Example:
        >>> import pywarmup as pw
        >>> cycle_at_end(pw.cosine_restarts(0.1, cycle_steps=100, warmup_steps=10), 250.0)
        Cut(inside=40.0, length=100.0, before=210.0, after=310.0)
    """
    return next(_cuts(schedule, total), None)


def _cuts(schedule: Schedule, local: float) -> Iterator[Cut]:
    """Yield the cycles that are cut at a step of a schedule, by the steps of that schedule."""
    match schedule:
        case Repeat():
            yield from _of_repeat(schedule, local)
        case PastEnd(inner, "repeat" | "mirror" as policy) if local > (inner.total_steps or 0):
            least = 1.0 if policy == "mirror" else 0.0  # there the last update is at the turn
            yield from (cut for cut in _of_repeat(Repeat(inner), local) if cut.inside > least)
        case Scale() | Offset() | Clip() | Stairs():
            yield from _cuts(schedule.schedule, local)
        case Until():
            yield from _cuts(schedule.schedule, min(local, schedule.steps))
        case Shift():
            yield from (_moved(cut, -schedule.steps) for cut in _cuts(schedule.schedule, local + schedule.steps))
        case Stretch():
            for cut in _cuts(schedule.schedule, local / schedule.factor):
                yield Cut(*(number * schedule.factor for number in cut))
        case Sum(parts) | Product(parts) | Minimum(parts) | Maximum(parts):
            for part in parts:
                yield from _cuts(part, local)
        case Join():
            yield from _of_join(schedule, local)


def _of_join(join: Join, local: float) -> Iterator[Cut]:
    begin = 0.0
    for stage in join.stages:
        end = math.inf if stage.total_steps is None else begin + stage.total_steps
        if begin < local <= end:
            yield from (_moved(cut, begin) for cut in _cuts(stage, local - begin))
        begin = end


def _moved(cut: Cut, steps: float) -> Cut:
    return cut._replace(before=cut.before + steps, after=cut.after + steps)


def _of_repeat(repeat: Repeat, local: float) -> Iterator[Cut]:
    begin, length = _cycle(repeat, local)
    inside = local - begin
    if WHOLE * length < inside < (1 - WHOLE) * length:
        yield Cut(inside, length, begin, begin + length)


def _cycle(repeat: Repeat, local: float) -> tuple[float, float]:
    """Return where the cycle begins that holds a step, and its length."""
    if repeat.growth == 1.0:
        return cycle_at(repeat, local) * length_of(repeat), length_of(repeat)
    cycles = growing_cycles(repeat)
    last = int((cycles.begins <= local).sum()) - 1
    return float(cycles.begins[last]), length_of(repeat) * float(cycles.lengths[last])
