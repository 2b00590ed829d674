"""`pywarmup.compat.timm` against the installed timm, on random arguments."""

import importlib.util
import math
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("hypothesis")
if importlib.util.find_spec("timm") is None:  # timm itself needs torchvision to be imported, its schedulers do not
    pytest.skip("timm is not installed", allow_module_level=True)

import torch
from conformance.libraries.timm import installed, peer
from hypothesis import event, given, settings
from hypothesis import strategies as st

import pywarmup as pw
from pywarmup.compat import timm

TOLERANCE = 1e-14
TIME = 2.0**-50  # timm rounds the time within a cycle: a few ulp, which a steep curve shows
many = settings(max_examples=120, deadline=None)

rates = st.sampled_from([0.0, 1e-30, 1e-5, 0.1, 0.3, 1.0, 7.0, 1e30]) | st.floats(1e-6, 10.0)
floors = st.sampled_from([0.0, 0.0, 1e-5, 0.05, 2.0])
lengths = st.integers(1, 400) | st.floats(0.25, 300.0)
warmups = st.sampled_from([0, 0, 1, 2, 5, 1000, -3, 2.5]) | st.integers(0, 60)


def warmup_arguments(prefix: bool = True) -> dict[str, Any]:
    flags = {"warmup_prefix": st.booleans()} if prefix else {}
    return {"base_lr": rates, "warmup_t": warmups, "warmup_lr_init": st.sampled_from([0.0, 1e-6, 0.01, 3.0]), **flags}


def cycle_arguments() -> dict[str, Any]:
    return warmup_arguments() | {
        "t_initial": lengths,
        "lr_min": floors,
        "cycle_mul": st.sampled_from([1.0, 1.0, 1, 2.0, 3.0, 1.5, 2.75, 10.0, 0.5, 0.8]),
        "cycle_decay": st.sampled_from([1.0, 1.0, 0.5, 0.1, 0.0, 1.2]),
        "cycle_limit": st.sampled_from([1, 1, 2, 3, 5, 0, 2.5]),
    }


