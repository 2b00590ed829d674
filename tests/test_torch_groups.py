"""Scheduler: hyperparameters, groups and tensors of real optimizers."""

import copy
from typing import Any

import numpy as np
import pytest
from optimizers import (
    HALF,
    RAMP,
    STEPS,
    S,
    bits,
    each_mode,
    loaded,
    optimizer_of,
    parameter,
    plain,
    rates_of,
    refused,
    torch,
    update,
)

import pywarmup as pw
from pywarmup.torch import Scheduler

# Hyperparameters of real optimizers.

DRIVEN = [
    (torch.optim.SGD, {"momentum": 0.9, "weight_decay": 0.1}, ("lr", "momentum", "weight_decay")),
    (torch.optim.SGD, {"momentum": 0.9, "dampening": 0.1}, ("momentum", "dampening")),
    (torch.optim.Adam, {"weight_decay": 0.1}, ("lr", "weight_decay", "betas[0]", "betas[1]", "eps")),
    (torch.optim.AdamW, {}, ("lr", "weight_decay", "betas[0]", "betas[1]")),
    (torch.optim.Adagrad, {}, ("lr", "lr_decay", "weight_decay")),
    (torch.optim.RMSprop, {"momentum": 0.5}, ("lr", "alpha", "weight_decay")),
    (torch.optim.Adadelta, {}, ("lr", "rho")),
    (torch.optim.NAdam, {}, ("lr", "betas[0]", "momentum_decay")),
    (torch.optim.RAdam, {}, ("lr", "betas[1]")),
    (torch.optim.Adamax, {}, ("lr", "betas[0]")),
    (torch.optim.ASGD, {}, ("lr", "weight_decay")),
    (torch.optim.Rprop, {}, ("etas[0]",)),
]
FUSED = (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.Adagrad)
USES = [
    pytest.param(kind, options | extra, names, id=f"{kind.__name__}-{names[0]}-{next(iter(extra), 'default')}")
    for kind, options, names in DRIVEN
    for extra in ({}, {"foreach": True}, {"fused": True})
    if "fused" not in extra or kind in FUSED
]


def read(group: dict[str, Any], name: str) -> Any:
    key, _, item = name.partition("[")
    return group[key][int(item[:-1])] if item else group[key]


def write(group: dict[str, Any], name: str, value: float) -> None:
    key, _, item = name.partition("[")
    index = int(item[:-1] or 0) if item else 0
    group[key] = (*group[key][:index], value, *group[key][index + 1 :]) if item else value


def learn(optimizer: Any, step: int) -> None:
    for group in optimizer.param_groups:
        for one in group["params"]:
            one.grad = torch.full_like(one, 0.3 + 0.1 * step) - one.detach() * 0.7
    optimizer.step()


@each_mode
@pytest.mark.parametrize(("kind", "options", "names"), USES)
def test_optimizers_use_the_values(kind: Any, options: dict[str, Any], names: tuple[str, ...], mode: Any) -> None:
    ours, theirs = (optimizer_of(0.1, 0.2, kind=kind, **options) for _ in range(2))
    schedules = {name: HALF * (1.0 if name == "lr" else 0.5) for name in names}
    bases = [{name: read(group, name) for name in names} for group in theirs.param_groups]
    scheduler = Scheduler(ours, schedules, mode=mode)
    for step in range(12):
        for group, base in zip(theirs.param_groups, bases, strict=True):
            for name, schedule in schedules.items():
                write(group, name, schedule(step) * (base[name] if mode == "factor" else 1.0))
        learn(ours, step)
        learn(theirs, step)
        for mine, other in zip(ours.param_groups, theirs.param_groups, strict=True):
            assert {key: mine[key] for key in other if key != "params"} == {
                key: value for key, value in other.items() if key != "params"
            }
            assert [type(read(mine, name)) for name in names] == [float] * len(names)
            assert torch.equal(mine["params"][0], other["params"][0])
        scheduler.step()


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.AdamW])
@pytest.mark.parametrize("options", [{}, {"fused": True}], ids=["default", "fused"])
def test_optimizers_use_tensors(kind: Any, options: dict[str, Any]) -> None:
    rate = torch.tensor(0.1)
    ours = optimizer_of(rate, kind=kind, **options)
    theirs = optimizer_of(torch.tensor(0.1), kind=kind, **options)
    scheduler = Scheduler(ours, HALF)
    for step in range(12):
        theirs.param_groups[0]["lr"].fill_(HALF(step))
        learn(ours, step)
        learn(theirs, step)
        assert torch.equal(ours.param_groups[0]["params"][0], theirs.param_groups[0]["params"][0])
        scheduler.step()


