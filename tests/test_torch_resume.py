"""A resumed run is the run that was not interrupted: the same bits, in every way and order of loading."""

import copy
import hashlib
import io
import json
import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from optimizers import RATES, STEPS, bits, optimizer_of, plain, rates_of, torch, update
from torch.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    LambdaLR,
    LinearLR,
    OneCycleLR,
    ReduceLROnPlateau,
    SequentialLR,
)

import pywarmup as pw
from pywarmup.torch import Scheduler

S = pw.warmup_cosine(0.1, warmup_steps=5, total_steps=40)
RAMP = pw.Linear(0.0, 0.5, steps=16)
GIVEN: dict[str, Any] = {"lr": [S, RAMP], "weight_decay": RAMP}
each_mode = pytest.mark.parametrize("mode", ["value", "factor"])

Make = Callable[..., Scheduler]
Saved = tuple[dict[str, Any], dict[str, Any], int]


def through_a_file(*states: Any) -> Any:
    file = io.BytesIO()
    torch.save(states, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


# Ways to resume: each takes a new optimizer, and makes the scheduler at the saved step.


def scheduler_then_optimizer(optimizer: Any, make: Make, saved: Saved) -> Scheduler:
    scheduler = make(optimizer)
    scheduler.load_state_dict(saved[1])
    optimizer.load_state_dict(saved[0])
    return scheduler


def optimizer_then_scheduler(optimizer: Any, make: Make, saved: Saved) -> Scheduler:
    scheduler = make(optimizer)
    optimizer.load_state_dict(saved[0])
    scheduler.load_state_dict(saved[1])
    return scheduler


def optimizer_before_there_is_a_scheduler(optimizer: Any, make: Make, saved: Saved) -> Scheduler:
    optimizer.load_state_dict(saved[0])
    scheduler = make(optimizer)
    scheduler.load_state_dict(saved[1])
    return scheduler


def both_twice(optimizer: Any, make: Make, saved: Saved) -> Scheduler:
    scheduler = scheduler_then_optimizer(optimizer, make, saved)
    scheduler.load_state_dict(saved[1])
    optimizer.load_state_dict(saved[0])
    return scheduler


def by_last_epoch(optimizer: Any, make: Make, saved: Saved) -> Scheduler:
    optimizer.load_state_dict(saved[0])
    return make(optimizer, last_epoch=saved[2] - 1)


def by_the_number_alone(optimizer: Any, make: Make, saved: Saved) -> Scheduler:
    scheduler = make(optimizer)
    scheduler.step_to(saved[2])
    optimizer.load_state_dict(saved[0])
    return scheduler


def by_the_number_at_last(optimizer: Any, make: Make, saved: Saved) -> Scheduler:
    optimizer.load_state_dict(saved[0])
    scheduler = make(optimizer)
    scheduler.step_to(saved[2])
    return scheduler


WAYS = (
    scheduler_then_optimizer,
    optimizer_then_scheduler,
    optimizer_before_there_is_a_scheduler,
    both_twice,
    by_last_epoch,
    by_the_number_alone,
    by_the_number_at_last,
)
each_way = pytest.mark.parametrize("way", WAYS)


# The rates, for every sample and every step.


def length(schedule: pw.Schedule) -> int:
    return STEPS if schedule.total_steps is None else min(STEPS, int(schedule.total_steps))


def trace(scheduler: Scheduler, steps: int) -> list[list[str]]:
    rates = [bits([float(rate) for rate in rates_of(scheduler.optimizer)])]
    for _ in range(steps):
        update(scheduler)
        rates.append(bits([float(rate) for rate in rates_of(scheduler.optimizer)]))
        assert rates[-1] == bits(scheduler.get_last_lr())
    return rates


@each_mode
@pytest.mark.parametrize("schedule", RATES.values(), ids=RATES)
def test_rates_go_on_from_every_step(schedule: pw.Schedule, mode: Any) -> None:
    def fresh() -> Any:
        return optimizer_of(0.3, torch.tensor(0.7, dtype=torch.float64))

    def make(optimizer: Any, **options: Any) -> Scheduler:
        return Scheduler(optimizer, schedule, mode=mode, **options)

    steps = length(schedule)
    whole = trace(make(fresh()), steps)
    running = make(fresh())
    for step in range(steps + 1):
        saved = copy.deepcopy((running.optimizer.state_dict(), running.state_dict(), step))
        way = WAYS[step % len(WAYS)]
        resumed = way(fresh(), make, saved)
        assert trace(resumed, min(3, steps - step)) == whole[step : step + 4], way.__name__
        assert resumed.last_epoch == min(step + 3, steps)
        if step < steps:
            update(running)


@each_way
@each_mode
@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.AdamW])
def test_every_way_is_right_at_every_step(way: Any, mode: Any, kind: Any) -> None:
    def fresh() -> Any:
        return optimizer_of(torch.tensor(0.3, dtype=torch.float64), 0.7, kind=kind, weight_decay=0.1)

    def make(optimizer: Any, **options: Any) -> Scheduler:
        return Scheduler(optimizer, GIVEN, mode=mode, **options)

    running = make(fresh())
    for step in range(STEPS):
        optimizer = fresh()
        rate = optimizer.param_groups[0]["lr"]
        saved = through_a_file(running.optimizer.state_dict(), running.state_dict(), step)
        before = copy.deepcopy(saved[1])
        resumed = way(optimizer, make, saved)
        assert plain(optimizer) == plain(running.optimizer)
        assert resumed.last_epoch == step
        assert saved[1] == before
        if way not in (by_last_epoch, by_the_number_at_last, optimizer_before_there_is_a_scheduler):
            assert optimizer.param_groups[0]["lr"] is rate
        update(resumed)
        update(running)
        assert plain(optimizer) == plain(running.optimizer)


