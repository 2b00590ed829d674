"""Bad input to Scheduler: the exact exception, a line that names parameter, value and rule, and nothing changed."""

import math
import pickle
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from optimizers import optimizer_of, parameter, plain, torch

import pywarmup as pw
from pywarmup.torch import Scheduler

S = pw.Linear(0.0, 0.1, steps=10)
NAN, INF = math.nan, math.inf
LIMIT = 2**53

WHAT = (
    "Scheduler: `schedule` must be a schedule, a list of them with one for each parameter group, or a dictionary from "
    "hyperparameters to either, got "
)
NAMES = "Scheduler: `schedule` must name hyperparameters such as 'lr' or 'betas[0]', got "
UNKNOWN = "Scheduler: `schedule` must name hyperparameters of the optimizer, got "
RATE = (
    "Scheduler: `{}` of parameter group {} must be a number or a floating-point tensor of one element without a "
    "gradient, got {!r}"
)
GROUPS = "Scheduler: `schedule` must have one schedule for each of the {} parameter groups, got {} for `{}`"
STEP = "Scheduler: `{}` must be a number >= 0 and <= 2**53, got {}"

Row = tuple[str, Callable[[Any], Any], type[Exception], str]


def row_ids(rows: list[Row]) -> list[str]:
    return [name for name, *_ in rows]


