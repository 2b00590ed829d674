"""A Python generator with the tuned formula inside: it calls nothing but `cos`."""

import math
from collections.abc import Callable, Iterable, Iterator

from peers import DOUBLE
from runs import Run

NAME = "generator, tuned"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def iterate(run: Run) -> Callable[[], Iterable[float]]:
    def values() -> Iterator[float]:
        cos, rise, frequency = math.cos, run.peak / run.warmup_steps, math.pi / run.decay_steps
        half, middle = (run.peak - run.end) / 2, (run.peak + run.end) / 2
        for step in range(run.warmup_steps):
            yield step * rise
        for step in range(run.decay_steps):
            yield middle + half * cos(step * frequency)

    return values