# Real weights and losses.

DATA = torch.randn(32, 6, generator=torch.Generator().manual_seed(0))
KINDS = {
    "sgd": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    "adamw": (torch.optim.AdamW, {"lr": 0.1}),
    "sgd-tensor": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "fused": True}),
    "adamw-tensor": (torch.optim.AdamW, {"lr": 0.1, "fused": True}),
}


def start(kind: str) -> tuple[Any, Any]:
    """A small network and its optimizer, the same every time."""
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))
    make, options = KINDS[kind]
    rates = [torch.tensor(options["lr"]) if kind.endswith("tensor") else options["lr"] for _ in range(2)]
    groups = [{"params": model[2 * part].parameters(), "lr": rate} for part, rate in enumerate(rates)]
    return model, make(groups, **options)


def train(model: Any, scheduler: Scheduler, steps: range) -> list[str]:
    losses = []
    for step in steps:
        batch = DATA[step % 8 * 4 : step % 8 * 4 + 4]
        scheduler.optimizer.zero_grad()
        loss = (model(batch)[:, 0] - batch.sum(1)).square().mean()
        loss.backward()
        update(scheduler)
        losses.append(loss.item().hex())
    return losses


@each_mode
@pytest.mark.parametrize("way", [scheduler_then_optimizer, by_last_epoch, by_the_number_alone])
@pytest.mark.parametrize("kind", KINDS)
def test_weights_and_losses_go_on_from_every_step(kind: str, way: Any, mode: Any) -> None:
    def make(optimizer: Any, **options: Any) -> Scheduler:
        return Scheduler(optimizer, GIVEN if mode == "value" else S, mode=mode, **options)

    model, optimizer = start(kind)
    scheduler = make(optimizer)
    checkpoints, whole = [], []
    for step in range(STEPS):
        checkpoints.append(copy.deepcopy((model.state_dict(), (optimizer.state_dict(), scheduler.state_dict(), step))))
        whole += train(model, scheduler, range(step, step + 1))
    assert len(set(whole)) > STEPS // 2
    for step in range(0, STEPS, 6):
        weights, saved = checkpoints[step]
        resumed_model, resumed_optimizer = start(kind)
        resumed_model.load_state_dict(weights)
        resumed = way(resumed_optimizer, make, saved)
        assert train(resumed_model, resumed, range(step, STEPS)) == whole[step:]
        for name, value in model.state_dict().items():
            assert torch.equal(value, resumed_model.state_dict()[name])


