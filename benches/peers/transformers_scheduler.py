"""transformers' cosine with a floor, as it is used: torch's `LambdaLR` asks it and writes into the optimizer."""

from collections.abc import Callable, Iterable

from peers import DOUBLE
from peers.transformers import make_scheduler
from runs import Run

NAME = "transformers, LambdaLR"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def iterate(run: Run) -> Callable[[], Iterable[float]]:
    def values() -> Iterable[float]:
        scheduler = make_scheduler(run)
        for _ in range(run.total_steps):
            yield scheduler.get_last_lr()[0]
            scheduler.step()

    return values


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_scheduler(run)
