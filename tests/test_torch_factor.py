"""A schedule in torch's own LambdaLR."""

import copy
import inspect
import io
import pickle

import numpy as np
import pytest
import torch
from registry import SAMPLES
from torch.optim.lr_scheduler import ConstantLR, LambdaLR, LRScheduler, SequentialLR

import pywarmup as pw
from pywarmup.torch import as_lambda

WARMUP = pw.warmup_cosine(0.3, warmup_steps=10, total_steps=90, end_value=0.01)


def optimizer_of(lr: float) -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=lr)


def run(scheduler: LRScheduler, count: int) -> list[float]:
    rates = []
    for _ in range(count):
        rates.append(scheduler.get_last_lr()[0])
        scheduler.optimizer.step()
        scheduler.step()
    return rates


def ulps(actual: list[float], expected: np.ndarray) -> float:
    return float((np.abs(np.array(actual) - expected) / np.spacing(np.abs(expected))).max())


@pytest.mark.parametrize("base_lr", [1.0, 0.5, 2.0**-10])
def test_lambda_lr_follows_the_schedule_to_the_bit(base_lr: float) -> None:
    scheduler = LambdaLR(optimizer_of(base_lr), as_lambda(WARMUP, base_lr=base_lr))
    assert run(scheduler, 100) == WARMUP.array(100).tolist()


@pytest.mark.parametrize("base_lr", [0.3, 0.1, 1e-3, 3e-4, 7.7, 1])
def test_lambda_lr_follows_the_schedule_within_two_ulps(base_lr: float) -> None:
    scheduler = LambdaLR(optimizer_of(base_lr), as_lambda(WARMUP, base_lr=base_lr))
    assert ulps(run(scheduler, 100), WARMUP.array(100)) <= 2


def test_one_more_rounding_stays_within_three_ulps() -> None:
    worst = 0.0
    for base_lr in np.random.default_rng(7).uniform(1e-4, 1.0, 300).tolist():
        scaled = WARMUP * 0.7
        worst = max(worst, ulps((base_lr * as_lambda(scaled, base_lr=base_lr).array(100)).tolist(), scaled.array(100)))
    assert 1 < worst <= 3


def test_a_factor_of_one_is_the_schedule_itself() -> None:
    assert as_lambda(WARMUP) is WARMUP


@pytest.mark.parametrize("name", SAMPLES)
def test_every_schedule_is_a_factor(name: str) -> None:
    factor = as_lambda(SAMPLES[name], base_lr=0.2)
    assert type(factor(3)) is float
    assert 0.2 * factor(3) == pytest.approx(SAMPLES[name](3), rel=1e-15)


def test_a_checkpoint_loads_safely_and_goes_on() -> None:
    scheduler = LambdaLR(optimizer_of(0.3), as_lambda(WARMUP, base_lr=0.3))
    expected = run(scheduler, 100)
    scheduler = LambdaLR(optimizer_of(0.3), as_lambda(WARMUP, base_lr=0.3))
    run(scheduler, 37)
    file = io.BytesIO()
    torch.save({"optimizer": scheduler.optimizer.state_dict(), "scheduler": scheduler.state_dict()}, file)
    file.seek(0)
    checkpoint = torch.load(file, weights_only=True)
    assert checkpoint["scheduler"]["lr_lambdas"] == [{}]

    resumed = LambdaLR(optimizer_of(0.3), as_lambda(WARMUP, base_lr=0.3))
    resumed.optimizer.load_state_dict(checkpoint["optimizer"])
    resumed.load_state_dict(checkpoint["scheduler"])
    assert run(resumed, 63) == expected[37:]


def test_a_scheduler_is_copied_and_pickled() -> None:
    scheduler = LambdaLR(optimizer_of(0.3), as_lambda(WARMUP, base_lr=0.3))
    run(scheduler, 20)
    duplicate = copy.deepcopy(scheduler)
    assert run(duplicate, 50) == run(scheduler, 50)
    factor = as_lambda(WARMUP, base_lr=0.3)
    assert pickle.loads(pickle.dumps(factor)) == factor
    assert list(inspect.signature(factor.lr).parameters) == ["step"]


def test_it_works_inside_a_sequence() -> None:
    optimizer = optimizer_of(1.0)
    parts = [ConstantLR(optimizer, factor=0.25, total_iters=100), LambdaLR(optimizer, as_lambda(WARMUP))]
    sequence = SequentialLR(optimizer, parts, milestones=[5])
    assert run(sequence, 60) == [0.25] * 5 + WARMUP.array(55).tolist()


@pytest.mark.parametrize("base_lr", [0.0, -0.1, float("nan"), float("inf"), -float("inf")])
def test_a_base_that_is_not_positive_is_refused(base_lr: float) -> None:
    with pytest.raises(ValueError, match=rf"^as_lambda: `base_lr` must be a finite number > 0, got {base_lr!r}$"):
        as_lambda(WARMUP, base_lr=base_lr)


@pytest.mark.parametrize("base_lr", ["0.1", None, True, [0.1], 1j], ids=repr)
def test_a_base_that_is_no_number_is_refused(base_lr: object) -> None:
    with pytest.raises(TypeError, match=r"^as_lambda: `base_lr` must be a finite number > 0, got "):
        as_lambda(WARMUP, base_lr=base_lr)  # type: ignore[arg-type]


@pytest.mark.parametrize("schedule", [3, None, lambda step: 0.1], ids=["3", "None", "function"])
def test_what_is_no_schedule_is_refused(schedule: object) -> None:
    with pytest.raises(TypeError, match=r"^as_lambda: `schedule` must be a schedule, got "):
        as_lambda(schedule)  # type: ignore[arg-type]
