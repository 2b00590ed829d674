"""What `pywarmup.compat.optax` refuses, and what it makes; its values are compared in tests/integrations."""

import math
from typing import Any

import pytest
from refusals import check_refusal, refusals

import pywarmup as pw
from pywarmup.compat import optax

CYCLE = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 2, "decay_steps": 10, "end_value": 0.1, "exponent": 1.0}
ONE_CYCLE = {
    "transition_steps": 10,
    "peak_value": 1.0,
    "pct_start": 0.3,
    "div_factor": 25.0,
    "final_div_factor": 1e4,
}
DECAY = {"transition_steps": 3, "decay_rate": 0.5, "transition_begin": 1, "end_value": 0.01}
CALLS: dict[Any, dict[str, Any]] = {
    optax.constant_schedule: {"value": 0.1},
    optax.linear_schedule: {"init_value": 0.0, "end_value": 1.0, "transition_steps": 5, "transition_begin": 1},
    optax.polynomial_schedule: {
        "init_value": 0.0,
        "end_value": 1.0,
        "power": 2.0,
        "transition_steps": 5,
        "transition_begin": 1,
    },
    optax.exponential_decay: {"init_value": 1.0, **DECAY},
    optax.cosine_decay_schedule: {"init_value": 1.0, "decay_steps": 5, "alpha": 0.1, "exponent": 1.0},
    optax.piecewise_constant_schedule: {"init_value": 1.0, "boundaries_and_scales": {5: 0.1}},
    optax.piecewise_interpolate_schedule: {"interpolate_type": "cosine", "init_value": 1.0},
    optax.linear_onecycle_schedule: {**ONE_CYCLE, "pct_final": 0.85},
    optax.cosine_onecycle_schedule: ONE_CYCLE,
    optax.warmup_constant_schedule: {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 5},
    optax.warmup_cosine_decay_schedule: CYCLE,
}


@pytest.mark.parametrize(("function", "arguments", "name", "bad", "error"), refusals(CALLS))
def test_numbers(function: Any, arguments: dict[str, Any], name: str, bad: Any, error: type[Exception]) -> None:
    check_refusal(function, arguments, name, bad, error)


@pytest.mark.parametrize("name", ["init_value", "peak_value", "warmup_steps", *DECAY])
def test_numbers_of_a_warmup_before_an_exponential(name: str) -> None:
    arguments: dict[str, Any] = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 2, **DECAY}
    with pytest.raises(ValueError, match=rf"^\w+: `{name}` must be [^\n]+$"):
        optax.warmup_exponential_decay_schedule(**(arguments | {name: math.nan}))


