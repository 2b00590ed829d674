"""Schedules drawn with matplotlib: one or several on an axis, their stages shaded and named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.tools.axis import Scale, check_scale, digits_between, log_threshold, step_label, value_label, value_range
from pywarmup.tools.curve import Curve, bounds, curve
from pywarmup.tools.names import Span, described, extents, fit, spans

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes

MOST_BANDS = 40  # stages, beyond which they are not shaded
NAME_SIZE = 8.5  # of the letters, in points
INSET = 3.0  # points between a name and the end of its stage
HEADROOM = 0.12  # of the height, for the names of the stages
MARGIN = 0.04  # of the height, below and above the curves


def plot(
    schedules: Schedule | Sequence[Schedule] | Mapping[str, Schedule],
    ax: Axes | None = None,
    *,
    labels: Sequence[str] | None = None,
    scale: Scale = "linear",
    stages: bool = True,
    start: float = 0.0,
    stop: float | None = None,
) -> Axes:
    """Draw schedules with matplotlib, on one axis.

    Args:
        schedules: One, several, or a dictionary from names to schedules.
        ax: The axes to draw on; those of a new figure of pyplot unless it is given. It is never shown: notebooks do
            that, scripts call `pyplot.show()` or `ax.figure.savefig(...)`.
        labels: Their names in the legend; those of the dictionary, or made from their stages, unless they are given.
        scale: "linear", or "log" for a logarithmic axis of values, with zero on it where there is one.
        stages: Whether stages are shaded and named; those of several schedules are, where all begin at the same steps.
        start: First step, >= 0.
        stop: Last step. Unless it is given, each schedule is drawn to its end, and an endless one to the last of
            these, or for some cycles or until most of its change is done if all are endless.

    Returns:
        The axes.

    Raises:
        ImportError: Without matplotlib.
        TypeError: For what is no schedule or no number.
        ValueError: For no schedule, labels of another number, an unknown scale, or a `stop` that is not after `start`.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.warmup_cosine(0.1, warmup_steps=10, total_steps=100)
        >>> ax = plot({"cosine": s, "half": s * 0.5}, scale="log")
        >>> [line.get_label() for line in ax.lines]
        ['cosine', 'half']
    """
    check_scale("plot", scale)
    _core.check("plot", "stages", _core.Rule.flag, stages)
    named = _named(schedules, labels)
    ends = _ends([schedule for _, schedule in named], start, stop)
    curves = [curve(schedule, *end) for (_, schedule), end in zip(named, ends, strict=True)]
    ax = _axes(ax)
    for (label, _), points in zip(named, curves, strict=True):
        ax.plot(points.steps, points.values, label=label or None, linewidth=1.8, solid_joinstyle="round")
    if any(label for label, _ in named):
        ax.legend(frameon=False)
    found = _common_spans([schedule for _, schedule in named], ends) if stages else []
    _set_steps(ax)
    _set_values(ax, curves, scale, HEADROOM if found else 0.0)
    _shade(ax, found)
    return ax


def _named(schedules: Any, labels: Sequence[str] | None) -> list[tuple[str, Schedule]]:
    """The schedules with the names that the legend gives them; a single one needs none."""
    found = list(schedules.values() if isinstance(schedules, Mapping) else _several(schedules))
    if not found:
        raise ValueError(f"plot: `schedules` must be at least one schedule, got {schedules!r}")
    for schedule in found:
        _core.check("plot", "schedules", _core.Rule.schedule, schedule)
    if labels is None and not isinstance(schedules, Mapping):
        return [(described(schedule) if len(found) > 1 else "", schedule) for schedule in found]
    names = list(schedules if labels is None else _several(labels))
    if len(names) != len(found) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"plot: `labels` must be {len(found)} strings, one for each schedule, got {names!r}")
    return list(zip(names, found, strict=True))


def _several(given: Any) -> Iterable[Any]:
    is_one = isinstance(given, Schedule | str) or not isinstance(given, Iterable)
    return [given] if is_one else given


def _ends(schedules: Sequence[Schedule], start: float, stop: float | None) -> list[tuple[float, float]]:
    """From where to where each is drawn: as far as it goes, and the endless ones as far as the others."""
    if stop is None:
        totals = [schedule.total_steps for schedule in schedules if schedule.total_steps is not None]
        common = max(totals, default=None) or max(bounds("plot", schedule, 0.0, None)[1] for schedule in schedules)
        return [bounds("plot", schedule, start, schedule.total_steps or common) for schedule in schedules]
    return [bounds("plot", schedule, start, stop) for schedule in schedules]


def _axes(ax: Axes | None) -> Axes:
    """The axes to draw on: those given, or of a new figure, which is one of pyplot's so that notebooks show it."""
    try:
        from matplotlib.axes import Axes
    except ImportError as error:
        raise ImportError(
            f"pywarmup.plot: matplotlib cannot be imported ({error}); "
            'install it with `pip install "pywarmup-schedules[plot]"`'
        ) from error
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=(7.2, 3.4), layout="constrained")
        ax.spines[["top", "right"]].set_visible(False)
    if not isinstance(ax, Axes):
        raise TypeError(f"plot: `ax` must be axes of matplotlib, got {ax!r}; several schedules are given as a list")
    return ax


