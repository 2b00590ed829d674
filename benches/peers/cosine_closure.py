"""A Python closure for a linear warmup and a cosine decay, tuned.

What does not depend on the step is computed before.
"""

import math
from collections.abc import Callable

from peers import DOUBLE, Call
from runs import Run

NAME = "tuned cosine closure"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("lr(step)", lr=make_closure(run))


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_closure(run)


def make_closure(run: Run) -> Callable[[int], float]:
    """Return the closure."""
    warmup, total, end, cos = run.warmup_steps, run.total_steps, run.end, math.cos
    rise = run.peak / warmup
    frequency = math.pi / run.decay_steps
    half, middle = (run.peak - end) / 2, (run.peak + end) / 2

    def lr(step: int) -> float:
        if step < warmup:
            return step * rise
        if step < total:
            return middle + half * cos((step - warmup) * frequency)
        return end

    return lr
