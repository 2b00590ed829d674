"""The peak, the first value below a limit, the stages and the seams, against a look at every step."""

import math
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from registry import SAMPLES, C, L
from test_laws import ANY, law

import pywarmup as pw
from pywarmup.questions import Peak, Stage, breaks, integral, peak, search, stages
from pywarmup.questions.search import last_step

HORIZON = 50_000  # steps of an endless sample that are looked at
GROWS = {"power_law-1"}
BILLION = 10**9


def values(schedule: pw.Schedule) -> Any:
    """What a look at every step sees: to the end, or far enough."""
    total = HORIZON if schedule.total_steps is None else math.ceil(schedule.total_steps)
    return schedule.array(min(total, last_step(schedule)) + 1)


@pytest.mark.parametrize("name", sorted({*SAMPLES} - GROWS))
def test_the_peak_is_the_first_greatest_value(name: str) -> None:
    seen = values(SAMPLES[name])
    assert SAMPLES[name].peak() == (int(seen.argmax()), float(seen.max()))


@law(ANY)
def test_the_peak_of_any_bounded_schedule(s: pw.Schedule) -> None:
    bounded = s.until(300)
    seen = bounded.array(301)
    assert bounded.peak() == (int(seen.argmax()), float(seen.max()))


@pytest.mark.parametrize("name", sorted({*SAMPLES} - {"repeat-4"}))  # which see below
def test_the_first_value_below_a_limit(name: str) -> None:
    schedule, seen = SAMPLES[name], values(SAMPLES[name])
    for start in (0, 1, seen.size // 3):
        for limit in (seen[0], seen[-1], float(np.median(seen)), float(seen.min()), float(seen.max()) + 1.0):
            below = np.flatnonzero(seen[start:] < limit)
            found = schedule.first_below(float(limit), start=start)
            if below.size:
                assert found == start + below[0]
            else:  # later than was looked, or never
                assert found is None or (found >= seen.size and schedule(found) < limit <= schedule(found - 1))


@law(ANY)
def test_the_first_value_below_a_limit_of_any_bounded_schedule(s: pw.Schedule) -> None:
    bounded = s.until(300)
    seen = bounded.array(301)
    for limit in (seen[7], seen[150], float(np.median(seen)), float(seen.min())):
        below = np.flatnonzero(seen < limit)
        assert bounded.first_below(float(limit)) == (int(below[0]) if below.size else None)


RESTARTS = pw.cosine_restarts(0.1, cycle_steps=1_000, end_value=0.001, warmup_steps=500)
NOAM = pw.warmup_inverse_sqrt((512 * 4_000) ** -0.5, warmup_steps=4_000)
SPIKE = pw.join(pw.Constant(0.1, steps=100_000), pw.Constant(0.5, steps=1), pw.Constant(0.1, steps=100_000))
RISING = pw.join(pw.Linear(0.0, 1.0, steps=99_991), pw.Linear(1.0, 0.0, steps=100_003)).repeat(4, decay=1.1)
BUMP = pw.Cosine(1.0, 0.0, steps=BILLION) * pw.Linear(0.0, 1.0, steps=BILLION)
LONG: list[tuple[Callable[[], object], object]] = [
    (pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=BILLION).peak, (2_000, 3e-4)),
    (pw.trapezoid(0.1, warmup_steps=10**12, decay_steps=10**12, total_steps=10**13).peak, (10**12, 0.1)),
    (RESTARTS.peak, (500, 0.1)),
    (SPIKE.peak, (100_000, 0.5)),
    (SPIKE.repeat(3).shift(120_000).until(350_000).peak, (180_001, 0.5)),
    (SPIKE.repeat(3, growth=2).shift(120_000).until(600_000).peak, (280_001, 0.5)),
    (RISING.peak, (3 * 199_994 + 99_991, RISING(3 * 199_994 + 99_991))),
    (lambda: RESTARTS.first_below(0.001, start=1), None if RESTARTS(1) >= 0.001 else 1),
    (lambda: RESTARTS.first_below(0.001, start=10**12), None),
    (lambda: pw.cosine_restarts(0.1, cycle_steps=100, decay=0.5).first_below(1e-9), 1_599),
    (
        lambda: NOAM.first_below(1e-6, start=4_000),
        1_953_125_001,
    ),
    (lambda: pw.Linear(1.0, 0.5, steps=BILLION).first_below(0.5), None),
    (lambda: pw.ExponentialDecay(1.0, decay_rate=0.5, every=10**12, staircase=True).first_below(0.3), 2 * 10**12),
    (pw.triangular(0.0, 1.0, up_steps=2.5).peak, (5 // 2, 0.8)),
    (pw.multi_step(0.1, milestones=[10**9, 10**12], factor=-2.0).peak, (10**12, 0.4)),
]


@pytest.mark.parametrize(("ask", "answer"), LONG)
def test_long_and_endless_schedules_are_answered_at_once(ask: Callable[[], object], answer: object) -> None:
    start = time.perf_counter()
    assert ask() == answer
    assert time.perf_counter() - start < 2.0  # milliseconds on a machine with nothing else to do


def test_the_peak_of_a_product_is_where_its_neighbours_are_not() -> None:
    step, value = BUMP.peak()
    near = BUMP.array(step - 500_000, step + 500_000)
    assert (near.argmax(), near.max()) == (500_000, value)
    u = step / BILLION  # where cos(pi u / 2)**2 * u has its maximum: cot(pi u / 2) = pi u
    assert 1 / math.tan(math.pi * u / 2) == pytest.approx(math.pi * u, rel=1e-6)


def test_an_answer_that_cannot_be_found_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST", 2**24)  # of 2**31, which take seconds
    with pytest.raises(ValueError, match=r"^first_below: the answer was not found in 16,777,216 steps; ask about"):
        pw.Linear(1.0, 0.0, steps=0.1).repeat().first_below(0.2)


@pytest.mark.parametrize(
    "schedule",
    [SAMPLES["power_law-1"], pw.ExponentialDecay(1.0, decay_rate=1.01, every=1), pw.join(L, SAMPLES["power_law-1"])],
)
def test_what_grows_for_ever_has_no_peak(schedule: pw.Schedule) -> None:
    with pytest.raises(ValueError, match="a schedule that grows for ever has no peak; give it an end with"):
        schedule.peak()
    assert schedule.until(100).peak() == (100, schedule(100))


def test_a_schedule_is_not_asked_past_an_end_with_an_error() -> None:
    error = pw.Linear(0.0, 1.0, steps=10.5).past_end("error")
    assert error.peak() == (10, error(10))
    assert error.first_below(-1.0) is None
    part_ends = error + pw.Linear(1.0, 3.0, steps=100)
    assert part_ends.peak() == (10, part_ends(10))
    with pytest.raises(ValueError, match=r"^PastEnd: `step` must be a number >= 0 and <= 10.5, where"):
        error.first_below(0.5, start=11)


# Stages.


def test_stages_of_a_join() -> None:
    rise, rest = pw.Linear(0.0, 0.1, steps=5), pw.Constant(0.1)
    assert pw.join(rise, pw.join(C, rest)).stages() == (Stage(0, 5, rise), Stage(5, 95, C), Stage(95, None, rest))
    assert C.stages() == (Stage(0, 90, C),)
    assert (L + C).stages() == (Stage(0, 90, L + C),)


def test_what_stands_around_a_join_stands_around_its_stages() -> None:
    s = pw.join(L, C)
    assert (s * 2).stages() == (Stage(0, 10, L * 2), Stage(10, 100, C * 2))
    assert (s + 1).stages() == (Stage(0, 10, L + 1), Stage(10, 100, C + 1))
    assert s.clip(upper=0.05).stages() == (Stage(0, 10, L.clip(upper=0.05)), Stage(10, 100, C.clip(upper=0.05)))
    assert s.shift(4).stages() == (Stage(0, 6, L.shift(4)), Stage(6, 96, C))
    assert s.shift(12).stages() == (Stage(0, 88, s.shift(12)),)
    assert s.stretch(2).stages() == (Stage(0, 20, L.stretch(2)), Stage(20, 200, C.stretch(2)))
    assert s.until(40).stages() == (Stage(0, 10, L), Stage(10, 40, C.until(30)))
    assert s.until(400).stages() == (Stage(0, 10, L), Stage(10, 400, C.until(390)))
    assert s.reverse().stages() == (Stage(0, 90, C.reverse()), Stage(90, 100, L.reverse()))
    jumps = pw.join(L, L).reverse()  # whose boundary belongs to the other stage when it runs backwards
    assert jumps.stages() == (Stage(0, 20, jumps),)


def test_stages_of_a_repeat() -> None:
    twice = pw.join(L, C).repeat(2, decay=0.5)
    assert [(begin, end) for begin, end, _ in twice.stages()] == [(0, 10), (10, 100), (100, 110), (110, 200)]
    assert twice.stages()[2].schedule == L * 0.5
    assert len(L.repeat(1_000).stages()) == 1_000
    assert len(L.repeat(1_001).stages()) == len(L.repeat().stages()) == 1
    assert [stage.begin for stage in L.repeat(4, growth=2).stages()] == [0, 10, 30, 70]


def agrees(s: pw.Schedule, step: float) -> bool:
    stage = next(stage for stage in s.stages() if stage.begin <= step and (stage.end is None or step < stage.end))
    return stage.schedule(step - stage.begin) == pytest.approx(s(step), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_stage_is_the_schedule_there(name: str) -> None:
    schedule = SAMPLES[name]
    found = schedule.stages()
    assert (found[0].begin, found[-1].end) == (0, schedule.total_steps)
    assert all(before.end == after.begin for before, after in pairwise(found))
    last = 400 if schedule.total_steps is None else math.ceil(schedule.total_steps) - 1
    assert all(agrees(schedule, step) for step in {*range(0, last, 1 + last // 50), last})


@law(ANY)
def test_a_stage_of_any_schedule_is_the_schedule_there(s: pw.Schedule) -> None:
    bounded = s.until(300)
    assert all(agrees(bounded, step) for step in (0, 1, 59, 100, 150, 200.5, 299))


def test_the_stages_of_a_join_are_still_a_tuple() -> None:
    s = pw.Join((L, C))
    assert s.stages == (L, C)
    assert s.stages[1] is C
    assert pw.from_dict(s.to_dict()) == s
    assert repr(s).startswith("Join(stages=(Linear(")


# Seams.


def test_breaks_are_where_formulas_meet() -> None:
    places: list[tuple[pw.Schedule, float, float, list[float]]] = [
        (pw.join(L, C), 0, 200, [10, 100]),
        (pw.join(L, C), 10, 99, []),
        (pw.multi_step(0.1, milestones=[30, 80.5]), 0, 100, [30, 80.5]),
        (pw.step_decay(0.1, every=30), 0, 100, [30, 60, 90]),
        (pw.Table([1.0, 1.0, 2.0, 2.0, 3.0]), 0, 9, [2, 4]),
        (pw.PiecewiseLinear([(0, 0.1), (5, 1.0), (7, 0.0)]), 0, 9, [5, 7]),
        (L.repeat(), 0, 35, [10, 20, 30]),
        (L.repeat(), 10**12, 10**12 + 15, [10**12 + 10]),
        (pw.Table([1.0, 2.0]).repeat(3, growth=2), 0, 30, [1, 2, 4, 6, 10, 14]),
        (L.past_end("mirror"), 0, 35, [10, 20, 30]),
        (pw.join(L, L.past_end("repeat")), 0, 45, [10, 20, 30, 40]),
        (pw.join(L, C).shift(4).stretch(2), 0, 300, [12, 192]),
        (pw.join(L, C).reverse(), 0, 300, [90, 100]),
        (C.until(40) + L, 0, 300, [10, 40]),
        (pw.Constant(0.1), 0, 300, []),
    ]
    for schedule, start, stop, expected in places:
        assert breaks(schedule, start, stop).tolist() == expected, schedule


@pytest.mark.parametrize(("form", "steps"), [("table", 10**6), ("milestones", 10**7), ("join", 10**7)])
def test_breaks_find_a_thousand_jumps_among_millions_of_steps_at_once(form: str, steps: int) -> None:
    random = np.random.default_rng(1)
    jumps = np.sort(random.choice(np.arange(1, steps), 1_000, replace=False))
    levels, widths = random.random(1_001), np.diff([0, *jumps, steps])
    schedule = {
        "table": lambda: pw.Table(np.repeat(levels, widths).tolist()),
        "milestones": lambda: pw.PiecewiseConstant(levels, milestones=jumps),
        "join": lambda: pw.join(*(pw.Constant(value, steps=n) for value, n in zip(levels, widths, strict=True))),
    }[form]()
    start = time.perf_counter()
    found = breaks(schedule, 0, steps - 1)
    assert time.perf_counter() - start < 2.0  # of a machine that does much else; it is 0.05 s for the table
    assert found.tolist() == jumps.tolist()


@law(ANY)
def test_between_breaks_there_is_no_jump(s: pw.Schedule) -> None:
    smooth = s.until(300)
    edges = np.array([0.0, *breaks(smooth, 0, 300)])
    for begin, end in pairwise(edges):
        middle, width = (begin + end) / 2, (end - begin) * 0.49
        near = smooth(middle + width * np.linspace(-1.0, 1.0, 5) * 0.999)
        nearer = smooth(middle + width * np.linspace(-1.0, 1.0, 5))
        assert np.abs(near - nearer).max() <= 0.3 * np.abs(near).max() + 1e-9


# Bad input.

BAD_NUMBERS: list[tuple[object, type[Exception]]] = [
    ("3", TypeError),
    (None, TypeError),
    (True, TypeError),
    ([1], TypeError),
    (1j, TypeError),
    (np.array([]), TypeError),
    (math.nan, ValueError),
    (math.inf, ValueError),
]


@pytest.mark.parametrize(("value", "error"), BAD_NUMBERS)
def test_bad_numbers(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^first_below: `value` must be a finite number, got "):
        C.first_below(value)
    with pytest.raises((TypeError, ValueError), match=r"^Cosine: `start` must be an integer >= 0 and <= 2\*\*53, got "):
        C.first_below(0.1, start=value)
    with pytest.raises(error, match=r"^breaks: `start` must be a number of steps >= 0 and <= 2\*\*53, got "):
        breaks(C, value, 10)
    with pytest.raises(error, match=r"^breaks: `stop` must be a number of steps >= 0 and <= 2\*\*53, got "):
        breaks(C, 0, value)


def test_bad_ranges() -> None:
    with pytest.raises(ValueError, match=r"^breaks: `stop` must be at least `start` \(10\), got 9$"):
        breaks(C, 10, 9)
    with pytest.raises(ValueError, match=r"^Schedule: formulas must meet at most 10,000,000 times between `start`"):
        breaks(L.repeat(), 0, 2**53)
    for start in (-1, 2**53 + 1):
        with pytest.raises(ValueError, match=r"^Cosine: `start` must be an integer >= 0 and <= 2\*\*53, got"):
            C.first_below(0.1, start=start)


@pytest.mark.parametrize("ask", [integral, peak, stages])
def test_what_is_no_schedule(ask: Callable[[Any], object]) -> None:
    for value in (None, 3.0, "L", [L]):
        with pytest.raises(TypeError, match="`schedule` must be a schedule, got "):
            ask(value)


def test_a_peak_is_a_pair() -> None:
    assert L.peak() == Peak(10, 0.1) == (10, 0.1)
    assert repr(L.peak()) == "Peak(step=10, value=0.1)"