def rejects(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert (type(caught.value), str(caught.value)) == (error, message)
    assert "\n" not in message


def given(schedule: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda optimizer: Scheduler(optimizer, schedule, **options)


def negative(name: str, value: float, step: float, rule: str = ">= 0") -> str:
    return f"Scheduler: `{name}` must be {rule}, and its schedule gives {value!r} at step {step!r}"


NO_SCHEDULES = [
    None,
    3,
    "linear",
    b"linear",
    0.1,
    True,
    object,
    {1},
    lambda step: 0.1,
    np.array([0.1]),
    torch.tensor(1),
]

SCHEDULES: list[Row] = [
    *((f"type-{value!r:.15}", given(value), TypeError, WHAT + repr(value)) for value in NO_SCHEDULES),
    *((f"list-{value!r:.15}", given([value]), TypeError, WHAT + repr([value])) for value in (None, 3, "x", [S])),
    *(
        (f"mapping-{value!r:.15}", given({"lr": value}), TypeError, WHAT + repr({"lr": value}))
        for value in (None, 0.1, {"lr": S}, "x", [S, 3])
    ),
    ("long", given("x" * 500), TypeError, WHAT + "'" + "x" * 119 + "..."),
    ("lines", given("a\nb"), TypeError, WHAT + "'a\\nb'"),
    ("empty-list", given([]), ValueError, GROUPS.format(2, 0, "lr")),
    ("empty-tuple", given(()), ValueError, GROUPS.format(2, 0, "lr")),
    ("one-for-two", given([S]), ValueError, GROUPS.format(2, 1, "lr")),
    ("three-for-two", given([S, S, S]), ValueError, GROUPS.format(2, 3, "lr")),
    ("three-decays", given({"lr": S, "weight_decay": [S] * 3}), ValueError, GROUPS.format(2, 3, "weight_decay")),
    ("empty", given({}), ValueError, "Scheduler: `schedule` must name at least one hyperparameter, got {}"),
    *(
        (f"name-{name!r}", given({name: S}), ValueError, NAMES + repr(name))
        for name in (3, None, "", "lr ", "betas[]", "betas[-1]", "betas[x]", "betas[10]", "betas[0][1]", ("lr",), "a.b")
    ),
    *(
        (
            f"near-{name}",
            given({name: S}),
            ValueError,
            f"{UNKNOWN}{name!r}, which parameter group 0 does not have; did you mean {near!r}?",
        )
        for name, near in (
            ("weight_deacy", "weight_decay"),
            ("beta1", "betas[1]"),
            ("betas[2]", "betas[1]"),
            ("ep", "eps"),
        )
    ),
    *(
        (
            f"far-{name}",
            given({name: S}),
            ValueError,
            f"{UNKNOWN}{name!r}, which parameter group 0 does not have; "
            "it has lr, eps, weight_decay, betas[0], betas[1]",
        )
        for name in ("quite_another", "wd", "learning_rate")
    ),
    ("betas", given({"betas": S}), ValueError, RATE.format("betas", 0, (0.9, 0.999))),
    ("flag", given({"amsgrad": S}), ValueError, RATE.format("amsgrad", 0, False)),
]

VALUES: list[Row] = [
    ("first", given(pw.Constant(-0.1)), ValueError, negative("lr", -0.1, 0)),
    ("middle", given(pw.Table([0.1, 0.1, -0.5, 0.1])), ValueError, negative("lr", -0.5, 2)),
    ("last", given(pw.Table([0.1, 0.1, -0.5])), ValueError, negative("lr", -0.5, 2)),
    ("end", given(pw.Linear(0.5, 0.0, steps=4) - 0.0625), ValueError, negative("lr", -0.0625, 4)),
    ("real-end", given(pw.Linear(0.5, 0.0, steps=4.5) - 0.03125), ValueError, negative("lr", -0.03125, 4.5)),
    (
        "error-end",
        given((pw.Linear(0.5, 0.0, steps=4) - 0.0625).past_end("error")),
        ValueError,
        negative("lr", -0.0625, 4),
    ),
    (
        "endless",
        given(pw.Constant(0.5) - pw.PowerLaw(0.25, power=1, timescale=4)),
        ValueError,
        negative("lr", -0.0625, 5),
    ),
    ("second-group", given([S, -S - 1]), ValueError, negative("lr", -1.0, 0)),
    ("decay", given({"lr": S, "weight_decay": S - 0.5}), ValueError, negative("weight_decay", -0.5, 0)),
    ("momentum", given({"eps": S - 0.5, "lr": pw.Constant(-1)}), ValueError, negative("lr", -1.0, 0)),
    ("beta-1", given({"betas[0]": pw.Constant(1)}), ValueError, negative("betas[0]", 1.0, 0, ">= 0 and < 1")),
    ("beta-2", given({"betas[1]": pw.Constant(-1)}), ValueError, negative("betas[1]", -1.0, 0, ">= 0 and < 1")),
    ("factor", given(-S - 1, mode="factor"), ValueError, negative("lr", -1.0, 0)),
    (
        "factor-beta",
        given({"betas[0]": pw.Constant(2)}, mode="factor"),
        ValueError,
        negative("betas[0]", 1.8, 0, ">= 0 and < 1"),
    ),
    (
        "past-its-end",
        given(S.past_end("error"), last_epoch=50),
        ValueError,
        "PastEnd: `step` must be a number >= 0 and <= 10, where the schedule ends, got 51",
    ),
]

OPTIONS: list[Row] = [
    *(
        (
            f"mode-{value!r}",
            given(S, mode=value),
            ValueError,
            f"Scheduler: `mode` must be one of 'value', 'factor', got {value!r}",
        )
        for value in (None, "factors", "", 1, True, ["value"], "VALUE", {})
    ),
    *(
        (
            f"on_change-{value!r}",
            given(S, on_change=value),
            ValueError,
            f"Scheduler: `on_change` must be one of 'error', 'warn', 'keep_new', 'keep_saved', got {value!r}",
        )
        for value in (None, "keep", 1, [])
    ),
    *(
        (
            f"count-{value!r:.15}",
            given(S, count=value),
            ValueError if isinstance(value, int | float) and not isinstance(value, bool) else TypeError,
            f"Scheduler: `count` must be a number of steps > 0 and <= 2**53, got {value!r}",
        )
        for value in (0, 0.0, -1, -0.5, NAN, INF, LIMIT + 1, 10**30, "1", None, True, 1j, [1], S, np.array([1]))
    ),
    *(
        (
            f"last_epoch-{value!r:.15}",
            given(S, last_epoch=value),
            ValueError,
            f"Scheduler: `last_epoch` must be an integer >= -1, got {value!r}",
        )
        for value in (-2, -(10**30), 1.0, NAN, "1", None, True, [1], 1j, np.float64(1))
    ),
    (
        "last_epoch-factor",
        given(S, mode="factor", last_epoch=3),
        ValueError,
        "Scheduler: `last_epoch` must be -1 for parameter groups without `initial_lr`, got 3 for group 0; "
        "load the optimizer's state first, or call step_to afterwards",
    ),
    (
        "keyword",
        given(S, warmup=3),
        TypeError,
        "Scheduler.__init__() got an unexpected keyword argument 'warmup'",
    ),
    (
        "positional",
        lambda optimizer: Scheduler(optimizer, S, "value"),  # type: ignore[misc]
        TypeError,
        "Scheduler.__init__() takes 3 positional arguments but 4 were given",
    ),
    (
        "nothing",
        lambda optimizer: Scheduler(optimizer),  # type: ignore[call-arg]
        TypeError,
        "Scheduler.__init__() missing 1 required positional argument: 'schedule'",
    ),
]
CONSTRUCTION = [*SCHEDULES, *VALUES, *OPTIONS]


def adam() -> Any:
    return optimizer_of(0.1, torch.tensor(0.2), kind=torch.optim.AdamW)


def is_untouched(optimizer: Any, before: list[dict[str, Any]], rates: list[Any]) -> None:
    assert plain(optimizer) == before
    assert all(group["lr"] is rate for group, rate in zip(optimizer.param_groups, rates, strict=True))
    assert "step" not in vars(optimizer)  # nor is it wrapped
    assert not optimizer._optimizer_load_state_dict_pre_hooks
    assert not optimizer._optimizer_load_state_dict_post_hooks


@pytest.mark.parametrize(("name", "call", "error", "message"), CONSTRUCTION, ids=row_ids(CONSTRUCTION))
def test_construction(name: str, call: Callable[[Any], Any], error: type[Exception], message: str) -> None:
    optimizer = adam()
    before, rates = plain(optimizer), [group["lr"] for group in optimizer.param_groups]
    rejects(lambda: call(optimizer), error, message)
    is_untouched(optimizer, before, rates)


@pytest.mark.parametrize("value", [None, 3, "sgd", [], S, torch.optim.SGD, torch.zeros(1), parameter], ids=repr)
def test_what_is_no_optimizer(value: Any) -> None:
    message = f"Scheduler: `optimizer` must be a torch.optim.Optimizer, got {type(value).__name__}"
    rejects(lambda: Scheduler(value, S), TypeError, message)


RATES = {
    "integers": torch.tensor(1),
    "bool-tensor": torch.tensor(True),
    "two": torch.tensor([0.1, 0.2]),
    "none": torch.tensor([]),
    "complex-tensor": torch.tensor(0.1 + 0j),
    "bool": True,
    "text": "0.1",
    "list": [0.1],
    "complex": 0.1 + 0j,
    "array": np.array(0.1),
    "decimal": Decimal("0.1"),
    "fraction": Fraction(1, 10),
    "complex64": np.complex64(1),
    "bool_": np.True_,
}


@pytest.mark.parametrize("rate", RATES.values(), ids=RATES)
@pytest.mark.parametrize("mode", ["value", "factor"])
def test_rates_that_cannot_be_written(rate: Any, mode: Any) -> None:
    optimizer = optimizer_of(0.1, 0.2)
    optimizer.param_groups[1]["lr"] = rate
    before = plain(optimizer)
    message = " ".join(RATE.format("lr", 1, rate).split())
    rejects(lambda: Scheduler(optimizer, S, mode=mode), ValueError, message)
    assert repr(plain(optimizer)) == repr(before)
    assert "step" not in vars(optimizer)


@pytest.mark.parametrize("spoil", [lambda group: group.pop("lr"), lambda group: group.update(lr=torch.zeros(2))])
def test_groups_without_a_rate(spoil: Any) -> None:
    optimizer = optimizer_of(0.1)
    spoil(optimizer.param_groups[0])
    with pytest.raises((ValueError, LookupError)):
        Scheduler(optimizer, {"weight_decay": S})
    assert "initial_lr" not in optimizer.param_groups[0]
    assert "step" not in vars(optimizer)


def test_a_rate_to_multiply_must_be_a_number() -> None:
    optimizer = optimizer_of(0.1, 0.2)
    optimizer.param_groups[1]["lr"] = NAN
    with pytest.raises(ValueError, match=r"^Scheduler: `lr` must be >= 0[^\n]*nan[^\n]*$"):
        Scheduler(optimizer, S, mode="factor")
    assert [group.keys() & {"initial_lr"} for group in optimizer.param_groups] == [set(), set()]
    assert "step" not in vars(optimizer)


def test_a_tensor_cannot_have_two_schedules() -> None:
    rate = torch.tensor(0.1)
    optimizer = optimizer_of(0.3, rate, rate)
    before = plain(optimizer)
    message = (
        "Scheduler: `schedule` must be the same for parameter groups that share one tensor as `lr`, "
        "got different ones for groups 1 and 2"
    )
    rejects(lambda: Scheduler(optimizer, [S, S, S * 2]), ValueError, message)
    is_untouched(optimizer, before, [optimizer.param_groups[0]["lr"], rate, rate])
    Scheduler(optimizer, [S * 2, S, S])


@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad")
def test_a_first_step_that_fails_leaves_the_optimizer_alone() -> None:
    rates = torch.tensor(0.1), torch.tensor(0.2)
    optimizer = optimizer_of(*rates)
    rates[1].requires_grad_()  # which torch refuses to fill
    before = plain(optimizer)
    with pytest.raises((RuntimeError, ValueError), match=r"requires[_ ]grad"):
        Scheduler(optimizer, pw.Constant(0.5))
    is_untouched(optimizer, before, list(rates))


# Methods.

NO_STEPS = (-1, -0.5, -5e-324, NAN, INF, LIMIT + 1, 10**30, "3", b"3", True, 1j, [1], {}, S, np.True_, object)


def stepping(*arguments: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda scheduler: scheduler.step(*arguments, **options)


METHODS: list[Row] = [
    *(
        (f"step-{value!r:.20}", stepping(value), ValueError, STEP.format("epoch", repr(value)))
        for value in (*NO_STEPS, np.array([1]), Decimal(-1))
    ),
    *(
        (f"increment-{value!r:.20}", stepping(increment=value), ValueError, STEP.format("increment", repr(value)))
        for value in NO_STEPS
    ),
    *(
        (
            f"step_to-{value!r:.20}",
            lambda scheduler, value=value: scheduler.step_to(value),
            ValueError,
            STEP.format("step", repr(value)),
        )
        for value in (-1, NAN, "3", None)
    ),
    (
        "beyond",
        stepping(increment=LIMIT),
        ValueError,
        f"Scheduler: `increment` must be such that the step stays <= 2**53, got {LIMIT}",
    ),
    ("both", stepping(1, increment=1), ValueError, "Scheduler: `step` takes `epoch` or `increment`, got both"),
    ("two", stepping(1, 2), ValueError, "Scheduler: `step` takes one number, got 2"),
    ("keyword", stepping(epochs=2), ValueError, "Scheduler: `step` takes `epoch` or `increment`, got 'epochs'"),
    *(
        (
            f"load-{value!r:.15}",
            lambda scheduler, value=value: scheduler.load_state_dict(value),
            TypeError,
            f"Scheduler: `state_dict` must be a dictionary, got {type(value).__name__}",
        )
        for value in (None, 3, "state", [], [("last_epoch", 3)], S)
    ),
    (
        "schedule",
        lambda scheduler: setattr(scheduler, "schedule", S),
        AttributeError,
        "property 'schedule' of 'Scheduler' object has no setter",
    ),
]


@pytest.mark.parametrize(("name", "call", "error", "message"), METHODS, ids=row_ids(METHODS))
def test_methods(name: str, call: Callable[[Any], Any], error: type[Exception], message: str) -> None:
    scheduler = Scheduler(adam(), {"lr": S, "betas[0]": S})
    scheduler.optimizer.step()
    scheduler.step(3)
    before = plain(scheduler.optimizer), scheduler.state_dict()
    rejects(lambda: call(scheduler), error, message)
    assert (plain(scheduler.optimizer), scheduler.state_dict()) == before


def test_a_step_that_is_given_twice() -> None:
    scheduler = Scheduler(adam(), S)
    scheduler.optimizer.step()
    with pytest.raises((ValueError, TypeError)):
        scheduler.step(1, epoch=2)
    assert scheduler.last_epoch == 0


@pytest.mark.parametrize("rates", [[], [0.7], [0.7] * 3, ["x", 0.7], [0.7, None], None, 3], ids=repr)
def test_base_rates(rates: Any) -> None:
    scheduler = Scheduler(adam(), S, mode="factor")
    before = plain(scheduler.optimizer)
    with pytest.raises((ValueError, TypeError)):
        scheduler.base_lrs = rates
    assert plain(scheduler.optimizer) == before


# What a careless user does.


@pytest.mark.parametrize("call", [lambda one: one(3), len, iter, lambda one: one[3], lambda one: one + one], ids=str)
def test_a_scheduler_is_no_schedule(call: Any) -> None:
    scheduler = Scheduler(adam(), S)
    with pytest.raises(TypeError, match="Scheduler"):
        call(scheduler)
    rejects(lambda: Scheduler(adam(), scheduler), TypeError, WHAT + repr(scheduler))  # type: ignore[arg-type]


def test_arguments_the_wrong_way_round() -> None:
    message = "Scheduler: `optimizer` must be a torch.optim.Optimizer, got Linear"
    rejects(lambda: Scheduler(S, adam()), TypeError, message)  # type: ignore[arg-type]


def test_a_class_instead_of_a_schedule() -> None:
    rejects(lambda: Scheduler(adam(), pw.Linear), TypeError, WHAT + repr(pw.Linear))  # type: ignore[arg-type]


def test_a_list_that_is_changed_afterwards_changes_nothing() -> None:
    schedules = [S, S * 2]
    given_schedules = {"lr": schedules}
    scheduler = Scheduler(adam(), given_schedules)
    schedules.pop()
    given_schedules.clear()
    scheduler.step_to(3)
    assert scheduler.get_last_lr() == [S(3), (S * 2)(3)]
    told = scheduler.schedule
    told.clear()  # type: ignore[union-attr]
    scheduler.step_to(4)
    assert scheduler.schedule == [S, S * 2]


def test_a_state_that_is_changed_afterwards_changes_nothing() -> None:
    scheduler = Scheduler(adam(), S)
    scheduler.state_dict().update(last_epoch=7)
    scheduler.get_last_lr().clear()
    scheduler.base_lrs.clear()
    assert (scheduler.last_epoch, scheduler.get_last_lr()) == (0, [0.0, 0.0])


def test_a_damaged_pickle_is_refused() -> None:
    scheduler = Scheduler(adam(), S)
    for state in ({}, {"optimizer": None}, scheduler.__getstate__() | {"last_epoch": "x"}):
        with pytest.raises((ValueError, TypeError, AttributeError)):
            Scheduler.__new__(Scheduler).__setstate__(state)
    assert pickle.loads(pickle.dumps(scheduler)).state_dict() == scheduler.state_dict()