@pytest.mark.parametrize(
    ("function", "changed"),
    [
        (optax.exponential_decay, {"decay_rate": -0.5}),
        (optax.exponential_decay, {"decay_rate": -0.5, "staircase": True}),
        (optax.cosine_decay_schedule, {"decay_steps": 0}),
        (optax.cosine_decay_schedule, {"decay_steps": -3}),
        (optax.cosine_decay_schedule, {"exponent": -1.0}),
        (optax.cosine_decay_schedule, {"decay_steps": 1e300}),
        (optax.linear_schedule, {"transition_steps": 2**54}),
        (optax.linear_schedule, {"transition_begin": 1e300}),
        (optax.linear_onecycle_schedule, {"transition_steps": 0}),
        (optax.linear_onecycle_schedule, {"div_factor": 0.0}),
        (optax.linear_onecycle_schedule, {"final_div_factor": -1.0}),
        (optax.cosine_onecycle_schedule, {"transition_steps": -1}),
        (optax.cosine_onecycle_schedule, {"div_factor": -25.0}),
        (optax.warmup_cosine_decay_schedule, {"warmup_steps": 10}),
        (optax.warmup_cosine_decay_schedule, {"warmup_steps": 11}),
        (optax.piecewise_constant_schedule, {"boundaries_and_scales": {5: -1.0}}),
        (optax.piecewise_constant_schedule, {"boundaries_and_scales": {5: math.nan}}),
        (optax.piecewise_constant_schedule, {"boundaries_and_scales": {math.inf: 1.0}}),
        (optax.piecewise_interpolate_schedule, {"boundaries_and_scales": {5: -1.0}}),
        (optax.piecewise_interpolate_schedule, {"interpolate_type": "square"}),
    ],
)
def test_what_optax_refuses_or_makes_no_rates_of(function: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^\w+: `[^\n]+$"):
        function(**(CALLS[function] | changed))


@pytest.mark.parametrize(
    ("function", "changed"),
    [
        (optax.exponential_decay, {"staircase": 1}),
        (optax.piecewise_constant_schedule, {"boundaries_and_scales": [5, 0.1]}),
        (optax.piecewise_constant_schedule, {"boundaries_and_scales": {"five": 0.1}}),
        (optax.piecewise_constant_schedule, {"boundaries_and_scales": {"": 0.1}}),
        (optax.piecewise_constant_schedule, {"boundaries_and_scales": {5: "0.1"}}),
        (optax.piecewise_interpolate_schedule, {"boundaries_and_scales": "5"}),
    ],
)
def test_other_types(function: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"^\w+: `[^\n]+$"):
        function(**(CALLS[function] | changed))


@pytest.mark.parametrize("cycles", [[], ()])
def test_no_cycles(cycles: Any) -> None:
    with pytest.raises(ValueError, match=r"^sgdr_schedule: `cosine_kwargs` must be a non-empty"):
        optax.sgdr_schedule(cycles)


@pytest.mark.parametrize("cycles", [3, "abc", [3], [CYCLE, None], CYCLE])
def test_what_are_no_cycles(cycles: Any) -> None:
    with pytest.raises(TypeError, match=r"^sgdr_schedule: `cosine_kwargs` must be"):
        optax.sgdr_schedule(cycles)


@pytest.mark.parametrize("missing", ["decay_steps", "peak_value"])
def test_cycles_with_a_missing_argument(missing: str) -> None:
    with pytest.raises(TypeError, match=missing):
        optax.sgdr_schedule([{key: value for key, value in CYCLE.items() if key != missing}])


def test_cycles_may_come_one_by_one() -> None:
    assert optax.sgdr_schedule(dict(CYCLE) for _ in range(2)) == optax.sgdr_schedule([CYCLE, CYCLE])


STAGES = [pw.Constant(0.1), pw.Constant(0.2)]


@pytest.mark.parametrize(
    ("schedules", "boundaries", "error"),
    [
        ([], [], ValueError),
        (STAGES, [math.nan], ValueError),
        (STAGES, [math.inf], ValueError),
        (STAGES, ["5"], TypeError),
        (STAGES, [True], TypeError),
        (STAGES, 5, TypeError),
        (STAGES, "5", TypeError),
        ([pw.Constant(0.1), lambda step: 0.1], [5], TypeError),
        ([0.1, 0.2], [5], TypeError),
        (pw.Constant(0.1), [], TypeError),
        ("ab", [5], TypeError),
    ],
)
def test_what_cannot_be_joined(schedules: Any, boundaries: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^join_schedules: `(schedules|boundaries)[^`\n]*` must be [^\n]+$"):
        optax.join_schedules(schedules, boundaries)


def test_joined_schedules_keep_what_they_do_past_their_end() -> None:
    sawtooth = pw.Linear(0.0, 1.0, steps=4).past_end("repeat")
    made = optax.join_schedules([pw.Constant(0.5), sawtooth, pw.Constant(0.7)], [-6, 3])
    assert [made(step) for step in range(5)] == [0.5, 0.75, 0.0, 0.7, 0.7]


def test_a_bounded_schedule_has_its_length() -> None:
    assert optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 100).total_steps == 100
    assert optax.cosine_onecycle_schedule(100, 1.0).total_steps == 100
    assert optax.linear_schedule(0.0, 1.0, 10, 5).total_steps == 15
    assert optax.sgdr_schedule([CYCLE, CYCLE]).total_steps == 20


def test_the_same_value_as_the_recipe() -> None:
    ours = pw.warmup_cosine(1.0, warmup_steps=10, total_steps=100, end_value=0.1)
    assert optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 100, 0.1) == ours


@pytest.mark.parametrize("anything", [None, lambda count: 0.1, 0.1, pw.Constant(0.1)])
def test_closures_are_not_converted(anything: Any) -> None:
    with pytest.raises(ValueError, match=r"^from_optax: [^\n]+pywarmup\.compat\.optax[^\n]+$"):
        optax.from_optax(anything)
