"""Scheduler: the schedule's values are in the optimizer, to the bit, whatever the loop does."""

import contextlib
import copy
import doctest
import gc
import inspect
import io
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import warnings
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from optimizers import OTHERS, RATES, STEPS, bits, optimizer_of, parameter, plain, rates_of, refused, torch, update
from torch.optim.lr_scheduler import ChainedScheduler, ConstantLR, LambdaLR, LinearLR, LRScheduler, SequentialLR

import pywarmup as pw
from pywarmup import _core
from pywarmup.torch import Scheduler

S = pw.warmup_cosine(0.1, warmup_steps=5, total_steps=40)
RAMP = pw.Linear(0.0, 1.0, steps=16)
sample = pytest.mark.parametrize("schedule", RATES.values(), ids=RATES)
each_mode = pytest.mark.parametrize("mode", ["value", "factor"])


def shown(scheduler: Scheduler) -> list[list[str]]:
    """What the optimizer has, and what each way to ask says."""
    asked = scheduler.get_last_lr(), scheduler.get_lr(), scheduler._last_lr
    return [bits(rates) for rates in (rates_of(scheduler.optimizer), *asked)]


# The rates.


@sample
def test_rates_are_the_schedules_after_every_step(schedule: pw.Schedule) -> None:
    scheduler = Scheduler(optimizer_of(0.1, 0.2), schedule)
    total = schedule.total_steps
    for step in range(STEPS if total is None else min(STEPS, int(total) + 1)):
        assert scheduler.last_epoch == step
        assert shown(scheduler) == [bits([schedule(step)] * 2)] * 4
        if step + 1 <= (total or STEPS):
            update(scheduler)


@sample
def test_factors_multiply_what_each_group_began_with(schedule: pw.Schedule) -> None:
    bases = [0.1, 3e-4, 7.0]
    scheduler = Scheduler(optimizer_of(*bases), schedule, mode="factor")
    for step in (0, 1, 2, 7, 10):
        if step <= (schedule.total_steps or step):
            scheduler.step_to(step)
            assert shown(scheduler) == [bits([base * schedule(step) for base in bases])] * 4


@sample
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_tensors_get_the_value_rounded_once(schedule: pw.Schedule, dtype: Any) -> None:
    rate = torch.tensor(0.25, dtype=dtype)
    scheduler = Scheduler(optimizer_of(rate, 0.1), schedule)
    for step in (0, 1, 3, 9):
        if step <= (schedule.total_steps or step):
            scheduler.step_to(step)
            assert scheduler.optimizer.param_groups[0]["lr"] is rate
            assert (rate.dtype, rate.item()) == (dtype, torch.tensor(schedule(step), dtype=dtype).item())
            assert bits(scheduler.get_last_lr()) == bits([schedule(step)] * 2)


@pytest.mark.parametrize("schedule", OTHERS.values(), ids=OTHERS)
@each_mode
def test_what_falls_below_zero_is_refused_at_construction(schedule: pw.Schedule, mode: Any) -> None:
    optimizer = optimizer_of()
    before = plain(optimizer)
    refused(lambda: Scheduler(optimizer, schedule, mode=mode), ValueError, "Scheduler: `lr` must be >= 0, and its")
    assert plain(optimizer) == before


def test_the_samples_are_of_both_sorts() -> None:
    assert len(RATES) > 100
    assert 3 < len(OTHERS) < 20


@each_mode
def test_lists_have_one_schedule_for_each_group(mode: Any) -> None:
    schedules = [S, RAMP, S * 0.5]
    scheduler = Scheduler(optimizer_of(0.1, 0.2, 0.3), schedules, mode=mode)
    assert scheduler.schedule == schedules
    for step in range(STEPS):
        bases = (0.1, 0.2, 0.3) if mode == "factor" else (1.0, 1.0, 1.0)
        wanted = [base * schedule(step) for base, schedule in zip(bases, schedules, strict=True)]
        assert shown(scheduler) == [bits(wanted)] * 4
        update(scheduler)


def test_ways_to_say_which_step() -> None:
    scheduler = Scheduler(optimizer_of(), RAMP)
    update(scheduler)
    for call, step in (
        (lambda: scheduler.step(7), 7),
        (scheduler.step, 8),
        (lambda: scheduler.step(None), 9),
        (lambda: scheduler.step(epoch=2), 2),
        (lambda: scheduler.step(increment=3), 5),
        (lambda: scheduler.step(increment=0), 5),
        (lambda: scheduler.step(None, increment=2), 7),
        (lambda: scheduler.step_to(0), 0),
        (lambda: scheduler.step_to(3.5), 3.5),
        (scheduler.step, 4.5),
        (lambda: scheduler.step(np.int64(6)), 6),
        (lambda: scheduler.step_to(np.float32(2)), 2),
        (lambda: scheduler.step_to(2**53), 2**53),
    ):
        call()
        assert (scheduler.last_epoch, rates_of(scheduler.optimizer)) == (step, [RAMP(step)])
    assert type(scheduler.last_epoch) is int