@st.composite
def calls(draw: Any, arguments: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """Draw some of the arguments, those that must be given among them, and steps where something happens."""
    needed = {"base_lr", "t_initial", "decay_t"}
    drawn = {name: draw(one) for name, one in arguments.items() if name in needed or draw(st.booleans())}
    if isinstance(drawn.get("t_initial"), (int, float)) and "lr_min" in arguments and drawn["base_lr"] == 1e-30:
        drawn["lr_min"] = 0.0
    warmup = max(0, math.ceil(drawn.get("warmup_t", 0)))
    length = math.ceil(drawn.get("t_initial", 20))
    horizon = min(warmup + 8 * length, 10_000)
    near = {step + more for step in (0, warmup, length, warmup + length) for more in range(-2, 4)}
    random = draw(st.lists(st.integers(0, horizon), max_size=20))
    return drawn, sorted(step for step in near | set(random) if step >= 0)


def boundaries(arguments: dict[str, Any]) -> list[float]:
    """Where a cycle of those may begin, and whether timm takes a logarithm to find out."""
    origin = arguments.get("warmup_t", 0) if arguments.get("warmup_prefix") else 0
    begin, length, found = 0.0, float(arguments["t_initial"]), []
    for _ in range(60):
        found.append(begin + origin)
        begin += length
        length *= arguments.get("cycle_mul", 1.0)
    return found


def compare(name: str, arguments: dict[str, Any], steps: list[int]) -> None:
    try:
        theirs = peer(name, arguments, [0])
    except (ValueError, AssertionError):
        event("refused")
        with pytest.raises(ValueError, match=f"^{name}: "):
            getattr(timm, name)(**arguments)
        return
    ours = getattr(timm, name)(**arguments)
    edges = boundaries(arguments) if "t_initial" in arguments and name != "WSDLRScheduler" else []
    counted = arguments.get("cycle_mul", 1.0) == 1.0
    kept = [step for step in steps if counted or not is_near(step, edges)]
    answered = [(step, value) for step in kept if (value := answer(name, arguments, step)) is not None]
    peak = max([arguments["base_lr"], *theirs, *(value for _, value in answered)])
    for step, value in answered:
        blur = 0.0 if is_near(step, edges) else steepness(ours, step, arguments)
        allowed = TOLERANCE * peak + 4 * math.ulp(value) + blur
        assert abs(ours(step) - value) <= allowed, (step, value, ours(step))


def answer(name: str, arguments: dict[str, Any], step: int) -> float | None:
    """What timm says, if it does: with shrinking cycles it raises after the last."""
    try:
        return peer(name, arguments, [step])[0]
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def is_near(step: int, edges: list[float]) -> bool:
    return any(abs(step - edge) <= 1e-9 * max(1.0, step) for edge in edges)


def steepness(ours: pw.Schedule, step: int, arguments: dict[str, Any]) -> float:
    """How much a few ulp of the time are, as far as they stay on one side of the warmup's end."""
    if step in (0, arguments.get("warmup_t", 0)):
        return 0.0
    away = TIME * step
    return abs(ours(step + away) - ours(step - away))


@many
@given(calls(cycle_arguments() | {"k_decay": st.sampled_from([1.0, 1.0, 0.5, 1.5, 2.0, 0.0])}))
def test_cosine(call: Any) -> None:
    compare("CosineLRScheduler", *call)


@many
@given(
    calls(
        cycle_arguments()
        | {
            "k_decay": st.sampled_from([1.0, 1.0, 0.5, 1.5, 2.0, 0.0]),
            "power": st.sampled_from([0.5, 1.0, 2.0, 0.9, 3.7, 0.0]),
        }
    )
)
def test_poly(call: Any) -> None:
    compare("PolyLRScheduler", *call)


@many
@given(
    calls(
        cycle_arguments()
        | {"lb": st.sampled_from([-7.0, -1.0, -30.0, 0.0, 4]), "ub": st.sampled_from([3.0, 1.0, 0.5, 30.0, -2.0])}
    )
)
def test_tanh(call: Any) -> None:
    compare("TanhLRScheduler", *call)


@many
@given(
    calls(
        warmup_arguments()
        | {
            "decay_t": st.integers(1, 50) | st.sampled_from([0.1, 0.3, 2.4, 1e6]) | st.floats(0.05, 40.0),
            "decay_rate": st.sampled_from([0.1, 0.5, 0.97, 1.0, 1.02, 0.0]),
        }
    )
)
def test_step(call: Any) -> None:
    compare("StepLRScheduler", *call)


@many
@given(
    calls(
        warmup_arguments()
        | {
            "decay_t": st.lists(st.integers(-3, 40) | st.floats(0.0, 40.0), max_size=6),
            "decay_rate": st.sampled_from([0.1, 0.5, 0.97, 1.0, 1.02, 0.0]),
        }
    )
)
def test_multi_step(call: Any) -> None:
    compare("MultiStepLRScheduler", *call)


@many
@given(
    calls(
        warmup_arguments(prefix=False)
        | {
            "t_initial": lengths,
            "decay_t": st.integers(0, 60) | st.integers(1, 9) | st.floats(0.1, 8.0),
            "lr_min": st.sampled_from([0.0, 0.0, 1e-5, 0.05, 2.0, -1.0]),
            "stable_fn": st.sampled_from(["constant", "rsqrt", "power", "power", "constant", "rsqrt", "other"]),
            "stable_timescale": st.sampled_from([None, 1.0, 40, 3.5]),
            "stable_power": st.sampled_from([0.5, 0.3, 1.0, 2.0]),
            "decay_fn": st.sampled_from(["linear", "1-sqrt", "cosine", "power", "power", "exp", "exp", "other"]),
            "decay_power": st.sampled_from([0.5, 1.0, 2.0, 0.3]),
            "decay_ratio": st.sampled_from([0.1, 0.5, 0.01, 0.05, 0.9, 1.0]),
        }
    )
)
def test_wsd(call: Any) -> None:
    compare("WSDLRScheduler", *call)


@pytest.mark.parametrize("stable_fn", ["constant", "rsqrt", "power"])
@pytest.mark.parametrize("lr_min", [0.0, 0.02, 0.5])
def test_a_stable_rate_that_falls_below_the_least(stable_fn: str, lr_min: float) -> None:
    arguments = {"t_initial": 80, "decay_t": 20, "lr_min": lr_min, "stable_timescale": 1.0, "base_lr": 0.1}
    compare("WSDLRScheduler", arguments | {"stable_fn": stable_fn, "warmup_t": 5}, list(range(120)))


@pytest.mark.parametrize("power", [0.0, 0.5])
@pytest.mark.parametrize("k_decay", [0.0, 1.0])
def test_powers_of_nothing(power: float, k_decay: float) -> None:
    arguments = {"t_initial": 10, "lr_min": 0.01, "cycle_limit": 3, "cycle_decay": 0.5, "base_lr": 0.1}
    compare("PolyLRScheduler", arguments | {"power": power, "k_decay": k_decay}, list(range(40)))


def test_a_function_as_decay_is_asked_as_timm_asks_it() -> None:
    arguments = {"t_initial": 20, "decay_t": 8, "warmup_t": 4, "lr_min": 0.01, "base_lr": 0.1}
    for stable in ("constant", "rsqrt"):
        case = arguments | {"stable_fn": stable, "decay_fn": lambda u: (1 - u) ** 3 + 0.5}
        ours = timm.WSDLRScheduler(**case)
        assert ours.array(40) == pytest.approx(peer("WSDLRScheduler", case, list(range(40))), rel=1e-14)


def scheduler(name: str, groups: list[dict[str, Any]], *arguments: Any, **keywords: Any) -> Any:
    weights = [{"params": [torch.zeros(1, requires_grad=True)], **group} for group in groups]
    return getattr(installed(), name)(torch.optim.SGD(weights, lr=0.1), *arguments, **keywords)


CONVERTED: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("CosineLRScheduler", (30,), {"warmup_t": 5, "cycle_limit": 3, "cycle_mul": 2.0, "k_decay": 1.5, "lr_min": 1e-3}),
    ("TanhLRScheduler", (30,), {"warmup_t": 5, "lb": -5.0, "warmup_lr_init": 1e-4}),
    ("PolyLRScheduler", (30, 0.9), {"warmup_t": 5, "warmup_prefix": True, "t_in_epochs": False}),
    ("StepLRScheduler", (7,), {"decay_rate": 0.5, "warmup_t": 3}),
    ("MultiStepLRScheduler", ([5, 9],), {"decay_rate": 0.5, "warmup_t": 3}),
    ("WSDLRScheduler", (30, 10), {"warmup_t": 5, "stable_fn": "rsqrt", "decay_fn": "exp"}),
    ("WSDLRScheduler", (30, 10), {"decay_fn": lambda u: 1 - u**3}),
]


