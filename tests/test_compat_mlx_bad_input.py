"""What `pywarmup.compat.mlx` refuses; its values are compared in tests/integrations."""

import math
from typing import Any

import pytest
from refusals import check_refusal, refusals

import pywarmup as pw
from pywarmup.compat import mlx

CALLS: dict[Any, dict[str, Any]] = {
    mlx.exponential_decay: {"init": 0.1, "decay_rate": 0.9},
    mlx.step_decay: {"init": 0.1, "decay_rate": 0.9, "step_size": 10},
    mlx.cosine_decay: {"init": 0.1, "decay_steps": 10, "end": 0.01},
    mlx.linear_schedule: {"init": 0.1, "end": 0.01, "steps": 10},
}


@pytest.mark.parametrize(("function", "arguments", "name", "bad", "error"), refusals(CALLS))
def test_numbers(function: Any, arguments: dict[str, Any], name: str, bad: Any, error: type[Exception]) -> None:
    check_refusal(function, arguments, name, bad, error)


@pytest.mark.parametrize(
    ("function", "changed"),
    [
        (mlx.exponential_decay, {"decay_rate": -0.5}),
        (mlx.step_decay, {"decay_rate": -0.5}),
        (mlx.step_decay, {"step_size": 0}),
        (mlx.step_decay, {"step_size": 0.5}),
        (mlx.cosine_decay, {"decay_steps": 0}),
        (mlx.cosine_decay, {"decay_steps": 0.5}),
        (mlx.cosine_decay, {"decay_steps": -3}),
        (mlx.linear_schedule, {"steps": 0}),
        (mlx.linear_schedule, {"steps": 1e300}),
    ],
)
def test_what_mlx_refuses_or_makes_no_rates_of(function: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"^{function.__name__}: `[^\n]+$"):
        function(**(CALLS[function] | changed))


STAGES = [pw.Constant(0.1), pw.Constant(0.2)]


@pytest.mark.parametrize(
    ("schedules", "boundaries", "error"),
    [
        ([], [], ValueError),
        (STAGES, [], ValueError),
        (STAGES, [5, 10], ValueError),
        (STAGES, [math.nan], ValueError),
        (STAGES, ["5"], TypeError),
        (STAGES, 5, TypeError),
        ([pw.Constant(0.1), lambda step: 0.1], [5], TypeError),
        (pw.Constant(0.1), [], TypeError),
    ],
)
def test_what_cannot_be_joined(schedules: Any, boundaries: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^join_schedules: `(schedules|boundaries)[^`\n]*` must be [^\n]+$"):
        mlx.join_schedules(schedules, boundaries)


def test_a_negative_boundary_is_never_reached() -> None:
    assert mlx.join_schedules(STAGES, [-5])(100) == 0.1
