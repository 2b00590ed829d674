"""Where two schedules differ: against comparing every step."""

import dataclasses
import math
import re
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from registry import SAMPLES

import pywarmup as pw
from pywarmup.tools import difference as module
from pywarmup.tools.difference import asked, difference, first_difference, horizon

NAMES = list(SAMPLES)
S = pw.warmup_cosine(0.1, warmup_steps=10, total_steps=100)
STOP = 700


def value(schedule: pw.Schedule, step: int) -> float | None:
    try:
        return schedule(step)
    except ValueError:
        return None


def slowly(a: pw.Schedule, b: pw.Schedule, stop: int) -> tuple[int | None, float, int | None]:
    """The first difference, the largest one and its step, one step after the other."""
    pairs = [(value(a, step), value(b, step)) for step in range(stop)]
    first = next((step for step, (x, y) in enumerate(pairs) if x != y), None)
    gaps = [0.0 if x is None or y is None else abs(x - y) for x, y in pairs]
    largest = max(gaps)
    return first, largest, gaps.index(largest) if largest > 0 else None


def agrees(a: pw.Schedule, b: pw.Schedule, stop: int = STOP) -> None:
    found = difference(a, b, stop=stop)
    assert (found.first_step, found.largest, found.at) == slowly(a, b, stop)
    assert first_difference(a, b, stop) == found.first_step
    assert (found.stop, found.stride) == (stop, 1)


@pytest.mark.parametrize("index", range(len(NAMES)), ids=NAMES)
def test_two_schedules_differ_as_their_values_do(index: int) -> None:
    a = SAMPLES[NAMES[index]]
    for distance in (1, 7, 40):
        agrees(a, SAMPLES[NAMES[(index + distance) % len(NAMES)]])


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_a_part_in_common_does_not_hide_a_difference(schedule: pw.Schedule) -> None:
    agrees(schedule, schedule)
    agrees(schedule, schedule * (1.0 + 2.0**-50))
    agrees(pw.join(pw.Constant(1.0, steps=30), schedule), pw.join(pw.Constant(1.0, steps=31), schedule))
    agrees(pw.join(S, schedule), pw.join(S, schedule + 1e-9))
    agrees(pw.join(S.until(50), schedule), S)
    agrees(schedule, schedule.until(20))
    agrees(schedule, schedule.until(20.5).past_end("error"))
    if schedule.total_steps is not None:
        agrees(pw.join(schedule, S), pw.join(schedule, S * 2))
        agrees(schedule.repeat(2, decay=0.3), pw.join(schedule, schedule * 0.3))
        agrees(schedule.repeat(3, growth=1.5), schedule.repeat())


def test_rounding_of_begins_that_are_no_integers_is_a_difference() -> None:
    p, q = pw.Linear(0.0, 0.3898088070211341, steps=5), pw.Linear(0.0, 0.4453871940548014, steps=1 / 3)
    for a, b in (
        (pw.join(p, q).repeat(3), pw.join(p, q, p, q, p, q)),
        (pw.join(p, q, p).shift(0.7), pw.join(p.shift(0.7), q, p)),
    ):
        assert not np.array_equal(a.array(50), b.array(50))
        agrees(a, b, 50)


def test_stages_that_are_equal_are_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[range] = []
    array = pw.Schedule.array

    def watched(self: pw.Schedule, start: Any, stop: Any, step: Any = 1, **options: Any) -> Any:
        looked_at.append(range(start, stop, step))
        return array(self, start, stop, step, **options)

    monkeypatch.setattr(pw.Schedule, "array", watched)
    stages = [pw.Linear(0.0, 1.0, steps=10**8), pw.Constant(1.0, steps=1000), pw.Cosine(1.0, 0.0, steps=10**8)]
    other = [stages[0], pw.Constant(0.5, steps=1000), stages[2]]
    found = difference(pw.join(*stages) * 2, pw.join(*other) * 2)
    assert (found.first_step, found.largest, found.at, found.stop) == (10**8, 1.0, 10**8, 2 * 10**8 + 1001)
    assert all(steps.start >= 10**8 and steps.stop <= 10**8 + 1000 for steps in looked_at)
    assert looked_at


def test_of_a_very_long_run_evenly_spaced_steps_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100_000)
    a = pw.Linear(0.0, 1.0, steps=10**9)
    found = difference(a, a.clip(upper=0.5))
    assert found.stride == 10_001
    assert found.first_step == 500_000_001  # looked for among the steps between
    assert found.at is not None
    assert found.largest == abs(a(found.at) - 0.5)
    assert 10**9 - found.at < found.stride
    assert difference(a, a + 0.0).first_step is None


