"""A schedule as a small picture for notebooks: SVG that takes its colours from the page around it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pywarmup.schedule import Schedule
from pywarmup.tools.axis import ValueAxis, digits_between, step_label, ticks, value_axis, value_label
from pywarmup.tools.curve import Curve, bounds, curve, thin
from pywarmup.tools.names import Span, extents, fit, spans

Numbers = NDArray[np.float64]
WIDTH, HEIGHT = 520, 170
LEFT, RIGHT, TOP, BOTTOM = 90, 505, 26, 142  # of the curve
COLUMNS = 100  # of the curve
TOLERANCE = 0.2  # pixels
LETTER = 6.2  # width of a letter, about
MOST_BANDS = 40  # stages, beyond which they are not shaded
MOST_TEXT = 400  # characters of the definition
LINE = "#3b82f6"  # shows on white and on black


def html(schedule: Schedule) -> str:
    """Return a schedule as HTML for a notebook: its curve, and its definition below.

    Example:
        >>> import pywarmup as pw
        >>> html(pw.Linear(0.0, 0.1, steps=500))[-83:]
        '<code>Linear(init_value=0.0, end_value=0.1, steps=500)</code></figcaption></figure>'
    """
    text = repr(schedule)
    text = text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}..."
    return (
        f'<figure style="margin:0">{svg(schedule)}'
        f'<figcaption style="font-size:85%;opacity:.75"><code>{escape(text)}</code></figcaption></figure>'
    )


def svg(schedule: Schedule) -> str:
    """Return the curve of a schedule as SVG: at most 6 KB, its stages shaded, the peak and the last step labelled."""
    _, stop = bounds("svg", schedule, 0.0, None)
    points = curve(schedule, 0.0, stop, width=COLUMNS)
    axis = value_axis(points.values)
    stages = spans(schedule, 0.0, stop)
    parts = [
        f"<title>{escape(_summary(schedule, points, stages))}</title>",
        *_bands(stages, stop),
        *_value_labels(points, axis),
        *_step_labels(stop, schedule.total_steps),
        f'<path d="{_path(points, axis)}" fill="none" stroke="{LINE}" stroke-width="2" stroke-linejoin="round"/>',
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'style="max-width:100%;height:auto" font-family="system-ui,sans-serif" font-size="11" fill="currentColor">'
        f"{''.join(parts)}</svg>"
    )


def _summary(schedule: Schedule, points: Curve, stages: Sequence[Span]) -> str:
    """What the picture shows, for those who do not see it."""
    peak = int(np.argmax(points.values))
    named = ", ".join(f"{stage.name} from step {step_label(stage.begin)}" for stage in stages[:4])
    total = "endless" if schedule.total_steps is None else f"{step_label(schedule.total_steps)} steps"
    return (
        f"{type(schedule).__name__}: {named + '; ' if named else ''}"
        f"peak {value_label(points.values[peak])} at step {step_label(points.steps[peak])}, {total}"
    )


def _x(step: Any, stop: float) -> Any:
    return LEFT + step / stop * (RIGHT - LEFT)


def _bands(stages: Sequence[Span], stop: float) -> list[str]:
    """Every other stage in a light shade, and the names above."""
    places = [(LEFT + left, LEFT + right) for left, right in extents(stages, 0.0, stop, RIGHT - LEFT)]
    shaded = places[::2] if len(places) <= MOST_BANDS else []
    drawn = [
        f'<rect x="{left:.1f}" y="{TOP - 6}" width="{right - left:.1f}" height="{BOTTOM - TOP + 6}" opacity=".07"/>'
        for left, right in shaded
    ]
    lefts = fit(places, [LETTER * len(stage.name) for stage in stages], RIGHT, 10)
    for stage, left in zip(stages, lefts, strict=True):
        if left is not None:
            drawn.append(f'<text x="{left:.0f}" y="{TOP - 12}" opacity=".75">{escape(stage.name)}</text>')
    return drawn


def _value_labels(points: Curve, axis: ValueAxis) -> list[str]:
    """The greatest and the least value, and the last where it is clear of them."""
    digits = digits_between(axis.low, axis.high)
    shown: list[float] = []
    drawn = []
    for value in (axis.high, axis.low, float(points.values[-1])):
        y = _y(axis, np.array([value]))[0]
        if all(abs(y - other) >= 12 for other in shown):
            shown.append(y)
            label = f"{'peak ' if value == points.values.max() else ''}{value_label(value, digits)}"
            drawn.append(f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="currentColor" opacity=".2"/>')
            drawn.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    return drawn


def _step_labels(stop: float, total: float | None) -> list[str]:
    """Round steps below the curve, and the last step."""
    y = BOTTOM + 17
    last = f"{'total ' if stop == total else ''}{step_label(stop)}"
    clear = RIGHT - LETTER * len(last) - 24
    drawn = [f'<text x="{RIGHT}" y="{y}" text-anchor="end">{last}</text>']
    for step in ticks(0.0, stop, 6):
        x = _x(step, stop)
        if x < clear:
            drawn.append(f'<text x="{x:.0f}" y="{y}" text-anchor="middle" opacity=".75">{step_label(step)}</text>')
    return drawn


def _y(axis: ValueAxis, values: Numbers) -> Numbers:
    return BOTTOM - axis.position(values) * (BOTTOM - TOP)


def _path(points: Curve, axis: ValueAxis) -> str:
    """The curve in pixels, without the points that would not be missed."""
    points = thin(points, np.linspace(points.steps[0], points.steps[-1], COLUMNS + 1))
    places = np.stack([_x(points.steps, float(points.steps[-1])), _y(axis, points.values)], axis=1)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places[_corners(places)])


def _corners(places: Numbers) -> list[int]:
    """Which points to keep so that the line is nowhere further off than TOLERANCE (Douglas, Peucker 1973)."""
    kept, open_ends = {0, len(places) - 1}, [(0, len(places) - 1)]
    while open_ends:
        first, last = open_ends.pop()
        far = _distances(places[first + 1 : last], places[first], places[last])
        if len(far) and far.max() > TOLERANCE:
            middle = first + 1 + int(far.argmax())
            kept.add(middle)
            open_ends += [(first, middle), (middle, last)]
    return sorted(kept)


def _distances(places: Numbers, begin: Numbers, end: Numbers) -> Numbers:
    """How far points are from the line between two others."""
    along = end - begin
    away = places - begin
    length = float(np.hypot(*along))
    if not length:
        return np.asarray(np.hypot(away[:, 0], away[:, 1]))
    return np.asarray(np.abs(away[:, 0] * along[1] - away[:, 1] * along[0]) / length)
