"""What does a trainer pay, once for each update, for the rates of all groups of its optimizer?"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType

import numpy as np
import pytest

import pywarmup as pw
from contest import Contest, check_equal, label, pairs
from interleave import Timed, repeated
from peers import SINGLE
from runs import Kind, Run

torch = pytest.importorskip("torch")
SHORT = 200  # updates of a run whose every rate is compared
LONG = 20_000_000


class LongRun(Run):
    """A run whose end no peer reaches while it is timed, and whose warmup is over before that.

    Around the end of such a warmup fvcore, which looks a millionth of the run ahead, is wrong.
    """

    @property
    def warmup_steps(self) -> int:
        return 100


@dataclass(frozen=True)
class Groups:
    """Parameter groups of one small parameter each; their rates are numbers, tensors, or all the same tensor."""

    count: int
    tensors: int = 0
    momentum: bool = False

    @property
    def method(self) -> str:
        """What a peer has that can write such rates, and the momentum if it is scheduled."""
        if self.momentum:
            return "train_step_momentum"
        return "train_step_tensors" if self.tensors else "train_step"

    def schedules(self, run: Run) -> dict[str, pw.Schedule]:
        """Return what the groups should have."""
        return {"lr": run.schedule, "momentum": run.momentum} if self.momentum else {"lr": run.schedule}

    def optimizer(self, rate: float) -> torch.optim.Optimizer:
        """Return an optimizer with that rate in all groups."""
        rates = [torch.tensor(rate) for _ in range(self.tensors)] or [rate]
        groups = [{"params": [torch.zeros(1)], "lr": rates[index % len(rates)]} for index in range(self.count)]
        return torch.optim.SGD(groups, lr=rate, momentum=0.9)


def prepare(groups: Groups, peer: ModuleType, run: Run) -> Timed:
    train(groups, peer, Run(run.kind, SHORT), range(1, SHORT))
    return repeated(train(groups, peer, run, range(2 * run.warmup_steps, 2 * run.warmup_steps + 10)))


def train(groups: Groups, peer: ModuleType, run: Run, compared: range) -> Callable[[], None]:
    """Make as many updates, compare all groups after those of the range, and return what sets the next rates."""
    optimizer = groups.optimizer(run.peak)
    held = [group["lr"] for group in optimizer.param_groups]
    set_rates = getattr(peer, groups.method)(run, optimizer)
    optimizer.step()  # or torch warns about the order
    given: dict[str, list[float]] = {name: [] for name in groups.schedules(run)}
    for update in range(1, compared.stop):
        set_rates()
        for name in given if update in compared else ():
            given[name].extend(float(group[name]) for group in optimizer.param_groups)
    for name, schedule in groups.schedules(run).items():
        expected = np.repeat(schedule(np.array(compared)), groups.count)
        check_equal(peer, given[name], expected, run, SINGLE if groups.tensors else 0.0)
    if groups.tensors:
        check_in_place(peer, held, optimizer)
    return set_rates


def check_in_place(peer: ModuleType, held: list[torch.Tensor], optimizer: torch.optim.Optimizer) -> None:
    """Refuse a peer that put something else in the place of a tensor, which a compiled update would not see."""
    kept = [group["lr"] is tensor for group, tensor in zip(optimizer.param_groups, held, strict=True)]
    assert all(kept), f"{peer.NAME}: replaced the tensor of group {kept.index(False)}"


def contest(case: str, groups: Groups, kind: Kind = "warmup_cosine") -> Contest:
    return Contest("trainer step", case, groups.method, LongRun(kind, LONG), partial(prepare, groups))


CONTESTS = [
    *(contest(f"groups, {count:,}", Groups(count)) for count in (1, 10, 100, 1_000)),
    *(
        contest(f"{kind}, {count}", Groups(count), kind)
        for kind in ("cosine", "one_cycle", "dampened_cosine")
        for count in (1, 100)
    ),
    contest("one_cycle with momentum, 100", Groups(100, momentum=True), "one_cycle"),
    *(contest(f"tensors, {count}", Groups(count, tensors=count)) for count in (1, 10, 100)),
    contest("shared tensor, 100", Groups(100, tensors=1)),
]


@pytest.mark.parametrize(("contest", "peer"), pairs(CONTESTS), ids=label)
def test_trainer_step(contest, peer, replay):
    replay(contest, peer)
