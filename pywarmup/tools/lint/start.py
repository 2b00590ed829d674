"""Rules about how a run begins: does it reach its peak, and how soon."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pywarmup.questions.search import highest, lowest_from
from pywarmup.tools.lint.finding import Finding
from pywarmup.tools.lint.run import Run, unwrapped

NEARLY = 0.95  # of the peak: an update that comes so near has reached it
WARMUP_FRACTION = 0.2  # of the run
FEW_STEPS = 10  # of a warmup, of which one update is a noticeable part


def peak_never_reached(run: Run) -> Iterator[Finding]:
    """No update comes near the greatest value."""
    if run.total is None or (len(run.stages) == 1 and run.total == run.schedule.total_steps == run.peak.step):
        return  # the last of these is a ramp, which ends where no update is, as a decay does
    used = highest(run.schedule, 0, run.last)
    if used.value < run.peak.value - (1 - NEARLY) * abs(run.peak.value):
        message = f"the peak is {run.peak.value:g}, and the updates 0 to {run.last:,} reach only {used.value:g}"
        yield Finding(
            "peak-never-reached",
            run.peak.step,
            message,
            "The run is trained with less than was chosen",
            f"let the peak come before step {run.last:,}: shorten the warmup, or lengthen the run",
        )


def zero_at_first_update(run: Run) -> Iterator[Finding]:
    """The run begins with updates that change nothing."""
    if run.schedule(0) != 0.0:
        return
    signs = (lowest_from(curve, 0.0, 0, run.last) for curve in (run.schedule, run.schedule * -1.0))
    count = min((step for step in signs if step is not None), default=run.last + 1)
    is_wasteful = count > 1 or (run.warmup is not None and run.warmup < FEW_STEPS)
    yield Finding(
        "zero-at-first-update",
        0,
        "the first update has the value 0" if count == 1 else f"the updates 0 to {count - 1:,} have the value 0",
        "An update with the rate 0 computes a gradient and changes nothing",
        "begin above 0 with init_value, or one step later with .shift(1)",
        "warning" if is_wasteful else "advice",
    )


def long_warmup(run: Run) -> Iterator[Finding]:
    """The warmup takes more than a fifth of the run."""
    warmup = run.warmup
    if run.total is None or warmup is None or warmup <= WARMUP_FRACTION * run.total:
        return
    if not _is_one_cycle(run):
        yield Finding(
            "long-warmup",
            math.ceil(warmup),
            f"the warmup takes {warmup / run.total:.0%} of the run ({warmup:,.12g} of {run.total:,.12g} steps)",
            "Most of what is learned is learned after it",
            f"warm up for at most {math.floor(WARMUP_FRACTION * run.total):,} steps, or lengthen the run",
        )


def _is_one_cycle(run: Run) -> bool:
    if len(run.stages) == 1:
        return False  # a product
    rise, fall = run.stages[0], run.stages[1]
    start = run.schedule(0)
    same = unwrapped(rise.schedule).kind == unwrapped(fall.schedule).kind
    return same and start > 0 and run.schedule(run.limit) <= start
