"""torch eager, in double precision, on one thread."""

import math
from collections.abc import Callable

import torch

from peers import DOUBLE
from runs import Array, Run, Steps

NAME = "torch eager"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def array(run: Run) -> Callable[[], Array]:
    return at(run, run.steps)


def at(run: Run, steps: Steps) -> Callable[[], Array]:
    k = torch.from_numpy(steps).double()  # of integers, torch's division would make single precision

    def values() -> Array:
        progress = (k - run.warmup_steps) / run.decay_steps
        decay = run.end + (run.peak - run.end) * 0.5 * (1.0 + torch.cos(math.pi * progress))
        return torch.where(k < run.warmup_steps, run.peak * k / run.warmup_steps, decay).numpy()

    torch.set_num_threads(1)
    return values
