"""The curve in a terminal, read back from its characters."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry import SAMPLES

import pywarmup as pw
from pywarmup.tools.axis import step_label, ticks, value_label

COSINE = pw.warmup_cosine(3e-4, warmup_steps=20_000, total_steps=100_000)
BITS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]


def dots(text: str) -> np.ndarray:
    """Which dots are set, in the part of the text that shows the curve."""
    body = [line for line in text.splitlines() if "│" in line or "┤" in line]
    left = max(body[0].find("│"), body[0].find("┤")) + 1
    axis = next(line for line in text.splitlines() if "└" in line)
    cells = [line[left:].ljust(len(axis) - left) for line in body]
    rows = [[[ord(cell) - 0x2800 if "\u2800" <= cell <= "\u28ff" else 0 for cell in line]] for line in cells]
    bits = np.array(rows).reshape(len(cells), 1, -1, 1)
    return ((bits & np.array(BITS)[None, :, None, :]) != 0).reshape(4 * len(cells), -1)


def test_the_whole_picture() -> None:
    expected = """\
      linear warmup             cosine decay
3e-4 ┤         ⡠⠊⠉⠉⠉⠉⠉⠑⠒⠒⠤⢄⣀⡀
     │       ⡠⠊ ┊           ⠈⠉⠒⠤⢄⡀
     │     ⢀⠜   ┊                ⠈⠉⠒⠤⢄⡀
     │   ⢀⠔⠁    ┊                     ⠈⠑⠢⠤⣀
     │  ⡰⠁      ┊                          ⠉⠑⠢⠤⣀⡀
   0 ┤⡠⠊        ┊                               ⠈⠉⠒⠒⠤⠤⢄⣀⣀⣀⣀⣀
     └┬──────────────────────────┬─────────────────────────┬
      0                         50k                     100k"""
    assert COSINE.sketch(width=60, height=9) == expected


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(SAMPLES)),
    width=st.integers(24, 200),
    height=st.integers(5, 60),
    scale=st.sampled_from(["linear", "log"]),
)
def test_every_schedule_fits_and_has_no_gap(name: str, width: int, height: int, scale: Any) -> None:
    text = SAMPLES[name].sketch(width=width, height=height, scale=scale)
    lines = text.splitlines()
    assert len(lines) == height
    assert max(map(len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
    found = dots(text)
    assert found.any(axis=0).all(), "every column has a dot"
    runs = [np.flatnonzero(column) for column in found.T]
    assert all((np.diff(run) == 1).all() for run in runs), "no hole within a column"
    for before, after in pairwise(runs):
        assert max(before[0], after[0]) - 1 <= min(before[-1], after[-1]), "neighbours touch"


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(SAMPLES)), width=st.integers(24, 200), height=st.integers(5, 60))
def test_the_peak_and_the_floor_are_reached(name: str, width: int, height: int) -> None:
    found = dots(SAMPLES[name].sketch(width=width, height=height))
    values = SAMPLES[name](np.linspace(0.0, 1.0, 50))
    assert found[0].any() or values.max() <= 0.0
    assert found[-1].any() or values.min() > 0.0 or SAMPLES[name].total_steps is None


@pytest.mark.parametrize("width", [40, 72, 120])
def test_the_dots_lie_on_the_curve(width: int) -> None:
    found = dots(COSINE.sketch(width=width, height=40))
    rows, columns = found.shape
    for column in range(columns):
        step = (column + 0.5) / columns * 100_000
        row = (1.0 - COSINE(step) / 3e-4) * rows
        assert np.abs(np.flatnonzero(found[:, column]) + 0.5 - row).min() <= 1.0


def test_a_jump_is_an_upright_line() -> None:
    found = dots(pw.PiecewiseConstant([1.0, 0.0], milestones=[50]).sketch(stop=100))
    assert sorted(found.sum(axis=0)) == [1] * (found.shape[1] - 1) + [found.shape[0] - 1]


def test_a_spike_of_one_step_in_a_million_is_seen() -> None:
    spike = pw.PiecewiseConstant([0.0, 1.0, 0.0], milestones=[400_003, 400_004])
    assert dots(spike.sketch(stop=10**6)).all(axis=0).sum() == 1


def test_stages_are_named_and_marked() -> None:
    lines = COSINE.sketch().splitlines()
    assert lines[0].split("  ")[0] == ""
    assert [name.strip() for name in lines[0].split("   ") if name.strip()] == ["linear warmup", "cosine decay"]
    assert len({line.index("┊") for line in lines if "┊" in line}) == 1
    assert "┊" not in pw.Cosine(1.0, 0.0, steps=10).sketch()


def test_labels_of_steps_and_values() -> None:
    lines = pw.warmup_cosine(3e-4, warmup_steps=20, total_steps=7_812, end_value=3e-5).sketch().splitlines()
    assert lines[-1].split() == ["0", "2k", "4k", "6k", "7812"]
    assert [line.split()[0] for line in lines if "┤" in line] == ["3e-4", "3e-5", "0"]
    assert pw.Linear(0.0, 1.0, steps=1.5).sketch().splitlines()[-1].split()[-1] == "1.5"


def test_zero_has_its_place_on_a_logarithmic_axis() -> None:
    lines = COSINE.sketch(scale="log", height=9).splitlines()
    assert lines[1].startswith("3e-4 ┤")
    assert lines[-3].startswith("   0 ┤")
    found = dots("\n".join(lines))
    assert found[0].sum() > 2 * dots(COSINE.sketch(height=9))[0].sum(), "flat at the top"
    assert found[-1, 0]
    assert found[-1, -1]


@pytest.mark.parametrize("name", SAMPLES)
def test_ascii_for_terminals_that_show_nothing_else(name: str) -> None:
    text = SAMPLES[name].sketch(ascii=True)
    text.encode("ascii")
    for plain, fine in zip(text.splitlines(), SAMPLES[name].sketch().splitlines(), strict=True):
        cells = {index for index, letter in enumerate(fine) if "\u2800" < letter <= "\u28ff"}
        assert all(plain[index] in "|'-." for index in cells)


EXTREMES = {
    "zero": pw.Constant(0.0),
    "negative": pw.Constant(-3.0),
    "huge": pw.PiecewiseConstant([1.7e308, -1.7e308], milestones=[5]),
    "tiny": pw.Linear(0.0, 5e-324, steps=9),
    "two neighbours": pw.Linear(1.0, 1.0000000000000002, steps=5),
    "many digits": pw.Linear(9e-5, 9e-5 * (1 + 2e-12), steps=5) * -1,
    "short": pw.Linear(0.0, 1.0, steps=1e-300),
    "long": pw.Linear(0.0, 1.0, steps=2**53),
    "growing": pw.ExponentialDecay(1e-3, decay_rate=1.01, every=1),
    "many stages": pw.join(*[pw.Linear(1.0, 0.0, steps=1)] * 3_000),
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_numbers_of_every_size(name: str, scale: Any) -> None:
    for width in (24, 72):
        assert dots(EXTREMES[name].sketch(width=width, scale=scale)).any(axis=0).all()
    assert EXTREMES[name]._repr_html_()


def test_values_that_differ_little_have_labels_that_differ() -> None:
    lines = pw.Linear(0.9, 0.9000000001, steps=10).sketch().splitlines()
    assert [line.split()[0] for line in lines if "┤" in line] == ["0.9000000001", "0.9"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 23}, "sketch: `width` must be an integer >= 24 and <= 1000, got 23"),
        ({"width": 72.0}, "sketch: `width` must be an integer >= 24 and <= 1000, got 72.0"),
        ({"width": True}, "sketch: `width` must be an integer >= 24 and <= 1000, got True"),
        ({"width": 10**9}, "sketch: `width` must be an integer >= 24 and <= 1000, got 1000000000"),
        ({"height": 4}, "sketch: `height` must be an integer >= 5 and <= 1000, got 4"),
        ({"height": "9"}, "sketch: `height` must be an integer >= 5 and <= 1000, got '9'"),
        ({"height": None}, "sketch: `height` must be an integer >= 5 and <= 1000, got None"),
        ({"scale": "logarithmic"}, "sketch: `scale` must be 'linear' or 'log', got 'logarithmic'"),
        ({"ascii": 1}, "sketch: `ascii` must be True or False, got 1"),
        ({"start": -1}, "sketch: `start` must be a number of steps >= 0 and <= 2**53, got -1"),
        ({"stop": math.nan}, "sketch: `stop` must be a number of steps > 0 and <= 2**53, got nan"),
        ({"start": 5, "stop": 5}, "sketch: `start` must be less than where the picture stops (5), got 5"),
    ],
)
def test_bad_input(options: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        COSINE.sketch(**options)
    assert str(caught.value) == message


def test_sizes_of_numpy_are_sizes() -> None:
    assert COSINE.sketch(width=np.int64(50)) == COSINE.sketch(width=50)


@settings(max_examples=200)
@given(st.integers(0, 2**53))
def test_a_label_of_a_step_is_right_to_six_digits(step: int) -> None:
    label = step_label(step)
    size = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}.get(label[-1], 1.0)
    assert float(label.rstrip("kMBT")) * size == pytest.approx(step, rel=5e-6)
    assert len(label) <= 8


@settings(max_examples=200)
@given(st.floats(-1e300, 1e300, allow_subnormal=False))
def test_a_label_of_a_value_is_right_to_four_digits(value: float) -> None:
    assert float(value_label(value)) == pytest.approx(value, rel=5e-4)


@settings(max_examples=200)
@given(st.floats(0.0, 1e6), st.floats(1.0, 1e12), st.integers(2, 20))
def test_ticks_are_few_and_even(low: float, length: float, most: int) -> None:
    found = ticks(low, low + length, most)
    assert len(found) <= most
    assert all(low - 1e-6 * length <= tick <= low + length * (1 + 1e-6) for tick in found)
    assert np.allclose(np.diff(found), np.diff(found)[:1], rtol=1e-3)
