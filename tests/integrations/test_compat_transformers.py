"""`pywarmup.compat.transformers` against the installed transformers, on random arguments and on living schedulers."""

import inspect
import math
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
optimization = pytest.importorskip("transformers.optimization", reason="transformers is not installed")
pytest.importorskip("hypothesis", reason="hypothesis is not installed")

from conformance.libraries import transformers as library
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers.trainer_utils import SchedulerType

import pywarmup as pw
from pywarmup.compat import transformers as hf

METRIC_DRIVEN = {"reduce_lr_on_plateau", "greedy"}
whole_or_real = st.one_of(st.integers(-20, 150), st.floats(-20.0, 150.0))
rates = st.one_of(st.sampled_from([0.1, 1.0, 3e-4, 5e-324, 1e-300, 1e300]), st.floats(1e-8, 10.0))
parts = st.one_of(st.sampled_from([0.0, 0.1, 1.0]), st.floats(0.0, 1.5))
waves = st.one_of(st.sampled_from([0.0, 0.5, 1, -0.5, 2, 1.5]), st.floats(1e-6, 8.0), st.floats(-8.0, -1e-6))
cycles = st.one_of(st.integers(0, 50), st.floats(1e-6, 20.0))
styles = st.sampled_from(["linear", "cosine", "1-sqrt"])
SPECIFIC: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "linear": {},
    "constant": {},
    "constant_with_warmup": {},
    "cosine": {"num_cycles": waves},
    "cosine_with_restarts": {"num_cycles": cycles},
    "polynomial": {"lr_end": st.sampled_from([0.0, 1e-7, 1e-3, 5.0]), "power": st.floats(0.0, 6.0)},
    "inverse_sqrt": {"timescale": st.one_of(st.none(), st.integers(1, 500), st.floats(0.01, 500.0))},
    "cosine_with_min_lr": {"num_cycles": waves, "min_lr_rate": st.floats(-0.5, 1.5)},
    "cosine_warmup_with_min_lr": {"num_cycles": waves, "min_lr_rate": parts, "warmup_lr_rate": st.none() | parts},
    "warmup_stable_decay": {
        "num_decay_steps": whole_or_real,
        "num_stable_steps": st.none() | whole_or_real,
        "warmup_type": styles,
        "decay_type": styles,
        "min_lr_ratio": parts,
        "num_cycles": waves,
    },
}
FUNCTIONS = {
    name.value: function.__name__
    for name, function in optimization.TYPE_TO_SCHEDULER_FUNCTION.items()
    if name.value not in METRIC_DRIVEN
}


@st.composite
def calls(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Arguments of `get_scheduler`, odd ones as well."""
    warmup = draw(whole_or_real)
    total = draw(st.one_of(whole_or_real, st.just(warmup), st.just(1)))
    specific = {field: draw(values) for field, values in SPECIFIC[name].items() if draw(st.booleans())}
    if name == "warmup_stable_decay":
        specific.setdefault("num_decay_steps", draw(whole_or_real))
    if name in ("cosine_with_min_lr", "cosine_warmup_with_min_lr") and draw(st.integers(0, 9)):
        specific.setdefault("min_lr_rate", 0.1)
    return {
        "num_warmup_steps": warmup,
        "num_training_steps": total,
        "scheduler_specific_kwargs": specific,
        "base_lr": draw(rates),
    }


def theirs_at(scheduler: Any, step: int) -> float | None:
    try:
        return float(scheduler.base_lrs[0] * scheduler.lr_lambdas[0](step))
    except (ArithmeticError, ValueError):
        return None


def restarts_by_rounding(name: str, arguments: dict[str, Any], step: int) -> bool:
    """Whether transformers' phase is next to a restart, and rounding decides on which side."""
    if name != "cosine_with_restarts":
        return False
    warmup, total = arguments["num_warmup_steps"], arguments["num_training_steps"]
    phase = arguments["scheduler_specific_kwargs"].get("num_cycles", 1) * (step - warmup) / max(1, total - warmup)
    return 0 < abs(phase - round(phase)) < 1e-12 * max(1.0, abs(phase)) or (
        phase == round(phase) != 0 and not isinstance(warmup + total, int)
    )


def rounding(name: str, arguments: dict[str, Any], step: int) -> float:
    """What transformers rounds before it takes a root or a cosine: a difference of real steps, or an angle."""
    specific = arguments["scheduler_specific_kwargs"]
    warmup, total = arguments["num_warmup_steps"], arguments["num_training_steps"]
    if name == "inverse_sqrt":
        return 2.0**-52 * (step + abs(warmup)) / (specific.get("timescale") or warmup or 10_000)
    length = specific.get("num_decay_steps", total - warmup)
    angle = max(1.0, 2 * math.pi * abs(specific.get("num_cycles", 1)))
    return 2.0**-52 * angle * (step + abs(warmup) + 1) / max(1, length)


@pytest.mark.parametrize("name", sorted(SPECIFIC))
@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.data())
def test_random_arguments(name: str, data: st.DataObject) -> None:
    arguments = data.draw(calls(name))
    try:
        scheduler = library.built(name, arguments)
    except (ValueError, ZeroDivisionError, TypeError):
        with pytest.raises((ValueError, TypeError)):
            getattr(hf, name)(**arguments)
        return
    made = getattr(hf, name)(**arguments)
    end = max(0, *(math.ceil(arguments[field]) for field in ("num_warmup_steps", "num_training_steps")))
    steps = sorted({*range(min(end + 3, 12)), *range(0, 2 * end + 10, 7), end - 1, end, end + 1, 1000} - {-1})
    theirs = {step: theirs_at(scheduler, step) for step in steps}
    peak = max(arguments["base_lr"], *(value or 0.0 for value in theirs.values()))
    for step, value in theirs.items():
        ours = made(step)
        assert 0.0 <= ours < math.inf
        if value is None or value < 0 or restarts_by_rounding(name, arguments, step):
            continue
        allowed = max(peak * (1e-14 + rounding(name, arguments, step)), 4 * float(np.spacing(value)))
        assert abs(ours - value) <= allowed, (step, ours, value)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_function_by_its_own_name_is_that_of_the_short_name(name: str, data: st.DataObject) -> None:
    arguments = data.draw(calls(name))
    function = getattr(hf, FUNCTIONS[name])
    try:
        made = getattr(hf, name)(**arguments)
    except ValueError:
        return  # the other test looks at those
    specific = {} if name in ("constant", "constant_with_warmup") else arguments["scheduler_specific_kwargs"]
    taken = inspect.signature(function).parameters
    steps = {field: arguments[field] for field in ("num_warmup_steps", "num_training_steps") if field in taken}
    assert function(**steps, **specific, base_lr=arguments["base_lr"]) == made


