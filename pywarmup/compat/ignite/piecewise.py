"""Ignite's straight lines through points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pywarmup import shapes
from pywarmup.compat import _checks
from pywarmup.compat._stages import from_step
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

OWNER = "PiecewiseLinear"


def PiecewiseLinear(  # noqa: N802
    param_name: str,
    milestones_values: Sequence[tuple[int, float]],
    save_history: bool = False,
    param_group_index: int | None = None,
) -> Schedule:
    """Return Ignite's PiecewiseLinear: straight lines through points, the first and the last value held.

    Where a milestone is there more than once the value jumps, to the last one given for it.

    Args:
        param_name: Not used.
        milestones_values: (step, value) pairs, at least one, their steps integers that do not decrease.
        save_history: Not used.
        param_group_index: Not used.

    Raises:
        ValueError: For no pairs, steps that decrease, or numbers outside their range.
        TypeError: For what is no sequence of pairs of numbers.

    Example:
        >>> from pywarmup.compat import ignite
        >>> ignite.PiecewiseLinear("lr", [(1, 0.5), (3, 1.5), (3, 0.2)])[:5]
        array([0.5, 0.5, 1. , 0.2, 0.2])

    Same as:
        ignite `PiecewiseLinear(optimizer, param_name, milestones_values)`.
    """
    _checks.flags(OWNER, save_history=save_history)
    points = _points(milestones_values)
    origin = min(points[0][0], 0)
    if points[0][0] > 0:
        points.insert(0, (0, points[0][1]))
    return from_step(_through([(step - origin, value) for step, value in points]), -origin)


def _points(pairs: Any) -> list[tuple[int, float]]:
    if not isinstance(pairs, list | tuple):
        raise TypeError(f"{OWNER}: `milestones_values` must be a list of (step, value) pairs, got {pairs!r}")
    if not pairs:
        raise ValueError(f"{OWNER}: `milestones_values` must be at least one (step, value) pair, got {pairs!r}")
    points: list[tuple[int, float]] = []
    for i, pair in enumerate(pairs):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise ValueError(f"{OWNER}: `milestones_values[{i}]` must be a (step, value) pair, got {pair!r}")
        step = _checks.integer(OWNER, f"milestones_values[{i}][0]", pair[0])
        if points and step < points[-1][0]:
            raise ValueError(f"{OWNER}: `milestones_values[{i}][0]` must be >= {points[-1][0]}, got {step!r}")
        points.append((step, _checks.number(OWNER, f"milestones_values[{i}][1]", pair[1])))
    return points


# A run of lines ends where the next point is at the same step.
def _through(points: list[tuple[int, float]]) -> Schedule:
    runs: list[list[tuple[int, float]]] = [[points[0]]]
    for point in points[1:]:
        if point[0] == runs[-1][-1][0]:
            runs.append([point])
        else:
            runs[-1].append(point)
    stages = [_lines(run) for run in runs if len(run) > 1]
    return join(*stages, Constant(points[-1][1]))


def _lines(run: list[tuple[int, float]]) -> Schedule:
    begin = run[0][0]
    return shapes.PiecewiseLinear([(step - begin, value) for step, value in run])
