"""GradScaler: an update that is really skipped, and the two ways of counting it."""

import warnings
from typing import Any

import pytest
from running import run_example

import pywarmup as pw

torch = pytest.importorskip("torch")

from pywarmup.torch import Scheduler

SCHEDULE = pw.warmup_linear(1e-2, warmup_steps=4, total_steps=12)
STEPS = 12


def train(skipped: set[int], by_scale: bool) -> tuple[list[tuple[int, float]], Scheduler]:
    """Return the iterations that made an update, each with its rate, and the scheduler."""
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler, scaler = Scheduler(optimizer, SCHEDULE), torch.amp.GradScaler("cpu")
    made: list[tuple[int, float]] = []
    for iteration in range(STEPS):
        rate, before = optimizer.param_groups[0]["lr"], model.weight.detach().clone()
        loss = (model(torch.ones(1, 4)) + 1.0).square().mean() * (torch.inf if iteration in skipped else 1.0)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scale = scaler.get_scale()
        scaler.update()
        if not by_scale or scaler.get_scale() >= scale:
            scheduler.step()
        optimizer.zero_grad()
        if rate > 0.0 and not torch.equal(before, model.weight):
            made.append((iteration, rate))
    return made, scheduler


def test_the_example_runs() -> None:
    assert "updates counted:" in run_example("pytorch/grad_scaler")


@pytest.mark.parametrize("skipped", [set(), {5}, {3, 4}, {1, 6, 11}])
def test_iterations_are_counted_if_every_one_steps(skipped: set[int]) -> None:
    made, scheduler = train(skipped, by_scale=False)
    assert made == [(i, SCHEDULE(i)) for i in range(1, STEPS) if i not in skipped]
    assert scheduler.last_epoch == STEPS


@pytest.mark.parametrize("skipped", [set(), {5}, {3, 4}, {1, 6, 11}])
def test_updates_are_counted_if_the_scale_decides(skipped: set[int]) -> None:
    made, scheduler = train(skipped, by_scale=True)
    iterations = [i for i in range(1, STEPS) if i not in skipped]
    assert made == [(i, SCHEDULE(n)) for n, i in enumerate(iterations, start=1)]
    assert scheduler.last_epoch == STEPS - len(skipped)


def test_a_skipped_first_update_warns_only_if_it_was_counted() -> None:
    with pytest.warns(UserWarning, match="GradScaler that skipped the first update"):
        train({0}, by_scale=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, scheduler = train({0}, by_scale=True)
    assert scheduler.last_epoch == STEPS - 1


def test_both_resume_with_the_scaler() -> None:
    """The scaler's state is its own; the scheduler's is one integer."""
    _, scheduler = train({5}, by_scale=True)
    other: Any = Scheduler(torch.optim.SGD([torch.zeros(1)], lr=1.0), SCHEDULE)
    other.load_state_dict(scheduler.state_dict())
    assert other.get_last_lr() == [SCHEDULE(STEPS - 1)]