def test_layers_keep_their_ratios_and_groups_without_decay_have_none() -> None:
    groups = [
        {"params": [parameter()], "lr": 0.1 * 0.5**depth, "weight_decay": decay}
        for depth in range(4)
        for decay in (0.01, 0.0)
    ]
    optimizer = torch.optim.AdamW(groups)
    scheduler = Scheduler(optimizer, {"lr": RAMP, "weight_decay": pw.Cosine(1.0, 0.5, steps=20)}, mode="factor")
    for step in range(STEPS):
        decays = [group["weight_decay"] for group in optimizer.param_groups]
        assert rates_of(optimizer) == [0.1 * 0.5**depth * RAMP(step) for depth in range(4) for _ in range(2)]
        assert decays[1::2] == [0.0] * 4
        assert decays[::2] == [0.01 * pw.Cosine(1.0, 0.5, steps=20)(step)] * 4
        update(scheduler)


def test_one_hyperparameter_may_have_a_list_and_another_one_schedule() -> None:
    given = {"lr": [S, RAMP], "weight_decay": HALF}
    scheduler = Scheduler(optimizer_of(0.1, 0.2), given)
    update(scheduler)
    assert scheduler.schedule == given
    assert rates_of(scheduler.optimizer) == [S(1), RAMP(1)] == scheduler.get_last_lr()
    assert [group["weight_decay"] for group in scheduler.optimizer.param_groups] == [HALF(1)] * 2


def test_rates_that_are_not_driven_are_told_as_they_are() -> None:
    scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.5)), {"weight_decay": HALF})
    update(scheduler)
    assert bits(scheduler.get_last_lr()) == bits([0.1, 0.5])


def test_a_list_of_betas_serves_as_well_as_a_tuple() -> None:
    optimizer = optimizer_of(kind=torch.optim.AdamW, betas=[0.9, 0.99])  # as it comes from a configuration file
    scheduler = Scheduler(optimizer, {"betas[0]": HALF})
    update(scheduler)
    assert tuple(optimizer.param_groups[0]["betas"]) == (HALF(1), 0.99)


def test_betas_that_are_tensors_are_filled_in_place() -> None:
    betas = torch.tensor(0.9), torch.tensor(0.99)
    optimizer = optimizer_of(torch.tensor(0.1), kind=torch.optim.AdamW, betas=betas, capturable=True)
    scheduler = Scheduler(optimizer, {"betas[0]": HALF, "lr": S})
    scheduler.step_to(3)
    assert optimizer.param_groups[0]["betas"] == betas
    assert betas[0].item() == torch.tensor(HALF(3)).item()


# Groups that come and go.


@each_mode
def test_groups_may_be_added(mode: Any) -> None:
    scheduler = Scheduler(optimizer_of(0.1), RAMP, mode=mode)
    update(scheduler)
    scheduler.optimizer.add_param_group({"params": [parameter()], "lr": 0.5})
    scheduler.optimizer.add_param_group({"params": [parameter()], "lr": torch.tensor(0.25, dtype=torch.float64)})
    update(scheduler)
    bases = (0.1, 0.5, 0.25) if mode == "factor" else (1.0, 1.0, 1.0)
    assert [float(rate) for rate in rates_of(scheduler.optimizer)] == [base * RAMP(2) for base in bases]
    assert scheduler.get_last_lr() == [base * RAMP(2) for base in bases]


def test_groups_may_be_removed_and_all_may_be_gone() -> None:
    scheduler = Scheduler(optimizer_of(0.1, 0.2, 0.3), RAMP, mode="factor")
    del scheduler.optimizer.param_groups[1]
    update(scheduler)
    assert rates_of(scheduler.optimizer) == [0.1 * RAMP(1), 0.3 * RAMP(1)] == scheduler.get_last_lr()
    scheduler.optimizer.param_groups.clear()
    update(scheduler)
    assert (scheduler.last_epoch, scheduler.get_last_lr(), scheduler.base_lrs) == (2, [], [])


