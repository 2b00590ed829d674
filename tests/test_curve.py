"""What a picture is drawn from: few points, and no jump, peak or end among those left out."""

import math
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry import SAMPLES

import pywarmup as pw
from pywarmup import questions
from pywarmup.tools.curve import Curve, bounds, curve, horizon, thin

STEPS, JUMPS = 10**7, 1_000


def with_jumps(seed: int) -> tuple[pw.Schedule, np.ndarray]:
    random = np.random.default_rng(seed)
    milestones = np.sort(random.choice(np.arange(1, STEPS), JUMPS, replace=False))
    return pw.PiecewiseConstant(random.random(JUMPS + 1), milestones=milestones.tolist()), milestones


@pytest.mark.parametrize("width", [10, 100, 1_000])
def test_no_jump_of_a_thousand_in_ten_million_steps_is_lost(width: int) -> None:
    schedule, milestones = with_jumps(0)
    tracemalloc.start()
    begun = time.perf_counter()
    steps, values = curve(schedule, 0, STEPS, width=width)
    seconds = time.perf_counter() - begun
    peak_memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.isin(milestones, steps).all()
    assert np.isin(milestones - 1, steps).all()
    at, before = np.searchsorted(steps, milestones), np.searchsorted(steps, np.nextafter(milestones, 0.0))
    assert (at == before + 1).all(), "the line rises and falls upright"
    assert (values[at] == schedule(milestones)).all()
    assert (values[before] == schedule(milestones - 1)).all()
    assert len(steps) < 20_000
    assert seconds < 1.0
    assert peak_memory < 8e6


