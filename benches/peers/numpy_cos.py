"""`np.cos(angles, out=out)` alone: the floor of every cosine schedule that is written in NumPy."""

from collections.abc import Callable

import numpy as np

from runs import Array, Run

NAME = "np.cos alone"
KINDS = ("warmup_cosine",)
TOLERANCE = None


def array(run: Run) -> Callable[[], Array]:
    angles, out = np.linspace(0.0, np.pi, run.total_steps), run.out

    def values() -> Array:
        np.cos(angles, out=out)
        return out

    return values
