"""The same core behind a Cython method in its best form: `METH_O`, an untyped argument, no keyword, `binding=False`."""

from compiled import load
from peers import DOUBLE, Call
from runs import Run

NAME = "Cython method"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE

binding = load("cython_binding")


def one_step(run: Run) -> Call:
    return Call("s.lr(step)", s=binding.WarmupCosine(run.peak, run.warmup_steps, run.total_steps, run.end))
