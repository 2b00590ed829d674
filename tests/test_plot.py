"""What is drawn with matplotlib, read back from its artists."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from registry import SAMPLES

import pywarmup as pw
from pywarmup.tools.curve import curve
from pywarmup.tools.names import Span, described, extents, fit, spans
from pywarmup.tools.plot import plot

COSINE = pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=100_000)
LINEAR = pw.warmup_linear(3e-4, warmup_steps=2_000, total_steps=100_000)


@pytest.fixture(autouse=True)
def agg() -> Iterator[None]:
    with matplotlib.rc_context({"backend": "Agg"}):
        yield
    pyplot.close("all")


def line(ax: Axes, index: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(ax.lines[index].get_xdata()), np.asarray(ax.lines[index].get_ydata())


def drawn(ax: Axes) -> Figure:
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    return figure


def labels(texts: Any) -> list[str]:
    return [text.get_text() for text in texts]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_the_line_is_the_curve_and_is_seen_whole(name: str, scale: Any) -> None:
    ax = SAMPLES[name].plot(Figure().subplots(), scale=scale)
    steps, values = line(ax)
    assert (values == SAMPLES[name](steps)).all()
    low, high = ax.get_ylim()
    assert low <= values.min() <= values.max() <= high
    assert ax.get_xlim() == (steps[0], steps[-1])
    drawn(ax)


def test_no_jump_of_a_thousand_in_ten_million_steps_is_lost() -> None:
    random = np.random.default_rng(0)
    milestones = np.sort(random.choice(np.arange(1, 10**7), 1_000, replace=False))
    schedule = pw.PiecewiseConstant(random.random(1_001), milestones=milestones.tolist())
    steps, values = line(schedule.plot(stop=10**7))
    for side in (milestones - 1, milestones):
        assert (values[np.searchsorted(steps, side)] == schedule(side)).all()
        assert np.isin(side, steps).all()


def test_stages_are_shaded_in_turn_and_named() -> None:
    ax = pw.wsd(1.0, warmup_steps=30, decay_steps=20, total_steps=100).plot()
    shaded = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in ax.patches]
    assert shaded == [(0, 30), (80, 100)]
    assert labels(ax.texts) == ["linear warmup", "constant", "linear decay"]
    assert not pw.Cosine(1.0, 0.0, steps=9).plot().texts


def test_stages_are_left_out_when_asked() -> None:
    ax = COSINE.plot(stages=False)
    assert not ax.patches
    assert not ax.texts


@pytest.mark.parametrize("warmup", [1, 10, 100, 1_000, 5_000, 9_000, 9_990])
@pytest.mark.parametrize("size", [(7, 3), (3, 2), (12, 4)])
def test_names_neither_touch_nor_leave_the_picture(warmup: int, size: tuple[float, float]) -> None:
    schedule = pw.wsd(1.0, warmup_steps=warmup, decay_steps=(10_000 - warmup) // 3, total_steps=10_000)
    ax = schedule.plot(Figure(figsize=size).subplots())
    figure = drawn(ax)
    boxes = [text.get_window_extent() for text in ax.texts]
    assert boxes or size == (3, 2)
    frame = ax.get_window_extent()
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    top = ax.transData.transform((0.0, 1.0))[1]
    assert all(box.y0 > top for box in boxes), "above the curve"
    assert figure.get_size_inches().tolist() == list(size)


def test_many_narrow_stages_have_no_names_and_many_more_no_shades() -> None:
    cycles = pw.join(*[pw.Linear(1.0, 0.0, steps=10)] * 30)
    ax = cycles.plot()
    assert len(ax.patches) == 15
    assert not ax.texts
    assert not pw.join(*[pw.Linear(1.0, 0.0, steps=10)] * 300).plot().patches


def test_several_schedules_have_a_legend() -> None:
    ax = pw_plot([COSINE, LINEAR])
    assert labels(ax.get_legend().get_texts()) == ["linear warmup, cosine decay", "linear warmup, linear decay"]
    ax = pw_plot({"a": COSINE, "b": LINEAR * 2})
    assert labels(ax.get_legend().get_texts()) == ["a", "b"]
    assert line(ax, 1)[1].max() == 6e-4
    ax = pw_plot([COSINE, LINEAR], labels=["new", "old"])
    assert labels(ax.get_legend().get_texts()) == ["new", "old"]
    assert COSINE.plot().get_legend() is None
    assert labels(COSINE.plot(label="mine").get_legend().get_texts()) == ["mine"]


def pw_plot(*arguments: Any, **options: Any) -> Axes:
    return plot(*arguments, **options)


def test_stages_of_several_schedules_are_shaded_where_all_agree() -> None:
    ax = pw_plot([COSINE, LINEAR])
    assert len(ax.patches) == 1
    assert labels(ax.texts) == ["linear warmup"], "what follows has two names"
    assert not pw_plot([COSINE, LINEAR.stretch(2)]).patches


def test_each_is_drawn_to_its_end_and_endless_ones_to_the_last() -> None:
    ax = pw_plot([pw.Linear(1.0, 0.0, steps=50), pw.Linear(1.0, 0.0, steps=80), pw.InverseSqrt(1.0, timescale=5)])
    assert [line(ax, index)[0][-1] for index in range(3)] == [50, 80, 80]
    ax = pw_plot([pw.Linear(1.0, 0.0, steps=50), pw.Constant(0.1)], stop=200, start=20)
    assert [(line(ax, index)[0][0], line(ax, index)[0][-1]) for index in range(2)] == [(20, 200)] * 2


def test_steps_are_written_as_people_write_them() -> None:
    ax = COSINE.plot()
    drawn(ax)
    assert labels(ax.get_xticklabels()) == ["0", "20k", "40k", "60k", "80k", "100k"]
    assert {"0", "1e-4", "3e-4"} <= set(labels(ax.get_yticklabels()))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "value")
    ax = COSINE.stretch(1_000).plot()
    drawn(ax)
    assert "100M" in labels(ax.get_xticklabels())


def test_zero_is_on_a_logarithmic_axis() -> None:
    ax = COSINE.plot(scale="log")
    drawn(ax)
    assert ax.get_yscale() == "symlog"
    places = ax.transAxes.inverted().transform(ax.transData.transform([(0, 0.0), (0, 1e-6), (0, 1e-5), (0, 1e-4)]))[
        :, 1
    ]
    assert 0.0 < places[0] < 0.1
    assert (np.diff(places) > 0.15).all()
    assert {"0", "1e-6", "1e-4"} <= set(labels(ax.get_yticklabels()))


def test_a_logarithmic_axis_without_zero_is_one() -> None:
    ax = pw.Exponential(1e-7, 10.0, steps=100).plot(scale="log")
    drawn(ax)
    assert ax.get_yscale() == "log"
    steps, values = line(ax)
    heights = ax.transData.transform(np.stack([steps, values], axis=1))[:, 1]
    straight = np.interp(steps, steps[[0, -1]], heights[[0, -1]])
    assert np.abs(heights - straight).max() < 0.01, "a geometric rise"


def test_a_short_logarithmic_axis_has_labels_too() -> None:
    ax = pw.Linear(3e-4, 2e-4, steps=10).plot(scale="log")
    drawn(ax)
    low, high = ax.get_ylim()
    assert [text for text in ax.get_yticklabels() if low <= text.get_position()[1] <= high and text.get_text()]


def test_what_is_on_the_axes_before_stays_in_sight() -> None:
    ax = Figure().subplots()
    ax.plot([0, 10], [5.0, 5.0])
    ax.set_xlabel("updates")
    pw.Linear(0.0, 1.0, steps=20).plot(ax)
    assert ax.get_ylim()[1] > 5.0
    assert ax.get_xlabel() == "updates"


def test_the_figure_is_one_of_pyplots_and_given_axes_are_used() -> None:
    before = COSINE.plot()
    assert before.figure.number in pyplot.get_fignums()  # type: ignore[union-attr]
    after = LINEAR.plot()
    assert after is not before
    assert LINEAR.plot(before) is before
    assert len(before.lines) == 2


def test_given_axes_need_no_pyplot() -> None:
    code = (
        "import sys, pywarmup as pw; from matplotlib.figure import Figure;"
        "pw.Linear(0.0, 1.0, steps=9).plot(Figure().subplots()); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout == "False\n"


def test_without_matplotlib_the_extra_is_named() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; import pywarmup as pw; pw.Constant(0.1).plot()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: pywarmup.plot: matplotlib cannot be imported (")
    assert last.endswith('; install it with `pip install "pywarmup-schedules[plot]"`')


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ([], {}, "plot: `schedules` must be at least one schedule, got []"),
        (3, {}, "plot: `schedules` must be a schedule, got 3"),
        ("abc", {}, "plot: `schedules` must be a schedule, got 'abc'"),
        ([COSINE, 0.1], {}, "plot: `schedules` must be a schedule, got 0.1"),
        ({"a": None}, {}, "plot: `schedules` must be a schedule, got None"),
        ([COSINE, COSINE], {"labels": ["a"]}, "plot: `labels` must be 2 strings, one for each schedule, got ['a']"),
        ([COSINE, COSINE], {"labels": "ab"}, "plot: `labels` must be 2 strings, one for each schedule, got ['ab']"),
        (COSINE, {"labels": [1]}, "plot: `labels` must be 1 strings, one for each schedule, got [1]"),
        (COSINE, {"scale": "loglog"}, "plot: `scale` must be 'linear' or 'log', got 'loglog'"),
        (COSINE, {"scale": None}, "plot: `scale` must be 'linear' or 'log', got None"),
        (COSINE, {"stages": "no"}, "plot: `stages` must be True or False, got 'no'"),
        (COSINE, {"stop": 0}, "plot: `stop` must be a number of steps > 0 and <= 2**53, got 0"),
        (COSINE, {"start": 200_000}, "plot: `start` must be less than where the picture stops (100000), got 200000"),
        (
            pw.Constant(1),
            {"ax": 3},
            "plot: `ax` must be axes of matplotlib, got 3; several schedules are given as a list",
        ),
    ],
)
def test_bad_input(given: Any, options: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        plot(given, **options)
    assert str(caught.value) == message
    assert not pyplot.get_fignums(), "no empty figure is left behind"


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (COSINE, "linear warmup, cosine decay"),
        (pw.warmup_constant(0.1, warmup_steps=10), "linear warmup, constant"),
        (pw.join(pw.Constant(0.1, steps=5), pw.Constant(1.0, steps=5)), "constant warmup, constant"),
        (pw.one_cycle(0.1, total_steps=100), "cosine warmup, cosine decay"),
        (pw.noam(d_model=512, warmup_steps=400) * 2, "linear warmup, inverse sqrt"),
        (
            pw.wsd(1.0, warmup_steps=1, decay_steps=2, total_steps=9, decay="1-sqrt"),
            "linear warmup, constant, 1-sqrt decay",
        ),
        (pw.cosine_restarts(0.1, cycle_steps=9, warmup_steps=3), "linear warmup, cosine cycles"),
        (pw.cosine_restarts(0.1, cycle_steps=9, end_value=0.01), "cosine cycles"),
        (pw.triangular(0.0, 0.1, up_steps=2), "cycles"),
        (COSINE * LINEAR, "product"),
        (pw.Linear(0.0, 1.0, steps=9).repeat(9), "linear warmup, linear rise, linear rise, linear rise, ..."),
    ],
)
def test_what_a_schedule_is_called(schedule: pw.Schedule, expected: str) -> None:
    assert described(schedule) == expected


def test_stages_that_are_not_seen_have_no_name() -> None:
    assert [span.name for span in spans(COSINE, 5_000, 9_000)] == ["cosine decay"]
    assert [(span.begin, span.end) for span in spans(COSINE, 1_000, 9_000)] == [(1_000, 2_000), (2_000, 9_000)]


def test_a_long_name_runs_on_over_the_stage_beside_it_only() -> None:
    assert fit([(0, 5), (5, 100)], [30, 10], 100, 2) == [0, 47.5]
    assert fit([(0, 95), (95, 100)], [10, 30], 100, 2) == [42.5, 70]
    assert fit([(0, 5), (5, 40), (40, 100)], [30, 30, 30], 100, 2) == [None, 7.5, 55]
    assert fit([(0, 5), (5, 20), (20, 100)], [30, 30, 30], 100, 2) == [None, 5, 45]


@settings(max_examples=300)
@given(st.floats(50.0, 1e3), st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(1.0, 200.0)), min_size=1, max_size=12))
def test_names_are_in_order_and_clear_of_each_other(total: float, stages: list[tuple[float, float]]) -> None:
    ends = np.cumsum([share for share, _ in stages]) / sum(share for share, _ in stages) * total
    places = list(zip([0.0, *ends[:-1]], ends, strict=True))
    lengths = [length for _, length in stages]
    lefts = fit(places, lengths, total, 2.0)
    shown = [(left, left + length) for left, length in zip(lefts, lengths, strict=True) if left is not None]
    assert all(left >= -1e-9 and right <= total + 1e-9 for left, right in shown)
    assert all(before[1] <= after[0] + 1e-9 for before, after in pairwise(shown))
    for left, length, (begin, end) in zip(lefts, lengths, places, strict=True):
        assert left is not None or length > end - begin, "a name that fits its stage is there"


@given(st.floats(0.01, 0.3), st.floats(100.0, 1e3))
def test_a_short_last_stage_has_its_name_too(share: float, total: float) -> None:
    stages = [Span(0.0, 1e5 * (1.0 - share), "constant"), Span(1e5 * (1.0 - share), 1e5, "decay")]
    left = fit(extents(stages, 0.0, 1e5, total), [10.0, 40.0], total, 2.0)[1]
    assert left is not None
    assert left + 40.0 <= total + 1e-9


def test_the_curve_of_a_plot_is_that_of_other_pictures() -> None:
    assert (line(COSINE.plot())[0] == curve(COSINE).steps).all()
