"""A hand loop that writes pywarmup's value into the tensor of every group: what there is to do, and nothing else."""

from collections.abc import Callable

from torch.optim import Optimizer

import runs
from peers import SINGLE
from runs import Run

NAME = "hand loop, fill_"
KINDS = runs.KINDS
TOLERANCE = SINGLE


def train_step_tensors(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    lr, groups, step = run.schedule.lr, optimizer.param_groups, 0

    def fill() -> None:
        nonlocal step
        step += 1
        value = lr(step)
        for group in groups:
            group["lr"].fill_(value)

    return fill
