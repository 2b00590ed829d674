"""`out.fill(value)`: the floor of everything that writes an array."""

from collections.abc import Callable

import runs
from runs import Array, Run

NAME = "out.fill"
KINDS = runs.KINDS
TOLERANCE = None


def array(run: Run) -> Callable[[], Array]:
    out, peak = run.out, run.peak

    def values() -> Array:
        out.fill(peak)
        return out

    return values
