"""timm's cosine with warmup.

One step asks `_get_lr`, which answers with a list. The public `step_update` calls it and then writes into every
parameter group of an optimizer; the training loop counts the updates. It puts numbers in the place of tensors.
"""

from collections.abc import Callable

import torch
from timm.scheduler import CosineLRScheduler
from torch.optim import Optimizer

from peers import DOUBLE, Call
from runs import Run

NAME = "timm"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("scheduler._get_lr(step)[0]", scheduler=make_scheduler(run))


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_scheduler(run)


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    scheduler, updates = attach(run, optimizer), 0

    def set_rates() -> None:
        nonlocal updates
        updates += 1
        scheduler.step_update(updates)

    return set_rates


def make_scheduler(run: Run) -> CosineLRScheduler:
    """Return the scheduler for an optimizer of its own."""
    return attach(run, torch.optim.SGD([torch.zeros(1)], lr=run.peak))


def attach(run: Run, optimizer: Optimizer) -> CosineLRScheduler:
    """Return the scheduler; with `warmup_prefix` its `t_initial` excludes the warmup."""
    return CosineLRScheduler(
        optimizer,
        t_initial=run.decay_steps,
        lr_min=run.end,
        warmup_t=run.warmup_steps,
        warmup_prefix=True,
        t_in_epochs=False,
    )