@pytest.mark.parametrize(("count", "kind"), [(1, int), (512, int), (0.25, float), (np.int64(3), int), (2**40, int)])
def test_count_is_what_a_step_counts(count: Any, kind: type) -> None:
    schedule = pw.Linear(0.0, 1.0, steps=16 * float(count))
    scheduler = Scheduler(optimizer_of(), schedule, count=count)
    for update_count in range(1, STEPS):
        update(scheduler)
        assert scheduler.last_epoch == update_count * count
        assert rates_of(scheduler.optimizer) == [schedule(update_count * count)]
    scheduler.step(increment=2)
    assert scheduler.last_epoch == (STEPS - 1) * count + 2
    assert type(scheduler.count) is kind


def test_the_number_of_calls_is_torchs() -> None:
    scheduler, theirs = Scheduler(optimizer_of(), S), LambdaLR(optimizer_of(), S)
    for _ in range(4):
        assert scheduler._step_count == theirs._step_count
        update(scheduler)
        update(theirs)
    scheduler.step_to(30)
    assert scheduler._step_count == theirs._step_count


def test_it_is_lambda_lr() -> None:
    scheduler, theirs = Scheduler(optimizer_of(0.3, 0.7), S, mode="factor"), LambdaLR(optimizer_of(0.3, 0.7), S)
    for _ in range(STEPS):
        assert bits(rates_of(scheduler.optimizer)) == bits(rates_of(theirs.optimizer))
        update(scheduler)
        update(theirs)


def test_trainers_find_what_they_look_for_and_nothing_that_misleads_them() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    assert isinstance(scheduler, LRScheduler)
    assert not callable(scheduler)
    assert [name for name in ("__len__", "total_steps", "_schedulers") if hasattr(scheduler, name)] == []
    assert repr(scheduler) == f"Scheduler({S!r}, mode='value', last_epoch=0)"


# Hyperparameters of real optimizers.

HALF = pw.Linear(0.0, 0.5, steps=10)
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


