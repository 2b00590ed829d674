"""`np.copyto(out, values)`: the floor of everything that looks values up."""

from collections.abc import Callable

import numpy as np

import runs
from runs import Array, Run

NAME = "np.copyto"
KINDS = runs.KINDS
TOLERANCE = None


def array(run: Run) -> Callable[[], Array]:
    source, out = np.full(run.total_steps, run.peak), run.out

    def values() -> Array:
        np.copyto(out, source)
        return out

    return values
