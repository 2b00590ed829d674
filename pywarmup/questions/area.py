"""The area under a schedule: closed forms, composed."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from pywarmup import _core
from pywarmup.compose import Clip, Join, Offset, PastEnd, Repeat, Reverse, Scale, Shift, Stretch, Until
from pywarmup.questions.bound import Bounder
from pywarmup.questions.closed_form import area_of, geometric_sum
from pywarmup.questions.cycle import cycle_at, growing_cycles, length_of, worth_of
from pywarmup.questions.quadrature import summed
from pywarmup.schedule import Schedule


def integral(schedule: Schedule, start: float = 0, stop: float | None = None) -> float:
    """Return the area under a schedule, its integral over the steps from `start` to `stop` as real numbers.

    The sum of the rates that the updates start, ..., stop - 1 use, `schedule.array(start, stop).sum()`, is not the
    same: it is a Riemann sum of this area, with the value at the left of each step. For a curve that rises or falls
    from a to b without a jump the sum is nearly the area - (b - a) / 2; for stairs on whole steps it is the area.

    The area comes from closed forms, composed. Numerically summed (Gauss-Legendre on the smooth pieces, halved until it
    agrees to 1e-14) are RAdam, powers of a cosine, products, minima, maxima and clips that cut a curve. Either way the
    error is below 1e-12 of the integral of |schedule|.

    Args:
        schedule: Any schedule.
        start: The step at which the area begins, a real number >= 0.
        stop: The step at which it ends, at least `start`; None is total_steps. Past it the end value is held.

    Returns:
        The area, in units of value times step; negative where the values are.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, an endless schedule without `stop`, an area above the largest
            double, or a product (or another that must be summed) of more than 10,000,000 pieces.

    Example:
        >>> import pywarmup as pw
        >>> integral(pw.wsd(1.0, warmup_steps=10, decay_steps=20, total_steps=100))
        85.0
    """
    _core.check("integral", "schedule", _core.Rule.schedule, schedule)
    first = float(_core.check("integral", "start", _core.Rule.delay, start))
    last = _stop(schedule, first, stop)
    schedule(last)  # one that ends with an error says so itself
    area = _area(schedule, first, last)
    if not math.isfinite(area):
        raise ValueError("integral: the area must be at most the largest double; ask for an earlier `stop`")
    return area + 0.0


def _stop(schedule: Schedule, start: float, stop: float | None) -> float:
    last = schedule.total_steps if stop is None else _core.check("integral", "stop", _core.Rule.delay, stop)
    if last is None:
        raise ValueError(
            f"{type(schedule).__name__}: the area of an endless schedule has no end; give `stop`, or .until(steps)"
        )
    if last < start:
        name = "total_steps" if stop is None else "stop"
        raise ValueError(f"integral: `start` must be at most `{name}` ({last!r}), got {start!r}")
    return float(last)


def _area(schedule: Schedule, start: float, stop: float) -> float:
    if stop <= start:
        return 0.0
    rule = _RULES.get(schedule.kind)
    return rule(schedule, start, stop) if rule else _of_shape(schedule, start, stop)


def _of_shape(shape: Schedule, start: float, stop: float) -> float:
    end = math.inf if shape.total_steps is None else float(shape.total_steps)
    inside = area_of(shape, start, min(stop, end)) if start < end else 0.0
    return inside + (_held(shape, end, start, stop) if stop > end else 0.0)


def _held(schedule: Schedule, end: float, start: float, stop: float) -> float:
    return schedule(end) * (stop - max(start, end)) if stop > end else 0.0


def _of_join(join: Join, start: float, stop: float) -> float:
    begins = [0.0, *accumulate(float(stage.total_steps or 0.0) for stage in join.stages[:-1])]
    ends = [*begins[1:], math.inf]
    return math.fsum(
        _area(stage, max(start - begin, 0.0), min(stop, end) - begin)
        for stage, begin, end in zip(join.stages, begins, ends, strict=True)
        if start < end and begin < stop
    )


def _of_sum(schedule: Any, start: float, stop: float) -> float:
    return math.fsum(_area(term, start, stop) for term in schedule.terms)


def _of_scale(scale: Scale, start: float, stop: float) -> float:
    return scale.factor * _area(scale.schedule, start, stop)


def _of_offset(offset: Offset, start: float, stop: float) -> float:
    return _area(offset.schedule, start, stop) + offset.amount * (stop - start)


def _of_clip(clip: Clip, start: float, stop: float) -> float:
    lower, upper = Bounder().of(clip.schedule, start, stop)
    above = clip.lower is None or lower >= clip.lower
    below = clip.upper is None or upper <= clip.upper
    return _area(clip.schedule, start, stop) if above and below else summed(clip, start, stop)


def _of_shift(shift: Shift, start: float, stop: float) -> float:
    return _area(shift.schedule, start + shift.steps, stop + shift.steps)


def _of_stretch(stretch: Stretch, start: float, stop: float) -> float:
    return stretch.factor * _area(stretch.schedule, start / stretch.factor, stop / stretch.factor)


def _of_until(until: Until, start: float, stop: float) -> float:
    return _area(until.schedule, start, min(stop, until.steps)) + _held(until, until.steps, start, stop)


def _of_reverse(reverse: Reverse, start: float, stop: float) -> float:
    length = float(reverse.schedule.total_steps or 0.0)
    inside = _area(reverse.schedule, length - min(stop, length), length - min(start, length))
    return inside + _held(reverse, length, start, stop)


def _of_repeat(repeat: Repeat, start: float, stop: float) -> float:
    if repeat.growth != 1.0:
        return _of_growing(repeat, start, stop)
    if repeat.times is not None:
        end = length_of(repeat) * repeat.times
        return _of_cycles(repeat, start, min(stop, end)) + _held(repeat, end, start, stop)
    return _of_cycles(repeat, start, stop)


def _of_cycles(repeat: Repeat, start: float, stop: float) -> float:
    if stop <= start:
        return 0.0
    length, first, last = length_of(repeat), cycle_at(repeat, start), cycle_at(repeat, stop)
    from_, to = start - first * length, stop - last * length
    if first == last:
        return worth_of(repeat, first) * _area(repeat.schedule, from_, to)
    cut = worth_of(repeat, first) * _area(repeat.schedule, from_, length)
    cut += worth_of(repeat, last) * _area(repeat.schedule, 0.0, to)
    return cut + _area(repeat.schedule, 0.0, length) * geometric_sum(repeat.decay, first + 1, last)


def _of_growing(repeat: Repeat, start: float, stop: float) -> float:
    cycles, length = growing_cycles(repeat), length_of(repeat)
    whole, areas = _area(repeat.schedule, 0.0, length), []
    ends = [*cycles.begins[1:].tolist(), math.inf]  # as in a join, the last goes on
    for begin, end, growth, worth in zip(cycles.begins.tolist(), ends, cycles.lengths, cycles.worths, strict=True):
        if start <= begin and end <= stop:
            areas.append(whole * growth * worth)
        elif start < end and begin < stop:
            from_, to = max(start - begin, 0.0) / growth, (min(stop, end) - begin) / growth
            areas.append(_area(repeat.schedule, from_, to) * growth * worth)
    return float(math.fsum(areas))


def _of_past_end(schedule: PastEnd, start: float, stop: float) -> float:
    if schedule.policy == "error":
        return _area(schedule.schedule, start, stop)
    if schedule.policy == "repeat":
        return _of_cycles(Repeat(schedule.schedule), start, stop)
    there_and_back = Join((schedule.schedule, Reverse(schedule.schedule)))
    return _of_cycles(Repeat(there_and_back), start, stop)


_RULES: dict[str, Callable[[Any, float, float], float]] = {
    "join": _of_join,
    "sum": _of_sum,
    "product": summed,
    "minimum": summed,
    "maximum": summed,
    "scale": _of_scale,
    "offset": _of_offset,
    "clip": _of_clip,
    "shift": _of_shift,
    "stretch": _of_stretch,
    "until": _of_until,
    "reverse": _of_reverse,
    "stairs": summed,
    "warp": summed,
    "repeat": _of_repeat,
    "past_end": _of_past_end,
}
