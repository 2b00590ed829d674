"""torch's cosine, which has no warmup of its own. It knows the next value only from the last one."""

from collections.abc import Callable

from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR

from peers import DOUBLE
from runs import Run

NAME = "torch CosineAnnealingLR"
KINDS = ("cosine",)
TOLERANCE = DOUBLE


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return CosineAnnealingLR(optimizer, T_max=run.total_steps, eta_min=run.end).step
