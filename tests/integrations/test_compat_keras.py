"""`pywarmup.compat.keras` against the installed Keras, on arguments that it was not written from.

Keras computes in float64 where it is asked to only with torch.
"""

import math
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

from conformance.libraries.keras import peer, rounding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pywarmup as pw
from pywarmup.compat import keras as compat

Draw = Callable[..., Any]
if keras.backend.backend() != "torch":
    pytest.skip("needs Keras with torch", allow_module_level=True)
SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, max_examples=80)
STEPS = [*range(25), 29, 30, 31, 39, 40, 41, 60, 61, 79, 80, 81, 120, 200, 201, 1000]
POSITIVE = st.sampled_from([1e-8, 1e-3, 0.1, 1.0, 3.7, 1e8, 1e20]) | st.floats(1e-6, 10.0)
RATES = POSITIVE | st.sampled_from([0.0, -0.1, -1e-8])
WHOLE = st.integers(0, 3)
LENGTHS = st.integers(1, 60) | st.sampled_from([1, 2, 7.5, 3.25, 0.5, 200, 1e6, 0, -5])
FACTORS = st.sampled_from([0.0, 0.1, 0.5, 0.96, 1.0, 1.3, 2.0])


@st.composite
def decay(draw: Draw) -> dict[str, Any]:
    return {
        "initial_learning_rate": draw(RATES),
        "decay_steps": draw(LENGTHS),
        "decay_rate": draw(FACTORS | st.floats(0.0, 1.5)),
        "staircase": draw(st.booleans()),
    }


@st.composite
def inverse_time(draw: Draw) -> dict[str, Any]:
    arguments: dict[str, Any] = draw(decay())
    if not arguments["staircase"]:
        arguments["decay_rate"] = draw(st.just(arguments["decay_rate"]) | st.floats(-1.5, -1e-6))
    return arguments


@st.composite
def pieces(draw: Draw) -> dict[str, Any]:
    ends = st.integers(-5, 60) | st.sampled_from([2.5, 7.9, -0.5, -1.5])
    boundaries = draw(st.lists(ends, max_size=5))
    count = len(boundaries) + draw(st.sampled_from([1, 1, 1, 1, 0, 2]))
    return {"boundaries": boundaries, "values": draw(st.lists(RATES, min_size=count, max_size=count))}


@st.composite
def polynomial(draw: Draw, cycle: bool = False) -> dict[str, Any]:
    return {
        "initial_learning_rate": draw(RATES),
        "decay_steps": draw(LENGTHS),
        "end_learning_rate": draw(RATES),
        "power": draw(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 1.7] + ([] if cycle else [-1.0, -0.5]))),
        "cycle": cycle,
    }


COSINE = st.fixed_dictionaries(
    {"initial_learning_rate": RATES, "decay_steps": LENGTHS},
    optional={
        "alpha": st.sampled_from([0.0, 0.1, 1.0, 2.0, -0.5]),
        "warmup_target": st.none() | RATES,
        "warmup_steps": st.integers(-5, 40) | st.sampled_from([-100, 2.5]),
    },
)
RESTARTS = st.fixed_dictionaries(
    {"initial_learning_rate": RATES, "first_decay_steps": LENGTHS},
    optional={
        "t_mul": st.sampled_from([1.0, 2.0, 1.5, 3.0, 1.1, 0.5, 0.9]) | st.floats(0.3, 3.0),
        "m_mul": st.sampled_from([1.0, 0.5, 0.9, 1.2, 0.0]),
        "alpha": st.sampled_from([0.0, 0.1, 1.0, 2.0, -0.5]),
    },
)
ARGUMENTS: dict[str, tuple[str, st.SearchStrategy[dict[str, Any]]]] = {
    "exponential": ("ExponentialDecay", decay()),
    "inverse time": ("InverseTimeDecay", inverse_time()),
    "pieces": ("PiecewiseConstantDecay", pieces()),
    "polynomial": ("PolynomialDecay", polynomial()),
    "cyclic polynomial": ("PolynomialDecay", polynomial(cycle=True)),
    "cosine": ("CosineDecay", COSINE),
    "restarts": ("CosineDecayRestarts", RESTARTS),
}


def answered(name: str, arguments: dict[str, Any]) -> list[float] | None:
    """What Keras answers, or None if it refuses."""
    try:
        return peer(name, arguments, STEPS, floatx="float64")
    except (ValueError, IndexError):
        return None