def loaded(*states: Any) -> Any:
    """States as they come from a file that may hold nothing but data."""
    file = io.BytesIO()
    torch.save(states, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


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


# Copies.


def is_on_its_own(pair: tuple[Any, Scheduler], original: Scheduler) -> None:
    optimizer, scheduler = pair
    assert scheduler.optimizer is optimizer
    assert scheduler.state_dict() == original.state_dict()
    before = plain(original.optimizer)
    assert plain(optimizer) == before
    step = scheduler.last_epoch
    for _ in range(3):
        update(scheduler)
    assert (plain(original.optimizer), original.last_epoch) == (before, step)
    saved = optimizer.state_dict()
    scheduler.step_to(1)
    wanted = plain(optimizer)
    optimizer.load_state_dict(saved)  # the copy has the hooks, too
    assert plain(optimizer) == wanted


COPIES = {
    "deepcopy": copy.deepcopy,
    **{f"pickle-{n}": lambda pair, n=n: pickle.loads(pickle.dumps(pair, n)) for n in range(2, 6)},
}


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("is_tensor", [False, True])
@each_mode
def test_pairs_are_copied(duplicate: Any, is_tensor: bool, mode: Any) -> None:
    rate = torch.tensor(0.1, dtype=torch.float64) if is_tensor else 0.1
    scheduler = Scheduler(optimizer_of(rate, 0.2), {"lr": [S, RAMP], "weight_decay": HALF}, mode=mode, count=2)
    for _ in range(3):
        update(scheduler)
    is_on_its_own(duplicate((scheduler.optimizer, scheduler)), scheduler)
    is_on_its_own(duplicate((scheduler, scheduler.optimizer))[::-1], scheduler)
    alone = duplicate(scheduler)
    is_on_its_own((alone.optimizer, alone), scheduler)
    assert (alone.count, alone.mode, alone.on_change, alone.schedule) == (2, mode, "error", scheduler.schedule)


def test_a_copy_of_the_optimizer_alone_has_no_scheduler() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.step_to(7)
    optimizer = copy.deepcopy(scheduler.optimizer)
    optimizer.load_state_dict(optimizer_of(0.77).state_dict())
    assert (rates_of(optimizer), rates_of(scheduler.optimizer)) == ([0.77], [S(7)])


def test_shallow_copies_share_the_optimizer_and_count_on_their_own() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    other = copy.copy(scheduler)
    other.step_to(7)
    assert other.optimizer is scheduler.optimizer
    assert (scheduler.last_epoch, rates_of(scheduler.optimizer)) == (0, [S(7)])


# Schedulers of schedulers, and several for one optimizer.


def test_it_is_a_part_of_a_sequential_lr() -> None:
    optimizer = optimizer_of(0.1)
    parts = [Scheduler(optimizer, S), Scheduler(optimizer, {"lr": RAMP, "momentum": HALF}), Scheduler(optimizer, HALF)]
    sequence = SequentialLR(optimizer, parts, [4, 9])  # type: ignore[arg-type]
    for step in range(20):
        wanted = S(step) if step < 4 else RAMP(step - 4) if step < 9 else HALF(step - 9)
        assert bits(rates_of(optimizer)) == bits([wanted]) == bits(sequence.get_last_lr())  # type: ignore[arg-type]
        assert optimizer.param_groups[0]["momentum"] == (0.0 if step < 9 else HALF(4)) or 4 <= step < 9
        update(sequence)


def test_it_follows_one_of_torchs_in_a_sequential_lr() -> None:
    optimizer = optimizer_of(0.1)
    warmup = LinearLR(optimizer, 0.5, total_iters=3)
    sequence = SequentialLR(optimizer, [warmup, Scheduler(optimizer, RAMP, mode="factor")], [3])
    rates = []
    for _ in range(6):
        rates += rates_of(optimizer)
        update(sequence)
    assert rates[0] == 0.05
    assert rates[3:] == [0.1 * RAMP(step) for step in range(3)]


def test_chained_schedulers_drive_different_hyperparameters() -> None:
    optimizer = optimizer_of()
    chain = ChainedScheduler([Scheduler(optimizer, {"weight_decay": HALF}), Scheduler(optimizer, S)], optimizer)
    for step in range(STEPS):
        assert (rates_of(optimizer), optimizer.param_groups[0]["weight_decay"]) == ([S(step)], HALF(step))
        assert chain.get_last_lr() == [S(step)]
        update(chain)


def test_torchs_factor_may_be_chained_after_a_value() -> None:
    optimizer = optimizer_of()
    chain = ChainedScheduler([ConstantLR(optimizer, 1.0), Scheduler(optimizer, S)], optimizer)
    update(chain)
    assert rates_of(optimizer) == [S(1)]


def test_two_schedulers_of_one_optimizer_do_not_touch_each_other() -> None:
    rate = torch.tensor(0.1, dtype=torch.float64)
    optimizer = optimizer_of(rate, 0.3, kind=torch.optim.AdamW)
    rates = Scheduler(optimizer, S)
    decays = Scheduler(optimizer, {"weight_decay": HALF, "betas[0]": HALF}, mode="factor")
    for step in range(6):
        assert rates_of(optimizer) == [S(step)] * 2 == rates.get_last_lr() == decays.get_last_lr()
        assert [group["weight_decay"] for group in optimizer.param_groups] == [0.01 * HALF(step)] * 2
        optimizer.step()
        (decays.step(), rates.step()) if step % 2 else (rates.step(), decays.step())
    saved = optimizer.state_dict(), rates.state_dict(), decays.state_dict()
    rates.step_to(9)
    decays.step_to(3)
    optimizer.load_state_dict(copy.deepcopy(saved[0]))  # both put back what they drive
    assert rates_of(optimizer) == [S(9)] * 2
    assert optimizer.param_groups[0]["lr"] is rate
    assert optimizer.param_groups[1]["weight_decay"] == 0.01 * HALF(3)
    decays.load_state_dict(saved[2])
    rates.load_state_dict(saved[1])
    assert rates_of(optimizer) == [S(6)] * 2
    assert optimizer.param_groups[1]["betas"] == (0.9 * HALF(6), 0.999)


def test_a_scheduler_that_is_not_in_force_leaves_a_load_alone() -> None:
    optimizer = optimizer_of(0.1)
    former, latter = Scheduler(optimizer, S), Scheduler(optimizer, RAMP)
    optimizer.step()
    former.step_to(3)
    latter.step_to(5)
    optimizer.load_state_dict(optimizer.state_dict())
    assert rates_of(optimizer) == [RAMP(5)]
    optimizer.param_groups[0]["lr"] = 0.77  # neither is
    optimizer.load_state_dict(optimizer.state_dict())
    assert rates_of(optimizer) == [0.77]


def test_a_scheduler_that_no_longer_fits_leaves_a_load_alone() -> None:
    optimizer = optimizer_of(0.1, 0.2)
    former = Scheduler(optimizer, [S, RAMP])
    optimizer.add_param_group({"params": [parameter()], "lr": 0.3})
    latter = Scheduler(optimizer, [S, RAMP, HALF])
    latter.step_to(5)
    optimizer.load_state_dict(optimizer.state_dict())
    assert rates_of(optimizer) == [S(5), RAMP(5), HALF(5)] == latter.get_last_lr()
    assert former.last_epoch == 0


def test_a_scheduler_that_is_gone_leaves_a_load_alone() -> None:
    optimizer = optimizer_of(0.1)
    saved = optimizer.state_dict()
    scheduler = Scheduler(optimizer, S)
    del scheduler
    optimizer.load_state_dict(saved)
    assert rates_of(optimizer) == [0.1]


# What the rates are multiplied by.


def test_base_rates_are_read_and_assigned() -> None:
    scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.5)), RAMP, mode="factor")
    assert bits(scheduler.base_lrs) == bits([0.1, 0.5])
    scheduler.step_to(4)
    assert bits(scheduler.base_lrs) == bits([0.1, 0.5])
    scheduler.base_lrs = [1, np.float64(2.0)]
    scheduler.step_to(8)
    assert bits(scheduler.base_lrs) == bits([1.0, 2.0])
    assert [float(rate) for rate in rates_of(scheduler.optimizer)] == [0.5, 1.0]
    with pytest.raises(ValueError, match=r"shorter|longer"):
        scheduler.base_lrs = [1.0]


