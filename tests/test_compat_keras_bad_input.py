"""What `pywarmup.compat.keras` refuses, and what it makes; its values are compared in tests/integrations."""

import math
from typing import Any

import pytest
from refusals import check_refusal, refusals

import pywarmup as pw
from pywarmup.compat import keras

CALLS: dict[Any, dict[str, Any]] = {
    keras.ExponentialDecay: {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
    keras.InverseTimeDecay: {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
    keras.PolynomialDecay: {
        "initial_learning_rate": 0.1,
        "decay_steps": 10,
        "end_learning_rate": 0.01,
        "power": 2.0,
    },
    keras.CosineDecay: {
        "initial_learning_rate": 0.1,
        "decay_steps": 10,
        "alpha": 0.1,
        "warmup_target": 1.0,
        "warmup_steps": 3,
    },
    keras.CosineDecayRestarts: {
        "initial_learning_rate": 0.1,
        "first_decay_steps": 10,
        "t_mul": 2.0,
        "m_mul": 0.5,
        "alpha": 0.1,
    },
}


@pytest.mark.parametrize(("function", "arguments", "name", "bad", "error"), refusals(CALLS))
def test_numbers(function: Any, arguments: dict[str, Any], name: str, bad: Any, error: type[Exception]) -> None:
    check_refusal(function, arguments, name, bad, error)


@pytest.mark.parametrize(
    ("function", "changed"),
    [
        (keras.ExponentialDecay, {"decay_steps": 0}),
        (keras.ExponentialDecay, {"decay_steps": -1}),
        (keras.ExponentialDecay, {"decay_steps": 1e300}),
        (keras.ExponentialDecay, {"decay_rate": -0.5}),
        (keras.InverseTimeDecay, {"decay_steps": 0}),
        (keras.InverseTimeDecay, {"decay_rate": -0.5, "staircase": True}),
        (keras.InverseTimeDecay, {"decay_rate": -1e-300}),
        (keras.PolynomialDecay, {"decay_steps": 0}),
        (keras.PolynomialDecay, {"power": -1.0, "cycle": True}),
        (keras.CosineDecay, {"decay_steps": 0}),
        (keras.CosineDecayRestarts, {"first_decay_steps": 0}),
        (keras.CosineDecayRestarts, {"t_mul": -2.0}),
        (keras.CosineDecayRestarts, {"m_mul": -0.5}),
    ],
)
def test_what_keras_refuses_or_makes_no_rates_of(function: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"^{function.__name__}: `[^\n]+$"):
        function(**(CALLS[function] | changed))


@pytest.mark.parametrize(
    ("function", "flag"),
    [(keras.ExponentialDecay, "staircase"), (keras.InverseTimeDecay, "staircase"), (keras.PolynomialDecay, "cycle")],
)
@pytest.mark.parametrize("value", [1, 0.0, "yes", None])
def test_flags(function: Any, flag: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{function.__name__}: `{flag}` must be True or False"):
        function(**(CALLS[function] | {flag: value}))


@pytest.mark.parametrize(
    ("boundaries", "values", "error"),
    [
        ([], [0.1], ValueError),
        ([5], [0.1], ValueError),
        ([5], [0.1, 0.2, 0.3], ValueError),
        ([math.nan], [0.1, 0.2], ValueError),
        ([math.inf], [0.1, 0.2], ValueError),
        ([5], [0.1, math.nan], ValueError),
        ([2**60], [0.1, 0.2], ValueError),
        ([True], [0.1, 0.2], TypeError),
        (["5"], [0.1, 0.2], TypeError),
        ("5", [0.1, 0.2], TypeError),
        (5, [0.1, 0.2], TypeError),
        ([5], 0.1, TypeError),
        ([5], None, TypeError),
        ([5], {0.1: 1, 0.2: 2}, TypeError),
    ],
)
def test_pieces(boundaries: Any, values: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^Piecewise\w+: `(boundaries|values|milestones)[^\n]+$"):
        keras.PiecewiseConstantDecay(boundaries, values)


def test_pieces_out_of_order_are_added() -> None:
    made = keras.PiecewiseConstantDecay([60, 30], [0.5, 0.25, 0.125])
    assert [made(step) for step in (30, 31, 60, 61)] == [0.5, 0.625, 0.625, 0.125]


def test_cycles_of_a_polynomial_have_no_end() -> None:
    made = keras.PolynomialDecay(1.0, 10, 0.0, power=1.0, cycle=True)
    far = 10**9
    assert made(far) == 0.0
    assert made(far + 1) == pytest.approx(9 / (far + 10), rel=1e-12)


@pytest.mark.parametrize("cycles", [1_000, 2_000, 10**9])
def test_heights_fall_for_ever(cycles: int) -> None:
    made = keras.PolynomialDecay(1.0, 10, 0.0, power=0.5, cycle=True)
    assert made(10 * cycles - 9) == pytest.approx((9 / (10 * cycles)) ** 0.5)


def test_waves_that_hardly_grow_come_to_an_end() -> None:
    made = keras.CosineDecayRestarts(1.0, 10, t_mul=1.00001)
    assert made(0) == 1.0
    assert made.total_steps is not None
    assert made.total_steps >= 200_000


def test_an_integer_rate_means_integers() -> None:
    assert keras.CosineDecay(0, 80, warmup_target=0.1, warmup_steps=20)(20) == 0.0
    assert keras.CosineDecay(0.0, 80, warmup_target=0.1, warmup_steps=20)(20) == 0.1


def test_the_same_value_as_the_recipe() -> None:
    ours = pw.warmup_cosine(1.0, warmup_steps=10, total_steps=100, end_value=0.1)
    assert keras.CosineDecay(0.0, 90, 0.1, warmup_target=1.0, warmup_steps=10) == ours


@pytest.mark.parametrize("anything", [None, 0.1, lambda step: 0.1, pw.Constant(0.1)])
def test_what_is_no_schedule_of_keras_is_not_converted(anything: Any) -> None:
    with pytest.raises(ValueError, match=r"^from_keras: [^\n]+; write it down with pywarmup's shapes$"):
        keras.from_keras(anything)
