"""timm's cosine with warmup, asked by `_get_lr`, which answers with a list.

The public `step` calls it and then writes into every parameter group of an optimizer.
"""

from collections.abc import Callable

import torch
from timm.scheduler import CosineLRScheduler

from peers import DOUBLE, Call
from runs import Run

NAME = "timm"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("scheduler._get_lr(step)[0]", scheduler=make_scheduler(run))


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_scheduler(run)


def make_scheduler(run: Run) -> CosineLRScheduler:
    """Return the scheduler; with `warmup_prefix` its `t_initial` excludes the warmup."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=run.peak)
    return CosineLRScheduler(
        optimizer, t_initial=run.decay_steps, lr_min=run.end, warmup_t=run.warmup_steps, warmup_prefix=True
    )