@pytest.mark.parametrize(("name", "arguments", "keywords"), CONVERTED)
def test_a_living_scheduler_becomes_one_schedule_per_group(name: str, arguments: Any, keywords: Any) -> None:
    living = scheduler(name, [{}, {"lr": 0.03}, {"lr_scale": 0.25}], *arguments, **keywords)
    living.step(7)
    schedules = timm.from_timm(living)
    assert isinstance(schedules, list)
    for t in range(130):
        (living.step if living.t_in_epochs else living.step_update)(t)
        rates = [group["lr"] for group in living.optimizer.param_groups]
        assert [schedule(t) for schedule in schedules] == pytest.approx(rates, rel=1e-13, abs=1e-16), t


def test_groups_that_are_equal_have_one_schedule() -> None:
    living = scheduler("CosineLRScheduler", [{}, {}], 30, warmup_t=5)
    assert timm.from_timm(living) == timm.CosineLRScheduler(30, warmup_t=5, base_lr=0.1)


def test_the_group_field_initial_lr_counts_and_not_the_rate_of_the_moment() -> None:
    living = scheduler("CosineLRScheduler", [{"lr": 0.5, "initial_lr": 0.2}], 30)
    assert timm.from_timm(living) == timm.CosineLRScheduler(30, base_lr=0.2)


def test_what_cannot_be_converted_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="`noise_range_t` must be None, got 5; timm draws"):
        timm.from_timm(scheduler("CosineLRScheduler", [{}], 30, noise_range_t=5))
    with pytest.warns(FutureWarning), pytest.raises(ValueError, match=r"use pywarmup\.torch\.Plateau"):
        timm.from_timm(scheduler("PlateauLRScheduler", [{}]))
    edited = scheduler("CosineLRScheduler", [{}], 30, warmup_t=5)
    edited.warmup_t = 10
    with pytest.raises(ValueError, match="warmup's settings were changed"):
        timm.from_timm(edited)
    grown = scheduler("CosineLRScheduler", [{}], 30)
    grown.optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)]})
    with pytest.raises(ValueError, match="2 parameter groups and the scheduler knows 1"):
        timm.from_timm(grown)
    for other in (torch.optim.lr_scheduler.StepLR(torch.optim.SGD([torch.zeros(1)], lr=0.1), 3), None, "cosine"):
        with pytest.raises(TypeError, match="must be one of timm's"):
            timm.from_timm(other)


def test_a_subclass_may_do_anything() -> None:
    class Mine(installed().CosineLRScheduler):  # type: ignore[misc, name-defined]
        pass

    with pytest.raises(TypeError, match="must be one of timm's"):
        timm.from_timm(Mine(torch.optim.SGD([torch.zeros(1)], lr=0.1), 30))


@pytest.mark.parametrize(("t_initial", "mul", "restart"), [(10, 10.0, 1110), (10, 3.0, 1210), (1, 3.0, 121)])
def test_a_restart_that_timm_misses_comes_here(t_initial: int, mul: float, restart: int) -> None:
    arguments = {"t_initial": t_initial, "cycle_mul": mul, "cycle_limit": 9, "base_lr": 0.1}
    assert peer("CosineLRScheduler", arguments, [restart])[0] < 1e-9
    assert timm.CosineLRScheduler(**arguments)(restart) == 0.1
