"""The least that a compiled method can cost that returns a new float."""

import runs
from compiled import load
from peers import Call
from runs import Run

NAME = "METH_O, fresh float"
KINDS = runs.KINDS
TOLERANCE = None

floors = load("floors")


def one_step(run: Run) -> Call:
    return Call("floor.lr(step)", floor=floors.Fresh(run.peak))
