"""Looks for a value that an optimizer must not get, before a week of training has passed."""

from __future__ import annotations

import math

import numpy as np

from pywarmup.schedule import Schedule

SAMPLES = 100_000  # values of each schedule that are looked at


def first_outside(schedule: Schedule, least: float, limit: float) -> tuple[float, float] | None:
    """Return the first step found at which a value is below `least`, or not below `limit`, and that value.

    Looks at evenly spaced steps, at the end, which is held for ever after, and of an endless schedule at its beginning.

    Example:
        >>> import pywarmup as pw
        >>> first_outside(pw.Linear(0.5, 0.0, steps=4) - 0.0625, 0.0, 1.0)
        (4, -0.0625)
    """
    total = schedule.total_steps
    horizon = SAMPLES if total is None else math.floor(total) + 1
    stride = max(1, horizon // SAMPLES)
    values = schedule.array(0, horizon, stride)
    wrong = np.flatnonzero(~((values >= least) & (values < limit)))
    if wrong.size:
        return int(wrong[0]) * stride, float(values[wrong[0]])
    if total is not None and not least <= (end := schedule(total)) < limit:
        return total, end
    return None
