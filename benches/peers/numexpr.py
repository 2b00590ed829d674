"""numexpr on one thread, into an array that is there. It evaluates both sides of its `where`."""

import math
from collections.abc import Callable

import numexpr

from peers import DOUBLE
from runs import Array, Run, Steps

NAME = "numexpr"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def array(run: Run) -> Callable[[], Array]:
    return evaluate(run, run.steps, run.out)


def at(run: Run, steps: Steps) -> Callable[[], Array]:
    return evaluate(run, steps, None)


def evaluate(run: Run, steps: Steps, out: Array | None) -> Callable[[], Array]:
    numexpr.set_num_threads(1)
    names = {
        "k": steps,
        "warmup": run.warmup_steps,
        "rise": run.peak / run.warmup_steps,
        "frequency": math.pi / run.decay_steps,
        "half": (run.peak - run.end) / 2,
        "middle": (run.peak + run.end) / 2,
    }
    formula = "where(k < warmup, k * rise, middle + half * cos((k - warmup) * frequency))"
    return lambda: numexpr.evaluate(formula, local_dict=names, global_dict={}, out=out)
