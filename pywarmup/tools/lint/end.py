"""Rules about how a run ends: does the schedule end there too, and low enough."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from pywarmup.compose import Clip, Join, Offset, PastEnd, Scale, Shift, Stretch, Until
from pywarmup.questions.bound import Bounder
from pywarmup.schedule import Schedule
from pywarmup.tools.lint.cycle import WHOLE, cycle_at_end
from pywarmup.tools.lint.finding import Finding
from pywarmup.tools.lint.run import SAME, Run, end_value, last_value

FLOOR_RATIO = 100  # the peak to the last value


def decay_after_run(run: Run) -> Iterator[Finding]:
    """The run, or an `until`, ends before the decay does."""
    cut = _cut(run)
    if cut is None:
        return
    whole, step, last, end = cut
    value = whole(step)
    if value - end > SAME * abs(run.peak.value):
        yield Finding(
            "decay-after-run",
            math.ceil(step),
            f"the run ends at {value:g}, before the decay reaches {end:g} at step {math.ceil(last):,}",
            "What a decay gains comes in its last steps",
            "make the schedule for the length of this run",
        )


def _cut(run: Run) -> tuple[Schedule, float, float, float] | None:
    """Return what ends too early: the whole of it, where it is cut, where it would end, and its value there."""
    total, tail = run.schedule.total_steps, run.stages[-1]
    if run.total is not None and total is None and run.total < tail.begin:
        return run.schedule, run.total, tail.begin, last_value(run.stages[-2])  # what goes on is a tail, as a floor
    if run.total is not None and total is not None and run.total < total:
        return run.schedule, run.total, total, end_value(run.schedule)
    whole = _uncut(run.schedule)
    if total is not None and whole.total_steps is not None and total < whole.total_steps:
        return whole, total, whole.total_steps, end_value(whole)
    return None


def _uncut(schedule: Schedule) -> Schedule:
    """Return a schedule without the `until` that cuts its last stage."""
    match schedule:
        case Join(stages):
            return Join((*stages[:-1], _uncut(stages[-1])))
        case Until(inner) | PastEnd(inner, "error"):
            return _uncut(inner)
        case Scale() | Offset() | Clip() | Shift() | Stretch():
            return replace(schedule, schedule=_uncut(schedule.schedule))
    return schedule


def cycle_cut(run: Run) -> Iterator[Finding]:
    """The run ends within a cycle."""
    cut = None if run.total is None else cycle_at_end(run.schedule, float(run.total))
    if cut is not None:
        yield Finding(
            "cycle-cut",
            math.ceil(run.total or 0),
            f"the run ends {cut.inside:,.12g} steps into a cycle of {cut.length:,.12g} steps",
            "The cycle does not come down, so the run ends with a high rate",
            f"end the run at step {cut.after:,.12g}" + (f", or {cut.before:,.12g}" if cut.before else ""),
        )


def partial_epoch(run: Run) -> Iterator[Finding]:
    """The run is no whole number of epochs."""
    if run.total is None or run.epoch is None:
        return
    if abs(run.total - round(run.total / run.epoch) * run.epoch) <= WHOLE * run.epoch:
        return
    low = math.floor(run.total / run.epoch) * run.epoch
    yield Finding(
        "partial-epoch",
        math.ceil(run.total),
        f"{run.total:,.12g} steps are {run.total / run.epoch:,.2f} epochs of {run.epoch:,.12g} steps",
        "Some examples are seen once more than others, or the steps were counted in another unit",
        f"use {low:,.12g} or {low + run.epoch:,.12g} steps" if low else f"use {run.epoch:,.12g} steps",
    )


def ends_before_run(run: Run) -> Iterator[Finding]:
    """The schedule ends before the run does."""
    total = run.schedule.total_steps
    if run.total is None or total is None:
        return
    is_error = run.limit < math.ceil(run.total) - 1
    if not is_error and run.total <= total:
        return
    total = min(total, run.limit)
    value = run.schedule(total)
    if any(abs(bound - value) > SAME * abs(run.peak.value) for bound in Bounder().of(run.schedule, total, run.limit)):
        return  # it goes on, as .past_end("repeat") does
    what = "an error is raised from there on" if is_error else f"the value stays {value:g}"
    yield Finding(
        "ends-before-run",
        math.ceil(total),
        f"the schedule ends {run.total - total:,.12g} steps before the run, and {what}",
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
