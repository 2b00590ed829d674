"""The area under every sample and under compositions, against other ways to get it."""

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import assume
from registry import SAMPLES, C, L, last_step
from test_laws import ANY, BOUNDED, law

import pywarmup as pw
from pywarmup.questions import breaks
from pywarmup.questions.quadrature import summed

ACCURACY = 1e-12  # of the integral of |schedule|, as the docstring says


def crossing(a: pw.Schedule, b: pw.Schedule, low: float, high: float) -> float:
    """Where one curve crosses another, by bisection."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if (a(low) > b(low)) == (a(middle) > b(middle)) else (low, middle)
    return low


CORNERS = {  # that come of comparing values, which a quadrature must know
    "minimum-0": [crossing(L, C, 0, 90)],
    "maximum-0": [crossing(L, C, 0, 90), crossing(pw.Constant(0.02), C, 0, 90)],
    "clip-0": [crossing(pw.Constant(value), C, 0, 90) for value in (0.02, 0.08)],
    "clip-1": [
        crossing(pw.Constant(0.05), pw.join(L, C), 0, 10),
        crossing(pw.Constant(0.05), pw.join(L, C), 10, 100),
    ],
    "warmup_inverse_sqrt-0": [
        crossing(pw.Constant(0.03), pw.warmup_inverse_sqrt(0.1, warmup_steps=10), 10, 500),
    ],
}


def by_mpmath(schedule: pw.Schedule, places: list[float]) -> tuple[float, float]:
    """The integrals of a schedule and of its absolute value, by tanh-sinh quadrature on smooth pieces."""
    areas = [
        float(mpmath.quad(lambda t: schedule(float(t)), piece)) for piece in pairwise(places) if piece[1] > piece[0]
    ]
    return math.fsum(areas), math.fsum(map(abs, areas))


@pytest.mark.parametrize("name", sorted({*SAMPLES} - {"exponential_decay-2"}))  # whose value at 0 has no width
def test_the_area_is_that_of_mpmath(name: str) -> None:
    schedule = SAMPLES[name]
    total = 60.25 if schedule.total_steps is None else float(min(schedule.total_steps, 330))
    past = 0.0 if name == "past_end-2" else 12.5
    for start, stop in ((0.0, total + past), (total * 0.41, total * 0.43)):
        inside = [place for place in [*breaks(schedule, start, stop), *CORNERS.get(name, [])] if start < place < stop]
        expected, size = by_mpmath(schedule, [start, *sorted(inside), stop])
        assert schedule.integral(start, stop) == pytest.approx(expected, rel=0, abs=ACCURACY * size + 1e-300)


@law(ANY)
def test_areas_add_up(s: pw.Schedule) -> None:
    whole = s.integral(0, 321.5)
    parts = [s.integral(*span) for span in ((0, 17), (17, 130.25), (130.25, 321.5))]
    size = max(1.0, abs(whole), *map(abs, parts))
    assume(size < 1e100)
    assert math.fsum(parts) == pytest.approx(whole, rel=0, abs=1e-11 * size)


@law(ANY)
def test_the_composed_area_is_the_summed_area(s: pw.Schedule) -> None:
    composed, by_points = s.integral(1.5, 234), summed(s, 1.5, 234)
    size = max(1.0, float(np.abs(s(np.linspace(1.5, 234, 999))).max()) * 234)
    assume(size < 1e100)
    assert composed == pytest.approx(by_points, rel=0, abs=1e-11 * size)


@law(BOUNDED)
def test_the_area_does_not_mind_the_direction(s: pw.Schedule) -> None:
    length = float(s.total_steps or 0)
    assert s.reverse().integral() == pytest.approx(s.integral(), abs=1e-11 * length * abs(s.peak().value) + 1e-300)


def test_the_area_is_exact_where_numbers_are_small() -> None:
    assert pw.wsd(1.0, warmup_steps=10, decay_steps=20, total_steps=100).integral() == 85.0
    assert pw.Linear(0.0, 1.0, steps=100).integral(0, 200) == 150.0
    assert pw.step_decay(1.0, every=30, factor=0.5).integral(0, 90) == 52.5
    assert pw.Table([1.0, 2.0, 4.0]).integral(0.5, 5) == 0.5 + 2 + 12
    assert pw.ExponentialDecay(0.1, decay_rate=0, every=30).integral(0, 50) == 0.0
    assert pw.Constant(-0.5).integral(3, 5) == -1.0
    assert pw.Linear(0.0, 1.0, steps=10).repeat(3, decay=0.5).integral() == 5.0 + 2.5 + 1.25
    assert pw.Linear(0.0, 1.0, steps=10).repeat(3, growth=2).integral() == 5.0 + 10 + 20


@pytest.mark.parametrize(
    ("schedule", "area"),
    [
        (pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=10**9), 1.5e5),
        (pw.cosine_restarts(0.1, cycle_steps=1_000, end_value=0.001).until(10**12), 0.0505e12),
        (pw.ExponentialDecay(1.0, decay_rate=0.5, every=10, staircase=True).until(10**15), 20.0),
        (pw.InverseTime(1.0, decay_rate=1.0, staircase=True).until(10**12), math.log(1e12) + 0.5772156649015329),
        (pw.RAdam(1.0, beta2=0.999).until(10**9), None),
    ],
    ids=["cosine", "restarts", "decayed-stairs", "harmonic-stairs", "radam"],
)
def test_long_runs(schedule: pw.Schedule, area: float | None) -> None:
    if area is None:  # nothing but the rise differs from 1
        area = float(schedule.array(10**6).sum()) - float(schedule(0)) / 2 - 0.5 + 10**9 - 10**6
    assert schedule.integral() == pytest.approx(area, rel=1e-8)


def test_a_corner_anywhere_is_found() -> None:
    ramp = pw.Linear(0.0, 1.0, steps=90)
    for level in np.linspace(0.0, 1.0, 1_001):
        expected = 90 * (1 + float(level) ** 2) / 2  # level**2 + (1 - level**2) / 2
        assert ramp.clip(lower=float(level)).integral() == pytest.approx(expected, rel=ACCURACY)
        assert pw.maximum(ramp, pw.Constant(float(level))).integral() == pytest.approx(expected, rel=ACCURACY)


def test_what_is_over_before_the_first_point_is_found() -> None:
    late = pw.Constant(1.0, steps=10**9) * pw.SaturatingExponential(1.0, timescale=100)
    assert 10**9 - late.integral() == pytest.approx(100 * math.exp(-0.01), rel=1e-6)
    bump = late * pw.NaturalExponentialDecay(1.0, decay_rate=0.001)
    expected = 1e3 - math.exp(-0.01) / (0.01 + 0.001)
    assert bump.integral() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("schedule", [C, L, pw.join(L, C), pw.warmup_linear(0.1, warmup_steps=300, total_steps=4000)])
def test_the_sum_of_the_rates_is_the_area_with_the_left_values(schedule: pw.Schedule) -> None:
    rates = schedule.array()
    correction = (schedule(schedule.total_steps or 0) - schedule(0)) / 2
    assert rates.sum() == pytest.approx(schedule.integral() - correction, rel=2e-4)
    stairs = pw.multi_step(0.1, milestones=[30, 80]).until(100)
    assert stairs.array().sum() == pytest.approx(stairs.integral(), rel=1e-14)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_area_between_a_step_and_itself(name: str) -> None:
    assert SAMPLES[name].integral(3, 3) == 0.0
    assert math.isfinite(SAMPLES[name].integral(0, last_step(SAMPLES[name])))


ENDLESS = pw.InverseSqrt(0.1, timescale=10)
WRONG = [
    (ENDLESS, (), ValueError, "InverseSqrt: the area of an endless schedule has no end; give `stop`, or .until(steps)"),
    (C, (20, 10), ValueError, "integral: `start` must be at most `stop` (10), got 20.0"),
    (C, (91,), ValueError, "integral: `start` must be at most `total_steps` (90), got 91.0"),
    (C, (-1,), ValueError, "integral: `start` must be a number of steps >= 0 and <= 2**53, got -1"),
    (C, (math.nan,), ValueError, "integral: `start` must be a number of steps >= 0 and <= 2**53, got nan"),
    (C, (0, math.inf), ValueError, "integral: `stop` must be a number of steps >= 0 and <= 2**53, got inf"),
    (
        C,
        (0, 2**53 + 2),
        ValueError,
        "integral: `stop` must be a number of steps >= 0 and <= 2**53, got 9007199254740",
    ),
    (C, (True,), TypeError, "integral: `start` must be a number of steps >= 0 and <= 2**53, got True"),
    (C, ("3",), TypeError, "integral: `start` must be a number of steps >= 0 and <= 2**53, got '3'"),
    (C, (None,), TypeError, "integral: `start` must be a number of steps >= 0 and <= 2**53, got None"),
    (
        C.past_end("error"),
        (0, 91),
        ValueError,
        "PastEnd: `step` must be a number >= 0 and <= 90, where",
    ),
    (
        pw.ExponentialDecay(1.0, decay_rate=2.0, every=1),
        (0, 10**6),
        ValueError,
        "integral: the area must be at most the largest double; ask for an earlier `stop`",
    ),
    (
        pw.exp_range(0.0, 1.0, up_steps=1, decay_rate=0.5),
        (0, 10**9),
        ValueError,
        "Schedule: formulas must meet at most 10,000,000 times between `start` and `stop`, got 5e+08 cycles or stairs",
    ),
]


@pytest.mark.parametrize(("schedule", "arguments", "error", "message"), WRONG)
def test_bad_input(schedule: pw.Schedule, arguments: tuple[float, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as raised:
        schedule.integral(*arguments)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
