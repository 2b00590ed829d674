"""Schedules in MLX: the recorded formula, eager and compiled, in its optimizers."""

import pickle
from functools import partial
from typing import Any

import numpy as np
import pytest
from registry import SAMPLES, last_step

import pywarmup as pw

mx = pytest.importorskip("mlx.core")

import mlx.optimizers as optim

from pywarmup.mlx import expression

S = pw.warmup_cosine(0.3, warmup_steps=4, total_steps=12)


@pytest.mark.parametrize("dtype", ["int64", "float32"])
@pytest.mark.parametrize(("name", "schedule"), SAMPLES.items(), ids=SAMPLES.keys())
def test_the_values_are_those_of_the_schedule(name: str, schedule: pw.Schedule, dtype: str) -> None:
    steps = np.arange(last_step(schedule) + 1)
    values = expression(schedule)(mx.array(steps.astype(dtype)))
    assert values.dtype == mx.float32
    is_growth = name == "exponential_decay-3"
    error = np.abs(np.array(values) - schedule(steps)).max()
    assert error <= (1.5e-6 if is_growth else 4e-7) * np.abs(schedule(steps)).max()


def large(total: int) -> tuple[pw.Schedule, list[int]]:
    """A schedule, and steps that float32 cannot count."""
    steps = [0, 1, 1_000, 1_001, total // 2, total // 2 + 1, total - 2, total - 1, total, 2 * total]
    return pw.warmup_cosine(0.1, warmup_steps=1_001, total_steps=total), steps


@pytest.mark.parametrize("total", [10**6, 10**8, 2**40])
def test_large_steps_are_exact(total: int) -> None:
    schedule, steps = large(total)
    values = np.array(expression(schedule)(mx.array(steps, mx.uint64)))
    np.testing.assert_allclose(values, schedule(steps), rtol=1e-6)


def test_it_is_compiled_once() -> None:
    schedule, steps = large(10**8)
    traces = []

    @mx.compile
    def lr(step: Any) -> Any:
        traces.append(step)
        return expression(schedule)(step)

    values = [lr(mx.array(step, mx.uint64)).item() for step in steps]
    assert len(traces) == 1
    np.testing.assert_allclose(values, schedule(steps), rtol=1e-6)


def test_many_stages_are_searched_in_a_table() -> None:
    schedule = pw.join(*[pw.Linear(i / 40, 1.0, steps=5.5) for i in range(40)])
    steps = np.arange(250)
    np.testing.assert_allclose(np.array(expression(schedule)(mx.array(steps))), schedule(steps), atol=4e-7)


@pytest.mark.parametrize("form", [lambda function: function, mx.compile], ids=["eager", "compiled"])
def test_an_optimizer_has_the_rate_of_the_step(form: Any) -> None:
    """Of a weight whose gradient is 1 each step takes away the learning rate."""
    optimizer = optim.SGD(learning_rate=expression(S))
    parameters = {"w": mx.zeros(1)}
    optimizer.init(parameters)
    state = [parameters, optimizer.state]
    compiled = partial(mx.compile, inputs=state, outputs=state)

    @(compiled if form is mx.compile else form)
    def train() -> Any:
        parameters.update(optimizer.apply_gradients({"w": mx.ones(1)}, {"w": mx.zeros(1)}))
        return -parameters["w"]

    rates = [train().item() for _ in range(20)]
    np.testing.assert_allclose(rates, S.array(20), rtol=0, atol=4e-7 * 0.3)


@pytest.mark.parametrize("optimizer", [optim.Adam, optim.AdamW, optim.Lion, optim.RMSprop, optim.Muon])
def test_other_optimizers_take_it(optimizer: Any) -> None:
    made = optimizer(learning_rate=expression(S))
    weights = {"w": mx.zeros((2, 2))}
    for step in range(6):
        weights = made.apply_gradients({"w": mx.ones((2, 2))}, weights)
        assert made.learning_rate.item() == pytest.approx(S(step), abs=4e-7)


def test_a_resumed_optimizer_goes_on() -> None:
    optimizer = optim.SGD(learning_rate=expression(S))
    optimizer.init({"w": mx.zeros(1)})
    optimizer.state["step"] = mx.array(7, mx.uint64)
    optimizer.apply_gradients({"w": mx.ones(1)}, {"w": mx.zeros(1)})
    assert optimizer.learning_rate.item() == pytest.approx(S(7), abs=4e-7)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "uint64", "float16", "bfloat16"])
def test_steps_of_any_type_and_shape(dtype: str) -> None:
    steps = mx.array([[0, 1], [5, 90]], getattr(mx, dtype))
    values = expression(S)(steps)
    assert (values.shape, values.dtype) == ((2, 2), mx.float32)
    np.testing.assert_allclose(np.array(values), S([[0, 1], [5, 90]]), atol=4e-7)


def test_what_it_is_made_of() -> None:
    lr = expression(S)
    assert lr.schedule is S
    assert repr(lr) == f"expression({S!r})"
    assert pickle.loads(pickle.dumps(lr))(mx.array(3)).item() == lr(mx.array(3)).item()


@pytest.mark.parametrize("bad", [None, 0.1, [0.1], abs, pw.Linear])
def test_it_wants_a_schedule(bad: Any) -> None:
    with pytest.raises(TypeError) as caught:
        expression(bad)
    assert str(caught.value) == f"expression: `schedule` must be a schedule, got {bad!r}"


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (3, "must be an mlx array, got int; for numbers call the schedule itself"),
        (np.arange(3), "must be an mlx array, got ndarray; for numbers call the schedule itself"),
        (mx.array([True]), "must be integers or real numbers, got mlx.core.bool"),
        (mx.array([1j]), "must be integers or real numbers, got mlx.core.complex64"),
    ],
    ids=["int", "ndarray", "bool", "complex"],
)
def test_it_wants_an_array_of_steps(steps: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        expression(S)(steps)
    assert str(caught.value) == f"expression: `steps` {message}"
