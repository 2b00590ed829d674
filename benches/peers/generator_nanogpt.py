"""A Python generator over the nanoGPT-style function."""

from collections.abc import Callable, Iterable, Iterator

from peers import DOUBLE
from peers.nanogpt import make_get_lr
from runs import Run

NAME = "generator, nanoGPT-style"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def iterate(run: Run) -> Callable[[], Iterable[float]]:
    def values() -> Iterator[float]:
        get_lr = make_get_lr(run)
        for step in range(run.total_steps):
            yield get_lr(step)

    return values
