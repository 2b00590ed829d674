"""The recorded formula, replayed with NumPy, is the schedule."""

import re

import numpy as np
import pytest
from registry import SAMPLES, last_step

import pywarmup as pw
from pywarmup.trace import Formula, names_of, replay, write

BILLIONS = 2_000_000_000
WHOLE = pw.join(pw.Linear(0.0, 0.5, steps=1_000), pw.Cosine(0.5, 0.0, steps=BILLIONS - 1_000))


def formula_of(schedule: pw.Schedule, *, whole: bool = True, bits: int = 64) -> Formula:
    return write(schedule, names_of(np, cast=lambda array, dtype: array.astype(dtype)), whole=whole, bits=bits)


def assert_replays(schedule: pw.Schedule, steps: np.ndarray, tolerance: float = 1e-15, **dtypes: str) -> None:
    expected = schedule(steps)
    actual = replay(schedule, steps, np, **dtypes)
    assert actual.dtype == dtypes.get("real", "float64")
    assert np.abs(actual - expected).max() <= tolerance * np.abs(expected).max()


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.int32, np.uint16])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_replay_with_numpy_agrees_with_the_core(name: str, dtype: type) -> None:
    steps = np.arange(last_step(SAMPLES[name]) + 1, dtype=dtype)
    with np.errstate(all="raise", under="ignore"):
        assert_replays(SAMPLES[name], steps)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_replay_takes_real_steps(name: str) -> None:
    steps = np.random.default_rng(7).uniform(0, last_step(SAMPLES[name]), 500)
    assert_replays(SAMPLES[name], steps)


@pytest.mark.parametrize(
    "schedule",
    [
        WHOLE,
        WHOLE.shift(77),
        WHOLE.reverse(),
        WHOLE.until(BILLIONS - 5),
        pw.Linear(1.0, 0.0, steps=1_000).repeat(),
        pw.Linear(1.0, 0.0, steps=1_000).past_end("mirror"),
        pw.PiecewiseConstant([1.0, 0.5, 0.2], milestones=[BILLIONS - 900.5, BILLIONS - 1]),
        pw.PiecewiseLinear([(0, 0.0), (BILLIONS - 1_000, 1.0), (BILLIONS, 0.0)]),
        pw.join(pw.Constant(1.0, steps=BILLIONS - 900.5), pw.Constant(0.5)),
        pw.Table([0.3, 0.2, 0.1]).repeat(),
    ],
    ids=lambda schedule: schedule.kind,
)
@pytest.mark.parametrize("dtype", [np.int64, np.int32])
def test_whole_steps_keep_their_place_in_float32(schedule: pw.Schedule, dtype: type) -> None:
    steps = np.arange(BILLIONS - 2_000, BILLIONS + 50).astype(dtype)
    assert_replays(schedule, steps, 4e-7, real="float32")


def test_a_constant_is_compared_as_the_whole_number_it_means() -> None:
    source = formula_of(pw.join(pw.Constant(1.0, steps=2.5), pw.Constant(0.5))).source
    assert "v0 < 3\n" in source


def test_a_whole_period_divides_whole_steps() -> None:
    source = formula_of(pw.Cosine(0.1, 0.01, steps=90).repeat()).source
    assert "v0 // 90\n" in source
    assert "floor" not in source


def test_a_real_step_is_real_throughout() -> None:
    source = formula_of(pw.Cosine(0.1, 0.01, steps=90).repeat(), whole=False).source
    assert "//" not in source
    assert "whole" not in source.partition("\n")[2]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_formula_has_no_table(name: str) -> None:
    tabulated = "table", "stretch-2", "piecewise", "multi_step", "goyal"
    assert bool(formula_of(SAMPLES[name]).tables) == name.startswith(tabulated)


def test_every_line_is_used() -> None:
    for schedule in SAMPLES.values():
        lines = formula_of(schedule).source.splitlines()[1:]
        for number, line in enumerate(lines[:-1]):
            name = line.split()[0]
            assert any(re.search(rf"\b{name}\b", later) for later in lines[number + 1 :])


def test_a_number_that_may_not_fit_is_real() -> None:
    assert "1000 * " in formula_of(pw.Linear(0.0, 1e4, steps=10)).source
    schedule = pw.Linear(0.0, 2e19, steps=10)  # the product of whole numbers, but above 2**63
    assert "2e+18 * " in formula_of(schedule).source
    assert_replays(schedule, np.array([3, 9, 10, 2**53]))


@pytest.mark.parametrize("name", SAMPLES)
def test_integers_of_32_bits_do_not_overflow(name: str) -> None:
    schedule = SAMPLES[name]
    steps = np.array([0, 1, 100, 10**6, 2**31 - 101, 2**31 - 1])
    steps = steps[steps <= last_step(schedule)] if isinstance(schedule, pw.PastEnd) else steps
    with np.errstate(over="ignore"):
        assert_replays(schedule, steps, whole="int32")


@pytest.mark.parametrize("name", ["cosine-0", "piecewise_linear-0", "table-1", "exponential-0", "constant-0"])
def test_a_replay_has_the_shape_of_the_steps(name: str) -> None:
    for steps in (np.array(3), np.arange(6).reshape(2, 3), np.array(2.5), np.arange(0)):
        values = replay(SAMPLES[name], steps, np)
        assert values.shape == steps.shape
        np.testing.assert_allclose(values, SAMPLES[name](steps), rtol=1e-14)


def test_32_bits_hold_long_runs() -> None:
    assert formula_of(WHOLE, bits=32).source == formula_of(WHOLE).source
