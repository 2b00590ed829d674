"""fvcore's composite of a line and a cosine. It is a function of the progress from 0 to 1, so the loop divides."""

from collections.abc import Callable

from fvcore.common.param_scheduler import CompositeParamScheduler, CosineParamScheduler, LinearParamScheduler

from peers import DOUBLE, Call
from runs import Run

NAME = "fvcore"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("schedule(step / total)", schedule=make_schedule(run), total=run.total_steps)


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_schedule(run)


def make_schedule(run: Run) -> CompositeParamScheduler:
    """Return the composite, each part of which sees its own progress (`rescaled`)."""
    warmup = run.warmup_steps / run.total_steps
    parts = [LinearParamScheduler(0.0, run.peak), CosineParamScheduler(run.peak, run.end)]
    return CompositeParamScheduler(parts, [warmup, 1.0 - warmup], ["rescaled", "rescaled"])