@pytest.mark.parametrize("name", ["linear", "cosine", "cosine_with_restarts"])
@pytest.mark.parametrize(("warmup", "total"), [(2.75, 3.5), (0.5, 1.25), (-0.25, 0.5), (4, 4.75), (0.25, 0.75)])
def test_a_run_that_is_part_of_a_step(name: str, warmup: float, total: float) -> None:
    compare(name, range(9), warmup, total, {}, 1e-14)


@pytest.mark.parametrize("warmup", [0, 4])
@pytest.mark.parametrize(("total", "power"), [(30, -1.0), (29, -0.5), (5, -2.5)])
def test_a_polynomial_of_a_negative_power(warmup: int, total: int, power: float) -> None:
    compare("polynomial", [*range(total), *range(total + 1, total + 9)], warmup, total, {"power": power}, 1e-14)


@pytest.mark.parametrize("warmup", [0, 4])
@pytest.mark.parametrize(("total", "count"), [(30, -1), (30, -3), (30, -7), (31, -4), (40, -6), (9, -20), (4, -2)])
def test_restarts_of_a_negative_number(warmup: int, total: int, count: int) -> None:
    compare("cosine_with_restarts", range(total + 9), warmup, total, {"num_cycles": count}, 1e-14)


def compare(
    name: str, steps: Iterable[int], warmup: float, total: float, specific: dict[str, Any], relative: float
) -> None:
    arguments = {"num_warmup_steps": warmup, "num_training_steps": total, "scheduler_specific_kwargs": specific}
    made = getattr(hf, name)(**arguments, base_lr=0.1)
    theirs = library.peer(name, arguments | {"base_lr": 0.1}, list(steps))
    assert made(list(steps)) == pytest.approx(np.array(theirs), rel=0, abs=relative * max(theirs))


def test_every_name_is_known() -> None:
    assert {name.value for name in SchedulerType} == set(SPECIFIC) | METRIC_DRIVEN
    assert hf.get_scheduler(SchedulerType.LINEAR, 2, 6, base_lr=0.1) == hf.linear(2, 6, base_lr=0.1)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_signature_is_theirs(name: str) -> None:
    theirs = inspect.signature(getattr(optimization, FUNCTIONS[name])).parameters
    ours = inspect.signature(getattr(hf, FUNCTIONS[name])).parameters
    expected = [(p.name, p.default) for p in theirs.values() if p.name != "optimizer"]
    assert [(p.name, p.default) for p in ours.values() if p.name != "base_lr"] == expected


# Living schedulers.