def test_a_sequence_goes_on_from_every_step() -> None:
    def fresh() -> tuple[Any, SequentialLR]:
        optimizer = optimizer_of(0.1)
        parts = [Scheduler(optimizer, S), Scheduler(optimizer, RAMP), Scheduler(optimizer, S * 0.5)]
        return optimizer, SequentialLR(optimizer, parts, [4, 9])  # type: ignore[arg-type]

    running_optimizer, running = fresh()
    for _ in range(STEPS):
        for scheduler_first in (True, False):
            optimizer, sequence = fresh()
            states = copy.deepcopy((running_optimizer.state_dict(), running.state_dict()))
            loads = [lambda: optimizer.load_state_dict(states[0]), lambda: sequence.load_state_dict(states[1])]  # noqa: B023
            for load in loads[::-1] if scheduler_first else loads:
                load()
            assert plain(optimizer) == plain(running_optimizer)
            update(sequence)
            reference = copy.deepcopy(running_optimizer), running.get_last_lr()
            assert reference[1] == rates_of(running_optimizer)
            following = [S, RAMP, S * 0.5]
            step = sequence.last_epoch
            part = 0 if step < 4 else 1 if step < 9 else 2
            assert rates_of(optimizer) == [following[part](step - (0, 4, 9)[part])]
        update(running)


# The state.

GOLDEN = {
    "last_epoch": 3,
    "step_count": 4,
    "fingerprint": "57b36cec43ad8be47729ea46b7f3f31df1387e1c486e1d6687d59849693d36a3",
    "schedule": '{"schema":1,"kind":"join","stages":[{"kind":"linear","init_value":0.0,"end_value":0.1,"steps":5},'
    '{"kind":"cosine","init_value":0.1,"end_value":0.01,"steps":95,"exponent":1.0}]}',
}
GOLDEN_FACTOR = {
    "last_epoch": 1.5,
    "step_count": 4,
    "fingerprint": "4f134de9e57a6a234d712b01103cb0d5c67b6958b6f4b77ca5c26a9a512fab56",
    "schedule": '{"mode":"factor","lr":[{"schema":1,"kind":"linear","init_value":0.0,"end_value":1.0,"steps":8},'
    '{"schema":1,"kind":"constant","value":0.5,"steps":null}],'
    '"betas[0]":{"schema":1,"kind":"linear","init_value":1.0,"end_value":0.5,"steps":8}}',
}


def test_the_state_is_four_plain_values() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    update(scheduler)
    state = scheduler.state_dict()
    assert list(state) == ["last_epoch", "step_count", "fingerprint", "schedule"]
    assert [type(value) for value in state.values()] == [int, int, str, str]
    assert (state["fingerprint"], state["schedule"]) == (S.fingerprint, S.to_json())
    assert pw.from_json(state["schedule"]) == S
    assert through_a_file(state) == (state,)
    assert json.loads(json.dumps(state)) == state


def test_a_state_of_the_first_release_loads_for_ever() -> None:
    scheduler = Scheduler(optimizer_of(), pw.join(pw.Linear(0.0, 0.1, steps=5), pw.Cosine(0.1, 0.01, steps=95)))
    scheduler.load_state_dict(GOLDEN)
    assert rates_of(scheduler.optimizer) == [0.060000000000000005]
    assert scheduler.state_dict() == GOLDEN


def test_a_state_of_several_hyperparameters_loads_for_ever() -> None:
    given = {"lr": [pw.Linear(0.0, 1.0, steps=8), pw.Constant(0.5)], "betas[0]": pw.Linear(1.0, 0.5, steps=8)}
    scheduler = Scheduler(optimizer_of(0.1, 0.2, kind=torch.optim.AdamW), given, mode="factor", count=0.5)
    scheduler.load_state_dict(GOLDEN_FACTOR)
    assert scheduler.state_dict() == GOLDEN_FACTOR
    assert rates_of(scheduler.optimizer) == [0.1 * 0.1875, 0.1]
    other = Scheduler(optimizer_of(0.1, 0.2, kind=torch.optim.AdamW), S, on_change="keep_saved")
    other.load_state_dict(GOLDEN_FACTOR)
    assert (other.schedule, other.mode) == (given, "factor")


@each_mode
def test_real_steps_are_saved(mode: Any) -> None:
    scheduler = Scheduler(optimizer_of(), S, count=0.1, mode=mode)
    for _ in range(3):
        update(scheduler)
    other = Scheduler(optimizer_of(), S, count=0.1, mode=mode)
    other.load_state_dict(through_a_file(scheduler.state_dict())[0])
    assert other.last_epoch == scheduler.last_epoch == 0.1 + 0.1 + 0.1
    assert rates_of(other.optimizer) == rates_of(scheduler.optimizer)


