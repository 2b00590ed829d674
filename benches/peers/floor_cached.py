"""The least that a compiled method with one argument can cost: it returns the float that it holds."""

import runs
from compiled import load
from peers import Call
from runs import Run

NAME = "METH_O, cached float"
KINDS = runs.KINDS
TOLERANCE = None

floors = load("floors")


def one_step(run: Run) -> Call:
    return Call("floor.lr(step)", floor=floors.Cached(run.peak))
