"""Scheduler: the schedule's values are in the optimizer, to the bit, whatever the loop does."""

import copy
import doctest
import inspect
from typing import Any

import numpy as np
import pytest
from optimizers import (
    OTHERS,
    RAMP,
    RATES,
    STEPS,
    S,
    bits,
    each_mode,
    optimizer_of,
    plain,
    rates_of,
    refused,
    sample,
    shown,
    torch,
    update,
)
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

import pywarmup as pw
from pywarmup.torch import Scheduler

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


def test_the_documentation_of_step_runs() -> None:
    example = doctest.DocTestParser().get_doctest(Scheduler.step.__doc__, {}, "step", None, None)  # type: ignore[arg-type]
    assert doctest.DocTestRunner().run(example).failed == 0
    assert str(inspect.signature(Scheduler.step)) == "(self, /, epoch=None, *, increment=None)"
