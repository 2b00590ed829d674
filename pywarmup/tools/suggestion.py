"""Which learning rate the curve of a range test suggests: the rules of the field, each as its library has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Curve: TypeAlias = NDArray[np.float64]
Method: TypeAlias = Literal["steepest", "valley", "slide", "minimum"]

SLIDE_WIDTH = 15  # points between the two ends of the interval that slides
SLIDE_THRESHOLD = 0.005  # difference of their slopes at which it stops
BARELY_FALLEN = 0.1  # the part of the whole fall up to which a rate counts as too small


@dataclass(frozen=True)
class Regions:
    """The three parts of a range test, each as its first and last learning rate.

    Attributes:
        too_small: The loss has not yet fallen by a tenth of its whole fall.
        falling: From there to the lowest smoothed loss.
        diverging: From there to the last rate; None if the test ended while the loss still fell.

    References:
        Smith 2017, arXiv:1506.01186, section 3.3, in the words of the field's tutorials.
    """

    too_small: tuple[float, float]
    falling: tuple[float, float]
    diverging: tuple[float, float] | None


def noise(losses: Curve) -> float:
    """Return how far a smoothed loss may fall without meaning it: 1.5 times the median change from batch to batch.

    Of a loss that is nothing but noise the smoothed one falls by less in 99 of 100 tests (smoothing 0.9, 100 steps).
    """
    return 1.5 * float(np.median(np.abs(np.diff(losses))))


def steepest(lrs: Curve, losses: Curve) -> float:
    """Return the rate where the loss falls fastest from one step of the ramp to the next.

    As in torch-lr-finder: on an exponential ramp that is the slope over log(lr).
    """
    return float(lrs[np.gradient(losses).argmin()])


def valley(lrs: Curve, losses: Curve) -> float:
    """Return the rate half-way down the longest falling subsequence, as fastai does.

    fastai's first index can be -1, one before the curve, and of a subsequence of two points it returns the last rate
    of the test; here it is 0.
    """
    lengths = np.ones(len(losses), int)
    for i in range(1, len(losses)):
        higher = losses[:i] > losses[i]
        lengths[i] += lengths[:i].max(where=higher, initial=0)
    end = int(lengths.argmax())
    length = int(lengths[end])
    return float(lrs[max(0, end - length + length // 3 + length // 6)])


def slide(lrs: Curve, losses: Curve) -> float:
    """Return where an interval, sliding down from the largest rate, first has nearly equal slopes at both ends.

    As in fastai. The threshold is a difference of losses, so the answer depends on the scale of the loss.
    """
    slopes = np.gradient(losses)
    left = len(losses) - 1 - SLIDE_WIDTH
    suggested = lrs[left]
    while left >= 0 and abs(slopes[left + SLIDE_WIDTH] - slopes[left]) > SLIDE_THRESHOLD:
        suggested = lrs[left]
        left -= 1
    return float(suggested)


def minimum(lrs: Curve, losses: Curve) -> float:
    """Return a tenth of the rate with the lowest loss, as fastai does."""
    return float(lrs[losses.argmin()]) / 10


METHODS: dict[str, Callable[[Curve, Curve], float]] = {
    "steepest": steepest,
    "valley": valley,
    "slide": slide,
    "minimum": minimum,
}
LEAST_POINTS = {"steepest": 3, "valley": 3, "slide": SLIDE_WIDTH + 1, "minimum": 3}


def regions(lrs: Curve, losses: Curve) -> Regions:
    """Return where the rates are too small, where the loss falls, and where it diverges."""
    bottom = int(losses.argmin())
    line = losses[0] - BARELY_FALLEN * (losses[0] - losses[bottom])
    top = int(np.flatnonzero(losses[:bottom] >= line)[-1])
    first, begin, turn, last = (float(lrs[index]) for index in (0, top, bottom, -1))
    return Regions((first, begin), (begin, turn), (turn, last) if turn < last else None)
