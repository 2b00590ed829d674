"""A schedule as text: a curve of Braille dots for terminals, with its stages and axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.tools.axis import (
    Scale,
    ValueAxis,
    check_scale,
    check_size,
    digits_between,
    step_label,
    ticks,
    value_axis,
    value_label,
)
from pywarmup.tools.curve import Curve, bounds, curve
from pywarmup.tools.names import Span, extents, fit, spans

Dots = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Rows = NDArray[np.intp]
BRAILLE = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # the bit of a dot, by row and column
LEAST_COLUMNS = 8  # of the curve, beside labels of many digits
TICK_ROOM = 11  # columns for each label of a step


def sketch(
    schedule: Schedule,
    *,
    width: int = 72,
    height: int = 14,
    start: float = 0.0,
    stop: float | None = None,
    scale: Scale = "linear",
    ascii: bool = False,  # noqa: A002
) -> str:
    """Return a schedule as text for a terminal; see `Schedule.sketch`."""
    width, height = check_size("sketch", "width", width, 24), check_size("sketch", "height", height, 5)
    check_scale("sketch", scale)
    _core.check("sketch", "ascii", _core.Rule.flag, ascii)
    begin, end = bounds("sketch", schedule, start, stop)
    stages = spans(schedule, begin, end)
    rows = height - 2 - bool(stages)
    points = curve(schedule, begin, end, width=2 * width)
    axis = value_axis(points.values, scale)
    labels = _value_labels(points, axis, rows)
    margin = max(map(len, labels.values()))
    columns = max(width - margin - 2, LEAST_COLUMNS)
    line, corner = ("|+-+:", "+") if ascii else ("│┤─┬┊", "└")
    cells = _cells(_dots(points, axis, columns, rows), plain=ascii)
    places = extents(stages, begin, end, columns)
    _mark(cells, [int(left) for left, _ in places[1:]], line[4])
    names = [" " * (margin + 2) + _names(stages, places, columns)] if stages else []
    body = [f"{labels.get(row, ''):>{margin}} {line[row in labels]}{''.join(cells[row])}" for row in range(rows)]
    steps = [" " * (margin + 1) + text for text in _step_axis(begin, end, columns, corner + line[2:4])]
    return "\n".join(text.rstrip() for text in names + body + steps)


def _value_labels(points: Curve, axis: ValueAxis, rows: int) -> dict[int, str]:
    """The labels by row: the top, the bottom, and where the curve ends and begins."""
    values = np.array([axis.high, axis.low, points.values[-1], points.values[0]])
    digits, labels = digits_between(axis.low, axis.high), dict[int, str]()
    for value, row in zip(values, _rows(axis.position(values), rows), strict=True):
        labels.setdefault(int(row), value_label(float(value), digits))
    return labels


def _rows(positions: Numbers, rows: int) -> Rows:
    """The row of each position from 0 to 1; row 0 is the top."""
    return np.minimum((rows * (1.0 - positions)).astype(np.intp), rows - 1)


def _dots(points: Curve, axis: ValueAxis, columns: int, rows: int) -> Dots:
    """Which dots are set: in each column from where the curve was in the one before to where it is in its middle."""
    edges = np.linspace(points.steps[0], points.steps[-1], 2 * columns + 1)
    positions = axis.position(points.values)
    middles = _rows(np.interp((edges[:-1] + edges[1:]) / 2, points.steps, positions), 4 * rows)
    before, after = np.append(middles[:1], middles[:-1]), np.append(middles[1:], middles[-1:])
    tops = np.where(before < middles, before + 1, middles)
    bottoms = np.where(before > middles, before - 1, middles)
    starts = np.searchsorted(points.steps, edges[:-1])
    peaks = _rows(np.maximum.reduceat(positions, starts), 4 * rows)
    troughs = _rows(np.minimum.reduceat(positions, starts), 4 * rows)
    tops = np.where(peaks < np.minimum(np.minimum(before, after), middles), peaks, tops)
    bottoms = np.where(troughs > np.maximum(np.maximum(before, after), middles), troughs, bottoms)
    row = np.arange(4 * rows)[:, None]
    return (row >= tops) & (row <= bottoms)


def _cells(dots: Dots, *, plain: bool) -> list[list[str]]:
    """The characters, each of which shows four by two dots."""
    blocks = dots.reshape(dots.shape[0] // 4, 4, dots.shape[1] // 2, 2).swapaxes(1, 2)
    if plain:
        return [[_plain(block.any(axis=1)) for block in line] for line in blocks]
    bits = (blocks * BRAILLE).sum(axis=(2, 3))
    return [[chr(0x2800 + int(bit)) if bit else " " for bit in line] for line in bits]


def _plain(rows: Dots) -> str:
    """The ASCII character for a cell in which these of its four rows have dots."""
    if rows.sum() > 2:
        return "|"
    return "'--."[int(rows.argmax())] if rows.any() else " "


def _mark(cells: list[list[str]], columns: Iterable[int], mark: str) -> None:
    """Draw where stages begin, behind the curve."""
    for column in columns:
        for line in cells:
            if line[column] == " ":
                line[column] = mark


def _names(stages: Sequence[Span], places: Sequence[tuple[float, float]], columns: int) -> str:
    """The names of the stages above them, as far as there is room."""
    text = [" "] * columns
    lefts = fit(places, [len(stage.name) for stage in stages], columns, 2)
    for stage, left in zip(stages, lefts, strict=True):
        if left is not None:
            text[int(left) : int(left) + len(stage.name)] = stage.name
    return "".join(text)


def _step_axis(begin: float, end: float, columns: int, characters: str) -> list[str]:
    """The line below the curve, and the steps below that: round ones, and where the picture ends."""
    line, text = [characters[1]] * columns, [" "] * (columns + 1)
    for step in [end, *ticks(begin, end, columns // TICK_ROOM)]:
        label, column = step_label(step), min(int((step - begin) / (end - begin) * columns), columns - 1)
        left = max(min(column + 1 - len(label) // 2, columns + 1 - len(label)), 0)
        if not "".join(text[max(left - 2, 0) : left + len(label) + 2]).strip():
            line[column] = characters[2]
            text[left : left + len(label)] = label
    return [characters[0] + "".join(line), "".join(text)]
