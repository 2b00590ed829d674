"""Scheduler: copies, schedulers of schedulers, several for one optimizer, and threads."""

import copy
import threading
from typing import Any

import pytest
from optimizers import (
    COPIES,
    HALF,
    RAMP,
    STEPS,
    S,
    bits,
    each_mode,
    optimizer_of,
    parameter,
    plain,
    rates_of,
    torch,
    update,
)
from torch.optim.lr_scheduler import ChainedScheduler, ConstantLR, LinearLR, SequentialLR

from pywarmup.torch import Scheduler

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