def test_the_order_of_a_dictionary_is_no_other_schedule() -> None:
    saved = Scheduler(optimizer_of(), {"lr": S, "weight_decay": RAMP})
    saved.step_to(3)
    scheduler = Scheduler(optimizer_of(), {"weight_decay": RAMP, "lr": S})
    scheduler.load_state_dict(saved.state_dict())
    assert scheduler.last_epoch == 3


# States of torch's schedulers.


def onecycle(optimizer: Any) -> Any:
    return OneCycleLR(optimizer, 0.1, total_steps=50, cycle_momentum=False)


THEIRS: dict[str, Callable[[Any], Any]] = {
    "LambdaLR": lambda optimizer: LambdaLR(optimizer, S),
    "CosineAnnealingLR": lambda optimizer: CosineAnnealingLR(optimizer, 40),
    "OneCycleLR": onecycle,
    "SequentialLR": lambda optimizer: SequentialLR(
        optimizer, [LinearLR(optimizer, 0.1, total_iters=4), CosineAnnealingLR(optimizer, 36)], [4]
    ),
    "ChainedScheduler": lambda optimizer: ChainedScheduler([ConstantLR(optimizer), LinearLR(optimizer)]),
}


@pytest.mark.parametrize("theirs", THEIRS.values(), ids=THEIRS)
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_torchs_states_load(theirs: Any, steps: int) -> None:
    before = theirs(optimizer_of())
    for _ in range(steps):
        update(before)
    state = before.state_dict()
    kept = copy.deepcopy(state)
    for on_change in ("error", "keep_saved", "warn", "keep_new"):
        scheduler = Scheduler(optimizer_of(), S, on_change=on_change)  # type: ignore[arg-type]
        scheduler.load_state_dict(state)
        assert (scheduler.last_epoch, rates_of(scheduler.optimizer)) == (steps, [S(steps)])
        assert repr(state) == repr(kept)
        assert scheduler._step_count == steps + 1


def test_the_state_of_reduce_on_plateau_loads() -> None:
    before = ReduceLROnPlateau(optimizer_of())
    for _ in range(5):
        before.step(1.0)
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.load_state_dict(before.state_dict())
    assert (scheduler.last_epoch, rates_of(scheduler.optimizer)) == (5, [S(5)])


def test_torchs_states_count_updates() -> None:
    theirs = LambdaLR(optimizer_of(), S)
    scheduler = Scheduler(optimizer_of(), S, count=512)
    changes_nothing(scheduler, theirs.state_dict(), ValueError, "which counts updates, for a scheduler with `count=512")


# What changed since.

CHANGED = pw.warmup_cosine(0.2, warmup_steps=5, total_steps=40)


def state_at(step: float, schedule: Any = S, mode: Any = "value", rates: tuple[float, ...] = (0.1,)) -> dict[str, Any]:
    scheduler = Scheduler(optimizer_of(*rates), schedule, mode=mode)
    scheduler.step_to(step)
    return scheduler.state_dict()


def changes_nothing(scheduler: Scheduler, state: Any, error: type[Exception], *words: str) -> None:
    before = plain(scheduler.optimizer), scheduler.state_dict(), scheduler.schedule, scheduler.mode
    kept = copy.deepcopy(state)
    with pytest.raises(error) as caught:
        scheduler.load_state_dict(state)
    message = str(caught.value)
    assert "\n" not in message
    assert [word for word in words if word not in message] == [], message
    assert (plain(scheduler.optimizer), scheduler.state_dict(), scheduler.schedule, scheduler.mode) == before
    assert repr(state) == repr(kept)
    scheduler.step_to(scheduler.last_epoch)  # and it still works
    assert (plain(scheduler.optimizer), scheduler.state_dict()) == before[:2]


PARTING = "was 0.02 and is 0.04 at step 1, the first that differs; at the saved step 5 it was 0.1 and is 0.2"


