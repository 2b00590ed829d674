"""pywarmup: the scheduler that sets the rates of a torch optimizer."""

from collections.abc import Callable

from torch.optim import Optimizer

import runs
from peers import DOUBLE
from pywarmup.torch import Scheduler
from runs import Run

NAME = "pywarmup scheduler.step()"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return Scheduler(optimizer, run.schedule).step


train_step_tensors = train_step


def train_step_momentum(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return Scheduler(optimizer, {"lr": run.schedule, "momentum": run.momentum}).step
