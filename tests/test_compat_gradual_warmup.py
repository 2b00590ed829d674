"""`pywarmup.compat.gradual_warmup`, with its bug against a transcription of the library, which is not installed."""

import contextlib
import math
import warnings
from typing import Any

import pytest
import torch
from conformance.libraries import torch as library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.optim.lr_scheduler import LRScheduler
from torch_schedulers import REFUSED, Drawn, leaves

import pywarmup as pw
from pywarmup.compat import torch as compat
from pywarmup.compat.gradual_warmup import GradualWarmupScheduler

STEPS = 50
FAILURES = (ValueError, ZeroDivisionError, OverflowError)


class Transcribed(LRScheduler):
    """What ildoonet/pytorch-gradual-warmup-lr does."""

    def __init__(self, optimizer: Any, multiplier: float, total_epoch: float, after_scheduler: Any = None) -> None:
        self.multiplier, self.total_epoch, self.after_scheduler = multiplier, total_epoch, after_scheduler
        self.finished = False
        super().__init__(optimizer)

    def get_lr(self) -> list[Any]:
        if self.last_epoch > self.total_epoch:
            multiplied = [base * self.multiplier for base in self.base_lrs]
            if not self.after_scheduler:
                return multiplied
            if not self.finished:
                self.after_scheduler.base_lrs = multiplied
                self.finished = True
            return self.after_scheduler.get_last_lr()
        if self.multiplier == 1.0:
            return [base * (float(self.last_epoch) / self.total_epoch) for base in self.base_lrs]
        return [base * ((self.multiplier - 1) * self.last_epoch / self.total_epoch + 1) for base in self.base_lrs]

    def step(self, epoch: Any = None) -> None:
        if self.finished and self.after_scheduler:
            self.after_scheduler.step(None)
            self._last_lr = self.after_scheduler.get_last_lr()
        else:
            super().step(epoch)


def theirs(multiplier: float, total_epoch: float, after: Drawn | None, base_lr: float) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=base_lr, momentum=0.9)
    found: list[float] = []
    with warnings.catch_warnings(), contextlib.suppress(*FAILURES):
        warnings.simplefilter("ignore")  # optimizer.step() is not called
        child = library.real(*after, optimizer) if after else None
        scheduler = Transcribed(optimizer, multiplier, total_epoch, child)
        for _ in range(STEPS):
            found.append(float(optimizer.param_groups[0]["lr"]))
            scheduler.step()
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    st.one_of(st.sampled_from([1.0, 1, 2.0, 8]), st.floats(1.0, 100.0)),
    st.one_of(st.integers(-2, 20), st.sampled_from([0.5, 2.5, 1000])),
    st.none() | leaves(),
    st.sampled_from([0.0, 1e-8, 0.1, 1.0]),
)
def test_with_its_bug_it_is_the_library(
    multiplier: float, total_epoch: float, after: Drawn | None, base_lr: float
) -> None:
    peer = theirs(multiplier, total_epoch, after, base_lr)
    try:
        child = library.build(*after, base_lr) if after else None
        made = GradualWarmupScheduler(multiplier, total_epoch, child, base_lr=base_lr, with_bug=True)
    except ValueError as error:
        if peer and total_epoch != 0 and not REFUSED.search(str(error)):
            raise
        return
    peak = max(1.0, *map(abs, filter(math.isfinite, peer)))
    for step, rate in enumerate(peer):
        try:
            ours = made(step)
        except ValueError:
            assert after
            assert after[0] == "ConstantLR"  # which is about to divide by 0
            return
        assert not math.isfinite(rate) or abs(ours - rate) <= 1e-11 * peak, (step, rate, ours)


@pytest.mark.parametrize("multiplier", [1.0, 8.0])
def test_without_the_bug_the_next_schedule_takes_over_at_the_end_from_the_multiplied_rate(multiplier: float) -> None:
    after = compat.CosineAnnealingLR(20, 0.01, base_lr=0.1)
    made = GradualWarmupScheduler(multiplier, 5, after, base_lr=0.1)
    begin = 0.0 if multiplier == 1 else 0.1
    peak = 0.1 * multiplier
    assert made == pw.join(pw.Linear(begin, peak, steps=5), compat.CosineAnnealingLR(20, 0.01, base_lr=peak))


def test_without_the_bug_compositions_and_any_schedules_may_follow() -> None:
    steps = [compat.ConstantLR(0.5, 2, base_lr=0.1), compat.ExponentialLR(0.5, base_lr=0.1)]
    made = GradualWarmupScheduler(2, 3, compat.SequentialLR(steps, [2]), base_lr=0.1)
    assert made[:7].tolist() == pytest.approx([0.1, 0.4 / 3, 0.5 / 3, 0.1, 0.1, 0.2, 0.1])
    other = GradualWarmupScheduler(2, 3, pw.Rex(0.1, 0.0, steps=9), base_lr=0.1)
    assert other == pw.join(pw.Linear(0.1, 0.2, steps=3), pw.Rex(0.1, 0.0, steps=9) * 2)


def test_on_compositions_the_library_fails_and_so_does_its_copy() -> None:
    steps = compat.SequentialLR([compat.ExponentialLR(0.5, base_lr=0.1)], [])
    with pytest.raises(ValueError, match=r"`after_scheduler` must be a scheduler of pywarmup.compat.torch that is no"):
        GradualWarmupScheduler(2, 3, steps, base_lr=0.1, with_bug=True)


ARGUMENTS: dict[str, Any] = {"multiplier": 2.0, "total_epoch": 5, "base_lr": 0.1}


@pytest.mark.parametrize("value", [math.nan, math.inf, True, "3", None, [1.0], 1j])
@pytest.mark.parametrize("field", ARGUMENTS)
def test_what_is_no_number_is_refused(field: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=rf"^GradualWarmupScheduler: `{field}` must be [^\n]*$"):
        GradualWarmupScheduler(**ARGUMENTS | {field: value})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"multiplier": 0.5}, r"`multiplier` must be a finite number >= 1, got 0.5"),
        ({"total_epoch": 0}, r"`total_epoch` must be a number other than 0, got 0"),
        ({"base_lr": -0.1}, r"`base_lr` must be a finite number >= 0, got -0.1"),
        ({"with_bug": 1}, r"`with_bug` must be True or False, got 1"),
        ({"after_scheduler": "cosine"}, r"`after_scheduler` must be a schedule, got 'cosine'"),
        (
            {"after_scheduler": compat.ExponentialLR(0.5, base_lr=0.2)},
            r"`after_scheduler` must have the same base_lr 0.1, got 0.2",
        ),
    ],
)
def test_messages(change: dict[str, Any], problem: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^GradualWarmupScheduler: {problem}$"):
        GradualWarmupScheduler(**ARGUMENTS | change)
