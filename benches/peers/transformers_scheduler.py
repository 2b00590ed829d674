"""transformers' cosine with a floor, as it is used: torch's `LambdaLR` asks it and writes into the optimizer."""

from collections.abc import Callable, Iterable

from torch.optim import Optimizer

from peers import DOUBLE
from peers.torch_scheduler import values_of
from peers.transformers import attach, make_scheduler
from runs import Run

NAME = "transformers, LambdaLR"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def iterate(run: Run) -> Callable[[], Iterable[float]]:
    return lambda: values_of(make_scheduler(run), run)


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_scheduler(run)


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    return attach(run, optimizer).step


train_step_tensors = train_step
