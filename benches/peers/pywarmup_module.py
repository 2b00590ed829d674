"""pywarmup: the process-wide schedule. Preparing it puts the run's schedule in use for the rest of the process."""

import pywarmup as pw
import runs
from peers import DOUBLE, Call
from runs import Run

NAME = "pywarmup pw.lr(step)"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    pw.use(run.schedule)
    return Call("pw.lr(step)", pw=pw)
