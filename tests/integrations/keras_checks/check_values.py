"""The formula in `keras.ops`, against the core."""

import copy
import pickle
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from registry import SAMPLES, last_step
from trainer import BACKEND, floatx

import pywarmup as pw
from pywarmup.keras import LearningRate

ULP = 2.0**-23  # of float32
LAST = 2**31 - 1
TOLERANCE = {"exponential_decay-3": 1e-6}  # which grows
COMPILED = [
    "warmup_cosine-0",
    "piecewise_linear-0",
    "table-0",
    "repeat-0",
    "triangular-0",
    "tanh-0",
    "noam-0",
    "join-1",
]
NUMBERS = 1_500  # as many for every sample: JAX compiles an operation for every shape


def steps_of(name: str) -> np.ndarray:
    """The whole schedule, and anywhere up to 2**31 - 1 where integers keep their place in float32."""
    schedule, random = SAMPLES[name], np.random.default_rng(7)
    known = np.arange(last_step(schedule) + 1)
    near = np.concatenate([known, 2**24 + np.arange(50), LAST - np.arange(150)])
    far = random.integers(0, LAST, NUMBERS, endpoint=True)
    if (isinstance(schedule, pw.PastEnd) and schedule.policy == "error") or name == "repeat-4":  # of a tenth of a step
        near, far = known, random.integers(0, len(known), NUMBERS)
    return np.concatenate([near, far])[:NUMBERS]


