"""fvcore's composite of a line and a cosine. It is a function of the progress from 0 to 1, so the loop divides.

In detectron2, which no package index has, the class `LRMultiplier` hands it to torch; `Multiplier` is its `get_lr`.
"""

from collections.abc import Callable

from fvcore.common.param_scheduler import (
    CompositeParamScheduler,
    CosineParamScheduler,
    LinearParamScheduler,
    ParamScheduler,
)
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from peers import DOUBLE, Call
from runs import Run

NAME = "fvcore"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("schedule(step / total)", schedule=make_schedule(run, run.peak), total=run.total_steps)


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_schedule(run, run.peak)


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return Multiplier(optimizer, make_schedule(run, peak=1.0), run.total_steps).step


train_step_tensors = train_step


class Multiplier(LRScheduler):
    """The rate of every group, times the value of a fvcore schedule."""

    def __init__(self, optimizer: Optimizer, multiplier: ParamScheduler, max_iter: int) -> None:
        self._multiplier = multiplier
        self._max_iter = max_iter
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        multiplier = self._multiplier(self.last_epoch / self._max_iter)
        return [base_lr * multiplier for base_lr in self.base_lrs]


def make_schedule(run: Run, peak: float) -> CompositeParamScheduler:
    """Return the composite, each part of which sees its own progress (`rescaled`), with another peak."""
    warmup, end = run.warmup_steps / run.total_steps, peak * (run.end / run.peak)
    parts = [LinearParamScheduler(0.0, peak), CosineParamScheduler(peak, end)]
    return CompositeParamScheduler(parts, [warmup, 1.0 - warmup], ["rescaled", "rescaled"])
