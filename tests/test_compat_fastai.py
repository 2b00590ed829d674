"""`pywarmup.compat.fastai` against its formula written out anew, and its bad input."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pywarmup.compat.fastai import combined_cos

values = st.one_of(st.sampled_from([0.0, 1e-8, 1.0]), st.floats(0.0, 10.0))


def theirs(part: float, pct: float, start: float, middle: float, end: float) -> float:
    """`combine_scheds([pct, 1 - pct], [SchedCos(start, middle), SchedCos(middle, end)])`, in float64."""
    first = part < pct or pct == 1.0
    begin, length, a, b = (0.0, pct, start, middle) if first else (pct, 1.0 - pct, middle, end)
    return a + (1 + math.cos(math.pi * (1 - (part - begin) / length))) * (b - a) / 2


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    pct=st.one_of(st.sampled_from([0.0, 0.25, 0.3, 1.0]), st.floats(0.01, 0.99)),
    start=values,
    middle=values,
    end=values,
)
def test_random_arguments(pct: float, start: float, middle: float, end: float) -> None:
    made = combined_cos(pct, start, middle, end)
    last = 100 if pct == 1.0 else 120
    for index in range(last + 1):
        part = index / 100
        expected = theirs(part, pct, start, middle, end)
        assert made(part) == pytest.approx(expected, rel=0, abs=1e-13 * max(start, middle, end))


@pytest.mark.parametrize("field", ["pct", "start", "middle", "end"])
@pytest.mark.parametrize(
    ("value", "error"),
    [
        (-0.1, ValueError),
        (math.nan, ValueError),
        (math.inf, ValueError),
        ("0.1", TypeError),
        (True, TypeError),
        (None, TypeError),
        ([], TypeError),
    ],
)
def test_bad_input(field: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"^combined_cos: `{field}` must be "):
        combined_cos(**({"pct": 0.25, "start": 0.1, "middle": 1.0, "end": 0.0} | {field: value}))


def test_a_part_above_1_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^combined_cos: `pct` must be a number in \[0, 1\], got 1.5$"):
        combined_cos(1.5, 0.1, 1.0, 0.0)
