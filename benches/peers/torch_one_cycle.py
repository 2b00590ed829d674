"""torch's one cycle: of the rate alone, and as it is by default, of the momentum too."""

from collections.abc import Callable

from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from peers import DOUBLE
from runs import Run

NAME = "torch OneCycleLR"
KINDS = ("one_cycle",)
TOLERANCE = DOUBLE


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return OneCycleLR(optimizer, run.peak, total_steps=run.total_steps, cycle_momentum=False).step


def train_step_momentum(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return OneCycleLR(optimizer, run.peak, total_steps=run.total_steps).step