@pytest.mark.parametrize("change", [list.pop, lambda groups: groups.append(dict(groups[0]))])
def test_a_list_of_schedules_does_not_fit_other_groups(change: Any) -> None:
    scheduler = Scheduler(optimizer_of(0.1, 0.2), [S, RAMP])
    change(scheduler.optimizer.param_groups)
    before = plain(scheduler.optimizer)
    scheduler.optimizer.step()
    refused(scheduler.step, ValueError, "one schedule for each of the", "got 2 for `lr`")
    assert (plain(scheduler.optimizer), scheduler.last_epoch) == (before, 0)


def test_groups_without_parameters_are_groups() -> None:
    optimizer = torch.optim.SGD([{"params": []}, {"params": [parameter()]}], lr=0.1)
    scheduler = Scheduler(optimizer, S)
    update(scheduler)
    assert rates_of(optimizer) == [S(1)] * 2


@pytest.mark.parametrize("rate", [np.float64(0.1), np.float32(0.5), 1, 0, np.int64(2), 0.1], ids=repr)
@each_mode
def test_numbers_become_floats(rate: Any, mode: Any) -> None:
    optimizer = optimizer_of(rate)
    scheduler = Scheduler(optimizer, S, mode=mode)
    for step in range(3):
        assert bits(rates_of(optimizer)) == bits([S(step) * (float(rate) if mode == "factor" else 1.0)])
        optimizer.param_groups[0]["lr"] = rate  # a user's hand
        update(scheduler)
    loaded(optimizer.state_dict(), scheduler.state_dict())


@each_mode
def test_checkpoints_are_data(mode: Any) -> None:
    scheduler = Scheduler(
        optimizer_of(0.1, kind=torch.optim.AdamW), {"lr": S, "betas[0]": HALF, "weight_decay": HALF}, mode=mode
    )
    learn(scheduler.optimizer, 1)
    scheduler.step()
    assert loaded(scheduler.state_dict(), plain(scheduler.optimizer)) == (
        scheduler.state_dict(),
        plain(scheduler.optimizer),
    )
    loaded(scheduler.optimizer.state_dict())


# Tensors.


def test_one_tensor_may_serve_many_groups() -> None:
    rate = torch.tensor(0.5, dtype=torch.float64)
    for mode, base in (("value", 1.0), ("factor", 0.5)):
        rate.fill_(0.5)
        scheduler = Scheduler(optimizer_of(rate, rate, rate), RAMP, mode=mode)  # type: ignore[arg-type]
        for step in range(5):
            assert all(each is rate for each in rates_of(scheduler.optimizer))
            assert rate.item() == base * RAMP(step)
            update(scheduler)


def test_the_users_tensor_is_what_a_factor_multiplies_once() -> None:
    rate = torch.tensor(0.1)
    scheduler = Scheduler(optimizer_of(rate), pw.Constant(0.5), mode="factor")
    for _ in range(5):
        update(scheduler)
    assert scheduler.base_lrs == [float(torch.tensor(0.1))]
    assert rate.item() == torch.tensor(float(torch.tensor(0.1)) * 0.5).item()


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_tensors_of_one_element_have_any_shape(shape: Any) -> None:
    rate = torch.full(shape, 0.1)
    scheduler = Scheduler(optimizer_of(0.1), S)
    scheduler.optimizer.param_groups[0]["lr"] = rate
    scheduler.step_to(3)
    assert rate.shape == shape
    assert rate.item() == torch.tensor(S(3)).item()


@each_mode
def test_tensors_survive_what_the_optimizer_loads(mode: Any) -> None:
    rates = [torch.tensor(0.1, dtype=torch.float64), 0.2]
    scheduler = Scheduler(optimizer_of(*rates), RAMP, mode=mode)
    scheduler.step_to(4)
    for saved in (scheduler.optimizer.state_dict(), Scheduler(optimizer_of(0.1, 0.2), RAMP).optimizer.state_dict()):
        scheduler.optimizer.load_state_dict(copy.deepcopy(saved))
        assert rates_of(scheduler.optimizer)[0] is rates[0]
        bases = (0.1, 0.2) if mode == "factor" else (1.0, 1.0)
        assert [float(rate) for rate in rates_of(scheduler.optimizer)] == [base * RAMP(4) for base in bases]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_what_was_rounded_is_still_known_when_the_optimizer_loads(dtype: Any) -> None:
    rate = torch.tensor(0.1, dtype=dtype)
    scheduler = Scheduler(optimizer_of(rate), S)
    scheduler.step_to(7)
    saved = copy.deepcopy(scheduler.optimizer.state_dict())
    scheduler.step_to(12)
    scheduler.optimizer.load_state_dict(saved)
    assert scheduler.optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == torch.tensor(S(12), dtype=dtype).item()


