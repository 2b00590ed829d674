"""What several libraries need: checks of arguments, curves between any two values, and ways of laying out stages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pywarmup import _core
from pywarmup.compose import PastEnd, join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear, Polynomial, PowerLaw

Rule = _core.Rule
LARGEST_STEP = 2.0**53
Stage = tuple[float, float, Schedule]  # begin, end, and the schedule whose step 0 is at begin


def finite(owner: str, **arguments: Any) -> list[float]:
    """Check that the arguments are finite numbers, and return them."""
    return [_core.check(owner, name, Rule.finite, value) for name, value in arguments.items()]


def steps_if_any(owner: str, field: str, value: Any) -> float:
    """Check a number of steps that may also be 0 or negative, which libraries read as none."""
    number: float = _core.check(owner, field, Rule.finite, value)
    return _core.check(owner, field, Rule.length, value) if number > 0.0 else number


def check_steps(owner: str, field: str, value: object) -> float:
    """Return a number of steps that may be negative, as an integer where it is one."""
    number = float(_core.check(owner, field, Rule.finite, value))
    if abs(number) > LARGEST_STEP:
        raise ValueError(f"{owner}: `{field}` must be a finite number from -2**53 to 2**53, got {value!r}")
    return int(number) if number.is_integer() else number


def check_choice(owner: str, field: str, value: object, choices: Iterable[str]) -> None:
    """Refuse what is none of the names."""
    names = list(choices)
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{owner}: `{field}` must be one of {', '.join(map(repr, names))}, got {value!r}")


def check_last(owner: str, field: str, value: object) -> None:
    """Refuse what is no index of a last step; it changes nothing, for a schedule is asked for any step."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{owner}: `{field}` must be an integer >= -1, got {value!r}")
    if value < -1:
        raise ValueError(f"{owner}: `{field}` must be an integer >= -1, got {value!r}")


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


def not_negative(shape: Callable[..., Schedule], init_value: float, end_value: float, *, steps: float) -> Schedule:
    """Return the shape from one value to another, cut at 0 where it is negative."""
    made = between(shape, init_value, end_value, steps=steps)
    return made if min(init_value, end_value) >= 0.0 else made.clip(lower=0.0)


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


def laid_out(*stages: Stage) -> Schedule:
    """Return stages that lie at [begin, end); what lies before step 0 or before the end of an earlier one is left out.

    Libraries test the step against one stage after the other, so a warmup longer than the run hides what follows, and
    a negative length begins the next stage in its middle. The last stage must end at infinity.
    """
    pieces: list[Schedule] = []
    now: float = 0
    for begin, end, stage in stages:
        first = max(begin, now)
        if first < end:
            pieces.append(_piece(stage, first - begin, end - first))
            now = end
    return join(*pieces)


def after(step: float) -> float:
    """Return the first whole step after a step: where a stage ends that libraries test by `<=`."""
    return min(math.floor(step) + 1, int(LARGEST_STEP))


def up_to(step: float, value: float, stages: Callable[[float], Schedule]) -> Schedule:
    """Return stages(end), whose first ends at a step or after it, so that the step has its value of that stage.

    Where the next stage goes on from there, the step is the boundary. Else it is the next whole step.
    """
    made = stages(step)
    return made if made(step) == value else stages(after(step))


def from_step(schedule: Schedule, step: float) -> Schedule:
    """Return the schedule from a step on, which may be its end or later: there it goes on as it does by itself."""
    total = schedule.total_steps
    if isinstance(schedule, PastEnd) and schedule.policy == "mirror" and total is not None:
        lap = step % (2 * total)
        back = schedule.schedule.reverse().past_end("mirror")
        return _shifted(schedule, lap) if lap < total else _shifted(back, lap - total)
    if total is None or step < total:
        return _shifted(schedule, step)
    is_shape = not {Rule.schedule, Rule.schedules} & {*_core.PARAMETERS[schedule.kind].values()}
    return Constant(schedule(step)) if is_shape else schedule.until(step + LARGEST_STEP / 2).shift(step)


def _shifted(schedule: Schedule, step: float) -> Schedule:
    return schedule.shift(step) if step else schedule


def _piece(stage: Schedule, step: float, steps: float) -> Schedule:
    return _ended(stage if isinstance(stage, Constant) else from_step(stage, step), steps)


def _ended(schedule: Schedule, steps: float) -> Schedule:
    if isinstance(schedule, Constant):
        return schedule if steps == math.inf else Constant(schedule.value, steps=steps)
    return schedule if steps in (math.inf, schedule.total_steps) else schedule.until(steps)
