"""A schedule in any loop: `follow` and `with_lr`."""

import gc
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from registry import SAMPLES
from test_laws import ANY, LENGTHS, law

import pywarmup as pw

L = pw.Linear(0.0, 1.0, steps=4)
ENDLESS = pw.InverseSqrt(0.1, timescale=10)
ERROR = L.past_end("error")
STARTS = st.one_of(st.integers(0, 700), st.integers(0, 2**40))
START = "`start` must be an integer >= 0 and <= 2**53, got "

Row = tuple[str, Callable[[], Any], type[Exception], str]


def some(pairs: Any, count: int = 600) -> list[Any]:
    """The first pairs, of endlessly many perhaps."""
    return list(itertools.islice(pairs, count))


# follow


@law(ANY, STARTS)
def test_following_gives_each_step_and_its_value(s: pw.Schedule, start: int) -> None:
    stop = start + 600 if s.total_steps is None else min(start + 600, len(s))
    steps = range(start, stop)
    assert some(pw.follow(s, start)) == list(zip(steps, s.array(start, max(start, stop)), strict=True))


@law(ANY, LENGTHS)
def test_following_from_later_on_is_the_rest(s: pw.Schedule, start: int) -> None:
    assert some(pw.follow(s, start=start), 200) == some(pw.follow(s), start + 200)[start:]


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES.keys())
def test_every_kind_is_followed_to_the_bit(schedule: pw.Schedule) -> None:
    for start in (0, 1, 7):
        stop = 600 if schedule.total_steps is None else min(600, len(schedule))
        assert some(pw.follow(schedule, start), 600 - start) == [(t, schedule(t)) for t in range(start, stop)]


def test_a_shifted_schedule_is_followed_to_the_bit() -> None:
    """Adding up the shifts would round: in every fifth of these a value would be another."""
    for n in range(100):
        shifted = pw.Linear(1.0, 0.0, steps=97).shift(n / 101)
        start = 1 + n % 90
        assert list(pw.follow(shifted, start)) == [(t, shifted(t)) for t in range(start, len(shifted))]


@pytest.mark.parametrize(("schedule", "start", "steps"), [
    (L, 0, [0, 1, 2, 3]),
    (L, 3, [3]),
    (L, 4, []),
    (L, 5, []),
    (L, 2**53, []),
    (pw.Linear(0.0, 1.0, steps=4.5), 3, [3, 4]),
    (pw.Linear(0.0, 1.0, steps=4.5), 4, [4]),
    (pw.Linear(0.0, 1.0, steps=4.5), 5, []),
    (pw.Linear(0.0, 1.0, steps=2**53), 2**53 - 2, [2**53 - 2, 2**53 - 1]),
    (ERROR, 2, [2, 3]),
    (ERROR, 4, []),
    (L.past_end("repeat"), 2, [2, 3]),
    (L.past_end("mirror"), 5, []),
])  # fmt: skip
def test_a_bounded_schedule_is_followed_to_its_end(schedule: pw.Schedule, start: int, steps: list[int]) -> None:
    assert [step for step, _ in pw.follow(schedule, start)] == steps


def test_an_endless_schedule_is_followed_for_ever() -> None:
    pairs = pw.follow(ENDLESS, start=10**6)
    assert some(pairs, 3_000) == [(t, ENDLESS(t)) for t in range(10**6, 10**6 + 3_000)]
    assert next(pairs) == (1_003_000, ENDLESS(1_003_000))


def test_an_end_that_is_an_error_comes_at_its_step() -> None:
    pairs = pw.follow(ERROR.until(100), start=2)
    assert some(pairs, 3) == [(2, 0.5), (3, 0.75), (4, 1.0)]
    with pytest.raises(ValueError, match="where the schedule ends"):
        next(pairs)


@pytest.mark.parametrize("start", [2, np.int64(2), np.uint8(2), np.array(2)])
def test_steps_are_ints_and_values_floats(start: Any) -> None:
    pairs = list(pw.follow(L, start))
    assert pairs == [(2, 0.5), (3, 0.75)]
    assert {(type(step), type(lr)) for step, lr in pairs} == {(int, float)}


def test_iterators_are_independent_and_keep_their_schedule() -> None:
    schedule = pw.Linear(0.0, 1.0, steps=1_000)
    one, other = pw.follow(schedule), pw.follow(schedule, 500)
    assert iter(one) is one
    del schedule
    gc.collect()
    assert next(one) == (0, 0.0)
    assert some(other, 500) == [(t, pw.Linear(0.0, 1.0, steps=1_000)(t)) for t in range(500, 1_000)]
    assert next(one) == (1, 0.001)
    assert list(other) == []


# Bad input.


def both(name: str, start: Any, error: type[Exception], text: str | None = None) -> list[Row]:
    message = f"Linear: {START}{start!r}" if text is None else text
    return [
        (f"follow-{name}", lambda: pw.follow(L, start), error, message),
        (f"with_lr-{name}", lambda: pw.with_lr([], L, start=start), error, message),
    ]


def schedule_rows(name: str, value: Any) -> list[Row]:
    return [
        (
            f"follow-{name}",
            lambda: pw.follow(value),
            TypeError,
            f"follow: `schedule` must be a schedule, got {value!r}",
        ),
        (
            f"with_lr-{name}",
            lambda: pw.with_lr([], value),
            TypeError,
            f"with_lr: `schedule` must be a schedule, got {value!r}",
        ),
    ]


def loader_row(value: Any) -> Row:
    name = type(value).__name__
    return f"loader-{value!r:.20}", lambda: pw.with_lr(value, L), TypeError, (
        f"with_lr: `loader` must be an iterable of batches, got {name}"
    )  # fmt: skip


BAD: list[Row] = [
    *both("negative", -1, ValueError),
    *both("too-large", 2**53 + 1, ValueError),
    *both("huge", 2**64, ValueError),
    *both("true", True, TypeError),
    *both("false", False, TypeError),
    *both("bool_", np.True_, TypeError),
    *both("float", 1.0, TypeError),
    *both("nan", math.nan, TypeError),
    *both("inf", math.inf, TypeError),
    *both("float64", np.float64(1.0), TypeError),
    *both("text", "3", TypeError),
    *both("none", None, TypeError),
    *both("list", [3], TypeError),
    *both("complex", 1j, TypeError),
    *schedule_rows("list", [0.1, 0.2]),
    *schedule_rows("number", 0.1),
    *schedule_rows("none", None),
    *schedule_rows("class", pw.Linear),
    *schedule_rows("function", abs),
    loader_row(3),
    loader_row(None),
    loader_row(1.5),
    loader_row(abs),
    loader_row(list),  # the type
    ("swapped", lambda: pw.with_lr(L, [1, 2]), TypeError, "with_lr: `schedule` must be a schedule, got [1, 2]"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "error", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    """At once, before anything is iterated."""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