def groups_of(lrs: list[Any], default: float = 0.2) -> Any:
    return torch.optim.SGD([{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in lrs], lr=default)


LIVING = {
    "linear": {},
    "cosine": {"num_cycles": 1.5},
    "cosine_with_restarts": {"num_cycles": 3},
    "polynomial": {"lr_end": 1e-3, "power": 2.0},
    "constant": {},
    "constant_with_warmup": {},
    "inverse_sqrt": {"timescale": 7},
    "cosine_with_min_lr": {"min_lr": 0.01},
    "cosine_warmup_with_min_lr": {"min_lr": 0.01, "warmup_lr_rate": 0.25},
    "warmup_stable_decay": {"num_decay_steps": 9, "min_lr_ratio": 0.1, "warmup_type": "cosine"},
}


@pytest.mark.parametrize("name", sorted(LIVING))
def test_a_living_scheduler_goes_on_as_its_schedules(name: str) -> None:
    optimizer = groups_of([0.2, 0.05])
    scheduler = optimization.get_scheduler(name, optimizer, 4, 30, LIVING[name])
    for stop in (0, 3, 17, 40):
        while scheduler.last_epoch < stop:
            optimizer.step()
            scheduler.step()
        schedules = hf.from_transformers(scheduler)
        ours = [schedule(stop) for schedule in schedules]
        assert ours == pytest.approx([group["lr"] for group in optimizer.param_groups], rel=1e-12, abs=1e-16)
        for step in range(stop, 70):
            theirs = [base * scheduler.lr_lambdas[0](step) for base in scheduler.base_lrs]
            assert [schedule(step) for schedule in schedules] == pytest.approx(theirs, rel=1e-12, abs=1e-16)


def test_every_name_was_living() -> None:
    assert set(LIVING) == set(SPECIFIC)


def test_a_rate_in_a_tensor_is_converted() -> None:
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=torch.tensor(0.1))
    scheduler = optimization.get_scheduler("linear", optimizer, 3, 9)
    for _ in range(5):
        optimizer.step()
        scheduler.step()
    (schedule,) = hf.from_transformers(scheduler)
    assert schedule == hf.linear(3, 9, base_lr=float(torch.tensor(0.1)))


def test_a_resumed_scheduler_is_converted() -> None:
    first = optimization.get_scheduler("cosine", groups_of([0.1]), 2, 10)
    for _ in range(6):
        first.optimizer.step()
        first.step()
    optimizer = groups_of([0.1])
    scheduler = optimization.get_scheduler("cosine", optimizer, 2, 10)
    scheduler.load_state_dict(first.state_dict())
    with pytest.raises(ValueError, match=r"^from_transformers: the rate was changed \(`optimizer.param_groups\[0\]"):
        hf.from_transformers(scheduler)  # its optimizer was not loaded
    optimizer.load_state_dict(first.optimizer.state_dict())
    assert hf.from_transformers(scheduler) == [hf.cosine(2, 10, base_lr=0.1)]


def refused(scheduler: Any, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^from_transformers: {message}") as refusal:
        hf.from_transformers(scheduler)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", sorted(METRIC_DRIVEN))
def test_schedulers_that_follow_metrics_are_refused(name: str) -> None:
    refused(optimization.get_scheduler(name, groups_of([0.1])), r"rates come of metrics.*pywarmup.torch.Plateau")


def test_what_is_no_scheduler_of_transformers_is_refused() -> None:
    optimizer = groups_of([0.1])
    with pytest.raises(TypeError, match=r"^from_transformers: `scheduler` must be what .* returned, got None$"):
        hf.from_transformers(None)
    refused(torch.optim.lr_scheduler.StepLR(optimizer, 3), "it is not what transformers.get_scheduler returned")
    refused(torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5), "the factor is no function of transformers")
    refused(torch.optim.lr_scheduler.LambdaLR(optimizer, pw.Constant(1.0)), "the factor is no function of transformers")


def test_a_known_function_with_other_arguments_is_refused() -> None:
    scheduler = optimization.get_scheduler("linear", groups_of([0.1]), 2, 10)
    known = scheduler.lr_lambdas[0]
    scheduler.lr_lambdas = [partial(known.func, num_warmup_steps=1, num_training_steps=3, speed=2)]
    refused(scheduler, r"its arguments are not those of this version \(`scheduler.lr_lambdas\[0\]` is _get_linear")
    scheduler.lr_lambdas = [partial(known.func, 3, **known.keywords)]
    refused(scheduler, "the factor is no function of transformers")


def test_an_edited_rate_is_refused() -> None:
    optimizer = groups_of([0.1, 0.1])
    scheduler = optimization.get_scheduler("constant", optimizer)
    optimizer.param_groups[1]["lr"] = 0.05
    refused(
        scheduler, r"the rate was changed \(`optimizer.param_groups\[1\]\['lr'\]` is 0.05, the scheduler's is 0.1\)"
    )


def test_a_group_that_came_later_is_refused() -> None:
    optimizer = groups_of([0.1])
    scheduler = optimization.get_scheduler("constant", optimizer)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(1))]})
    refused(scheduler, r"some groups came later \(`optimizer.param_groups` has 2, the scheduler 1\)")
