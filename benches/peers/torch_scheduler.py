"""torch's own schedulers, chained. They know the next value only from the last one, so they can only go on.

`LinearLR` refuses to start at 0; it starts at a factor of 1e-12.
"""

import warnings
from collections.abc import Callable, Iterable

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, LRScheduler, SequentialLR

from peers import DOUBLE
from runs import Run

NAME = "torch SequentialLR"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def iterate(run: Run) -> Callable[[], Iterable[float]]:
    return lambda: values_of(make_scheduler(run), run)


def values_of(scheduler: LRScheduler, run: Run) -> Iterable[float]:
    """Yield the rate of each update, as a training loop would see it."""
    for _ in range(run.total_steps):
        yield scheduler.get_last_lr()[0]
        scheduler.step()


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_scheduler(run)


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return chain(run, optimizer).step


train_step_tensors = train_step


def make_scheduler(run: Run) -> SequentialLR:
    """Return the chain for an optimizer of its own."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=run.peak)
    scheduler = chain(run, optimizer)
    optimizer.step()
    return scheduler


def chain(run: Run, optimizer: Optimizer) -> SequentialLR:
    """Return the chain, without the warning that `SequentialLR` causes by its own call of `step(epoch)`."""
    warnings.filterwarnings("ignore", message="The epoch parameter in `scheduler.step", category=UserWarning)
    warmup = LinearLR(optimizer, start_factor=1e-12, total_iters=run.warmup_steps)
    decay = CosineAnnealingLR(optimizer, T_max=run.decay_steps, eta_min=run.end)
    return SequentialLR(optimizer, [warmup, decay], milestones=[run.warmup_steps])