def _common_spans(schedules: Sequence[Schedule], ends: Sequence[tuple[float, float]]) -> list[Span]:
    """The stages, where all schedules begin theirs at the same steps; named, where all have the same name for it."""
    found = [spans(schedule, *end) for schedule, end in zip(schedules, ends, strict=True)]
    if len({tuple((stage.begin, stage.end) for stage in stages) for stages in found}) > 1:
        return []
    return [
        stage if {other.name for other in others} <= {stage.name} else replace(stage, name="")
        for stage, *others in zip(*found, strict=True)
    ]


def _set_values(ax: Axes, curves: Sequence[Curve], scale: Scale, headroom: float) -> None:
    """Set the axis of values, so that all lines show and there is room for names above them."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = value_range(np.array(ax.dataLim.intervaly), scale)
    if scale == "log" and low > 0.0:
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < 100.0 * low else (1.0,)))
    elif scale == "log":
        ax.set_yscale("symlog", linthresh=min(log_threshold(points.values) for points in curves))
    digits = digits_between(low, high)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: value_label(value, digits)))
    ax.yaxis.set_minor_formatter(NullFormatter())
    shown = ax.yaxis.get_transform()
    bottom, top = shown.transform(np.array([low, high]))
    ends = np.array([bottom - MARGIN * (top - bottom), top + (MARGIN + headroom) * (top - bottom)])
    ax.set_ylim(*shown.inverted().transform(ends))


def _set_steps(ax: Axes) -> None:
    """Set the axis of steps, and name both axes unless they have names."""
    from matplotlib.ticker import FuncFormatter

    ax.margins(x=0.0)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda step, _: step_label(step)))
    ax.set_xlabel(ax.get_xlabel() or "step")
    ax.set_ylabel(ax.get_ylabel() or "value")


def _shade(ax: Axes, stages: Sequence[Span]) -> None:
    """Shade every other stage, and write the names at the top, as far as there is room."""
    for stage in stages[::2] if len(stages) <= MOST_BANDS else []:
        ax.axvspan(stage.begin, stage.end, color="0.5", alpha=0.12, linewidth=0, zorder=0)
    (left, right), width = ax.get_xlim(), _width(ax)
    lengths = [_length(stage.name) + 2 * INSET for stage in stages]
    seen = extents(stages, left, right, width)
    for stage, extent, length, place in zip(stages, seen, lengths, fit(seen, lengths, width, INSET), strict=True):
        if place is not None and stage.name:
            _write(ax, stage.name, (extent[0] / width, extent[1] / width), place / width, length / width)


def _write(ax: Axes, name: str, extent: tuple[float, float], left: float, length: float) -> None:
    """Write a name that begins there: in the middle of its stage, or from one of its ends."""
    middle = sum(extent) / 2
    at, side, inset = (extent[0], "left", INSET) if left >= extent[0] else (left + length, "right", -INSET)
    if math.isclose(left + length / 2, middle, abs_tol=1e-9):
        at, side, inset = middle, "center", 0.0
    place: dict[str, Any] = {"xycoords": "axes fraction", "xytext": (inset, 0), "textcoords": "offset points"}
    ax.annotate(name, (at, 0.975), **place, ha=side, va="top", size=NAME_SIZE, alpha=0.75)


def _width(ax: Axes) -> float:
    """The width of the axes in points."""
    figure = ax.get_figure()
    return float(ax.get_window_extent().width) * 72.0 / (figure.dpi if figure else 100.0)


@cache
def _length(name: str) -> float:
    """The width of a name in points."""
    from matplotlib.textpath import TextPath

    return float(TextPath((0, 0), name, size=NAME_SIZE).get_extents().width) if name else 0.0
