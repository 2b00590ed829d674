"""A schedule as stages in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from pywarmup import _core
from pywarmup.compose import Clip, Join, Offset, PastEnd, Repeat, Reverse, Scale, Shift, Stretch, Until
from pywarmup.questions.cycle import growing_cycles, length_of, worth_of
from pywarmup.schedule import Schedule

MOST = 1_000  # stages that a repeat is cut into


class Stage(NamedTuple):
    """A part of a schedule: from step `begin` to before step `end`, where it is schedule(t - begin)."""

    begin: float
    end: float | None
    schedule: Schedule


def stages(schedule: Schedule) -> tuple[Stage, ...]:
    """Return a schedule as its stages in order, joins within joins flattened.

    What stands around a join (a factor, an offset, a clip, a shift, a stretch, an until, a reverse) stands around each
    stage instead. A bounded repeat has the stages of each cycle. Anything else is one stage: an endless repeat, one of
    more than 1,000 stages, a product, a sum.

    Returns:
        The stages. Each begins where the one before ends; the last ends at `total_steps`, which is None if it is
        endless. In [begin, end) `stage.schedule(t - begin)` is the value at t: to the bit where begins and lengths are
        integers, else up to rounding; and up to rounding too in the cycles of a repeat with `decay`.

    Raises:
        TypeError: For what is no schedule.

    Example:
        >>> import pywarmup as pw
        >>> for stage in stages(pw.warmup_constant(0.1, warmup_steps=2)):
        ...     print(stage.begin, stage.end, stage.schedule.kind)
        0 2 linear
        2 None constant
    """
    _core.check("stages", "schedule", _core.Rule.schedule, schedule)
    return tuple(Stage(_number(part.begin), _end(part.end), part.schedule) for part in parts(schedule))


class Part(NamedTuple):
    """A stage, and whether a cycle of a repeat begins with it."""

    begin: float
    end: float | None
    schedule: Schedule
    is_restart: bool = False


def parts(schedule: Schedule) -> list[Part]:
    """Return the stages, and which of them are restarts."""
    found = _RULES.get(schedule.kind, _none)(schedule)
    return found if len(found) > 1 else [Part(0.0, schedule.total_steps, schedule)]


def _none(schedule: Schedule) -> list[Part]:
    return []


def _of_join(join: Join) -> list[Part]:
    found: list[Part] = []
    begin = 0.0
    for stage in join.stages:
        found += _later(parts(stage), begin)
        begin += stage.total_steps or 0.0
    return found


def _of_scale(scale: Scale) -> list[Part]:
    return _changed(scale.schedule, lambda stage: Scale(stage, scale.factor))


def _of_offset(offset: Offset) -> list[Part]:
    return _changed(offset.schedule, lambda stage: Offset(stage, offset.amount))


def _of_clip(clip: Clip) -> list[Part]:
    return _changed(clip.schedule, lambda stage: Clip(stage, clip.lower, clip.upper))


def _of_shift(shift: Shift) -> list[Part]:
    return [_shifted(part, shift.steps) for part in parts(shift.schedule) if part.end is None or part.end > shift.steps]


def _shifted(part: Part, steps: float) -> Part:
    end = None if part.end is None else part.end - steps
    if part.begin >= steps:
        return Part(part.begin - steps, end, part.schedule, part.is_restart)
    return Part(0.0, end, Shift(part.schedule, steps - part.begin))


def _of_stretch(stretch: Stretch) -> list[Part]:
    return _longer(parts(stretch.schedule), stretch.factor)


def _of_until(until: Until) -> list[Part]:
    inner = [part for part in parts(until.schedule) if part.begin < until.steps]
    last = inner[-1]
    if last.end == until.steps:
        return inner
    return [*inner[:-1], Part(last.begin, until.steps, Until(last.schedule, until.steps - last.begin), last.is_restart)]


def _of_reverse(reverse: Reverse) -> list[Part]:
    """Stages that run backwards; a boundary step changes sides, so they must agree there."""
    inner, length = parts(reverse.schedule), float(reverse.schedule.total_steps or 0.0)
    agree = all(part.schedule(part.schedule.total_steps or 0.0) == after.schedule(0) for part, after in pairwise(inner))
    turned = [Part(length - (part.end or 0.0), length - part.begin, Reverse(part.schedule)) for part in inner]
    return turned[::-1] if agree else []


def _of_repeat(repeat: Repeat) -> list[Part]:
    inner = parts(repeat.schedule)
    if repeat.times is None or len(inner) * repeat.times > MOST:
        return []
    found: list[Part] = []
    for begin, length, worth in _cycles(repeat):
        cycle = [part._replace(schedule=_times(part.schedule, worth)) for part in _longer(inner, length)]
        found += [cycle[0]._replace(begin=begin, end=begin + (cycle[0].end or 0.0), is_restart=begin > 0)]
        found += _later(cycle[1:], begin)
    return found


def _cycles(repeat: Repeat) -> Iterator[tuple[float, float, float]]:
    if repeat.growth != 1.0:
        cycles = growing_cycles(repeat)
        yield from zip(cycles.begins.tolist(), cycles.lengths.tolist(), cycles.worths.tolist(), strict=True)
        return
    for cycle in range(repeat.times or 0):
        yield cycle * length_of(repeat), 1.0, worth_of(repeat, cycle)


def _of_past_end(schedule: PastEnd) -> list[Part]:
    return parts(schedule.schedule) if schedule.policy == "error" else []


def _changed(schedule: Schedule, change: Callable[[Schedule], Schedule]) -> list[Part]:
    return [part._replace(schedule=change(part.schedule)) for part in parts(schedule)]


def _times(schedule: Schedule, worth: float) -> Schedule:
    return schedule if worth == 1.0 else Scale(schedule, worth)


def _longer(found: list[Part], factor: float) -> list[Part]:
    if factor == 1.0:
        return found
    return [
        Part(part.begin * factor, None if part.end is None else part.end * factor, Stretch(part.schedule, factor))
        for part in found
    ]


def _later(found: list[Part], begin: float) -> list[Part]:
    return [
        part._replace(begin=part.begin + begin, end=None if part.end is None else part.end + begin) for part in found
    ]


def _number(value: float) -> float:
    return int(value) if value == int(value) else value


def _end(value: float | None) -> float | None:
    return None if value is None else _number(value)


_RULES: dict[str, Callable[[Any], list[Part]]] = {
    "join": _of_join,
    "scale": _of_scale,
    "offset": _of_offset,
    "clip": _of_clip,
    "shift": _of_shift,
    "stretch": _of_stretch,
    "until": _of_until,
    "reverse": _of_reverse,
    "repeat": _of_repeat,
    "past_end": _of_past_end,
}