def test_the_first_rate_is_kept_as_torch_keeps_it() -> None:
    ours, theirs = optimizer_of(0.1, 0.2), optimizer_of(0.1, 0.2)
    Scheduler(ours, pw.Constant(1.0), mode="factor")
    LambdaLR(theirs, lambda _: 1.0)
    assert plain(ours) == plain(theirs)


# The order of calls.

ORDER = "`scheduler.step\\(\\)` came before `optimizer.step\\(\\)`"


def test_a_first_step_before_the_optimizers_warns_where_it_is_called() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    with pytest.warns(UserWarning, match=ORDER) as caught:
        scheduler.step()
    assert [warning.filename for warning in caught] == [__file__]
    scheduler.step()  # once is enough: warnings are errors here


def test_the_right_order_does_not_warn() -> None:
    for scheduler in (Scheduler(optimizer_of(), S), Scheduler(optimizer_of(), S, last_epoch=4)):
        for _ in range(3):
            update(scheduler)
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.step_to(3)  # going somewhere is not a step
    scheduler.load_state_dict(scheduler.state_dict())
    update(scheduler)


def test_an_order_that_cannot_be_known_does_not_warn() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.optimizer.step = lambda: None  # a trainer's own
    scheduler.step()
    scheduler = copy.deepcopy(Scheduler(optimizer_of(), S))
    scheduler.step()


def test_a_warning_that_is_an_error_changes_nothing() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    before = plain(scheduler.optimizer)
    with pytest.raises(UserWarning, match=ORDER):
        scheduler.step()
    assert (scheduler.last_epoch, scheduler._step_count, plain(scheduler.optimizer)) == (0, 1, before)


def test_a_resumed_run_is_past_its_first_step() -> None:
    saved = Scheduler(optimizer_of(), S)
    update(saved)
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.load_state_dict(saved.state_dict())
    scheduler.step()
    assert scheduler.last_epoch == 2


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


# Memory.


@pytest.fixture
def _without_collector() -> Any:
    optimizer_of()  # the first one imports more of torch
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def mistaken(call: Any) -> None:
    """A refused call, without pytest's record of it, which is a reference cycle."""
    try:
        call()
    except ValueError:
        return
    raise AssertionError("it was not refused")


def lived(rate: Any, mode: Any) -> list[Any]:
    """References to an optimizer and a scheduler that did all they can."""
    optimizer = optimizer_of(rate, 0.2)
    scheduler = Scheduler(optimizer, {"lr": S, "weight_decay": [HALF, RAMP]}, mode=mode)
    for _ in range(3):
        update(scheduler)
    scheduler.load_state_dict(scheduler.state_dict())
    mistaken(lambda: scheduler.step(-1))
    mistaken(lambda: scheduler.load_state_dict({}))
    copies = copy.deepcopy(scheduler), pickle.loads(pickle.dumps(scheduler))
    return [weakref.ref(one) for one in (optimizer, scheduler, *copies, *[each.optimizer for each in copies])]