def test_stages_begin_at_steps_that_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1_000)
    stages = [pw.Constant(1.0, steps=555_555), pw.Constant(1.0, steps=3), pw.Constant(1.0, steps=10**6)]
    other = [stages[0], pw.Constant(0.5, steps=3), stages[2]]
    found = difference(pw.join(*stages), pw.join(*other))
    assert (found.first_step, found.largest, found.at) == (555_555, 0.5, 555_555)


def test_a_billion_steps_take_seconds_and_no_memory() -> None:
    a = pw.warmup_cosine(0.1, warmup_steps=2_000, total_steps=10**8)
    tracemalloc.start()
    begun = time.perf_counter()
    found = difference(a, pw.warmup_cosine(0.1, warmup_steps=2_001, total_steps=10**8))
    taken = time.perf_counter() - begun
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.first_step, found.at) == (1, 2000)
    assert taken < 10.0  # a tenth of that on a machine that does nothing else
    assert peak < 4_000_000


def test_the_areas_are_those_up_to_the_last_step() -> None:
    a, b = pw.Linear(0.0, 1.0, steps=10), pw.Linear(0.0, 1.0, steps=20)
    assert difference(a, b).areas == (15.0, 10.0)
    assert difference(a, b, stop=11).areas == (5.0, 2.5)
    assert difference(a, b.past_end("error"), stop=41).areas == (15.0, 10.0)
    assert difference(a, b, stop=1).areas == (0.0, 0.0)


@pytest.mark.parametrize(
    ("schedules", "steps"),
    [
        ((S, S), 101),
        ((S, S.until(12.5)), 101),
        ((S.until(12.5),), 14),
        ((S, pw.Constant(1.0)), 10_000_000),
        ((pw.Linear(0.0, 1.0, steps=10**8), pw.Constant(1.0)), 10**8 + 1),
        ((pw.Constant(1.0, steps=2**53),), 2**53),
    ],
)
def test_how_many_steps_are_compared(schedules: tuple[pw.Schedule, ...], steps: int) -> None:
    assert horizon(*schedules) == steps
    assert difference(schedules[0], schedules[-1]).stop == horizon(schedules[0], schedules[-1])


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_the_steps_that_have_a_value_are_counted(schedule: pw.Schedule) -> None:
    ended = schedule.until(20.5).past_end("error")
    for one in (schedule, ended, pw.join(S, ended), ended * 2, ended.shift(3)):
        assert asked(one, 400) == next((step for step in range(400) if value(one, step) is None), 400)
    assert asked(ended, 400) == 21


def test_a_difference_is_a_value() -> None:
    found = difference(S, S)
    assert found == difference(S, S)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.stop = 3  # type: ignore[misc]


def test_values_of_the_largest_size_have_a_distance() -> None:
    found = difference(pw.Constant(1.7e308), pw.Constant(-1.7e308), stop=5)
    assert (found.largest, found.at, found.areas) == (math.inf, 0, None)
    tiny = np.nextafter(0.0, 1.0)
    assert difference(pw.Constant(0.0), pw.Constant(tiny), stop=5).largest == tiny
    assert difference(pw.Constant(0.0), pw.Constant(-0.0), stop=5).first_step is None


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((S, 3), TypeError, "difference: `b` must be a schedule, got 3"),
        ((None, S), TypeError, "difference: `a` must be a schedule, got None"),
        ((S, S, 0), ValueError, "difference: `stop` must be None or an integer >= 1 and <= 2**53, got 0"),
        ((S, S, -1), ValueError, "difference: `stop` must be None or an integer >= 1 and <= 2**53, got -1"),
        ((S, S, 2.5), ValueError, "difference: `stop` must be None or an integer >= 1 and <= 2**53, got 2.5"),
        ((S, S, math.nan), ValueError, "difference: `stop` must be None or an integer >= 1 and <= 2**53, got nan"),
        ((S, S, True), TypeError, "difference: `stop` must be None or an integer >= 1 and <= 2**53, got True"),
        ((S, S, "9"), TypeError, "difference: `stop` must be None or an integer >= 1 and <= 2**53, got '9'"),
        ((S, S, 2**54), ValueError, "difference: `stop` must be None or an integer >= 1 and <= 2**53, got 18014"),
    ],
)
def test_bad_arguments(arguments: Any, error: type[Exception], message: str) -> None:
    a, b, *stop = arguments
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        difference(a, b, **({"stop": stop[0]} if stop else {}))
