"""Polynomials in one variable: formulas write them factor by factor, and are shorter once like terms are combined."""

from __future__ import annotations

import math
import operator
from itertools import zip_longest
from typing import NamedTuple

NEGLIGIBLE = 2.0**-27  # of a number of float32, which has 24 bits


class Polynomial(NamedTuple):
    """Coefficients of the powers of a variable, which is no larger than its size."""

    variable: str
    size: float
    coefficients: tuple[float, ...]

    def plus(self, constant: float) -> Polynomial:
        """Return the sum with a number."""
        return self._replace(coefficients=(self.coefficients[0] + constant, *self.coefficients[1:]))

    def times_variable(self) -> Polynomial:
        """Return the product with the variable."""
        return self._replace(coefficients=(0.0, *self.coefficients))

    def combined(self, operation: str, other: Polynomial) -> Polynomial:
        """Return the sum with, or the difference from, another one in the same variable."""
        apply = operator.add if operation == "add" else operator.sub
        pairs = zip_longest(self.coefficients, other.coefficients, fillvalue=0.0)
        return self._replace(coefficients=tuple([apply(a, b) for a, b in pairs]))

    def shortened(self, is_single: bool) -> tuple[float, ...]:
        """Return the coefficients without those that are zero, or that float32 would not see, at the end.

        They are compared with the first power, so that what has only another constant is shortened alike.
        """
        sizes = [abs(number) * self.size**power if number else 0.0 for power, number in enumerate(self.coefficients)]
        first = next((size for size in sizes[1:] if size > 0), 0.0)
        least = NEGLIGIBLE * first if is_single and math.isfinite(first) else 0.0
        kept = len(sizes)
        while kept > 1 and sum(sizes[kept - 1 :]) <= least:
            kept -= 1
        return self.coefficients[:kept]


class Factor(NamedTuple):
    """What is known of one operand: how it is written, the most it can be, and what else it is."""

    text: str
    size: float
    constant: float | None
    polynomial: Polynomial | None


def polynomial_of(operation: str, a: Factor, b: Factor) -> Polynomial | None:
    """Return what an operation makes of two real numbers, if that is a polynomial worth writing as one.

    A number minus a polynomial is not: where the same polynomial is added too, it would be computed twice.
    """
    if operation == "multiply":
        return _product(a, b) or _product(b, a)
    if a.polynomial and b.polynomial and a.polynomial.variable == b.polynomial.variable:
        return a.polynomial.combined(operation, b.polynomial)
    if a.polynomial and b.constant is not None:
        return a.polynomial.plus(b.constant if operation == "add" else -b.constant)
    if b.polynomial and a.constant is not None and operation == "add":
        return b.polynomial.plus(a.constant)
    return None


def _product(a: Factor, b: Factor) -> Polynomial | None:
    if a.constant is not None:
        return Polynomial(b.text, b.size, (0.0, a.constant))
    return b.polynomial.times_variable() if b.polynomial and b.polynomial.variable == a.text else None
