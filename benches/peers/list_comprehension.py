"""A list comprehension over the nanoGPT-style function, made into an array."""

from collections.abc import Callable

import numpy as np

from peers import DOUBLE
from peers.nanogpt import make_get_lr
from runs import Array, Run, Steps

NAME = "list comprehension"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def array(run: Run) -> Callable[[], Array]:
    get_lr, total_steps = make_get_lr(run), run.total_steps
    return lambda: np.array([get_lr(step) for step in range(total_steps)])


def at(run: Run, steps: Steps) -> Callable[[], Array]:
    get_lr = make_get_lr(run)
    return lambda: np.array([get_lr(step) for step in steps.tolist()])
