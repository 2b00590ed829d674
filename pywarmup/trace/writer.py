"""Writes a formula line by line, in whole numbers for as long as they are certain to fit, and computes constants."""

from __future__ import annotations

import math
import operator
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pywarmup.trace.polynomial import Factor, Polynomial, polynomial_of
from pywarmup.trace.term import FOLDED, RANGES, Term, single, unchanged

LARGEST_STEP = 2**53
LARGEST_EXPONENT = 88.0  # of an exponential in float32; infinity minus infinity is no number


class Writer:
    """The lines of a function `values(steps, tables, whole, real, largest)`, one for each operation."""

    def __init__(self, has_whole_steps: bool, limit: int, is_single: bool) -> None:
        self.tables: list[NDArray[Any]] = []
        self._has_whole_steps = has_whole_steps
        self._limit = limit  # of whole numbers, which stay below it
        self._is_single = is_single  # whether real numbers are of float32
        self._names: dict[str, str] = {}  # what each line computes, and its name

    def step(self) -> Term:
        """Write the step."""
        if self._has_whole_steps:
            return self._write("cast(steps, whole)", True, 0, min(LARGEST_STEP, self._limit - 1))
        return self._write("cast(steps, real)")

    def constant(self, value: float) -> Term:
        """Return a number, which is written where it is used."""
        is_whole = abs(value) < self._limit and value.is_integer()
        exact = int(value) if is_whole else value
        return Term(repr(exact), is_whole, exact, exact, constant=value)

    def apply(self, operation: str, operands: list[Term]) -> Term:
        """Write an operation, or compute it if all is known."""
        constants = [operand.constant for operand in operands if operand.constant is not None]
        if len(constants) == len(operands) and operation in FOLDED:
            return self.constant(float(FOLDED[operation](*constants)))
        if operation in RANGES:
            return self._arithmetic(operation, operands[0], operands[1])
        if operation in _OTHERS:
            return _OTHERS[operation](self, *operands)
        return self._write(f"{operation}({self._real(operands[0])})")

    def search(self, table: list[float], t: Term) -> Term:
        """Count the entries that are at most t; a whole number is at least 2.5 if it is at least 3."""
        entries = np.array(table)
        if t.constant is not None:
            return self.constant(float(np.searchsorted(entries, t.constant, side="right")))
        if t.is_whole:
            entries = np.ceil(entries[entries <= t.high]).astype(np.int64)
        return self._write(f"searchsorted({self._table(entries)}, {t.text}, side='right')", True, 0, len(entries))

    def take(self, table: list[float], index: Term) -> Term:
        """Take the entry at an index."""
        if index.constant is not None:
            return self.constant(table[int(index.constant)])
        entries = np.array(table)
        place = index.text if index.is_whole else self._write(f"cast({index.text}, whole)").text
        if not np.all((np.abs(entries) < self._limit) & (np.floor(entries) == entries)):
            return self._write(f"take({self._table(entries)}, {place})")
        low, high = int(entries.min()), int(entries.max())
        return self._write(f"take({self._table(entries.astype(np.int64))}, {place})", True, low, high)

    def source(self, result: Term) -> str:
        """Return the function, without the lines that nothing uses."""
        final = self._real(result)
        if result.constant is not None:
            final = f"full_like(steps, {final}, dtype=real)"
        needed, lines = {final}, [f"    return {final}\n"]
        for text, name in reversed(self._names.items()):
            if name in needed:
                needed.update(re.findall(r"\bv\d+\b", text))
                lines.append(f"    {name} = {text}\n")
        return "def values(steps, tables, whole, real, largest):\n" + "".join(reversed(lines))

    def _write(self, text: str, is_whole: bool = False, low: float = -math.inf, high: float = math.inf) -> Term:
        if low == high:
            return self.constant(float(low))
        return Term(self._names.setdefault(text, f"v{len(self._names)}"), is_whole, low, high)

    def _real(self, term: Term) -> str:
        if term.constant is None:
            return self._write(f"cast({term.text}, real)").text if term.is_whole else term.text
        if abs(term.constant) == sys.float_info.max:
            return "largest" if term.constant > 0 else "-largest"
        return repr(float(term.constant))

    def _table(self, entries: NDArray[Any]) -> str:
        for index, known in enumerate(self.tables):
            if known.dtype == entries.dtype and np.array_equal(known, entries):
                return f"tables[{index}]"
        self.tables.append(entries)
        return f"tables[{len(self.tables) - 1}]"

    def _arithmetic(self, operation: str, a: Term, b: Term) -> Term:
        if operation in ("minimum", "maximum"):
            return self._bounded(operation, a, b) if a.constant is None else self._bounded(operation, b, a)
        if known := unchanged(operation, a, b) or self._by_period(operation, a, b):
            return known
        form, range_of = RANGES[operation]
        if a.is_whole and b.is_whole:
            low, high = range_of(a, b)
            if max(-low, high) < self._limit:
                result = self._write(form.format(a.text, b.text), True, low, high)
                is_remainder = operation == "subtract" and a.constant is not None and result.constant is None
                return result._replace(remainder=(a.low, b.text)) if is_remainder else result
        return self._real_arithmetic(operation, a, b)

    def _real_arithmetic(self, operation: str, a: Term, b: Term) -> Term:
        first, second = self._factor(a), self._factor(b)
        if polynomial := polynomial_of(operation, first, second):
            return self._polynomial(polynomial)
        result = self._write(RANGES[operation][0].format(first.text, second.text))
        if operation == "multiply":
            return result._replace(size=first.size * second.size)
        sign, signed = ("-", operator.neg) if operation == "subtract" else ("", operator.pos)
        if a.constant is not None:
            return result._replace(sum=(a.constant, sign + second.text))
        return result if b.constant is None else result._replace(sum=(signed(b.constant), first.text))

    def _factor(self, term: Term) -> Factor:
        size = max(-term.low, term.high) if term.is_whole else term.size
        return Factor(self._real(term), size, term.constant, term.polynomial)

    def _polynomial(self, polynomial: Polynomial) -> Term:
        """Write one from the highest power down."""
        *rest, last = polynomial.shortened(self._is_single)
        if not rest:
            return self.constant(last)
        text = self._real(self.constant(last))
        for coefficient in reversed(rest):
            product = text = self._write(f"{text} * {polynomial.variable}").text
            if coefficient:
                text = self._write(f"{self._real(self.constant(coefficient))} + {text}").text
        size = sum(abs(number) * polynomial.size**power for power, number in enumerate(polynomial.coefficients))
        return Term(text, sum=(rest[0], product) if rest[0] else None, polynomial=polynomial, size=size)

    def _by_period(self, operation: str, a: Term, b: Term) -> Term | None:
        """Write t // p * p and t - t // p * p, of which more is known than the ranges of their parts say."""
        if operation == "multiply" and a.is_whole and a.quotient and a.quotient[1].text == b.text:
            dividend = a.quotient[0]
            whole = self._write(f"{a.text} * {b.text}", True, min(0, dividend.low), max(0, dividend.high))
            return whole._replace(multiple=a.quotient)
        if operation == "subtract" and b.multiple and b.multiple[0].text == a.text:
            return self._write(f"{a.text} - {b.text}", True, 0, b.multiple[1].high - 1)
        return None

    def _bounded(self, operation: str, a: Term, b: Term) -> Term:
        """Write what only the second may be a constant of, unless one of them is certain."""
        below, above = (a, b) if operation == "minimum" else (b, a)
        if below.high <= above.low:
            return a
        if above.high <= below.low:
            return b
        form, range_of = RANGES[operation]
        if a.is_whole and b.is_whole:
            low, high = range_of(a, b)
            if operation == "minimum" and b.remainder and b.remainder[1] == a.text:  # of two parts of a whole
                high = min(high, b.remainder[0] // 2)
            return self._write(form.format(a.text, b.text), True, low, high)
        return self._write(form.format(self._real(a), self._real(b)))

    def _divide(self, a: Term, b: Term) -> Term:
        if b.constant == 1.0:
            return a
        by_period = a.is_whole and b.is_whole and b.low > 0
        quotient = self._write(f"{self._real(a)} / {self._real(b)}")
        return quotient._replace(quotient=(a, b)) if by_period else quotient

    def _floor(self, a: Term) -> Term:
        if a.quotient is None:
            return a if a.is_whole else self._write(f"floor({a.text})")
        dividend, period = a.quotient
        corners = [end // length for end in (dividend.low, dividend.high) for length in (period.low, period.high)]
        floored = self._write(f"{dividend.text} // {period.text}", True, min(corners), max(corners))
        return floored if floored.constant is not None else floored._replace(quotient=a.quotient)

    def _less(self, a: Term, b: Term) -> Term:
        """Compare; a whole number is below 2.5 if it is below 3, and above if it is above 2."""
        if a.high < b.low or a.low >= b.high:
            return self.constant(float(a.high < b.low))
        if b.multiple and b.multiple[0].text == a.text:
            return self.constant(0.0)
        if a.is_whole:
            b = self._rounded(b, math.ceil)
        if b.is_whole:
            a = self._rounded(a, math.floor)
        is_whole = a.is_whole and b.is_whole
        return self._write(f"{a.text} < {b.text}" if is_whole else f"{self._real(a)} < {self._real(b)}")

    def _rounded(self, term: Term, rounding: Callable[[float], int]) -> Term:
        if term.constant is None or abs(term.constant) >= self._limit:
            return term
        return self.constant(float(rounding(term.constant)))

    def _select(self, condition: Term, a: Term, b: Term) -> Term:
        if condition.constant is not None:
            return a if condition.constant else b
        if any(term.sum and term.sum[0] != single(term.sum[0]) for term in (a, b)):
            return self._select_sum(condition, *(term.sum or (0.0, self._real(term)) for term in (a, b)))
        is_whole = a.is_whole and b.is_whole
        first, second = (a.text, b.text) if is_whole else (self._real(a), self._real(b))
        if a.constant is not None and b.constant is not None:  # a library would choose the dtype
            first = f"full_like({condition.text}, {first}, dtype={'whole' if is_whole else 'real'})"
        text = f"where({condition.text}, {first}, {second})"
        return self._write(text, is_whole, min(a.low, b.low), max(a.high, b.high))

    def _select_sum(self, condition: Term, a: tuple[float, str], b: tuple[float, str]) -> Term:
        """Write a sum of two choices, so that what float32 rounds off from a constant is added to the smaller rest.

        Compilers put two constants of a sum back together; what is chosen they leave alone.
        """
        heads = [self._real(self.constant(single(constant))) for constant, _ in (a, b)]
        tails = [constant - single(constant) for constant, _ in (a, b)]
        rests = [f"{rest} + {tail!r}" if tail else rest for (_, rest), tail in zip((a, b), tails, strict=True)]
        chosen = self._write(
            f"where({condition.text}, full_like({condition.text}, {heads[0]}, dtype=real), {heads[1]})"
        )
        moved = self._write(f"where({condition.text}, {rests[0]}, {rests[1]})")
        return self._write(f"{chosen.text} + {moved.text}")

    def _sqrt(self, a: Term) -> Term:
        return self._root("sqrt({})", a, "0.0")

    def _power(self, a: Term, b: Term) -> Term:
        at_zero = "largest" if b.high < 0 else "1.0" if b.constant == 0.0 else "0.0"
        return self._root(f"{{}} ** {self._real(b)}", a, at_zero)

    def _exp(self, a: Term) -> Term:
        """Write growth in float32 by two exponents, of which the first is exact for some thousands of steps.

        Compilers make one exponential of a product of two; this they leave alone.
        """
        constant, rate, *higher = a.polynomial.coefficients if a.polynomial else (0.0, 0.0)
        if not self._is_single or not 1.0 < a.size < math.inf or rate <= 0.0 or constant or higher or not a.polynomial:
            return self._write(f"exp({self._real(a)})")
        mantissa, power = math.frexp(rate)
        head = math.ldexp(round(mantissa * 2**11), power - 11)
        exact, rest = (self._write(f"{part!r} * {a.polynomial.variable}").text for part in (head, rate - head))
        bounded = exact if a.size < LARGEST_EXPONENT else f"minimum({exact}, {LARGEST_EXPONENT})"
        power_of_exact = self._write(f"exp({bounded})").text
        return self._write(f"{power_of_exact} + {power_of_exact} * {self._write(f'expm1({rest})').text}")

    def _expm1(self, a: Term) -> Term:
        """Write what overflows, kept finite for its slope: infinity times 0 is no number."""
        exponent = self._real(a)
        bounded = exponent if self._has_whole_steps else f"minimum({exponent}, log_of(largest) - 1)"
        return self._write(f"expm1({bounded})")

    def _root(self, form: str, a: Term, at_zero: str) -> Term:
        """Write what may be vertical at zero: there the slope is written as 0."""
        base = self._real(a)
        if self._has_whole_steps:
            return self._write(form.format(base))
        is_zero = self._write(f"{base} <= 0.0").text
        positive = self._write(f"where({is_zero}, 1.0, {base})").text
        return self._write(f"where({is_zero}, {at_zero}, {self._write(form.format(positive)).text})")


_OTHERS: dict[str, Callable[..., Term]] = {
    "divide": Writer._divide,
    "floor": Writer._floor,
    "less": Writer._less,
    "select": Writer._select,
    "exp": Writer._exp,
    "expm1": Writer._expm1,
    "sqrt": Writer._sqrt,
    "power": Writer._power,
}
