"""The same core behind an ordinary pybind11 `__call__`."""

from compiled import load
from peers import DOUBLE, Call
from runs import Run

NAME = "ordinary pybind11 __call__"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE

ordinary = load("ordinary")


def one_step(run: Run) -> Call:
    return Call("s(step)", s=ordinary.WarmupCosine(run.peak, run.warmup_steps, run.total_steps, run.end))
