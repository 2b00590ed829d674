"""pywarmup: the schedule called like a function, with one step or with an array of them."""

from collections.abc import Callable

import runs
from peers import DOUBLE, Call
from runs import Array, Run, Steps

NAME = "pywarmup s(step)"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("s(step)", s=run.schedule)


def at(run: Run, steps: Steps) -> Callable[[], Array]:
    s = run.schedule
    return lambda: s(steps)


def construct(run: Run) -> Callable[[], object]:
    return lambda: runs.SCHEDULES[run.kind](run)
