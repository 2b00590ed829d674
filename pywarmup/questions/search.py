"""The peak of a schedule, and where it falls below a value: a search that bounds what it does not look at."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections.abc import Callable
from typing import Any, NamedTuple

from pywarmup import _core
from pywarmup.compose import PastEnd
from pywarmup.questions.bound import LARGEST, Bounder
from pywarmup.questions.cycle import LAST_STEP
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, PiecewiseConstant

BLOCK = 1 << 16  # steps that are looked at all together
MOST = 1 << 31  # steps that are looked at in all
LONGEST_PERIOD = 1 << 40  # of cycles that meet again


class Peak(NamedTuple):
    """The greatest value of a schedule, and the first step that has it."""

    step: int
    value: float


class _Search:
    """Looks at blocks of steps of one schedule, and bounds spans of them."""

    def __init__(self, owner: str, schedule: Schedule) -> None:
        self.owner, self.schedule, self.looked = owner, schedule, 0
        self._bounder = Bounder()

    def bounds(self, first: int, last: int) -> tuple[float, float]:
        self._count(1)
        return self._bounder.of(self.schedule, float(first), float(last))

    def block(self, first: int, last: int) -> Any:
        self._count(last - first)
        return self.schedule.array(first, last) if last <= LAST_STEP else self.schedule.at([*range(first, last)])

    def _count(self, steps: int) -> None:
        self.looked += max(steps, 1_000)  # a span costs as much as that many steps
        if self.looked > MOST:
            raise ValueError(
                f"{self.owner}: the answer was not found in {MOST:,} steps; ask about a part of the schedule, "
                "with .until(steps)"
            )


def peak(schedule: Schedule) -> Peak:
    """Return the greatest value and the first whole step that has it.

    Looks at the whole steps from 0 to `total_steps`, whose value is held ever after; of an endless schedule at all
    steps up to 2**53, of which one cycle is enough where cycles repeat. The answer is exact, value and step: what is
    not looked at is bounded. A product or a sum is bounded less closely than other compositions, so that millions of
    its steps may be looked at.

    Returns:
        (step, value)

    Raises:
        TypeError: For what is no schedule.
        ValueError: For an endless schedule that grows for ever, or one whose cycles have no whole number of steps and
            whose peak is not found among 2**31.

    Example:
        >>> import pywarmup as pw
        >>> peak(pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=10**9))
        Peak(step=2000, value=0.0003)
    """
    _core.check("peak", "schedule", _core.Rule.schedule, schedule)
    best = highest(schedule, 0, _last_for_peak(schedule))
    if schedule.total_steps is None and (best.step > LAST_STEP // 2 or best.value == LARGEST):
        raise ValueError(
            f"{type(schedule).__name__}: a schedule that grows for ever has no peak; give it an end with .until(steps)"
        )
    return best


def highest(schedule: Schedule, first: int, last: int) -> Peak:
    """Return the peak among the steps from `first` to `last`, both included."""
    search = _Search("peak", schedule)
    best = Peak(first, schedule(first))
    spans = [(-search.bounds(first, last)[1], first, last)]
    while spans:
        upper, first, last = heapq.heappop(spans)
        if -upper < best.value or (-upper == best.value and first >= best.step):
            break
        if last - first < BLOCK:
            values = search.block(first, last + 1)
            index = int(values.argmax())
            best = _better(best, first + index, float(values[index]))
            continue
        middle = (first + last) // 2
        for begin, end in ((first, middle), (middle + 1, last)):
            best = _better(best, begin, schedule(begin))
            best = _better(best, end, schedule(end))
            heapq.heappush(spans, (-search.bounds(begin, end)[1], begin, end))
    return best


def _better(best: Peak, step: int, value: float) -> Peak:
    is_better = value > best.value or (value == best.value and step < best.step)
    return Peak(step, value) if is_better else best


def first_below(schedule: Schedule, value: float, *, start: int = 0) -> int | None:
    """Return the first whole step from `start` on at which the schedule is below a value.

    Args:
        schedule: Any schedule.
        value: A finite number.
        start: The first step to look at, >= 0.

    Returns:
        The least step >= start with schedule(step) < value, or None if there is none: past the end of a bounded
        schedule its end value is held, an endless one is looked at up to step 2**53. The answer is exact.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, a `start` at which the schedule raises an error, or when 2**31 steps
            hold no answer, as happens to cycles that have no whole number of steps.

    Example:
        >>> import pywarmup as pw
        >>> first_below(pw.InverseSqrt(0.1, timescale=1_000), 1e-4)
        999999001
    """
    _core.check("first_below", "schedule", _core.Rule.schedule, schedule)
    limit = _core.check("first_below", "value", _core.Rule.finite, value)
    first = schedule._index("start", start, 0)
    return lowest_from(schedule, limit, first, _last_for(schedule, first))


def lowest_from(schedule: Schedule, value: float, first: int, last: int) -> int | None:
    """Return the first step from `first` to `last`, both included, that is below a value."""
    search = _Search("first_below", schedule)
    spans = [(first, last)]
    while spans:
        first, last = spans.pop()
        if search.bounds(first, last)[0] >= value:
            continue
        if schedule(first) < value:
            return first
        if last - first >= BLOCK:
            middle = (first + last) // 2
            spans += [(middle + 1, last), (first, middle)]
            continue
        below = search.block(first, last + 1) < value
        if below.any():
            return first + int(below.argmax())
    return None


def _last_for_peak(schedule: Schedule) -> int:
    if schedule.total_steps is None:
        return _last_for(schedule, 0)
    return min(math.ceil(schedule.total_steps), last_step(schedule))


def _last_for(schedule: Schedule, start: int) -> int:
    """Return the last step that can differ from all those before it, from `start` on."""
    limit = last_step(schedule)
    if start > limit:
        schedule(start)  # which says why not
    settled = _settled(schedule)
    return limit if settled is None else min(max(math.ceil(settled[0]), start) + settled[1], limit)


def last_step(schedule: Schedule) -> int:
    """Return the last whole step for which the schedule has a value."""
    if schedule.total_steps is None or _has_value(schedule, math.ceil(schedule.total_steps) + 1):
        return LAST_STEP
    if _has_value(schedule, limit := math.floor(schedule.total_steps)):
        return limit
    return bisect_left(range(limit), True, key=lambda step: not _has_value(schedule, step)) - 1  # a part ends before


def _has_value(schedule: Schedule, step: int) -> bool:
    try:
        schedule(min(step, LAST_STEP))
    except ValueError:
        return False
    return True


def _settled(schedule: Schedule) -> tuple[float, int] | None:
    """Return a step from which values come again, and after how many steps; None if they never do, or it is unknown."""
    match schedule:
        case Constant() if schedule.steps is None:
            return 0.0, 1
        case PiecewiseConstant():
            return float(max(schedule.milestones, default=0.0)), 1
        case PastEnd(policy="repeat"):
            return _cycle(schedule.schedule.total_steps)
        case PastEnd(policy="mirror"):
            return _cycle(2 * (schedule.schedule.total_steps or 0))
    rule = _SETTLED.get(schedule.kind)
    if rule is not None:
        return rule(schedule)
    return None if schedule.total_steps is None else (float(schedule.total_steps), 1)


def _cycle(length: float | None) -> tuple[float, int] | None:
    """Return the whole steps after which cycles of that length begin at a whole step again: 25 for 12.5."""
    period = 0 if length is None else length.as_integer_ratio()[0]
    return (0.0, period) if 0 < period <= LONGEST_PERIOD and _is_exact(length or 0) else None


def _is_exact(length: float) -> bool:
    """Whether multiples of a length are added and subtracted without rounding, so that cycles are the same bits."""
    return length.as_integer_ratio()[1] <= 1024


def _of_join(join: Any) -> tuple[float, int] | None:
    begin = math.fsum(stage.total_steps for stage in join.stages[:-1])
    settled = _settled(join.stages[-1])
    if settled is None or begin != int(begin):
        return None if settled is None or settled[1] > 1 else (settled[0] + begin, 1)
    return settled[0] + begin, settled[1]


def _of_parts(schedule: Any) -> tuple[float, int] | None:
    found = [_settled(part) for part in schedule._fields()[0]]
    known = [settled for settled in found if settled is not None]
    period = math.lcm(*(settled[1] for settled in known))
    if len(known) < len(found) or period > LONGEST_PERIOD:
        return None
    return max(settled[0] for settled in known), period


def _of_wrapped(schedule: Any) -> tuple[float, int] | None:
    return _settled(schedule.schedule)


def _of_shift(shift: Any) -> tuple[float, int] | None:
    settled = _settled(shift.schedule)
    if settled is None or not (settled[1] == 1 or _is_exact(shift.steps)):
        return None
    return max(settled[0] - shift.steps, 0.0), settled[1]


def _of_stairs(stairs: Any) -> tuple[float, int] | None:
    settled = _settled(stairs.schedule)
    return None if settled is None or settled[1] > 1 else (settled[0] + stairs.every, 1)


def _of_stretch(stretch: Any) -> tuple[float, int] | None:
    settled = _settled(stretch.schedule)
    if settled is None:
        return None
    period = 1.0 if settled[1] == 1 else settled[1] * stretch.factor
    is_exact = settled[1] == 1 or (_is_exact(stretch.factor) and period == int(period))
    return (settled[0] * stretch.factor + 1.0, int(period)) if is_exact else None


def _of_repeat(repeat: Any) -> tuple[float, int] | None:
    if repeat.times is None:
        return _cycle(repeat.schedule.total_steps) if repeat.growth == repeat.decay == 1.0 else None
    if repeat.growth != 1.0:
        last = _settled(repeat.schedule)  # of cycles that grow, the last goes on as a stage of a join does
        return None if last is None or last[1] > 1 else (float(repeat.total_steps or 0.0), 1)
    return float(repeat.total_steps or 0.0), 1


_SETTLED: dict[str, Callable[[Any], tuple[float, int] | None]] = {
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
    "stairs": _of_stairs,
}