@pytest.mark.usefixtures("_without_collector")
@each_mode
def test_optimizers_and_schedulers_are_freed_without_the_collector(mode: Any) -> None:
    for rate in (0.1, torch.tensor(0.1)):
        assert [reference() for reference in lived(rate, mode)] == [None] * 6


@pytest.mark.usefixtures("_without_collector")
def test_neither_keeps_the_other_alive_that_should_not() -> None:
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, S)
    optimizer.load_state_dict(optimizer.state_dict())
    reference = weakref.ref(scheduler)
    del scheduler
    assert reference() is None
    scheduler = Scheduler(optimizer, S)
    reference = weakref.ref(optimizer)
    del optimizer
    assert reference() is scheduler.optimizer
    del scheduler
    assert reference() is None


def test_a_cycle_through_a_scheduler_is_collected() -> None:
    optimizer = optimizer_of()
    optimizer.scheduler = Scheduler(optimizer, S)
    references = weakref.ref(optimizer), weakref.ref(optimizer.scheduler)
    del optimizer
    gc.collect()
    assert [reference() for reference in references] == [None, None]


@pytest.fixture
def _quick_collector() -> Any:
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def grown(action: Any, times: int) -> int:
    """By how many blocks memory grew; what grows once, such as a cache, is not in the lesser of two."""
    growths = []
    for _ in range(2):
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(times):
            action()
        gc.collect()
        growths.append(sys.getallocatedblocks() - before)
    return min(growths)


def mistakes(scheduler: Scheduler) -> None:
    for call in (
        lambda: scheduler.step(-1),
        lambda: scheduler.step("x"),
        lambda: scheduler.step(increment=-1),
        lambda: scheduler.load_state_dict({}),
        lambda: scheduler.load_state_dict({"last_epoch": -3}),
        lambda: Scheduler(scheduler.optimizer, -RAMP),
        lambda: Scheduler(scheduler.optimizer, {"momentun": RAMP}),
    ):
        mistaken(call)


def reads_and_steps(scheduler: Scheduler) -> None:
    scheduler.step()
    scheduler.step_to(3)
    assert scheduler.get_last_lr()
    assert scheduler.base_lrs
    scheduler.load_state_dict(scheduler.state_dict())


def copies_and_loads(scheduler: Scheduler) -> None:
    copy.deepcopy(scheduler)
    scheduler.optimizer.load_state_dict(scheduler.optimizer.state_dict())


@pytest.mark.usefixtures("_quick_collector")
def test_nothing_is_left_behind() -> None:
    scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.2), 1), {"lr": S, "weight_decay": HALF}, mode="factor")
    scheduler.optimizer.step()
    for action, times in ((reads_and_steps, 1_000), (mistakes, 300), (copies_and_loads, 300)):
        assert grown(lambda action=action: action(scheduler), times) < times // 2
    assert grown(lambda: Scheduler(optimizer_of(), S), 1_000) < 500


@pytest.mark.usefixtures("_quick_collector")
def test_schedulers_that_are_gone_leave_nothing_in_the_optimizer() -> None:
    optimizer = optimizer_of()
    assert grown(lambda: Scheduler(optimizer, S), 1_000) < 500


def test_a_refused_step_does_not_keep_tensors_alive() -> None:
    scheduler = Scheduler(optimizer_of(torch.tensor(0.1), torch.tensor(0.2)), S)
    scheduler.optimizer.param_groups[1]["lr"] = "0.1"
    refused(lambda: scheduler.step_to(2), ValueError)
    reference = weakref.ref(scheduler.optimizer.param_groups[0]["lr"])
    scheduler.optimizer.param_groups[0]["lr"] = 0.1
    assert reference() is None


# Threads.


def in_threads(*works: Any) -> list[BaseException]:
    caught: list[BaseException] = []

    def run(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            caught.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return caught


def test_threads_step_schedulers_of_their_own() -> None:
    def work() -> None:
        scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.1, dtype=torch.float64)), S)
        scheduler.optimizer.step()
        for step in range(300):
            assert [float(rate) for rate in rates_of(scheduler.optimizer)] == [S(step)] * 2
            scheduler.step()

    assert in_threads(*[work] * 8) == []


# Misuse: whatever is done, the interpreter lives.

