"""Where fvcore changes from one value, or scheduler, to the next."""

from __future__ import annotations

from collections.abc import Callable

EPSILON = 1e-6  # fvcore's WHERE_EPSILON: everything changes so much before its time


def first_where(is_reached: Callable[[float], bool], latest: float) -> float:
    """Return the least double >= 0 from which on something is reached, which it is at `latest`."""
    earliest = 0.0
    if is_reached(earliest):
        return earliest
    while earliest < (middle := earliest + (latest - earliest) / 2) < latest:
        if is_reached(middle):
            latest = middle
        else:
            earliest = middle
    return latest