def test_no_restart_of_a_thousand_in_ten_million_steps_is_lost() -> None:
    peaks = np.random.default_rng(1).random(JUMPS) + 0.5
    schedule = pw.join(*[pw.Cosine(peak, 0.0, steps=STEPS // JUMPS) for peak in peaks.tolist()])
    steps, values = curve(schedule)
    begins = np.arange(JUMPS) * (STEPS // JUMPS)
    assert (values[np.searchsorted(steps, begins)] == peaks).all()
    assert np.isin(begins[1:] - 1, steps).all()
    assert values.max() == peaks.max()
    assert values.min() == 0.0


def window(schedule: pw.Schedule, start: float, stop: float) -> tuple[float, float]:
    last = horizon(schedule)
    return start * last, (start + (1.0 - start) * stop) * last


fractions = st.floats(0.0, 0.9)
SHAPE_OF_A_PICTURE: dict[str, Any] = {
    "name": st.sampled_from(sorted(SAMPLES)),
    "width": st.integers(20, 400),
    "from_": st.just(0.0) | fractions,
    "to": st.just(1.0) | st.floats(0.1, 1.0),
}


@settings(max_examples=300, deadline=None)
@given(**SHAPE_OF_A_PICTURE)
def test_every_point_lies_on_the_schedule_from_end_to_end(name: str, width: int, from_: float, to: float) -> None:
    start, stop = window(SAMPLES[name], from_, to)
    steps, values = curve(SAMPLES[name], start, stop, width=width)
    assert (steps[0], steps[-1]) == (start, stop)
    assert (np.diff(steps) > 0.0).all()
    assert (values == SAMPLES[name](steps)).all()


@settings(max_examples=300, deadline=None)
@given(**SHAPE_OF_A_PICTURE)
def test_no_whole_step_is_above_or_below_the_line(name: str, width: int, from_: float, to: float) -> None:
    schedule = SAMPLES[name]
    start, stop = window(schedule, from_, to)
    values = curve(schedule, start, stop, width=width).values
    every = schedule(np.append(np.arange(math.ceil(start), math.floor(stop) + 1), start))
    assert values.max() >= every.max()
    assert values.min() <= every.min()


@settings(max_examples=300, deadline=None)
@given(**SHAPE_OF_A_PICTURE)
def test_both_sides_of_every_jump_are_there(name: str, width: int, from_: float, to: float) -> None:
    start, stop = window(SAMPLES[name], from_, to)
    steps, _ = curve(SAMPLES[name], start, stop, width=width)
    places = questions.breaks(SAMPLES[name], start, stop)
    whole = np.ceil(places)
    for side in (places, np.nextafter(places, 0.0), whole - 1.0, whole):
        assert np.isin(side[(side >= start) & (side <= stop)], steps).all()


@settings(max_examples=300, deadline=None)
@given(**SHAPE_OF_A_PICTURE, at=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20))
def test_the_line_is_nowhere_further_off_than_a_column(
    name: str, width: int, from_: float, to: float, at: list[float]
) -> None:
    schedule = SAMPLES[name]
    start, stop = window(schedule, from_, to)
    steps, values = curve(schedule, start, stop, width=width)
    column, height = (stop - start) / width, values.max() - values.min()
    for fraction in at:
        step = start + fraction * (stop - start)
        near = np.clip([step - column, step, step + column], start, stop)
        line = np.append(np.interp(near, steps, values), values[(steps >= near[0]) & (steps <= near[-1])])
        assert line.min() - 0.005 * height <= schedule(step) <= line.max() + 0.005 * height


def test_the_top_of_a_smooth_hill_is_exact() -> None:
    schedule = pw.Cosine(0.1, 0.01, steps=STEPS) * pw.SaturatingExponential(1.0, timescale=2e6)
    steps, values = curve(schedule, width=30)
    peak = questions.peak(schedule)
    assert values[steps == peak.step] == peak.value
    assert values.max() == pytest.approx(peak.value, rel=1e-12)
    turned = curve(-schedule, width=30)
    assert turned.values.min() == -values.max()


def test_a_run_of_one_epoch_is_drawn_at_real_steps() -> None:
    steps, values = curve(pw.warmup_cosine(3e-4, warmup_steps=0.1, total_steps=1.0))
    assert 0.1 in steps[values == 3e-4]
    assert (steps[-1], values[-1]) == (1.0, 0.0)
    assert len(steps) > 4_000


def test_a_run_of_all_the_steps_there_are() -> None:
    schedule = pw.warmup_cosine(1.0, warmup_steps=2**20, total_steps=2**53)
    steps, values = curve(schedule)
    assert values[steps == 2**20] == 1.0
    assert (steps[-1], values[-1]) == (2.0**53, 0.0)


def test_each_column_of_a_long_table_keeps_its_extremes() -> None:
    numbers = np.random.default_rng(2).normal(size=200_000)
    numbers[123_456], numbers[54_321] = 9.0, -9.0
    steps, values = curve(pw.Table(numbers.tolist()), width=100)
    assert len(steps) <= 400
    for column, part in enumerate(numbers.reshape(100, 2_000)):
        seen = values[(steps >= column * 2_000) & (steps < (column + 1) * 2_000)]
        assert (seen.min(), seen.max()) == (part.min(), part.max())


def test_more_stairs_than_could_be_looked_at() -> None:
    schedule = pw.ExponentialDecay(1.0, decay_rate=0.999, every=1e-3, staircase=True)
    steps, values = curve(schedule, stop=1e5, width=50)
    assert len(steps) <= 200
    assert (values[0], values[-1]) == (1.0, schedule(1e5))
    assert (np.diff(values) <= 0.0).all()


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (pw.Linear(0.0, 1.0, steps=7), 7.0),
        (pw.Linear(0.0, 1.0, steps=7).past_end("error"), 7.0),
        (pw.Constant(0.1), 100.0),
        (pw.warmup_constant(0.1, warmup_steps=1_000), 1_250.0),
        (pw.multi_step(0.1, milestones=[30, 60, 80]), 100.0),
        (pw.PiecewiseConstant([0.1], milestones=[]), 100.0),
        (pw.triangular(0.0, 0.1, up_steps=20, down_steps=30), 200.0),
        (pw.cosine_restarts(0.1, cycle_steps=100, growth=2, warmup_steps=10), 1_510.0),
        (pw.Linear(0.0, 1.0, steps=7).repeat().stretch(2).shift(6), 50.0),
        (pw.Linear(1.0, 0.0, steps=0.1).repeat(), 0.4),
        (pw.InverseSqrt(0.1, timescale=100) * 2, 2_000.0),
        (pw.PowerLaw(0.1, power=0.5, timescale=10), 100.0),
        (pw.Linear(0.0, 1.0, steps=2**52).repeat(), 2.0**53),
    ],
)
def test_how_far_a_schedule_is_drawn(schedule: pw.Schedule, expected: float) -> None:
    assert horizon(schedule) == pytest.approx(expected, rel=1e-12)


def test_an_endless_schedule_is_drawn_to_where_its_fifth_cycle_begins() -> None:
    steps, values = curve(pw.Linear(1.0, 0.0, steps=10).repeat())
    assert steps[-1] == pytest.approx(40.0, rel=1e-15)
    assert values[-1] == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(
    ("start", "stop", "message"),
    [
        (-1, None, "x: `start` must be a number of steps >= 0 and <= 2**53, got -1"),
        (math.nan, None, "x: `start` must be a number of steps >= 0 and <= 2**53, got nan"),
        (0, 0, "x: `stop` must be a number of steps > 0 and <= 2**53, got 0"),
        (0, math.inf, "x: `stop` must be a number of steps > 0 and <= 2**53, got inf"),
        (10, None, "x: `start` must be less than where the picture stops (10), got 10"),
        (8, 5, "x: `start` must be less than where the picture stops (5), got 8"),
        ("3", None, "x: `start` must be a number of steps >= 0 and <= 2**53, got '3'"),
        (0, True, "x: `stop` must be a number of steps > 0 and <= 2**53, got True"),
    ],
)
def test_bad_bounds(start: Any, stop: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        bounds("x", pw.Linear(0.0, 1.0, steps=10), start, stop)
    assert str(caught.value) == message


def test_past_an_end_that_is_an_error() -> None:
    with pytest.raises(ValueError, match="step"):
        curve(pw.Linear(0.0, 1.0, steps=10).past_end("error"), stop=20)


def test_thinning_keeps_four_points_of_a_column() -> None:
    points = Curve(np.arange(8.0), np.array([5.0, 9.0, 1.0, 6.0, 2.0, 2.0, 2.0, 2.0]))
    kept = thin(points, np.array([0.0, 4.0, 8.0]))
    assert kept.steps.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 7.0]
    assert kept.values.tolist() == [5.0, 9.0, 1.0, 6.0, 2.0, 2.0]


@pytest.mark.parametrize(
    "schedule",
    [
        pw.Cosine(0.1, 0.01, steps=90).past_end("error") + pw.Linear(0.1, 0.0, steps=100),
        pw.Cosine(0.1, 0.01, steps=90).past_end("error").stairs(7),
    ],
)
def test_a_schedule_whose_part_ends_with_an_error_is_drawn_up_to_there(schedule: pw.Schedule) -> None:
    assert curve(schedule).steps[-1] == 90
    assert "<svg" in schedule._repr_html_()
    assert schedule.sketch().endswith("90")
