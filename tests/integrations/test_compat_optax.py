"""`pywarmup.compat.optax` against the installed optax, on arguments that it was not written from."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conformance.case import is_sane
from conformance.libraries.optax import _build, peer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pywarmup.compat import optax as compat

pytest.importorskip("optax")

Draw = Callable[..., Any]
SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
RATES = st.sampled_from([0.0, 1e-30, 1e-8, 1e-3, 0.1, 0.7, 1.0, 3.7, 1e8, 1e30]) | st.floats(1e-6, 10.0)
ANY_RATES = RATES | st.floats(-2.0, 2.0)
LENGTHS = st.integers(1, 60) | st.sampled_from([1, 2, 7.5, 200])
ODD_LENGTHS = LENGTHS | st.sampled_from([0, -1, -5, 0.5, 12.25])


@st.composite
def linear(draw: Draw) -> dict[str, Any]:
    begin = {"transition_begin": draw(ODD_LENGTHS)} if draw(st.booleans()) else {}
    ends = {"init_value": draw(ANY_RATES), "end_value": draw(ANY_RATES)}
    return ends | {"transition_steps": draw(ODD_LENGTHS)} | begin


@st.composite
def exponential(draw: Draw, init: str = "init_value") -> dict[str, Any]:
    return {
        init: draw(RATES if init == "peak_value" else ANY_RATES),
        "transition_steps": draw(ODD_LENGTHS),
        "decay_rate": draw(st.sampled_from([0.0, 0.1, 0.5, 0.96, 1.0, 1.2, 2]) | st.floats(0.01, 1.5)),
        "transition_begin": draw(ODD_LENGTHS),
        "staircase": draw(st.booleans()),
        "end_value": draw(st.none() | ANY_RATES),
    }


@st.composite
def boundaries(draw: Draw) -> dict[str, Any]:
    steps = st.integers(-10, 60) | st.sampled_from([0, 1.75, 2.25, 2.5, 10.5])
    scales = st.sampled_from([0.0, 0.1, 0.5, 1, 2.0, 25.0])
    return {
        "init_value": draw(ANY_RATES),
        "boundaries_and_scales": draw(st.none() | st.dictionaries(steps, scales, max_size=5)),
    }


@st.composite
def cycle(draw: Draw, linear: bool = False) -> dict[str, Any]:
    return {
        "transition_steps": draw(LENGTHS),
        "peak_value": draw(ANY_RATES),
        "pct_start": draw(st.sampled_from([0.0, 0.3, 0.5, 1.0, 1.3, -0.2]) | st.floats(0.0, 1.0)),
        "div_factor": draw(st.sampled_from([1.0, 25.0, 0.5, 10])),
        "final_div_factor": draw(st.sampled_from([1.0, 1e4, 0.5, 100])),
    } | ({"pct_final": draw(st.sampled_from([0.85, 0.3, 0.0, 1.0]) | st.floats(0.0, 1.0))} if linear else {})


@st.composite
def warmup_cosine(draw: Draw) -> dict[str, Any]:
    return {
        "init_value": draw(ANY_RATES),
        "peak_value": draw(st.just(0.0) | ANY_RATES),
        "warmup_steps": draw(st.integers(-3, 40) | st.just(2.5)),
        "decay_steps": draw(st.integers(1, 80)),
        "end_value": draw(st.sampled_from([0.0, 0.05]) | ANY_RATES),
        "exponent": draw(st.sampled_from([1.0, 0.5, 2, 0])),
    }


@st.composite
def joined(draw: Draw) -> dict[str, Any]:
    child = st.tuples(st.just("constant_schedule"), st.fixed_dictionaries({"value": ANY_RATES}))
    child |= st.tuples(st.just("linear_schedule"), linear())
    children = draw(st.lists(child, min_size=1, max_size=4))
    count = len(children) - 1 + draw(st.sampled_from([0, 0, 0, 1, -1]))
    steps = st.integers(-5, 60) | st.just(7.5)
    return {"schedules": children, "boundaries": draw(st.lists(steps, min_size=max(count, 0), max_size=max(count, 0)))}


ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "constant_schedule": st.fixed_dictionaries({"value": ANY_RATES}),
    "linear_schedule": linear(),
    "polynomial_schedule": st.builds(
        lambda ends, power: ends | {"power": power}, linear(), st.sampled_from([0, 0.5, 1, 2, 3.3, -1, -0.5])
    ),
    "piecewise_constant_schedule": boundaries(),
    "piecewise_interpolate_schedule": st.builds(
        lambda scales, kind: scales | {"interpolate_type": kind}, boundaries(), st.sampled_from(["linear", "cosine"])
    ),
    "exponential_decay": exponential(),
    "cosine_decay_schedule": st.fixed_dictionaries(
        {"init_value": ANY_RATES, "decay_steps": ODD_LENGTHS},
        optional={"alpha": st.sampled_from([0.0, 0.1, 1.0, 2.0, -0.5]), "exponent": st.sampled_from([0, 0.7, 1, 2.5])},
    ),
    "cosine_onecycle_schedule": cycle(),
    "linear_onecycle_schedule": cycle(linear=True),
    "warmup_constant_schedule": st.fixed_dictionaries(
        {"init_value": ANY_RATES, "peak_value": ANY_RATES, "warmup_steps": ODD_LENGTHS}
    ),
    "warmup_cosine_decay_schedule": warmup_cosine(),
    "warmup_exponential_decay_schedule": st.builds(
        lambda decay, start, warmup: decay | {"init_value": start, "warmup_steps": warmup},
        exponential("peak_value"),
        ANY_RATES,
        st.integers(-3, 40),
    ),
    "sgdr_schedule": st.fixed_dictionaries({"cosine_kwargs": st.lists(warmup_cosine(), max_size=3)}),
    "join_schedules": joined(),
}
RATE_NAMES = {"value", "init_value", "peak_value", "end_value"}
STEPS = [*range(14), 19, 20, 21, 33, 40, 41, 60, 79, 80, 81, 120, 200, 201, 1000]


def rates_in(arguments: Any) -> list[float]:
    """The sizes of all rates among the arguments: what optax rounds is as large as these."""
    if isinstance(arguments, dict):
        own = [abs(value) for key, value in arguments.items() if key in RATE_NAMES and value is not None]
        return own + [rate for value in arguments.values() for rate in rates_in(value)]
    return [rate for one in arguments for rate in rates_in(one)] if isinstance(arguments, list | tuple) else []


def answered(name: str, arguments: dict[str, Any], *, x64: bool) -> list[float] | None:
    """What optax answers, or None if it refuses."""
    try:
        return peer(name, arguments, STEPS, x64=x64)
    except (ValueError, IndexError):
        return None


def compare(name: str, arguments: dict[str, Any], *, x64: bool) -> None:
    theirs = answered(name, arguments, x64=x64)
    if theirs is None:
        with pytest.raises(ValueError, match=r"^\w+: .*`"):
            _build(compat, name, arguments)
        return
    made = _build(compat, name, arguments)
    known = [(step, value) for step, value in zip(STEPS, theirs, strict=True) if math.isfinite(value)]
    scale = max([abs(value) for _, value in known] + rates_in(arguments))
    runs_away = arguments.get("power", 1) < 0
    flushed = np.finfo(np.float64 if x64 else np.float32).tiny  # jax takes what is less for 0
    allowed = (1e-12 if runs_away else 1e-14) * scale if x64 else 4 * float(np.spacing(np.float32(scale)))
    for step, value in known:
        assert abs(made(step) - value) <= max(allowed, flushed), (step, value, made(step), made)
    assert np.isfinite(made(np.array(STEPS))).all()


@pytest.mark.parametrize("name", ARGUMENTS)
def test_values_in_64_bits(name: str) -> None:
    @settings(SETTINGS, max_examples=40)
    @given(ARGUMENTS[name])
    def check(arguments: dict[str, Any]) -> None:
        compare(name, arguments, x64=True)

    check()


def test_a_piece_of_less_than_a_step_is_cut_short() -> None:
    for kind in ("linear", "cosine"):
        scales = {"init_value": 1.0, "boundaries_and_scales": {1.75: 0.5, 2.25: 0.1}}
        compare("piecewise_interpolate_schedule", scales | {"interpolate_type": kind}, x64=True)


def is_well_conditioned(arguments: dict[str, Any]) -> bool:
    """Whether float32 is not the reason for a difference: nothing cancels, grows or is beyond it."""
    rates = [arguments.get(key) or 0.0 for key in ("value", "init_value", "peak_value", "end_value")]
    is_moderate = all(rate == 0.0 or 1e-6 <= rate <= 10.0 for rate in rates)
    return is_moderate and 0.0 <= arguments.get("decay_rate", 1.0) <= 1.0 and arguments.get("power", 1) >= 0


@pytest.mark.parametrize("name", sorted(set(ARGUMENTS) - {"join_schedules", "sgdr_schedule"}))
def test_values_in_32_bits_as_users_see_them(name: str) -> None:
    @settings(SETTINGS, max_examples=15)
    @given(ARGUMENTS[name].filter(is_well_conditioned))
    def check(arguments: dict[str, Any]) -> None:
        compare(name, arguments, x64=False)

    check()


def test_the_draws_are_answered_as_a_rule() -> None:
    """The comparison above must not pass because everything is refused."""
    sane = [is_sane(value) for name in ("linear_schedule", "exponential_decay") for value in _first_values(name)]
    assert sum(sane) > len(sane) / 2


def _first_values(name: str) -> list[float]:
    found: list[float] = []

    @settings(SETTINGS, max_examples=20)
    @given(ARGUMENTS[name])
    def collect(arguments: dict[str, Any]) -> None:
        found.append((answered(name, arguments, x64=True) or [math.nan])[0])

    collect()
    return found
