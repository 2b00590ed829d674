"""Areas that have no closed form, summed."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pywarmup.questions.cycle import LAST_STEP
from pywarmup.questions.seam import places
from pywarmup.schedule import Schedule

Numbers: TypeAlias = NDArray[np.float64]

TOLERANCE = 1e-14  # of the area, for the pieces together
NOISE = 1e-15  # of the area of a piece, which rounding leaves open
ROUNDS = 60  # of halving, after which a piece is as short as a double can tell
MANY = 1 << 14  # pieces that are looked at all together
EDGE = 1e-12  # of a piece: as near to its ends as it is surely the same formula

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
ENDS = np.array([EDGE - 1.0, 1.0 - EDGE])
_TO_SERIES = np.linalg.inv(np.polynomial.legendre.legvander(NODES, 15))
TO_ENDS = np.polynomial.legendre.legvander(ENDS, 15) @ _TO_SERIES  # the polynomial through the nodes, at the ends


def summed(schedule: Schedule, start: float, stop: float) -> float:
    """Return the area by Gauss-Legendre quadrature of 16 points on the pieces between the places of `breaks`.

    A piece is halved until its halves sum to what it was, and until the polynomial through the points meets the curve
    at the ends, to 1e-14 of the area together. The ends tell of a corner behind the last point, and of a rise or a fall
    that is over before the first.

    Example:
        >>> import pywarmup as pw
        >>> round(summed(pw.Linear(0.0, 1.0, steps=100), 0.0, 100.0), 12)
        50.0
    """
    seams = places(schedule, start, stop)
    edges = np.unique(np.concatenate([[start], seams[seams < stop], [stop]]))
    begins, ends = edges[:-1], edges[1:]
    size = np.abs(_areas(schedule, begins[:MANY], ends[:MANY])[0]).sum()  # of the first pieces: it is only stricter
    parts = [slice(first, first + MANY) for first in range(0, begins.size, MANY)]
    return float(np.sum([_refined(schedule, begins[part], ends[part], size * TOLERANCE) for part in parts]))


def _refined(schedule: Schedule, begins: Numbers, ends: Numbers, tolerance: float) -> float:
    areas, done = _areas(schedule, begins, ends)[0], 0.0
    for _ in range(ROUNDS):
        middles = begins + (ends - begins) / 2.0
        (left, left_doubt), (right, right_doubt) = (
            _areas(schedule, *half) for half in ((begins, middles), (middles, ends))
        )
        doubt = np.maximum(np.abs(left + right - areas), np.maximum(left_doubt, right_doubt))
        rough = doubt > np.maximum(tolerance / begins.size, NOISE * np.abs(areas))
        done += float((left + right)[~rough].sum())
        if not rough.any():
            return done
        begins, ends = np.append(begins[rough], middles[rough]), np.append(middles[rough], ends[rough])
        areas = np.append(left[rough], right[rough])
    return done + float(areas.sum())


def _areas(schedule: Schedule, begins: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
    """Return the area of each piece, and how much of it a corner near an end may hide."""
    halves = (ends - begins) / 2.0
    steps = (begins + halves)[:, None] + halves[:, None] * np.concatenate([NODES, ENDS])
    values = schedule.at(np.clip(steps, begins[:, None], np.minimum(ends, LAST_STEP)[:, None]))
    gaps = np.abs(values[:, :-2] @ TO_ENDS.T - values[:, -2:]).max(axis=1)
    nearest = 1.0 - NODES[-1]  # the last point, from the end
    return halves * (values[:, :-2] @ WEIGHTS), halves * nearest * gaps