PRELUDE = """
import gc, os, sys, threading, warnings, torch, pywarmup as pw
from pywarmup import _core
from pywarmup.torch import Scheduler

warnings.simplefilter("ignore")
S = pw.Linear(0.0, 1.0, steps=10)
depth = 99

def make(*rates):
    return torch.optim.SGD([{"params": [torch.zeros(1)], "lr": rate} for rate in rates])

make(0.1)  # the first one imports more of torch

def attempt(call):
    try:
        call()
    except Exception:
        pass
"""
MISUSES = {
    "threads that step the same scheduler": """
        sys.setswitchinterval(1e-6)
        optimizer = make(*[torch.tensor(0.1) for _ in range(50)])
        scheduler = Scheduler(optimizer, S.repeat())
        def work():
            for k in range(400):
                optimizer.param_groups[k % 50]["lr"] = 0.1
                attempt(scheduler.step)
                optimizer.param_groups[k % 50]["lr"] = torch.tensor(0.1)
        threads = [threading.Thread(target=work) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    """,
    "groups that vanish while they are written": """
        class Rate(torch.Tensor):
            def fill_(self, value):
                if armed:
                    optimizer.param_groups.clear()
                    gc.collect()
                    raise RuntimeError("no")
                return super().fill_(value)
        armed = False
        optimizer = make(0.1, 0.2, torch.tensor(0.1).as_subclass(Rate))
        scheduler = Scheduler(optimizer, S)
        armed = True
        attempt(lambda: scheduler.step_to(3))
        others = [{str(k): k} for k in range(1000)]
        del others, optimizer, scheduler
        gc.collect()
    """,
    "a step within a step": """
        class Rate(torch.Tensor):
            def fill_(self, value):
                global depth
                depth += 1
                if depth < 30:
                    optimizer.add_param_group({"params": [torch.zeros(1)], "lr": torch.tensor(0.1)})
                    attempt(lambda: scheduler.step_to(4))
                return super().fill_(value)
        optimizer = make(*[torch.tensor(0.1).as_subclass(Rate) for _ in range(40)])
        scheduler = Scheduler(optimizer, S)
        depth = 0
        attempt(lambda: scheduler.step_to(3))
    """,
    "a hyperparameter without a schedule": """
        stepper = _core.Stepper()
        stepper.optimizer = make(0.1)
        attempt(lambda: stepper._drive([("lr", -1, None, 0.0, 1.0, False, ())]))
        attempt(lambda: stepper._values("lr"))
    """,
}
FORKS = """
for code in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        exec(code, globals())
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.fixture(scope="module")
def exits() -> dict[str, int]:
    """How each misuse ended: in a child of a process that has imported torch once, since a crash ends it."""
    codes = [textwrap.dedent(code) for code in MISUSES.values()]
    command = [sys.executable, "-c", PRELUDE + FORKS, *codes]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return dict(zip(MISUSES, map(int, done.stdout.split()), strict=True))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="crashes are looked for in forked processes")
@pytest.mark.parametrize("misuse", MISUSES)
def test_misuse_does_not_crash(exits: dict[str, int], misuse: str) -> None:
    assert exits[misuse] == 0


ATTEMPTS = [None, 3, "x", [], -1, 2**70, float("nan"), S, object()]


def is_harmless(call: Any) -> None:
    with contextlib.suppress(AttributeError, TypeError, ValueError, OverflowError, LookupError, RuntimeError):
        call()


def touch(one: Any) -> None:
    """Everything there is is read, called, assigned and deleted."""
    for name in sorted({*dir(one), "_driven", "mode", "_reduction", "on_change"} - set(dir(object))):
        is_harmless(lambda name=name: getattr(one, name))
        for arguments in ((), (None,), (3,), (S,), ("lr", 1, 2), ({"lr": "x"}, "lr")):
            is_harmless(lambda name=name, arguments=arguments: getattr(one, name)(*arguments))
        for value in ATTEMPTS:
            is_harmless(lambda name=name, value=value: setattr(one, name, value))
            for call in (repr, copy.copy, lambda each: each.step(), _core.Stepper._write):
                is_harmless(lambda call=call: call(one))
        is_harmless(lambda name=name: delattr(one, name))
        is_harmless(lambda: one.step())


def test_a_scheduler_that_was_never_initialised_says_so() -> None:
    for one in (Scheduler.__new__(Scheduler), _core.Stepper()):
        for call in (one.step, one._update_lr, one._write, lambda one=one: one.step(3)):
            assert refused(call, ValueError) == "Scheduler: it has no optimizer; it was never initialised"
        assert not hasattr(one, "optimizer")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_use_of_a_broken_scheduler_crashes() -> None:
    for make in (
        lambda: Scheduler.__new__(Scheduler),
        _core.Stepper,
        lambda: Scheduler(optimizer_of(0.1, torch.tensor(0.2)), S),
    ):
        one = make()
        touch(one)
        del one
    gc.collect()


@pytest.mark.parametrize("groups", [None, 3, "x", [3], [None], [[]], [{}]], ids=repr)
def test_groups_that_are_none_are_refused(groups: Any) -> None:
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.optimizer.param_groups = groups
    scheduler.optimizer.step = lambda: None
    with pytest.raises((ValueError, TypeError, AttributeError)):
        scheduler.step()
    assert scheduler.last_epoch == 0


# Subclasses, and other optimizers.


def test_a_subclass_may_add_what_it_likes() -> None:
    class Told(Scheduler):
        def __init__(self, optimizer: Any, schedule: Any, note: str, **options: Any) -> None:
            self.note = note
            super().__init__(optimizer, schedule, **options)

        def step(self, *arguments: Any, **options: Any) -> None:
            super().step(*arguments, **options)
            self.note += "."

        def state_dict(self) -> dict[str, Any]:
            return super().state_dict()

    scheduler = Told(optimizer_of(), S, "a", mode="factor")
    update(scheduler)
    assert (scheduler.note, scheduler.get_last_lr()) == ("a.", [0.1 * S(1)])
    other = copy.deepcopy(scheduler)
    assert (type(other), other.note, other.mode) == (Told, "a.", "factor")
    with pytest.raises(AttributeError):
        Told.missing  # noqa: B018


@each_mode
def test_the_optimizer_may_be_replaced(mode: Any) -> None:
    scheduler = Scheduler(optimizer_of(0.1), RAMP, mode=mode)
    update(scheduler)
    former, scheduler.optimizer = scheduler.optimizer, optimizer_of(0.5, torch.tensor(0.25, dtype=torch.float64))
    before = plain(former)
    scheduler.step_to(4)
    bases = (0.5, 0.25) if mode == "factor" else (1.0, 1.0)
    assert [float(rate) for rate in rates_of(scheduler.optimizer)] == [base * 0.25 for base in bases]
    assert plain(former) == before


def test_a_wrapper_of_the_optimizer_will_do() -> None:
    class Wrapper(torch.optim.Optimizer):  # such as Accelerate's
        def __init__(self, optimizer: Any) -> None:
            self.optimizer = optimizer

        param_groups = property(lambda self: self.optimizer.param_groups)
        state = property(lambda self: self.optimizer.state)
        defaults = property(lambda self: self.optimizer.defaults)

        def step(self, closure: Any = None) -> None:
            self.optimizer.step()

        def load_state_dict(self, state_dict: Any) -> None:
            self.optimizer.load_state_dict(state_dict)

        def state_dict(self) -> Any:
            return self.optimizer.state_dict()

    inner = optimizer_of(torch.tensor(0.1))
    rate, saved = inner.param_groups[0]["lr"], inner.state_dict()
    wrapper = Wrapper(inner)
    scheduler = Scheduler(wrapper, S)
    update(scheduler)
    wrapper.load_state_dict(saved)
    assert inner.param_groups[0]["lr"] is rate
    assert rate.item() == torch.tensor(S(1)).item()


def test_attributes_follow_the_rules_of_the_arguments() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.count = 3
    update(scheduler)
    assert scheduler.last_epoch == 3
    for value in (0, -1, -0.5, float("nan"), "x", None, True):
        with pytest.raises((ValueError, TypeError), match="`count`"):
            scheduler.count = value
    for value in (-2, -0.5, float("nan"), "x", None, True):
        with pytest.raises((ValueError, TypeError), match="`last_epoch`"):
            scheduler.last_epoch = value
    with pytest.raises((ValueError, TypeError, AttributeError)):
        del scheduler.count
    assert (scheduler.count, scheduler.last_epoch) == (3, 3)


def test_a_set_step_is_the_one_that_is_counted_from() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.last_epoch = 6  # as trainers that restore by hand do, and then
    scheduler._last_lr = scheduler.get_lr()
    assert scheduler.get_last_lr() == [S(6)]
    update(scheduler)
    assert rates_of(scheduler.optimizer) == [S(7)]


# Any sequence of operations.


class Run(RuleBasedStateMachine):
    """A scheduler beside a model of it: a step, and for each group a base and the present rate."""

    @initialize(
        mode=st.sampled_from(["value", "factor"]),
        groups=st.lists(st.tuples(st.sampled_from([0.1, 0.5, 3.0]), st.booleans()), min_size=1, max_size=3),
    )
    def construct(self, mode: Any, groups: list[tuple[float, bool]]) -> None:
        self.optimizer = optimizer_of(*[self.rate(*group) for group in groups])
        self.scheduler = Scheduler(self.optimizer, RAMP, mode=mode)
        self.optimizer.step()
        self.mode, self.step, self.bases = mode, 0.0, [base for base, _ in groups]
        self.saved: list[tuple[Any, Any]] = []
        self.write()

    @staticmethod
    def rate(base: float, is_tensor: bool) -> Any:
        return torch.tensor(base, dtype=torch.float64) if is_tensor else base

    def values(self) -> list[float]:
        return [base * RAMP(self.step) if self.mode == "factor" else RAMP(self.step) for base in self.bases]

    def write(self) -> None:
        self.rates = self.values()

    @rule()
    def go_on(self) -> None:
        self.scheduler.step()
        self.step += 1
        self.write()

    @rule(increment=st.sampled_from([0, 2, 0.5]))
    def go_on_by(self, increment: float) -> None:
        self.scheduler.step(increment=increment)
        self.step += increment
        self.write()

    @rule(step=st.integers(0, 20))
    def go_to(self, step: int) -> None:
        self.scheduler.step_to(step)
        self.step = step
        self.write()

    @rule(bad=st.sampled_from([-1, "x", float("nan")]))
    def go_astray(self, bad: Any) -> None:
        with pytest.raises(ValueError, match="Scheduler"):
            self.scheduler.step(bad)

    @precondition(lambda self: len(self.bases) < 5)
    @rule(base=st.sampled_from([0.2, 0.7]), is_tensor=st.booleans())
    def add(self, base: float, is_tensor: bool) -> None:
        self.optimizer.add_param_group({"params": [parameter()], "lr": self.rate(base, is_tensor)})
        self.bases.append(base)
        self.rates.append(base)

    @precondition(lambda self: len(self.bases) > 1)
    @rule(data=st.data())
    def remove(self, data: Any) -> None:
        index = data.draw(st.integers(0, len(self.bases) - 1))
        for groups in (self.optimizer.param_groups, self.bases, self.rates):
            del groups[index]

    @rule()
    def save(self) -> None:
        states = loaded(self.optimizer.state_dict(), self.scheduler.state_dict())
        self.saved.append((states, (self.step, list(self.bases), list(self.rates))))

    @precondition(lambda self: self.saved)
    @rule(data=st.data())
    def load_scheduler(self, data: Any) -> None:
        (_, state), (step, _, _) = data.draw(st.sampled_from(self.saved))
        self.scheduler.load_state_dict(state)
        self.step = step
        self.write()

    @precondition(lambda self: self.saved)
    @rule(data=st.data())
    def load_optimizer(self, data: Any) -> None:
        (state, _), (_, bases, rates) = data.draw(st.sampled_from(self.saved))
        if len(bases) != len(self.bases):
            with pytest.raises(ValueError, match="parameter groups"):
                self.optimizer.load_state_dict(state)
            return
        is_in_force = self.rates == self.values()
        self.optimizer.load_state_dict(state)
        self.bases, self.rates = list(bases), list(rates)
        if is_in_force:
            self.write()

    @rule(duplicate=st.sampled_from(list(COPIES.values())))
    def copy(self, duplicate: Any) -> None:
        self.optimizer, self.scheduler = duplicate((self.optimizer, self.scheduler))

    @invariant()
    def agrees(self) -> None:
        if hasattr(self, "bases"):
            assert self.scheduler.last_epoch == self.step
            assert [float(rate) for rate in rates_of(self.optimizer)] == self.rates
            assert self.scheduler.get_last_lr() == self.values()


Run.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestAnySequenceOfOperations = Run.TestCase


def test_warnings_are_errors_in_these_tests() -> None:
    with pytest.raises(UserWarning, match="x"):
        warnings.warn("x", UserWarning, stacklevel=1)


def test_the_documentation_of_step_runs() -> None:
    example = doctest.DocTestParser().get_doctest(Scheduler.step.__doc__, {}, "step", None, None)  # type: ignore[arg-type]
    assert doctest.DocTestRunner().run(example).failed == 0
    assert str(inspect.signature(Scheduler.step)) == "(self, /, epoch=None, *, increment=None)"
