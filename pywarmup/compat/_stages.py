"""Ways of laying out stages: one after the other, at absolute steps, and from a step on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from pywarmup.compat._checks import LARGEST_STEP
from pywarmup.compose import PastEnd, join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

Stage = tuple[float, float, Schedule]  # begin, end, and the schedule whose step 0 is at begin


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
    return schedule.until(step + LARGEST_STEP / 2).shift(step) if schedule._parts() else Constant(schedule(step))


def _shifted(schedule: Schedule, step: float) -> Schedule:
    return schedule.shift(step) if step else schedule


def _piece(stage: Schedule, step: float, steps: float) -> Schedule:
    return _ended(stage if isinstance(stage, Constant) else from_step(stage, step), steps)


def _ended(schedule: Schedule, steps: float) -> Schedule:
    if isinstance(schedule, Constant):
        return schedule if steps == math.inf else Constant(schedule.value, steps=steps)
    return schedule if steps in (math.inf, schedule.total_steps) else schedule.until(steps)
