"""pywarmup: the subscript."""

import runs
from peers import DOUBLE, Call
from runs import Run

NAME = "pywarmup s[step]"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("s[step]", s=run.schedule)
