"""Rules about the curve: jumps that nobody meant, and values that no optimizer takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from pywarmup.questions.cycle import LAST_STEP
from pywarmup.questions.search import lowest_from
from pywarmup.questions.stage import Part
from pywarmup.tools.lint.finding import Finding
from pywarmup.tools.lint.run import SAME, Run, last_value, unwrapped


def stage_jump(run: Run) -> Iterator[Finding]:
    """A stage begins elsewhere than the one before it ends."""
    for before, after in pairwise(run.stages):
        last, first = last_value(before), after.schedule(0)
        is_large = abs(last - first) > max(SAME * max(abs(last), abs(first)), 1e-6 * abs(run.peak.value))
        within = run.total is None or after.begin < run.total
        if is_large and within and not after.is_restart and not _is_meant(before, after):
            yield Finding(
                "stage-jump",
                math.ceil(after.begin),
                f"the value jumps from {last:g} to {first:g} where one stage ends and the next begins",
                "A jump that nobody meant can upset the optimizer",
                f"let the stage begin at {last:g}, or the one before end at {first:g}",
            )


def _is_meant(before: Part, after: Part) -> bool:
    """Whether a jump is a stair, a restart, a new warmup or the end of a constant warmup."""
    last, first = last_value(before), after.schedule(0)
    came, goes = _direction(before), _direction(after)
    if first > last:
        return (came, goes) in (("level", "level"), ("down", "down"), ("down", "up")) or (
            came == "level" and before.begin == 0
        )
    return (came, goes) in (("level", "level"), ("down", "up"), ("level", "up"))


def _direction(part: Part) -> Literal["up", "down", "level"]:
    inner = unwrapped(part.schedule)
    first = part.schedule(0)
    last = part.schedule(LAST_STEP) if part.end is None else last_value(part)
    if first == last or inner.kind in ("piecewise_constant", "stairs", "table") or getattr(inner, "staircase", False):
        return "level"
    return "up" if last > first else "down"


def negative_value(run: Run) -> Iterator[Finding]:
    """An update has a value below 0."""
    step = lowest_from(run.schedule, 0.0, 0, run.last)
    if step is not None:
        yield Finding(
            "negative-value",
            step,
            f"the value is {run.schedule(step):g}",
            "A negative rate climbs the loss instead of descending it",
            "end the decay at a value >= 0, or hold it there with .clip(lower=0.0)",
        )