def compare(name: str, arguments: dict[str, Any], precision: float) -> None:
    theirs = answered(name, arguments)
    if theirs is None:
        with pytest.raises(ValueError, match=rf"^{name}: .*`"):
            getattr(compat, name)(**arguments)
        return
    made = getattr(compat, name)(**arguments)
    known = [
        (step, value) for step, value in zip(STEPS, theirs, strict=True) if is_defined(name, arguments, step, value)
    ]
    case: Any = SimpleNamespace(callable=name, kwargs=arguments)
    trace: Any = SimpleNamespace(dtype="float64" if precision < 1e-10 else "float32")
    scale = max([abs(value) for _, value in known] + [abs(arguments.get(key) or 0.0) for key in RATE_NAMES])
    for step, value in known:
        allowed = scale * (precision + rounding(case, trace, step))
        assert abs(made(step) - value) <= allowed, (step, value, made(step), made)
    assert np.isfinite(made(np.array(STEPS))).all()


RATE_NAMES = ("initial_learning_rate", "end_learning_rate", "warmup_target")


def is_defined(name: str, arguments: dict[str, Any], step: int, value: float) -> bool:
    """Whether Keras' value is one, and not what follows a division by zero or what rounding makes of the end."""
    if name == "InverseTimeDecay" and arguments["decay_rate"] < 0.0:
        return 1.0 + arguments["decay_rate"] * step / arguments["decay_steps"] > 1e-9
    if name == "CosineDecayRestarts" and (growth := arguments.get("t_mul", 2.0)) < 1.0:
        return 1.0 - step / arguments["first_decay_steps"] * (1.0 - growth) > 1e-9
    return math.isfinite(value)


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_values(kind: str) -> None:
    name, strategy = ARGUMENTS[kind]
    runs_away = kind in ("inverse time", "polynomial")  # where a division by nearly zero magnifies the rounding

    @SETTINGS
    @given(strategy)
    def check(arguments: dict[str, Any]) -> None:
        is_negative = arguments.get("power", 1.0) < 0.0 or arguments.get("decay_rate", 1.0) < 0.0
        compare(name, arguments, 1e-9 if runs_away and is_negative else 1e-14)

    check()


WHOLE_ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "ExponentialDecay": st.fixed_dictionaries({"decay_steps": st.integers(1, 40), "decay_rate": FACTORS}),
    "InverseTimeDecay": st.fixed_dictionaries({"decay_steps": st.integers(1, 40), "decay_rate": FACTORS}),
    "PolynomialDecay": st.fixed_dictionaries(
        {"decay_steps": st.integers(1, 40), "end_learning_rate": st.sampled_from([0.0, 0.5, 1.5])},
        optional={"power": st.sampled_from([1.0, 2.9, 0.5]), "cycle": st.booleans()},
    ),
    "CosineDecay": st.fixed_dictionaries(
        {"decay_steps": st.integers(1, 40), "alpha": st.sampled_from([0.0, 0.1])},
        optional={"warmup_target": st.sampled_from([0.1, 1.9, 5]), "warmup_steps": st.sampled_from([0, 4, 7.5])},
    ),
    "CosineDecayRestarts": st.fixed_dictionaries(
        {"first_decay_steps": st.integers(1, 40), "alpha": st.sampled_from([0.0, 0.1, 1.0])},
        optional={"t_mul": st.sampled_from([1.0, 2.0, 2.7]), "m_mul": st.sampled_from([1.0, 0.5, 2.0])},
    ),
}


@pytest.mark.parametrize("name", WHOLE_ARGUMENTS)
def test_an_integer_rate_makes_all_the_others_integers(name: str) -> None:
    @settings(SETTINGS, max_examples=30)
    @given(WHOLE, WHOLE_ARGUMENTS[name])
    def check(rate: int, arguments: dict[str, Any]) -> None:
        compare(name, {"initial_learning_rate": rate} | arguments, 3e-6)

    check()


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_living_schedules_are_converted(kind: str) -> None:
    name, strategy = ARGUMENTS[kind]

    @settings(SETTINGS, max_examples=20)
    @given(strategy)
    def check(arguments: dict[str, Any]) -> None:
        if answered(name, arguments) is not None:
            living = getattr(keras.optimizers.schedules, name)(**arguments)
            assert compat.from_keras(living) == getattr(compat, name)(**arguments)

    check()


def test_our_own_schedule_comes_back() -> None:
    from pywarmup.keras import LearningRate

    schedule = pw.Linear(0.0, 1.0, steps=10)
    assert compat.from_keras(LearningRate(schedule)) is schedule


class Subclass(keras.optimizers.schedules.CosineDecay):  # type: ignore[misc]
    """What it computes, nobody knows."""


class Own(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A class of a user."""


@pytest.mark.parametrize("living", [Subclass(0.1, 10), Own(), 0.1, lambda step: 0.1, pw.Constant(0.1)])
def test_what_cannot_be_seen_is_refused(living: Any) -> None:
    with pytest.raises(ValueError, match=r"^from_keras: [^\n]+; write it down with pywarmup's shapes$"):
        compat.from_keras(living)
