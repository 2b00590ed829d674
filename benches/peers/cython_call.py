"""The same core behind a Cython `__call__`, which has no form without a tuple of arguments."""

from compiled import load
from peers import DOUBLE, Call
from runs import Run

NAME = "Cython __call__"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE

binding = load("cython_binding")


def one_step(run: Run) -> Call:
    return Call("s(step)", s=binding.WarmupCosine(run.peak, run.warmup_steps, run.total_steps, run.end))