def test_another_schedule_is_an_error_that_says_where_they_part() -> None:
    scheduler = Scheduler(optimizer_of(), CHANGED)
    message = (
        f"Scheduler: the state was saved with another schedule: `lr` {PARTING}; "
        '`on_change="keep_new"` or "keep_saved" goes on with one of them'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scheduler.load_state_dict(state_at(5))
    changes_nothing(scheduler, state_at(5), ValueError, message)


def test_another_schedule_may_be_a_warning_where_it_is_loaded() -> None:
    scheduler = Scheduler(optimizer_of(), CHANGED, on_change="warn")
    message = f"Scheduler: the state was saved with another schedule: `lr` {PARTING}; the new one is kept"
    with pytest.warns(UserWarning, match=f"^{re.escape(message)}$") as caught:
        scheduler.load_state_dict(state_at(5))
    assert [warning.filename for warning in caught] == [__file__]
    assert (scheduler.schedule, rates_of(scheduler.optimizer)) == (CHANGED, [CHANGED(5)])


def test_a_warning_that_is_an_error_changes_nothing() -> None:
    scheduler = Scheduler(optimizer_of(), CHANGED, on_change="warn")
    changes_nothing(scheduler, state_at(5), UserWarning, PARTING)


@each_mode
def test_the_new_schedule_may_be_kept(mode: Any) -> None:
    scheduler = Scheduler(optimizer_of(), CHANGED, on_change="keep_new", mode=mode)
    scheduler.load_state_dict(state_at(5))
    base = 0.1 if mode == "factor" else 1.0
    assert (scheduler.schedule, scheduler.mode) == (CHANGED, mode)
    assert rates_of(scheduler.optimizer) == [base * CHANGED(5)]
    assert scheduler.state_dict()["fingerprint"] != state_at(5)["fingerprint"]


@pytest.mark.parametrize("given", [S, [S, RAMP], GIVEN, {"weight_decay": RAMP}], ids=["one", "list", "both", "decay"])
@each_mode
def test_the_saved_schedule_may_be_kept(given: Any, mode: Any) -> None:
    state = state_at(5, given, mode, (0.1, 0.3))
    wanted = Scheduler(optimizer_of(0.1, 0.3), given, mode=mode)
    scheduler = Scheduler(optimizer_of(0.1, 0.3), CHANGED, on_change="keep_saved")
    rates = rates_of(scheduler.optimizer)
    scheduler.load_state_dict(state)
    assert (scheduler.schedule, scheduler.mode, scheduler.state_dict()) == (given, mode, state)
    for step in (5, 6, 7):
        wanted.step_to(step)
        assert scheduler.get_last_lr() == (wanted.get_last_lr() if "lr" in scheduler_names(given) else rates)
        assert [group["weight_decay"] for group in scheduler.optimizer.param_groups] == [
            group["weight_decay"] for group in wanted.optimizer.param_groups
        ]
        update(scheduler)


def scheduler_names(given: Any) -> list[str]:
    return list(given) if isinstance(given, dict) else ["lr"]


def test_a_saved_schedule_that_does_not_fit_is_refused() -> None:
    scheduler = Scheduler(optimizer_of(), CHANGED, on_change="keep_saved")
    changes_nothing(scheduler, state_at(5, [S, RAMP], rates=(0.1, 0.2)), ValueError, "one schedule for each of the 1")
    adam = Scheduler(optimizer_of(kind=torch.optim.AdamW), {"betas[0]": RAMP})
    changes_nothing(scheduler, adam.state_dict(), ValueError, "'betas[0]', which parameter group 0 does not have")


@pytest.mark.parametrize(
    ("saved", "new", "words"),
    [
        ((S, "factor"), (S, "value"), "its mode was 'factor' and is 'value'"),
        (({"lr": S}, "value"), ({"weight_decay": S}, "value"), "it drove lr and drives weight_decay"),
        (([S, S], "value"), (S, "value"), "`lr` had 2 schedules and has 1"),
        (([S, RAMP], "value"), ([S, S], "value"), "`lr` of parameter group 1 was 0.03125 and is 0.02 at step 1"),
        ((GIVEN, "value"), ({**GIVEN, "weight_decay": S}, "value"), "`weight_decay` was 0.03125 and is 0.02 at step 1"),
        ((pw.join(S, S), "value"), (pw.join(S, RAMP), "value"), "at step 41, the first that differs"),
        (
            (pw.Linear(0.1, 0.1, steps=10), "value"),
            (pw.Constant(0.1), "value"),
            "`lr` has the same values in the first 10000000 steps, by another definition",
        ),
        (
            (pw.Linear(0.1, 0.1, steps=10), "value"),
            (pw.Constant(0.1, steps=20), "value"),
            "`lr` has the same values in the first 21 steps, by another definition",
        ),
        ((S, "value"), (S.past_end("error"), "value"), "`lr` has the same values in the first 41 steps"),
        ((S, "value"), (S.until(9).past_end("error"), "value"), "is past its end at step 10, the first that differs"),
    ],
    ids=range(10),
)
def test_the_message_says_what_differs(saved: Any, new: Any, words: str) -> None:
    state = state_at(5, *saved, (0.1, 0.3))
    scheduler = Scheduler(optimizer_of(0.1, 0.3), new[0], mode=new[1])
    changes_nothing(scheduler, state, ValueError, words)


@each_mode
@pytest.mark.parametrize("is_tensor", [False, True])
def test_an_edited_schedule_is_in_force_at_once(mode: Any, is_tensor: bool) -> None:
    before = Scheduler(optimizer_of(0.5), S, mode=mode)
    before.step_to(7)
    states = copy.deepcopy((before.optimizer.state_dict(), before.state_dict()))
    base = 0.5 if mode == "factor" else 1.0
    for scheduler_first in (True, False):
        rate = torch.tensor(0.5, dtype=torch.float64) if is_tensor else 0.5
        scheduler = Scheduler(optimizer_of(rate), CHANGED, mode=mode, on_change="keep_new")
        for load in (scheduler.load_state_dict, scheduler.optimizer.load_state_dict)[:: 1 if scheduler_first else -1]:
            load(states[1] if load == scheduler.load_state_dict else states[0])
        assert [float(each) for each in rates_of(scheduler.optimizer)] == [base * CHANGED(7)]
        update(scheduler)
        assert [float(each) for each in rates_of(scheduler.optimizer)] == [base * CHANGED(8)]


def test_a_run_may_be_made_longer() -> None:
    longer = pw.warmup_cosine(0.1, warmup_steps=5, total_steps=80)
    scheduler = Scheduler(optimizer_of(), longer, on_change="keep_new")
    scheduler.load_state_dict(state_at(40))
    assert rates_of(scheduler.optimizer) == [longer(40)]
    assert longer(40) > 0.04


# Damaged states.


def signed(text: str) -> dict[str, Any]:
    """A state whose fingerprint is right, whatever its schedule is."""
    return {
        "last_epoch": 3,
        "step_count": 4,
        "fingerprint": hashlib.sha256(text.encode()).hexdigest(),
        "schedule": text,
    }


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in state_at(3).items() if name != key}


