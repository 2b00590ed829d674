"""The values that a formula is written in, and what operations do with what is known of them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pywarmup.trace.polynomial import Polynomial


class Term(NamedTuple):
    """What is known of a value before it is computed: how it is written, and the range of a whole number."""

    text: str
    is_whole: bool = False
    low: float = -math.inf
    high: float = math.inf
    constant: float | None = None
    quotient: tuple[Term, Term] | None = None  # the whole numbers that it is the quotient of, if whole rounded down
    multiple: tuple[Term, Term] | None = None  # the same, if it is that quotient times the second of them
    remainder: tuple[float, str] | None = None  # the whole constant, and what it is less than that
    sum: tuple[float, str] | None = None  # the constant and the rest, with its sign, that it is the sum of
    polynomial: Polynomial | None = None
    size: float = math.inf  # no real number is larger


def single(value: float) -> float:
    """Return a number that float32 has, near another; itself where those are too few."""
    return float(np.float32(value)) if 1e-30 < abs(value) < 1e30 else value


def unchanged(operation: str, a: Term, b: Term) -> Term | None:
    """Return what a sum with 0 or a product with 1 is; a real number plus 0 is no negative zero, and is not it."""
    if operation == "multiply":
        return a if b.constant == 1.0 else b if a.constant == 1.0 else None
    if b.constant == 0.0 and (a.is_whole or operation == "subtract"):
        return a
    return b if operation == "add" and a.constant == 0.0 and b.is_whole else None


def _products(a: Term, b: Term) -> tuple[float, float]:
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return min(corners), max(corners)


RANGES: dict[str, tuple[str, Callable[[Term, Term], tuple[float, float]]]] = {
    "add": ("{} + {}", lambda a, b: (a.low + b.low, a.high + b.high)),
    "subtract": ("{} - {}", lambda a, b: (a.low - b.high, a.high - b.low)),
    "multiply": ("{} * {}", _products),
    "minimum": ("minimum({}, {})", lambda a, b: (min(a.low, b.low), min(a.high, b.high))),
    "maximum": ("maximum({}, {})", lambda a, b: (max(a.low, b.low), max(a.high, b.high))),
}
FOLDED: dict[str, Callable[..., float]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "minimum": min,
    "maximum": max,
    "less": operator.lt,
    "power": operator.pow,
    **{name: getattr(math, name) for name in ("floor", "sqrt", "cos", "exp", "expm1", "log", "log1p")},
}
