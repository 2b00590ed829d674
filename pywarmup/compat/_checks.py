"""Checks of arguments that the modules of several libraries share."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from pywarmup import _core

Rule = _core.Rule
LARGEST_STEP = 2**53


def rate(owner: str, value: object, field: str = "base_lr") -> float:
    """Return a rate, which is not negative."""
    return float(_core.check(owner, field, Rule.non_negative, value))


def number(owner: str, field: str, value: object) -> float:
    """Return a finite number."""
    return float(_core.check(owner, field, Rule.finite, value))


def integer(owner: str, field: str, value: Any, least: int | None = None) -> int:
    """Return an integer of the magnitude of a step, which may be written as a float."""
    rule = "an integer" if least is None else f"an integer >= {least}"
    problem = f"{owner}: `{field}` must be {rule} and <= 2**53, got {value!r}"
    if isinstance(value, bool | str | bytes):
        raise TypeError(problem)
    try:
        whole = int(value) if isinstance(value, float) and value.is_integer() else operator.index(value)
    except TypeError:
        raise (ValueError if isinstance(value, float) else TypeError)(problem) from None
    if abs(whole) > LARGEST_STEP or (least is not None and whole < least):
        raise ValueError(problem)
    return whole


def within(owner: str, field: str, value: object, least: float, most: float) -> float:
    """Return a number between two others, or one of them."""
    given = number(owner, field, value)
    if not least <= given <= most:
        raise ValueError(f"{owner}: `{field}` must be a number from {least:g} to {most:g}, got {value!r}")
    return given


def choice(owner: str, field: str, value: object, choices: Iterable[str]) -> str:
    """Return one of some words."""
    names = list(choices)
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{owner}: `{field}` must be one of {', '.join(map(repr, names))}, got {value!r}")
    return value


def flags(owner: str, **values: object) -> None:
    """Refuse what is neither True nor False."""
    for field, value in values.items():
        _core.check(owner, field, Rule.flag, value)


def numbers(owner: str, field: str, values: Any) -> list[float]:
    """Return a list or a tuple of finite numbers, which may be empty."""
    if not isinstance(values, list | tuple):
        raise TypeError(f"{owner}: `{field}` must be a list of numbers, got {values!r}")
    return [number(owner, f"{field}[{i}]", value) for i, value in enumerate(values)]
