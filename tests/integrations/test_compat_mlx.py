"""`pywarmup.compat.mlx` against the installed MLX, on arguments that it was not written from."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mlx.core")

from conformance.libraries.mlx import _build, peer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pywarmup.compat import mlx as compat

Draw = Callable[..., Any]
STEPS = [*range(14), 19, 20, 21, 33, 40, 41, 60, 79, 80, 81, 120, 200, 201, 1000]
RATES = st.sampled_from([0.0, -0.1, 1e-8, 1e-3, 0.1, 1.0, 3.7, 1e8, 1e20]) | st.floats(1e-6, 10.0)
LENGTHS = st.integers(1, 60) | st.sampled_from([1, 2, 7.5, 200, 0, -3, 0.5])
FACTORS = st.sampled_from([0.0, 0.1, 0.5, 0.96, 1.0]) | st.floats(0.01, 1.0)
CURVES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "exponential_decay": st.fixed_dictionaries({"init": RATES, "decay_rate": FACTORS}),
    "step_decay": st.fixed_dictionaries({"init": RATES, "decay_rate": FACTORS, "step_size": LENGTHS}),
    "cosine_decay": st.fixed_dictionaries({"init": RATES, "decay_steps": LENGTHS}, optional={"end": RATES}),
    "linear_schedule": st.fixed_dictionaries({"init": RATES, "end": RATES, "steps": LENGTHS}),
}


@st.composite
def joined(draw: Draw) -> dict[str, Any]:
    children = [st.tuples(st.just(name), arguments) for name, arguments in CURVES.items()]
    schedules = draw(st.lists(st.one_of(children), max_size=4))
    count = max(len(schedules) - 1 + draw(st.sampled_from([0, 0, 0, 0, 1])), 0)
    return {
        "schedules": schedules,
        "boundaries": draw(st.lists(st.integers(-5, 60), min_size=count, max_size=count)),
    }


def compare(name: str, arguments: dict[str, Any]) -> None:
    try:
        theirs = peer(name, arguments, STEPS)
    except ValueError:
        with pytest.raises(ValueError, match=r"^\w+: .*`"):
            _build(compat, name, arguments)
        return
    made = _build(compat, name, arguments)
    scale = max([abs(value) for value in theirs] + rates_in(arguments))
    for step, value in zip(STEPS, theirs, strict=True):
        power = step * 2.0**-24 * abs(value)  # MLX rounds the rate, and then takes its power
        allowed = 4 * float(np.spacing(np.float32(scale))) + power
        assert abs(made(step) - value) <= allowed, (step, value, made(step), made)


def rates_in(arguments: Any) -> list[float]:
    if isinstance(arguments, dict):
        own = [abs(arguments[key]) for key in ("init", "end") if key in arguments]
        return own + [rate for value in arguments.values() for rate in rates_in(value)]
    return [rate for one in arguments for rate in rates_in(one)] if isinstance(arguments, list | tuple) else []


@pytest.mark.parametrize("name", [*CURVES, "join_schedules"])
def test_values(name: str) -> None:
    @settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, max_examples=60)
    @given(CURVES[name] if name in CURVES else joined())
    def check(arguments: dict[str, Any]) -> None:
        compare(name, arguments)

    check()
