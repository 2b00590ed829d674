"""pytorch_warmup around torch's cosine, as its README has it: the cosine runs from the start, and is dampened."""

from collections.abc import Callable

from pytorch_warmup import LinearWarmup
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR

from peers import DOUBLE
from runs import Run

NAME = "pytorch_warmup, CosineAnnealingLR"
KINDS = ("dampened_cosine",)
TOLERANCE = DOUBLE


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    lr_scheduler = CosineAnnealingLR(optimizer, T_max=run.total_steps, eta_min=run.end)
    warmup_scheduler = LinearWarmup(optimizer, warmup_period=run.warmup_steps)

    def step() -> None:
        with warmup_scheduler.dampening():
            lr_scheduler.step()

    return step