KEYS = "must have the keys last_epoch, step_count, fingerprint, schedule"
PRINT = "must have the fingerprint of its schedule; it is damaged"
NUMBER = "must be a number >= 0 and <= 2**53, got"
DAMAGED: dict[str, tuple[Any, str]] = {
    "empty": ({}, "`state_dict` must have `last_epoch`"),
    "foreign": ({"epoch": 3}, "`state_dict` must have `last_epoch`, got the keys epoch"),
    **{f"without-{key}": (without(key), KEYS) for key in ("last_epoch", "step_count", "schedule")},
    "extra": (state_at(3) | {"more": 1}, KEYS),
    "renamed": (without("schedule") | {"schedul": "x"}, KEYS),
    "number-as-key": (state_at(3) | {1: 2}, KEYS),
    "only-a-fingerprint": ({"fingerprint": "x"}, KEYS),
    "fingerprint": (state_at(3) | {"fingerprint": "0" * 64}, PRINT),
    "fingerprint-none": (state_at(3) | {"fingerprint": None}, PRINT),
    "schedule": (state_at(3) | {"schedule": RAMP.to_json()}, PRINT),
    "schedule-cut": (state_at(3) | {"schedule": S.to_json()[:-1]}, PRINT),
    "schedule-none": (state_at(3) | {"schedule": None}, PRINT),
    **{
        f"last_epoch-{value!r:.10}": (
            state_at(3) | {"last_epoch": value},
            f"`state_dict['last_epoch']` {NUMBER} {value!r}",
        )
        for value in (-2, -0.5, 2**53 + 1, 1e300, float("nan"), float("inf"), "3", None, True, [3], {}, 3j)
    },
    **{
        f"step_count-{value!r:.10}": (
            state_at(3) | {"step_count": value},
            f"`state_dict['step_count']` {NUMBER} {value!r}",
        )
        for value in (-2, 2**63, 1.0, "3", None, True, [3])
    },
    **{
        f"theirs-{value!r:.10}": (
            {"last_epoch": value, "_step_count": 1},
            f"`state_dict['last_epoch']` {NUMBER} {value!r}",
        )
        for value in (-2, 2.5, "3", None, True)
    },
    "theirs-count": ({"last_epoch": 3, "_step_count": "4"}, f"`state_dict['_step_count']` {NUMBER} '4'"),
    "parts-none": ({"_schedulers": []}, "`state_dict` must have `last_epoch`"),
    "parts-number": ({"_schedulers": [3]}, "`state_dict` must have `last_epoch`"),
    "parts-text": ({"_schedulers": ["last_epoch"]}, "`state_dict` must have `last_epoch`"),
}
UNREADABLE = {
    "no-json": "not json",
    "empty": "",
    "number": "3",
    "null": "null",
    "text": '"mode"',
    "list": "[]",
    "dictionary": "{}",
    "mode-alone": '{"mode":"value"}',
    "no-schedule": '{"mode":"value","lr":3}',
    "no-schedules": '{"mode":"value","lr":[3]}',
    "no-name": '{"mode":"value","a[b]":' + S.to_json() + "}",
    "no-mode": '{"mode":"values","lr":' + S.to_json() + "}",
    "unknown-kind": '{"schema":1,"kind":"parabola"}',
    "negative": (-S - 1).to_json(),
    "newer": S.to_json().replace('"schema":1', '"schema":2'),
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize(("state", "words"), DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("on_change", ["error", "keep_saved"])
def test_damaged_states_are_refused(state: Any, words: str, on_change: Any) -> None:
    scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.2)), S, on_change=on_change)
    scheduler.step_to(2)
    changes_nothing(scheduler, state, ValueError, "Scheduler: ", words)


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_schedules_that_cannot_be_read_are_not_kept(text: str) -> None:
    scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.2)), CHANGED, on_change="keep_saved")
    scheduler.step_to(2)
    changes_nothing(scheduler, signed(text), ValueError)


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_schedules_that_cannot_be_read_are_no_error_of_another_kind(text: str) -> None:
    for on_change in ("error", "warn"):
        scheduler = Scheduler(optimizer_of(0.1), CHANGED, on_change=on_change)  # type: ignore[arg-type]
        scheduler.step_to(2)
        before = plain(scheduler.optimizer), scheduler.last_epoch
        with pytest.raises((ValueError, UserWarning), match=r"^[^\n]+$"):
            scheduler.load_state_dict(signed(text))
        assert (plain(scheduler.optimizer), scheduler.last_epoch) == before


