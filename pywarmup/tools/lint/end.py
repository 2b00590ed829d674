"""Rules about how a run ends: does the schedule end there too, and low enough."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pywarmup.compose import Clip, Join, Offset, Scale, Until
from pywarmup.questions.bound import Bounder
from pywarmup.schedule import Schedule
from pywarmup.tools.lint.cycle import cycle_at_end
from pywarmup.tools.lint.finding import Finding
from pywarmup.tools.lint.run import SAME, Run

FLOOR_RATIO = 100  # the peak to the last value


def decay_after_run(run: Run) -> Iterator[Finding]:
    """The run, or an `until`, ends before the decay does."""
    total = run.schedule.total_steps
    if run.total is not None and total is not None and run.total < total:
        cut: tuple[Schedule, float, float] | None = (run.schedule, run.total, run.total)
    else:
        cut = _until_cut(run.schedule, 0.0)
    if cut is None:
        return
    whole, local, step = cut
    value, end = whole(local), whole(whole.total_steps or 0)
    if value - end > SAME * abs(run.peak.value):
        yield Finding(
            "decay-after-run",
            math.ceil(step),
            f"the run ends at {value:g}, before the decay reaches {end:g} at step {_later(step, whole, local):,}",
            "What a decay gains comes in its last steps",
            "make the schedule for the length of this run",
        )


def _later(step: float, whole: Schedule, local: float) -> int:
    return math.ceil(step + (whole.total_steps or 0) - local)


def _until_cut(schedule: Schedule, begin: float) -> tuple[Schedule, float, float] | None:
    """Return the last stage that an `until` cuts: what it cuts, and where, by its own steps and by those of the run."""
    if isinstance(schedule, Join):
        stages = schedule.stages
        return _until_cut(stages[-1], begin + sum(stage.total_steps or 0 for stage in stages[:-1]))
    if isinstance(schedule, Until) and (schedule.schedule.total_steps or 0) > schedule.steps:
        return schedule.schedule, schedule.steps, begin + schedule.steps
    if isinstance(schedule, Scale | Offset | Clip):
        inner = _until_cut(schedule.schedule, begin)
        return None if inner is None else (_like(schedule, inner[0]), *inner[1:])
    return None


def _like(wrapper: Scale | Offset | Clip, schedule: Schedule) -> Schedule:
    match wrapper:
        case Scale():
            return Scale(schedule, wrapper.factor)
        case Offset():
            return Offset(schedule, wrapper.amount)
        case Clip():
            return Clip(schedule, wrapper.lower, wrapper.upper)


def cycle_cut(run: Run) -> Iterator[Finding]:
    """The run ends within a cycle."""
    cut = None if run.total is None else cycle_at_end(run.schedule, float(run.total))
    if cut is not None:
        yield Finding(
            "cycle-cut",
            math.ceil(run.total or 0),
            f"the run ends {cut.inside:,g} steps into a cycle of {cut.length:,g} steps",
            "The cycle does not come down, so the run ends with a high rate",
            f"end the run at step {cut.after:,g}" + (f", or {cut.before:,g}" if cut.before else ""),
        )


def partial_epoch(run: Run) -> Iterator[Finding]:
    """The run is no whole number of epochs."""
    if run.total is None or run.epoch is None or run.total % run.epoch == 0:
        return
    low = math.floor(run.total / run.epoch) * run.epoch
    yield Finding(
        "partial-epoch",
        math.ceil(run.total),
        f"{run.total:,} steps are {run.total / run.epoch:,.2f} epochs of {run.epoch:,} steps",
        "Some examples are seen once more than others, or the steps were counted in another unit",
        f"use {low:,} or {low + run.epoch:,} steps" if low else f"use {run.epoch:,} steps",
    )


def ends_before_run(run: Run) -> Iterator[Finding]:
    """The schedule ends before the run does."""
    total = run.schedule.total_steps
    if run.total is None or total is None or run.total <= total:
        return
    is_error, value = run.limit < run.total, run.schedule(total)
    if Bounder().of(run.schedule, total, run.limit) != (value, value):
        return  # it goes on, as .past_end("repeat") does
    what = "an error is raised from there on" if is_error else f"the value stays {value:g}"
    yield Finding(
        "ends-before-run",
        math.ceil(total),
        f"the schedule ends {run.total - total:,} steps before the run, and {what}",
        "What comes after the end of a schedule is seldom meant",
        "make the schedule for the length of this run",
        "warning" if is_error or value == 0.0 else "advice",
    )


def high_floor(run: Run) -> Iterator[Finding]:
    """The last value is more than a hundredth of the peak."""
    if run.total is None:
        return
    end = min(run.schedule(run.last), run.schedule(min(run.total, run.limit)))  # where the next cycle may begin
    if end > 0 and end * FLOOR_RATIO > run.peak.value * (1 + SAME):
        yield Finding(
            "high-floor",
            math.ceil(run.total),
            f"the run ends at {end:g}, 1/{run.peak.value / end:.3g} of the peak {run.peak.value:g}",
            "A lower rate at the end lets the weights settle",
            f"end at {run.peak.value / FLOOR_RATIO:g} or less with end_value",
            "advice",
        )
