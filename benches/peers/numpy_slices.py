"""NumPy tuned: stage by stage into slices of one array, in place, from float steps that are there before.

It works for whole runs only.
"""

from collections.abc import Callable, Iterator

import numpy as np

from peers import DOUBLE
from runs import Array, Run

NAME = "NumPy in-place slices"
KINDS = ("warmup_cosine", "restarts")
TOLERANCE = DOUBLE


def array(run: Run) -> Callable[[], Array]:
    fill = {"warmup_cosine": fill_warmup_cosine, "restarts": fill_restarts}[run.kind]
    steps, out = np.arange(float(run.total_steps)), run.out

    def values() -> Array:
        fill(run, steps, out)
        return out

    return values


def fill_warmup_cosine(run: Run, steps: Array, out: Array) -> None:
    np.multiply(steps[: run.warmup_steps], run.peak / run.warmup_steps, out=out[: run.warmup_steps])
    fill_cosine(steps[: run.decay_steps], run.decay_steps, run.peak, run.end, out[run.warmup_steps :])


def fill_restarts(run: Run, steps: Array, out: Array) -> None:
    for begin, length in cycles(run):
        part = out[begin : begin + length]
        fill_cosine(steps[: len(part)], length, run.peak, 0.0, part)


def cycles(run: Run) -> Iterator[tuple[int, int]]:
    begin, length = 0, run.cycle_steps
    while begin < run.total_steps:
        yield begin, length
        begin, length = begin + length, 2 * length


def fill_cosine(steps: Array, length: int, first: float, last: float, out: Array) -> None:
    np.multiply(steps, np.pi / length, out=out)
    np.cos(out, out=out)
    out *= (first - last) / 2
    out += (first + last) / 2
