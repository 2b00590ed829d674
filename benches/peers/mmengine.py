"""mmengine's cosine, after a line if there is a warmup: two schedulers, each of which steps, as its hook makes them.

They know the next value only from the last one. A line cannot start at 0; it starts at a factor of 1e-12.
"""

from collections.abc import Callable

from mmengine.optim import CosineAnnealingLR, LinearLR
from torch.optim import Optimizer

from peers import DOUBLE
from runs import Run

NAME = "mmengine"
KINDS = ("warmup_cosine", "cosine")
TOLERANCE = DOUBLE


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    if run.kind == "cosine":
        return CosineAnnealingLR(optimizer, T_max=run.total_steps, eta_min=run.end, by_epoch=False).step
    schedulers = [make_warmup(run, optimizer), make_decay(run, optimizer)]

    def step() -> None:
        for scheduler in schedulers:
            scheduler.step()

    return step


def make_warmup(run: Run, optimizer: Optimizer) -> LinearLR:
    """Return the line, which reaches the peak one update before its `end`."""
    return LinearLR(optimizer, start_factor=1e-12, begin=0, end=run.warmup_steps + 1, by_epoch=False)


def make_decay(run: Run, optimizer: Optimizer) -> CosineAnnealingLR:
    """Return the cosine, which begins with the value that the line left."""
    return CosineAnnealingLR(
        optimizer, T_max=run.decay_steps, eta_min=run.end, begin=run.warmup_steps, end=run.total_steps, by_epoch=False
    )