def error(values: Any, expected: np.ndarray) -> float:
    return float(np.abs(ops.convert_to_numpy(values) - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("name", SAMPLES)
def test_the_formula_agrees_with_the_core_in_float32(name: str) -> None:
    steps = steps_of(name)
    values = LearningRate(SAMPLES[name])._replay(ops.convert_to_tensor(steps.astype("int32")))
    assert keras.backend.standardize_dtype(values.dtype) == "float32"
    assert error(values, SAMPLES[name](steps)) <= TOLERANCE.get(name, 4 * ULP)


@pytest.mark.skipif(BACKEND == "jax", reason="Keras computes in float32 with JAX")
@pytest.mark.parametrize("name", SAMPLES)
def test_the_formula_agrees_with_the_core_in_float64(name: str) -> None:
    steps = steps_of(name)
    with floatx("float64"):
        values = LearningRate(SAMPLES[name])._replay(ops.convert_to_tensor(steps.astype("int32")))
    assert keras.backend.standardize_dtype(values.dtype) == "float64"
    assert error(values, SAMPLES[name](steps)) <= 1e-15


@pytest.mark.parametrize("name", COMPILED)
def test_a_tensor_of_real_numbers_is_a_step(name: str) -> None:
    steps = np.linspace(0, last_step(SAMPLES[name]), NUMBERS, dtype="float32")
    values = LearningRate(SAMPLES[name])._replay(ops.convert_to_tensor(steps))
    assert error(values, SAMPLES[name](steps)) <= 1e-6


@pytest.mark.skipif(BACKEND == "jax", reason="Keras computes in float32 with JAX")
def test_real_steps_keep_their_place_in_float64() -> None:
    schedule, steps = SAMPLES["repeat-4"], 5e6 + 0.05 + np.arange(100.0)
    with floatx("float64"):
        values = LearningRate(schedule)._replay(ops.convert_to_tensor(steps))
    assert error(values, schedule(steps)) <= 1e-7


@pytest.mark.skipif(BACKEND == "torch", reason="compiles by torch.compile, and without g++ not at all")
@pytest.mark.parametrize("name", COMPILED)
def test_it_compiles(name: str) -> None:
    rate = LearningRate(SAMPLES[name])
    steps = np.array([0, 1, 9, 10, 57, last_step(SAMPLES[name]), 2**24 + 1, LAST], "int32")
    if BACKEND == "jax":
        import jax

        compiled = jax.jit(rate)
    else:
        import tensorflow

        compiled = tensorflow.function(rate, jit_compile=True)
    assert error([compiled(ops.convert_to_tensor(step)) for step in steps], SAMPLES[name](steps)) <= 4 * ULP


@pytest.mark.parametrize("name", ["warmup_cosine-0", "table-1"])
def test_a_step_that_is_known_has_the_schedule_s_own_value(name: str) -> None:
    schedule, rate = SAMPLES[name], LearningRate(SAMPLES[name])
    count = keras.Variable(0, dtype="int", trainable=False)
    for step in range(0, 450, 7):
        count.assign(step)
        for known in (step, np.int64(step), count, ops.convert_to_tensor(step)):
            assert ops.convert_to_numpy(rate(known)) == np.float32(schedule(step))
    np.testing.assert_array_equal(ops.convert_to_numpy(rate(np.arange(450))), schedule.array(450, dtype="float32"))
    assert float(rate(2.5)) == np.float32(schedule(2.5))


def test_what_is_no_step_is_refused_where_it_is_known() -> None:
    rate = LearningRate(SAMPLES["warmup_cosine-0"])
    with pytest.raises(ValueError, match="must be"):
        rate(-1)
    with pytest.raises(TypeError, match="must be"):
        rate("3")


def test_batches_are_divided_into_updates() -> None:
    schedule = SAMPLES["warmup_cosine-0"]
    rate = LearningRate(schedule, gradient_accumulation_steps=4)
    batches = np.arange(64)
    expected = schedule(batches // 4)
    np.testing.assert_array_equal(ops.convert_to_numpy(rate(batches)), expected.astype("float32"))
    assert error(rate._replay(ops.convert_to_tensor(batches)), expected) <= 4 * ULP
    assert rate(11) == rate(8) != rate(12)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", COMPILED)
def test_low_precision_does_not_lower_that_of_rates(name: str, dtype: str) -> None:
    rate, steps = LearningRate(SAMPLES[name]), steps_of(name)
    counts = ops.convert_to_tensor(steps.astype("int32"))  # of which Keras would make real numbers below
    with floatx(dtype):
        known, values = rate(3), rate._replay(counts)
    assert {keras.backend.standardize_dtype(tensor.dtype) for tensor in (known, values)} == {"float32"}
    assert error(values, SAMPLES[name](steps)) <= 4 * ULP


@pytest.mark.parametrize("name", SAMPLES)
def test_a_configuration_comes_back(name: str) -> None:
    rate = LearningRate(SAMPLES[name])
    assert rate.get_config() == SAMPLES[name].to_dict()
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(rate))
    assert isinstance(again, LearningRate)
    assert again.schedule == SAMPLES[name]
    assert again.gradient_accumulation_steps == 1


def test_a_configuration_has_the_accumulation() -> None:
    rate = LearningRate(pw.Constant(0.1), gradient_accumulation_steps=3)
    assert rate.get_config() == pw.Constant(0.1).to_dict() | {"gradient_accumulation_steps": 3}
    assert LearningRate.from_config(rate.get_config()).gradient_accumulation_steps == 3
    assert repr(rate) == "LearningRate(Constant(value=0.1, steps=None), gradient_accumulation_steps=3)"


def test_it_is_copied_and_pickled() -> None:
    rate = LearningRate(SAMPLES["join-1"], gradient_accumulation_steps=2)
    for other in (pickle.loads(pickle.dumps(rate)), copy.deepcopy(rate)):
        assert repr(other) == repr(rate)
        assert other(30) == rate(30)


@pytest.mark.parametrize("schedule", [0.1, None, lambda step: 0.1], ids=str)
def test_what_is_no_schedule_is_refused(schedule: object) -> None:
    with pytest.raises(TypeError, match=r"^LearningRate: `schedule` must be a schedule, got "):
        LearningRate(schedule)  # type: ignore[arg-type]


@pytest.mark.parametrize(("steps", "error_type"), [(0, ValueError), (2.0, TypeError), (True, TypeError)])
def test_what_is_no_accumulation_is_refused(steps: Any, error_type: type[Exception]) -> None:
    with pytest.raises(error_type, match=r"`gradient_accumulation_steps` must be an integer >= 1, got"):
        LearningRate(pw.Constant(0.1), gradient_accumulation_steps=steps)
