"""Checks of arguments that the modules of several libraries share."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from pywarmup import _core
from pywarmup.schedule import Schedule

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


def finite(owner: str, **arguments: Any) -> list[float]:
    """Check that the arguments are finite numbers, and return them."""
    return [_core.check(owner, name, Rule.finite, value) for name, value in arguments.items()]


def steps_if_any(owner: str, field: str, value: Any) -> float:
    """Check a number of steps that may also be 0 or negative, which libraries read as none."""
    number: float = _core.check(owner, field, Rule.finite, value)
    return _core.check(owner, field, Rule.length, value) if number > 0.0 else number


def check_steps(owner: str, field: str, value: object) -> float:
    """Return a number of steps that may be negative, as an integer where it is one."""
    number = float(_core.check(owner, field, Rule.finite, value))
    if abs(number) > LARGEST_STEP:
        raise ValueError(f"{owner}: `{field}` must be a finite number from -2**53 to 2**53, got {value!r}")
    return int(number) if number.is_integer() else number


def check_last(owner: str, field: str, value: object) -> None:
    """Refuse what is no index of a last step; it changes nothing, for a schedule is asked for any step."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{owner}: `{field}` must be an integer >= -1, got {value!r}")
    if value < -1:
        raise ValueError(f"{owner}: `{field}` must be an integer >= -1, got {value!r}")


def listed(owner: str, field: str, values: Any) -> list[Any]:
    """Return the items of a sequence or an iterable, which a text, a mapping or a single schedule is not."""
    if isinstance(values, str | bytes | dict | Schedule) or not isinstance(values, Iterable):
        raise TypeError(f"{owner}: `{field}` must be a sequence, got {values!r}")
    return list(values)


def schedules_of(owner: str, values: Any) -> list[Schedule]:
    """Check that something is a sequence of schedules."""
    schedules = listed(owner, "schedules", values)
    return [_core.check(owner, f"schedules[{i}]", Rule.schedule, one) for i, one in enumerate(schedules)]
