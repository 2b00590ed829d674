"""pywarmup: the method."""

import runs
from peers import DOUBLE, Call
from runs import Run

NAME = "pywarmup s.lr(step)"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("s.lr(step)", s=run.schedule)
