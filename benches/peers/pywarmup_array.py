"""pywarmup: a new array of the whole run."""

from collections.abc import Callable

import runs
from peers import DOUBLE
from runs import Array, Run

NAME = "pywarmup s.array(n)"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def array(run: Run) -> Callable[[], Array]:
    s, total_steps = run.schedule, run.total_steps
    return lambda: s.array(total_steps)
