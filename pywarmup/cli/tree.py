"""A schedule as an indented tree, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pywarmup import _core
from pywarmup.schedule import Schedule

MOST_ITEMS = 6  # of a long list: the first ones and the last
MOST_LINES = 60
SCHEDULES = (_core.Rule.schedule, _core.Rule.schedules)


def tree(schedule: Schedule) -> list[str]:
    r"""Return the lines of a tree: one for each schedule, with its numbers; what it is made of is indented.

    Example:
        >>> import pywarmup as pw
        >>> print(*tree(pw.join(pw.Linear(0.0, 1.0, steps=2), pw.Constant(1.0)) * 8), sep="\n")
        Scale(factor=8.0)
          Join
            Linear(init_value=0.0, end_value=1.0, steps=2)
            Constant(value=1.0)
    """
    lines: list[str] = []
    for line in _lines(schedule, 0):
        if len(lines) == MOST_LINES:
            return [*lines, "..."]
        lines.append(line)
    return lines


def _lines(schedule: Schedule, depth: int) -> Iterator[str]:
    yield "  " * depth + head(schedule)
    for name, rule in _core.PARAMETERS[schedule.kind].items():
        if rule in SCHEDULES:
            inner = getattr(schedule, name)
            for each in inner if isinstance(inner, tuple) else [inner]:
                yield from _lines(each, depth + 1)


def head(schedule: Schedule) -> str:
    """Return a schedule in one line: its class and its numbers, without what it is made of.

    Example:
        >>> import pywarmup as pw
        >>> head(pw.Table([0.5] * 500))
        'Table(values=(0.5, 0.5, 0.5, ..., 0.5), 500 in all)'
    """
    rules = _core.PARAMETERS[schedule.kind]
    fields = {name: getattr(schedule, name) for name, rule in rules.items() if rule not in SCHEDULES}
    shown = [f"{name}={_short(value)}" for name, value in fields.items() if value is not None]
    return type(schedule).__name__ + (f"({', '.join(shown)})" if shown else "")


def _short(value: Any) -> str:
    if not isinstance(value, tuple) or len(value) <= MOST_ITEMS:
        return repr(value)
    return f"({', '.join(map(repr, value[:3]))}, ..., {value[-1]!r}), {len(value)} in all"
