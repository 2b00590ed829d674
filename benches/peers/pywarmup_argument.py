"""pywarmup: the loop in Python counts, and hands the rate to the compiled update as a number."""

from collections.abc import Callable
from itertools import cycle

import jax

import runs
from peers import SINGLE
from runs import Run

NAME = "pywarmup update(..., s.lr(step))"
KINDS = runs.KINDS
TOLERANCE = SINGLE


def jit_call(run: Run, weights: jax.Array) -> Callable[[], jax.Array]:
    lr, steps = run.schedule.lr, cycle(range(run.total_steps))
    compiled = jax.jit(lambda weights, rate: weights - rate * weights)
    return lambda: compiled(weights, lr(next(steps)))
