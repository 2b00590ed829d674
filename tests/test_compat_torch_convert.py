"""`from_torch`: living schedulers of torch at any position, compared with what they go on to do."""

import contextlib
import copy
import math
import re
import warnings
from typing import Any

import pytest
import torch
from conformance.libraries import torch as library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler
from torch_schedulers import LEAVES, REFUSED, Drawn, compositions

import pywarmup as pw
from pywarmup.compat.torch import from_torch
from pywarmup.torch import Plateau, Scheduler

AHEAD = 100
draws = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
FAILURES = (ValueError, ZeroDivisionError, NotImplementedError, OverflowError, TypeError)


def optimizer_of(*rates: float) -> torch.optim.SGD:
    return torch.optim.SGD([{"params": [torch.zeros(1)], "lr": rate} for rate in rates], lr=0.1, momentum=0.9)


def advance(scheduler: Any, steps: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # optimizer.step() is not called
        for _ in range(steps):
            scheduler.step()


def rates_ahead(scheduler: Any, optimizer: Any, steps: int) -> list[list[float]]:
    found = [[float(group["lr"]) for group in optimizer.param_groups]]
    with contextlib.suppress(*FAILURES):
        for _ in range(steps):
            advance(scheduler, 1)
            found.append([float(group["lr"]) for group in optimizer.param_groups])
    return found


def check(scheduler: Any, optimizer: Any, position: int, *, ahead: int = AHEAD, **options: Any) -> None:
    schedules = from_torch(scheduler, **options)
    assert len(schedules) == len(optimizer.param_groups)
    for step, rates in enumerate(rates_ahead(scheduler, optimizer, ahead), position):
        for group, rate in enumerate(rates):
            ours = schedules[group](step)
            assert abs(ours - rate) <= 1e-10 * max(1.0, abs(rate)), (step, group, rate, ours)


def start(drawn: Drawn, optimizer: Any, position: int) -> Any | None:
    """Return the real scheduler at a position, if torch gets there with rates that are numbers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scheduler = library.real(*drawn, optimizer)
        advance(scheduler, position)
    except FAILURES:
        return None
    return scheduler if all(math.isfinite(group["lr"]) for group in optimizer.param_groups) else None


def check_unless_refused(drawn: Drawn, position: int, ahead: int) -> None:
    optimizer = optimizer_of(0.1, 1.0)
    scheduler = start(drawn, optimizer, position)
    if scheduler is None:
        return
    try:
        check(scheduler, optimizer, position, ahead=ahead)
    except ValueError as error:
        if not REFUSED.search(str(error)):
            raise


@pytest.mark.parametrize("name", LEAVES)
def test_every_scheduler_goes_on_as_its_schedule(name: str) -> None:
    @draws
    @given(LEAVES[name], st.integers(0, 40))
    def test(arguments: dict[str, Any], position: int) -> None:
        longer = {"total_steps": 200} if name == "OneCycleLR" else {}
        check_unless_refused((name, arguments | longer), position, AHEAD)

    test()


@settings(draws, max_examples=150)
@given(compositions(), st.integers(0, 40))
def test_compositions_go_on_as_their_schedules(drawn: Drawn, position: int) -> None:
    check_unless_refused(drawn, position, 40)


def test_each_group_has_its_own_schedule() -> None:
    optimizer = optimizer_of(0.1, 0.5)
    functions = [lambda step: 0.9**step, pw.Linear(1.0, 0.0, steps=10)]
    scheduler = lr_scheduler.LambdaLR(optimizer, functions)
    advance(scheduler, 4)
    schedules = from_torch(scheduler, total_steps=200)
    assert schedules[1] == pw.Linear(1.0, 0.0, steps=10) * 0.5
    check(scheduler, optimizer, 4, total_steps=200)


@pytest.mark.parametrize("name", ["LambdaLR", "MultiplicativeLR"])
def test_functions_need_the_length_of_their_table(name: str) -> None:
    optimizer = optimizer_of(0.1)
    scheduler = getattr(lr_scheduler, name)(optimizer, lambda step: 0.99)
    advance(scheduler, 7)
    with pytest.raises(ValueError, match=f"^{name}: `total_steps` must be given: `lr_lambda` is any function"):
        from_torch(scheduler)
    with pytest.raises(ValueError, match=r"^from_torch: `total_steps` must be greater than the step 7, got 7"):
        from_torch(scheduler, total_steps=7)
    check(scheduler, optimizer, 7, total_steps=200)


def test_a_scale_function_needs_it_too() -> None:
    optimizer = optimizer_of(0.1)
    scheduler = lr_scheduler.CyclicLR(optimizer, 0.01, 0.1, 5, scale_fn=lambda cycle: 1 / cycle)
    with pytest.raises(ValueError, match=r"^CyclicLR: `total_steps` must be given"):
        from_torch(scheduler)
    check(scheduler, optimizer, 0, total_steps=200)


def test_swalr_goes_on_from_wherever_it_began() -> None:
    optimizer = optimizer_of(0.1)
    first = lr_scheduler.ExponentialLR(optimizer, 0.9)
    advance(first, 9)
    scheduler = torch.optim.swa_utils.SWALR(optimizer, 0.05, anneal_epochs=20)
    advance(scheduler, 3)
    check(scheduler, optimizer, 3)
    with pytest.raises(ValueError, match="somebody else has written it"):
        from_torch(first)


def test_rates_that_are_tensors_keep_their_precision() -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([parameter], lr=torch.tensor(0.1))
    scheduler = lr_scheduler.LinearLR(optimizer, 0.5, total_iters=20)
    advance(scheduler, 5)
    (schedule,) = from_torch(scheduler)
    advance(scheduler, 5)
    assert schedule(10) == pytest.approx(float(optimizer.param_groups[0]["lr"]), rel=1e-6)


def test_a_loaded_state_is_a_position() -> None:
    optimizer, other = optimizer_of(0.1), optimizer_of(0.1)
    saved = lr_scheduler.CosineAnnealingLR(optimizer, 30)
    advance(saved, 12)
    scheduler = lr_scheduler.CosineAnnealingLR(other, 30)
    scheduler.load_state_dict(copy.deepcopy(saved.state_dict()))
    with pytest.raises(ValueError, match="somebody else has written it"):
        from_torch(scheduler)  # until the optimizer is loaded too
    other.load_state_dict(optimizer.state_dict())
    check(scheduler, other, 12)


def test_a_run_goes_on_with_the_schedules() -> None:
    other = optimizer_of(0.1, 0.5)
    old = lr_scheduler.OneCycleLR(other, [0.1, 1.0], total_steps=50)
    advance(old, 20)
    new = Scheduler(other, from_torch(old), last_epoch=old.last_epoch - 1)
    reference = lr_scheduler.OneCycleLR(optimizer_of(0.1, 0.5), [0.1, 1.0], total_steps=50)
    advance(reference, 20)
    for _ in range(25):
        assert new.get_last_lr() == pytest.approx(reference.get_last_lr(), rel=1e-12)
        advance(reference, 1)
        advance(new, 1)


@pytest.mark.parametrize("mode", ["value", "factor"])
def test_a_pywarmup_scheduler_gives_its_schedules_back(mode: Any) -> None:
    optimizer, schedule = optimizer_of(0.1, 0.5), pw.Linear(1.0, 0.0, steps=10)
    scheduler = Scheduler(optimizer, schedule, mode=mode)
    advance(scheduler, 3)
    expected = [schedule, schedule] if mode == "value" else [schedule * 0.1, schedule * 0.5]
    assert from_torch(scheduler) == expected
    assert from_torch(Scheduler(optimizer_of(1.0), {"weight_decay": pw.Constant(0.1), "lr": [schedule]})) == [schedule]


class Own(lr_scheduler.ExponentialLR):
    pass


def wrong(problem: str) -> Any:
    optimizer = optimizer_of(0.1)
    if problem == "no learning rate":
        return Scheduler(optimizer, {"weight_decay": pw.Constant(0.1)})
    if problem == "follows a metric":
        return lr_scheduler.ReduceLROnPlateau(optimizer)
    if problem == "Plateau follows a metric":
        return Plateau(Scheduler(optimizer, pw.Constant(0.1)))
    if problem == "Own is no scheduler of torch itself":
        return Own(optimizer, 0.9)
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 5)
    if problem == "`CosineAnnealingWarmRestarts.get_lr` has been replaced":
        scheduler.get_lr = lambda: [0.1]  # type: ignore[method-assign]
    if problem == "is 0.3 and not the 0.1 of CosineAnnealingWarmRestarts at step 0; somebody else":
        optimizer.param_groups[0]["lr"] = 0.3
    if problem == "has T_cur=3 and T_i=5 at step 0":
        scheduler.T_cur = 3
    if problem == "its child that began at 0 is at 1":
        children = [lr_scheduler.ConstantLR(optimizer, 1.0), lr_scheduler.ConstantLR(optimizer)]
        scheduler = lr_scheduler.SequentialLR(optimizer, children, [5])
        advance(children[0], 1)
    if problem == "the children of a ChainedScheduler are at different steps, [0, 1]":
        children = [lr_scheduler.ConstantLR(optimizer, 1.0), lr_scheduler.ConstantLR(optimizer, 1.0)]
        scheduler = lr_scheduler.ChainedScheduler(children)
        advance(children[0], 1)
    return scheduler


@pytest.mark.parametrize("position", [0, 1, 7, 30])
def test_a_chain_without_closed_form_needs_a_length(position: int) -> None:
    optimizer = optimizer_of(0.1, 1.0)
    warmup = lr_scheduler.LinearLR(optimizer, total_iters=4)
    chain = lr_scheduler.ChainedScheduler([warmup, lr_scheduler.CosineAnnealingLR(optimizer, 20, eta_min=0.01)])
    advance(chain, position)
    with pytest.raises(ValueError, match=r"ChainedScheduler: .* or give `total_steps` for a table"):
        from_torch(chain)
    check(chain, optimizer, position, total_steps=position + AHEAD + 1)


@pytest.mark.parametrize(
    "problem",
    [
        "no learning rate",
        "follows a metric",
        "Plateau follows a metric",
        "Own is no scheduler of torch itself",
        "`CosineAnnealingWarmRestarts.get_lr` has been replaced",
        "is 0.3 and not the 0.1 of CosineAnnealingWarmRestarts at step 0; somebody else",
        "has T_cur=3 and T_i=5 at step 0",
        "its child that began at 0 is at 1",
        "the children of a ChainedScheduler are at different steps, [0, 1]",
    ],
)
def test_what_cannot_be_converted_exactly_is_refused_with_the_reason(problem: str) -> None:
    with pytest.raises(ValueError, match=rf"^from_torch: .*{re.escape(problem)}[^\n]*$"):
        from_torch(wrong(problem))


@pytest.mark.parametrize("value", [None, 3, "cosine", pw.Constant(0.1), object()])
def test_what_is_no_scheduler_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"^from_torch: `scheduler` must be a scheduler of torch, got"):
        from_torch(value)