@pytest.mark.parametrize("dtype", [None, torch.float64])
def test_the_base_is_that_of_a_loaded_optimizer_that_had_no_scheduler(dtype: Any) -> None:
    rate = 0.1 if dtype is None else torch.tensor(0.1, dtype=dtype)
    scheduler = Scheduler(optimizer_of(rate), RAMP, mode="factor")
    scheduler.optimizer.load_state_dict(optimizer_of(0.5).state_dict())
    scheduler.step_to(8)
    assert float(scheduler.optimizer.param_groups[0]["lr"]) == 0.25


def test_another_tensor_at_the_place_of_a_known_one_is_looked_at_anew() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    group = scheduler.optimizer.param_groups[0]
    for _ in range(200):
        group["lr"] = torch.tensor(0.1)
        scheduler.step_to(2)
        del group["lr"]  # its memory is free for the next
        group["lr"] = torch.tensor(7)
        refused(lambda: scheduler.step_to(3), ValueError, "`lr` of parameter group 0", "tensor(7)")
        assert group["lr"].item() == 7


# All or nothing.


@pytest.mark.parametrize("value", [None, "0.1", True, 1j, [0.1], torch.tensor([0.1, 0.2]), torch.tensor(1)], ids=repr)
def test_a_later_group_that_refuses_leaves_the_earlier_ones(value: Any) -> None:
    rate = torch.tensor(0.1)
    scheduler = Scheduler(optimizer_of(0.1, rate, 0.2), {"weight_decay": HALF, "lr": S})
    scheduler.step_to(3)
    scheduler.optimizer.param_groups[2]["lr"] = value
    before = plain(scheduler.optimizer), scheduler.state_dict()
    scheduler.optimizer.step = lambda: None
    for call in (scheduler.step, lambda: scheduler.step_to(5), lambda: scheduler.load_state_dict(before[1])):
        refused(call, ValueError, "Scheduler: ", "group 2")
        assert (plain(scheduler.optimizer), scheduler.state_dict()) == before


@pytest.mark.parametrize("bad", [-1, 2**60, float("nan"), "3", True, None])
def test_refused_steps_change_nothing(bad: Any) -> None:
    scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.2)), S)
    update(scheduler)
    before = plain(scheduler.optimizer), scheduler.state_dict()
    calls = [lambda: scheduler.step_to(bad)] if bad is None else [lambda: scheduler.step(bad)]
    for call in calls:
        try:
            call()
        except ValueError:
            assert (plain(scheduler.optimizer), scheduler.state_dict()) == before
        else:
            assert bad is None  # which is the next step


def test_the_end_of_a_schedule_that_ends_changes_nothing() -> None:
    optimizer = optimizer_of(0.1, torch.tensor(0.2))
    scheduler = Scheduler(optimizer, [S, RAMP.past_end("error")])
    scheduler.step_to(16)
    optimizer.step()
    before = plain(optimizer), scheduler.state_dict()
    refused(scheduler.step, ValueError, "where the schedule ends, got 17")
    assert (plain(optimizer), scheduler.state_dict()) == before


def test_a_factor_too_large_for_a_later_group_changes_nothing() -> None:
    groups = [{"params": [parameter()], "betas": (beta, 0.999)} for beta in (0.1, 0.9)]
    scheduler = Scheduler(torch.optim.AdamW(groups), {"betas[0]": pw.Linear(1.0, 2.0, steps=10)}, mode="factor")
    before = plain(scheduler.optimizer), scheduler.state_dict()
    message = refused(lambda: scheduler.step_to(10), ValueError, "Scheduler: `betas[0]` must be >= 0 and < 1")
    assert message.endswith("gives 1.8 at step 10")
    assert (plain(scheduler.optimizer), scheduler.state_dict()) == before


def test_a_tensor_that_cannot_be_filled_leaves_numbers_and_the_step() -> None:
    rates = [torch.tensor(0.1), torch.tensor(0.2)]
    scheduler = Scheduler(optimizer_of(*rates, 0.3), S)
    scheduler.step_to(3)
    rates[1].requires_grad_()  # torch lets nobody write into it
    with pytest.raises(RuntimeError, match="requires grad"):
        scheduler.step_to(4)
    assert (scheduler.optimizer.param_groups[2]["lr"], scheduler.last_epoch) == (S(3), 3)
