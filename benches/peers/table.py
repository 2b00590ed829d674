"""A NumPy array computed before training. A step costs 8 bytes, and the answer is a `numpy.float64`."""

import runs
from peers import DOUBLE, Call
from runs import Run

NAME = "NumPy table lookup"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("table[step]", table=run.schedule.array(run.total_steps))
