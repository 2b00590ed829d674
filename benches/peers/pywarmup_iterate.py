"""pywarmup: `for lr in s`."""

from collections.abc import Callable, Iterable

import runs
from peers import DOUBLE
from runs import Run

NAME = "pywarmup for lr in s"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def iterate(run: Run) -> Callable[[], Iterable[float]]:
    s = run.schedule
    return lambda: s