@pytest.mark.parametrize("name", ["newer", "unknown-kind", "no-json"])
def test_the_new_schedule_is_kept_whatever_the_old_one_was(name: str) -> None:
    scheduler = Scheduler(optimizer_of(0.1), CHANGED, on_change="keep_new")
    scheduler.load_state_dict(signed(UNREADABLE[name]))
    assert rates_of(scheduler.optimizer) == [CHANGED(3)]


def test_a_state_past_an_end_that_is_an_error_is_refused() -> None:
    scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.1)), S.past_end("error"), on_change="keep_new")
    scheduler.step_to(2)
    changes_nothing(scheduler, state_at(41), ValueError, "where the schedule ends")


def test_a_state_that_a_group_refuses_is_refused() -> None:
    scheduler = Scheduler(optimizer_of(0.1, 0.1), CHANGED, on_change="keep_saved")
    scheduler.optimizer.param_groups[1]["lr"] = "0.1"
    before = plain(scheduler.optimizer), scheduler.state_dict()
    with pytest.raises(ValueError, match="parameter group 1"):
        scheduler.load_state_dict(state_at(5, mode="factor"))
    assert (plain(scheduler.optimizer), scheduler.state_dict()) == before


def test_an_optimizer_that_refuses_its_state_keeps_what_it_has() -> None:
    rate = torch.tensor(0.1, dtype=torch.float64)
    scheduler = Scheduler(optimizer_of(rate), S)
    scheduler.step_to(3)
    with pytest.raises(ValueError, match="parameter groups"):
        scheduler.optimizer.load_state_dict(optimizer_of(0.1, 0.2).state_dict())
    assert scheduler.optimizer.param_groups[0]["lr"] is rate
    scheduler.step_to(4)
    scheduler.optimizer.load_state_dict(optimizer_of(0.1).state_dict())
    assert scheduler.optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == S(4)


def test_a_scheduler_whose_turn_has_not_come_loads_its_state() -> None:
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.load_state_dict(state_at(3) | {"last_epoch": -1})
    assert scheduler.last_epoch == -1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler.step()
    assert (scheduler.last_epoch, rates_of(scheduler.optimizer)) == (0, [S(0)])
