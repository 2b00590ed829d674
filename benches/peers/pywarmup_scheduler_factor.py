"""pywarmup: the scheduler that multiplies each group's own rate, as `LambdaLR` does."""

from collections.abc import Callable

from torch.optim import Optimizer

import runs
from peers import DOUBLE
from pywarmup.torch import Scheduler
from runs import Run

NAME = "pywarmup scheduler.step(), mode factor"
KINDS = runs.KINDS
TOLERANCE = DOUBLE


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return Scheduler(optimizer, run.schedule / run.peak, mode="factor").step
