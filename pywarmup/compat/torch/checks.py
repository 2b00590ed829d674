"""Checks of arguments that several schedulers share."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from pywarmup import _core
from pywarmup.compat._checks import LARGEST_STEP as LARGEST_STEP
from pywarmup.compat._checks import choice as choice
from pywarmup.compat._checks import number as number
from pywarmup.compat._checks import rate as rate
from pywarmup.compat._phases import SHAPES as SHAPES
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

Rule = _core.Rule


def between(owner: str, field: str, value: object, least: float, most: float, rule: str) -> float:
    """Return a number that torch accepts."""
    given = number(owner, field, value)
    if not least <= given <= most:
        raise ValueError(f"{owner}: `{field}` must be {rule}, got {value!r}")
    return given


def integer(owner: str, field: str, value: object, least: int) -> int:
    """Return an integer, as torch wants to have it."""
    problem = f"{owner}: `{field}` must be an integer >= {least}, got {value!r}"
    if isinstance(value, bool):
        raise TypeError(problem)
    try:
        given = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise (ValueError if isinstance(value, float) else TypeError)(problem) from None
    if given < least:
        raise ValueError(problem)
    return given


def function(owner: str, field: str, value: object) -> Callable[[Any], Any]:
    """Return a function; torch's lists of them are for several parameter groups."""
    if not callable(value):
        raise TypeError(f"{owner}: `{field}` must be a function (make a schedule for each group), got {value!r}")
    return value


def table_length(owner: str, field: str, value: object) -> int:
    """Return the number of steps at which a function is asked."""
    if value is None:
        raise ValueError(
            f"{owner}: `total_steps` must be given: `{field}` is any function, and becomes a table of its values"
        )
    return integer(owner, "total_steps", value, 1)


def ramp(shape: str, start: float, end: float, steps: float) -> Schedule:
    """Return a curve between two numbers, which may be negative; the shapes are for rates."""
    low = min(start, end, 0.0)
    curve = SHAPES[shape](start - low, end - low, steps=steps)
    return curve + low if low else curve


def alternating(curve: Schedule, every: float) -> Schedule:
    """Return a curve that changes its sign every so many steps."""
    from pywarmup.compose import join

    return curve * join(Constant(1.0, steps=every), Constant(-1.0, steps=every)).repeat()


def whole(steps: float) -> float:
    """Return the last step of a length at which torch, which counts integers, is."""
    return float(math.floor(steps))
