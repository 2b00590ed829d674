"""The cycles of a repeat: where each begins, how much longer it is than the first, and what it is worth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pywarmup.compose import Repeat

LAST_STEP = 2**53  # beyond it steps are no longer exact


class Cycles(NamedTuple):
    """Cycles in order: cycle c begins at begins[c], lasts lengths[c] times the first, its values times worths[c]."""

    begins: NDArray[np.float64]
    lengths: NDArray[np.float64]
    worths: NDArray[np.float64]


def length_of(repeat: Repeat) -> float:
    """Return the length of the first cycle."""
    return float(repeat.schedule.total_steps or 0.0)


def growing_cycles(repeat: Repeat) -> Cycles:
    """Return the cycles of a repeat that grows: running products and sums, as the core has them.

    Example:
        >>> import pywarmup as pw
        >>> growing_cycles(pw.Linear(1.0, 0.0, steps=2).repeat(3, growth=2, decay=0.5)).begins
        array([0., 2., 6.])
    """
    begins: list[float] = []
    lengths: list[float] = []
    worths: list[float] = []
    end, length, worth = 0.0, 1.0, 1.0
    while end <= LAST_STEP and (repeat.times is None or len(begins) < repeat.times):
        begins.append(end)
        lengths.append(length)
        worths.append(worth)
        end += length_of(repeat) * length
        length *= repeat.growth
        worth *= repeat.decay
    return Cycles(np.array(begins), np.array(lengths), np.array(worths))


def cycle_at(repeat: Repeat, step: float) -> int:
    """Return the number of the cycle in which a step lies, of cycles that do not grow; the core's own arithmetic."""
    guess = np.floor(step / length_of(repeat))
    cycle = guess - 1.0 if step < guess * length_of(repeat) else guess
    return int(cycle if repeat.times is None else min(cycle, repeat.times - 1))


def worth_of(repeat: Repeat, cycle: int) -> float:
    """Return what the values of a cycle are multiplied by, at most the largest double."""
    with np.errstate(over="ignore", under="ignore"):
        return float(min(np.float64(repeat.decay) ** np.float64(cycle), np.finfo(np.float64).max))
