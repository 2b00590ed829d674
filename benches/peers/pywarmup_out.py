"""pywarmup: the whole run, written into an array that is there."""

from collections.abc import Callable

import runs
from peers import DOUBLE
from runs import Array, Run

NAME = "pywarmup s.array(n, out=out)"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def array(run: Run) -> Callable[[], Array]:
    s, total_steps, out = run.schedule, run.total_steps, run.out
    return lambda: s.array(total_steps, out=out)
