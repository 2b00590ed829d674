"""The recorded formula, replayed with NumPy, is the schedule."""

import re
from collections.abc import Sequence

import numpy as np
import pytest
from registry import SAMPLES, last_step

import pywarmup as pw
from pywarmup.trace import Formula, names_of, replay, write
from pywarmup.trace.recording import Recording
from pywarmup.trace.stages import with_stages_looked_up

BILLIONS = 2_000_000_000
WHOLE = pw.join(pw.Linear(0.0, 0.5, steps=1_000), pw.Cosine(0.5, 0.0, steps=BILLIONS - 1_000))


def formula_of(schedule: pw.Schedule, *, whole: bool = True, bits: int = 64, single: bool = False) -> Formula:
    names = names_of(np, cast=lambda array, dtype: array.astype(dtype))
    return write(schedule, names, whole=whole, bits=bits, single=single)


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
    tabulated = "table", "stretch-2", "piecewise", "multi_step", "goyal", "repeat-2", "cosine_restarts-0"
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


@pytest.mark.parametrize("name", SAMPLES)
def test_float32_and_integers_of_32_bits_are_enough(name: str) -> None:
    schedule = SAMPLES[name]
    is_exact = isinstance(schedule, pw.PastEnd) or name == "repeat-4"  # whose cycles are tenths of a step
    far = [] if is_exact else [2**24 - 1, 2**24 + 1, 50_000_001, 2**30 + 1, 2**31 - 1]
    steps = np.array([*range(last_step(schedule) + 1), *far], np.int32)
    with np.errstate(over="ignore"):
        assert_replays(schedule, steps, 4 * 2.0**-23, whole="int32", real="float32")


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("whole", [False, True])
def test_nothing_is_computed_of_constants_alone(name: str, whole: bool) -> None:
    for line in formula_of(SAMPLES[name], whole=whole).source.splitlines()[1:-1]:
        assert re.search(r"v\d|steps", line.partition("=")[2]), line
        assert not re.search(r" - 0(\.0)?$| \* 1(\.0)?$|= 1(\.0)? \* ", line), line


def test_what_does_not_depend_on_the_step_is_one_number() -> None:
    source = formula_of((pw.Constant(0.1) * 2 + 0.5).clip(0.0, 0.6)).source
    assert source == "def values(steps, tables, whole, real, largest):\n    return full_like(steps, 0.6, dtype=real)\n"


def test_a_stage_that_is_never_reached_is_not_computed() -> None:
    schedule = pw.join(pw.Constant(0.5, steps=2**40), pw.Cosine(0.5, 0.0, steps=100))
    assert "where" not in formula_of(schedule, bits=32).source
    assert "where" in formula_of(schedule).source


@pytest.mark.parametrize(
    "schedule", [pw.Cosine(1.0, 0.0, steps=90).repeat(), SAMPLES["past_end-0"]], ids=["repeat", "mirror"]
)
def test_a_step_within_its_period_is_whole_in_32_bits(schedule: pw.Schedule) -> None:
    assert formula_of(schedule, bits=32).source == formula_of(schedule).source


def test_growth_beyond_float32_is_a_large_number() -> None:
    steps = np.arange(0, 20_000, 100, dtype=np.int32)
    for rate in (1.01, 1.0117, 1.0123):  # the rest of the exponent has either sign
        values = replay(pw.ExponentialDecay(1e-3, decay_rate=rate, every=1), steps, np, whole="int32", real="float32")
        assert np.isfinite(values).all()
        assert values[-1] > 1e34


def test_a_polynomial_is_as_long_as_float32_can_tell() -> None:
    schedule = pw.Cosine(1.0, 0.0, steps=100)
    long, short = (formula_of(schedule, single=single).source.count(" * ") for single in (False, True))
    assert (long, short) == (11, 8)


MIXED = [
    stage
    for number in range(40)
    for stage in (pw.Linear(0.0, 1.0 - number / 80, steps=10 + number), pw.Cosine(1.0, number / 80, steps=5 + number))
]
MANY = {
    "cosines": pw.join(*[pw.Cosine(0.1 + number, 0.1, steps=10 + number) for number in range(100)]),
    "constants": pw.join(*[pw.Constant(1.0 / (1 + number), steps=7) for number in range(100)]),
    "mixed": pw.join(*MIXED),
    "fractions": pw.join(*[pw.Linear(1.0, 0.0, steps=1.25 + number) for number in range(30)]),
    "powers": pw.join(*[pw.Polynomial(1.0, 0.0, steps=9, power=number % 3 + 0.5) for number in range(30)]),
    "periods": pw.join(*[pw.Linear(0.0, 1.0, steps=3 + number).repeat(4) for number in range(30)]),
    "an odd one": pw.join(*MIXED[:40], pw.Table([0.3, 0.2, 0.1]), pw.RAdam(1.0, beta2=0.9)),
    "within": (pw.join(*MIXED) * pw.Linear(1.0, 0.5, steps=900)).shift(3).past_end("mirror"),
    "growing": pw.cosine_restarts(0.1, cycle_steps=10, growth=1.5, decay=0.9, warmup_steps=3),
}


@pytest.mark.parametrize("name", MANY)
def test_many_stages_are_searched_in_a_table(name: str) -> None:
    schedule = MANY[name]
    formula = formula_of(schedule)
    assert "searchsorted" in formula.source
    assert formula.source.count("\n") < 300
    last = int(schedule.total_steps or 3_000) + 20
    whole = np.arange(last)
    for steps in (whole, whole.astype(np.int32), np.random.default_rng(7).uniform(0, last, 2_000)):
        with np.errstate(all="raise", under="ignore"):
            assert_replays(schedule, steps, 2e-15)
    with np.errstate(over="ignore"):
        assert_replays(schedule, whole, 4 * 2.0**-23, whole="int32", real="float32")


def test_few_stages_are_selected() -> None:
    few = pw.join(*[pw.Cosine(0.1, 0.0, steps=10 + number) for number in range(15)])
    assert "searchsorted" not in formula_of(few).source


def test_stages_of_many_forms_are_selected() -> None:
    stages = [pw.Polynomial(1.0, 0.0, steps=9, power=number + 0.5) for number in range(20)]
    assert "searchsorted" not in formula_of(pw.join(*stages)).source


def test_stages_beyond_32_bits_do_not_cost_the_others_their_place() -> None:
    schedule = pw.join(*[pw.Cosine(1.0, 0.0, steps=10**7) for _ in range(300)])
    steps = np.random.default_rng(7).integers(0, 2**31, 2_000)
    assert_replays(schedule, steps, 4 * 2.0**-23, whole="int32", real="float32")


@pytest.mark.parametrize("begins", [range(19, 0, -1), [*range(19, 9, -1), *range(9)]], ids=["in order", "out of order"])
def test_only_selections_in_order_are_stages(begins: Sequence[int]) -> None:
    instructions: list[tuple] = [("step",), ("constant", 0.0), ("multiply", 0, 1)]
    for begin in begins:  # the last is asked first
        last = len(instructions)
        instructions += [("constant", float(begin)), ("multiply", 0, last), ("less", 0, last)]
        instructions += [("select", last + 2, last + 1, last - 1)]
    recording = Recording(instructions, [], len(instructions) - 1)
    assert (with_stages_looked_up(recording) is recording) == (list(begins) != sorted(begins, reverse=True))


def test_growth_in_float32_keeps_what_its_exponent_would_round_off() -> None:
    steps = np.arange(1_000, dtype=np.int32)
    assert_replays(SAMPLES["exponential_decay-3"], steps, 2 * 2.0**-23, whole="int32", real="float32")
