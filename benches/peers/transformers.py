"""transformers' cosine with a floor.

It makes a factor, which torch's `LambdaLR` multiplies with the peak; so does `one_step`.
"""

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from transformers import get_cosine_with_min_lr_schedule_with_warmup

from peers import DOUBLE, Call
from runs import Run

NAME = "transformers' lambda"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("peak * factor(step)", peak=run.peak, factor=make_scheduler(run).lr_lambdas[0])


def make_scheduler(run: Run) -> LambdaLR:
    """Return the `LambdaLR`, for an optimizer that has made a step, so that torch does not warn about the order."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=run.peak)
    scheduler = attach(run, optimizer)
    optimizer.step()
    return scheduler


def attach(run: Run, optimizer: Optimizer) -> LambdaLR:
    """Return the `LambdaLR` for an optimizer."""
    return get_cosine_with_min_lr_schedule_with_warmup(
        optimizer, run.warmup_steps, run.total_steps, min_lr_rate=run.end / run.peak
    )
