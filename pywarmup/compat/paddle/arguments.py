"""The arguments that all of Paddle's schedulers have, and checks that several share."""

from __future__ import annotations

from typing import Any

from pywarmup.compat import _checks
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, ExponentialDecay

LONGEST_TABLE = 10_000_000


def check_common(owner: str, last_epoch: object, verbose: object) -> None:
    """Refuse a later begin, and what is no flag."""
    _checks.flags(owner, verbose=verbose)
    if _checks.integer(owner, "last_epoch", last_epoch) != -1:
        raise ValueError(f"{owner}: `last_epoch` must be -1 (ask the schedule for a later step), got {last_epoch!r}")


def whole(owner: str, field: str, value: Any) -> int:
    """Return an integer > 0; Paddle takes no float for it."""
    if isinstance(value, float):
        raise TypeError(f"{owner}: `{field}` must be an integer >= 1, got {value!r}")
    return _checks.integer(owner, field, value, 1)


def table_length(owner: str, field: str, total_steps: object) -> int:
    """Return how many values of any function to ask for."""
    if total_steps is None:
        raise ValueError(f"{owner}: `total_steps` must be given: `{field}` is any function, and becomes a table")
    steps = whole(owner, "total_steps", total_steps)
    if steps > LONGEST_TABLE:
        raise ValueError(f"{owner}: `total_steps` must be at most {LONGEST_TABLE}, for a table, got {steps!r}")
    return steps


def less_than_one(owner: str, gamma: object) -> float:
    """Return a factor below 1, which may be negative."""
    factor = _checks.number(owner, "gamma", gamma)
    if factor >= 1.0:
        raise ValueError(f"{owner}: `gamma` must be a number < 1, got {gamma!r}")
    return factor


def powers(factor: float, every: int) -> Schedule:
    """Return factor**(t // every); the sign of a negative factor comes by a second schedule, for shapes have none."""
    decay = ExponentialDecay(1.0, decay_rate=abs(factor), every=every, staircase=every > 1)
    if factor >= 0.0:
        return decay
    return decay * join(Constant(1.0, steps=every), Constant(-1.0, steps=every)).repeat()
