"""Schedules in JAX and optax: the schedule's values, traced or not, in 32 and 64 bits."""

import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")

import jax.numpy as jnp
from registry import SAMPLES, last_step
from running import run_example

import pywarmup as pw
from pywarmup.jax import as_optax, table

ULP = 2.0**-23  # of float32, in parts of the peak
ONE_WSD_OF_EACH_SHAPE = {f"wsd-{index}" for index in range(0, 64, 9)}
NAMES = [name for name in SAMPLES if not name.startswith("wsd") or name in ONE_WSD_OF_EACH_SHAPE]
LONG = np.array([2**24 - 1, 2**24 + 1, 50_000_001, 2**30 + 1, 2**31 - 2, 2**31 - 1])
MILLION = pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=1_000_000)
SHORT = pw.warmup_cosine(0.1, warmup_steps=10, total_steps=100)
NOT_WHOLE = "repeat-4"  # cycles of a tenth of a step
BILLIONS = 2_000_000_000
WITHIN_BILLIONS = {
    "cosine": pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=BILLIONS),
    "linear": pw.Linear(0.0, 1.0, steps=BILLIONS).reverse(),
    "piecewise": pw.PiecewiseLinear([(0, 0.1), (BILLIONS // 2, 1.0), (BILLIONS, 0.0)]),
    "repeat": pw.Cosine(1.0, 0.0, steps=1_000).repeat(),
    "mirror": pw.Linear(1.0, 0.0, steps=1_000).past_end("mirror"),
    "restarts": pw.cosine_restarts(0.1, cycle_steps=1_000, growth=2, warmup_steps=10),
    "many stages": pw.join(*[pw.Cosine(1.0, 0.1, steps=10**8 - index) for index in range(20)]),
}


def steps_of(schedule: pw.Schedule) -> np.ndarray:
    """All steps and some beyond those that float32 has."""
    errs = isinstance(schedule, pw.PastEnd) and schedule.policy == "error"
    beyond = LONG[:0] if errs or schedule == SAMPLES[NOT_WHOLE] else LONG
    return np.concatenate([np.arange(last_step(schedule) + 1), beyond])


def error(actual: jax.Array, expected: np.ndarray) -> float:
    """The largest error, in parts of the peak."""
    return float(np.abs(np.asarray(actual, np.float64) - expected).max() / np.abs(expected).max())


@cache
def compiled_values(x64: bool) -> dict[str, np.ndarray]:
    """The values of all samples, compiled as one program, which is quickest."""
    with jax.enable_x64(x64):
        steps = {name: jnp.asarray(steps_of(SAMPLES[name]), jnp.int32) for name in NAMES}
        return jax.jit(lambda steps: {name: as_optax(SAMPLES[name])(steps[name]) for name in NAMES})(steps)


@pytest.mark.parametrize("x64", [False, True], ids=["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_a_compiled_formula_agrees_with_the_schedule(name: str, x64: bool) -> None:
    values = compiled_values(x64)[name]
    assert values.dtype == (np.float64 if x64 else np.float32)
    tolerance = 1e-15 if x64 else 4 * ULP
    assert error(values, SAMPLES[name](steps_of(SAMPLES[name]))) <= tolerance


@pytest.mark.parametrize("peak", [3e-4, 0.1, 1.0, 1.9])
@pytest.mark.parametrize("recipe", [pw.warmup_cosine, pw.warmup_linear])
def test_over_a_million_steps_it_is_within_one_float32_ulp_of_the_peak(recipe: Callable, peak: float) -> None:
    schedule = recipe(peak, warmup_steps=2_000, total_steps=1_000_000)
    values = jax.jit(as_optax(schedule))(jnp.arange(1_000_000))
    assert error(values, schedule.array(1_000_000)) <= ULP


@pytest.mark.parametrize("name", WITHIN_BILLIONS)
def test_integers_of_32_bits_keep_their_place_in_a_long_run(name: str) -> None:
    schedule = WITHIN_BILLIONS[name]
    near = [point + np.arange(-1_000, 1_000) for point in (1_000, 10**8, BILLIONS // 2, BILLIONS, 2**31 - 1_000)]
    steps = np.concatenate([np.random.default_rng(7).integers(0, 2**31, 2_000), *near])
    assert error(jax.jit(as_optax(schedule))(jnp.asarray(steps, jnp.int32)), schedule(steps)) <= 4 * ULP


def test_neighbours_that_float32_does_not_tell_apart_are_told_apart() -> None:
    milestone = 2**24 + 1
    lr = jax.jit(as_optax(pw.PiecewiseConstant([1.0, 0.5], milestones=[milestone])))
    assert lr(jnp.arange(milestone - 2, milestone + 2)).tolist() == [1.0, 1.0, 0.5, 0.5]


@pytest.mark.parametrize("name", NAMES)
def test_gradients_over_real_steps_are_finite(name: str) -> None:
    last = last_step(SAMPLES[name])
    steps = jnp.asarray(np.concatenate([np.arange(last + 1), np.linspace(0, last, 1_200 - last)]), jnp.float32)
    with jax.disable_jit():  # operations of one size are compiled once for all samples
        values, slopes = jax.value_and_grad(lambda steps: as_optax(SAMPLES[name])(steps).sum())(steps)
    assert np.isfinite(slopes).all()
    assert values == pytest.approx(SAMPLES[name](np.asarray(steps)).sum(), rel=1e-3, abs=1e-3)


def test_the_gradient_is_the_slope() -> None:
    assert jax.grad(as_optax(pw.Linear(0.0, 1.0, steps=64)))(3.5).item() == 1 / 64


def test_ten_thousand_steps_are_compiled_once() -> None:
    lr = as_optax(SHORT)
    step = jax.jit(lambda state: (state[0] + 1, state[1] + lr(state[0])))
    state = (jnp.int32(0), jnp.float32(0))
    for _ in range(10_000):
        state = step(state)
    assert step._cache_size() == 1
    assert state[0] == 10_000
    assert state[1].item() == pytest.approx(SHORT.array(10_000).sum(), rel=1e-5)


def test_scan_and_vmap_take_it() -> None:
    lr, expected = as_optax(SHORT), SHORT.array(120)
    counted = jax.lax.scan(lambda count, _: (count + 1, lr(count)), jnp.int32(0), length=120)[1]
    assert error(counted, expected) <= ULP
    assert error(jax.vmap(jax.vmap(lr))(jnp.arange(120).reshape(10, 12)).reshape(-1), expected) <= ULP


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 3)], ids=str)
@pytest.mark.parametrize("name", ["constant-0", "cosine-0", "piecewise_linear-0", "table-1", "repeat-2"])
def test_the_result_has_the_shape_of_the_counts(name: str, shape: tuple[int, ...]) -> None:
    counts = jnp.arange(np.prod(shape, dtype=int)).reshape(shape)
    for count in (counts, counts.astype(float)):
        assert as_optax(SAMPLES[name])(count).shape == shape


def test_equal_schedules_are_one_static_argument() -> None:
    values = jax.jit(lambda lr, count: lr(count), static_argnums=0)
    for _ in range(3):
        schedule = pw.from_json(SHORT.to_json())
        values(as_optax(schedule), jnp.int32(1))
    assert values._cache_size() == 1
    assert hash(as_optax(SHORT)) == hash(as_optax(pw.from_json(SHORT.to_json())))
    assert as_optax(SHORT) != as_optax(SHORT, dtype=jnp.float16)
    assert as_optax(SHORT) != as_optax(MILLION)


def test_it_is_copied_pickled_and_printed() -> None:
    lr = as_optax(pw.Constant(0.5), dtype=jnp.bfloat16)
    assert pickle.loads(pickle.dumps(lr)) == copy.deepcopy(lr) == lr
    assert repr(lr) == "as_optax(Constant(value=0.5, steps=None), dtype=bfloat16)"
    assert repr(as_optax(pw.Constant(0.5))) == "as_optax(Constant(value=0.5, steps=None))"


def test_optax_takes_it_where_it_takes_a_schedule() -> None:
    lr, params = as_optax(SHORT), {"w": jnp.ones(3)}
    injected = optax.inject_hyperparams(optax.adam)(learning_rate=lr)
    scaled = optax.chain(optax.identity(), optax.scale_by_schedule(lr))
    first, second = injected.init(params), scaled.init(params)
    for step in range(20):
        _, first = jax.jit(injected.update)(params, first, params)
        updates, second = jax.jit(scaled.update)(params, second)
        assert first.hyperparams["learning_rate"].item() == pytest.approx(SHORT(step), rel=1e-6)
        np.testing.assert_allclose(updates["w"], np.full(3, SHORT(step)), rtol=1e-6)


def test_optax_joins_it() -> None:
    joined = optax.join_schedules([as_optax(SHORT), as_optax(pw.Constant(0.25))], boundaries=[50])
    values = jax.jit(joined)(jnp.arange(60))
    assert error(values, np.concatenate([SHORT.array(50), np.full(10, 0.25)])) <= ULP


def test_it_is_the_schedule_that_optax_has() -> None:
    theirs = optax.warmup_cosine_decay_schedule(0.0, 0.1, 10, 100)
    counts = jnp.arange(120)
    np.testing.assert_allclose(jax.jit(as_optax(SHORT))(counts), theirs(counts), atol=1e-7 * 0.1 * 4)


@pytest.mark.parametrize("count", [7, 7.0, np.int64(7), np.float32(7), np.array([7, 8]), 2**40], ids=repr)
def test_a_number_of_the_host_is_answered_by_the_schedule(count: object) -> None:
    values = as_optax(SHORT)(count)
    assert isinstance(values, jax.Array)
    np.testing.assert_array_equal(values, np.asarray(SHORT(count), np.float32))


def test_lower_dtypes_are_rounded_from_float32() -> None:
    counts = jnp.arange(120)
    for dtype in (jnp.bfloat16, jnp.float16):
        expected = jax.jit(as_optax(SHORT))(counts).astype(dtype)
        for values in (jax.jit(as_optax(SHORT, dtype=dtype))(counts), as_optax(SHORT, dtype=dtype)(np.arange(120))):
            assert values.dtype == dtype
            np.testing.assert_allclose(values.astype(float), expected.astype(float), rtol=1e-2)


@pytest.mark.parametrize(
    "count", [jnp.uint8(200), jnp.int16(-1 + 2**15), jnp.uint16(40_000)], ids=lambda c: str(c.dtype)
)
def test_counts_of_few_bits_do_not_overflow(count: jax.Array) -> None:
    assert as_optax(MILLION)(count).item() == pytest.approx(MILLION(int(count)), rel=1e-6)


def test_a_table_is_rounded_once() -> None:
    np.testing.assert_array_equal(table(MILLION), MILLION.array(dtype=np.float32))
    np.testing.assert_array_equal(table(SHORT, 120, dtype="float32"), SHORT.array(120, dtype=np.float32))
    with jax.enable_x64(True):
        assert table(SHORT).dtype == np.float64
        np.testing.assert_array_equal(table(SHORT), SHORT.array())


def test_a_process_in_64_bits_computes_in_64_bits() -> None:
    code = (
        "import jax, jax.numpy as jnp, pywarmup as pw; from pywarmup.jax import as_optax\n"
        "s = pw.warmup_cosine(0.1, warmup_steps=10, total_steps=2**52)\n"
        "print(abs(jax.jit(as_optax(s))(jnp.int64(2**52 - 2**50 - 1)) / s(2**52 - 2**50 - 1) - 1) < 1e-15)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=os.environ | {"JAX_ENABLE_X64": "1"}, capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout == "True\n"


@pytest.mark.parametrize("schedule", [3, None, "cosine", lambda count: 0.1], ids=["3", "None", "str", "function"])
def test_what_is_no_schedule_is_refused(schedule: object) -> None:
    for function in (as_optax, table):
        with pytest.raises(TypeError, match=rf"^{function.__name__}: `schedule` must be a schedule, got "):
            function(schedule)


@pytest.mark.parametrize("dtype", [jnp.int32, jnp.complex64, bool, "cosine"], ids=str)
def test_what_is_no_floating_dtype_is_refused(dtype: object) -> None:
    for function in (as_optax, table):
        with pytest.raises(TypeError, match=rf"^{function.__name__}: `dtype` must be a floating dtype, got "):
            function(SHORT, dtype=dtype)
    with pytest.raises(TypeError, match=r"^table: `dtype` must be float32 or float64, got bfloat16$"):
        table(SHORT, dtype=jnp.bfloat16)


def test_a_count_that_is_no_step_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^as_optax: `count` must be integers or real numbers, got bool$"):
        as_optax(SHORT)(jnp.array(True))
    for count in (True, -1, float("nan")):
        with pytest.raises((TypeError, ValueError), match=r"^Join: `steps` must be a number"):
            as_optax(SHORT)(count)


@pytest.mark.parametrize("name", ["optax_digits", "flax_nnx", "equinox_loop"])
def test_an_example_runs(name: str) -> None:
    printed = run_example(f"jax/{name}")
    assert "test accuracy 0." in printed
    assert "compiled" not in printed or "compiled 1 times" in printed
