"""Replays a schedule's recorded formula with an array library, where C++ cannot run: inside compiled steps.

The recording is the same formula that the core evaluates, read as an expression (csrc/program/record.cpp). It is
written out as a Python function of one line per operation, which a tracer follows without a loop or a guard.

Of a large step only the distance to the nearer end matters, and float32 counts no further than 2**24. So whole steps
stay integers for as long as that is exact: the range of every whole number is known before anything runs.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pywarmup.schedule import Schedule

Names = Mapping[str, Callable[..., Any]]

LARGEST_STEP = 2**53


def replay(schedule: Schedule, steps: Any, xp: Any, *, whole: str = "int64", real: str = "float64") -> Any:
    """Return the schedule's values at an array of steps, computed by an array library.

    Every branch is computed and one selected, so all of them are kept finite.

    Args:
        schedule: Any schedule.
        steps: An array of `xp`, of integers or real numbers from 0 to 2**53; not checked.
        xp: A namespace with NumPy's names, such as `numpy` or `jax.numpy`.
        whole: The largest signed integers that the library has; steps that are integers become these.
        real: The floating dtype of the result.

    Returns:
        An array of `xp` of the same shape; in float64 within 1e-15 of the peak of the schedule's own values, and
        in float32 within 4e-7 of it if the steps are integers (1e-6 for exponential growth).

    Example:
        >>> import numpy as np
        >>> import pywarmup as pw
        >>> replay(pw.Linear(0.0, 1.0, steps=4), np.array([0, 1, 8]), np)
        array([0.  , 0.25, 1.  ])
    """
    names = names_of(xp, cast=lambda array, dtype: array.astype(dtype))
    has_whole_steps = xp.issubdtype(steps.dtype, xp.integer)
    formula = write(schedule, names, whole=has_whole_steps, bits=xp.iinfo(whole).bits)
    tables = [xp.asarray(table, dtype=whole if table.dtype.kind == "i" else real) for table in formula.tables]
    return formula.run(steps, tables, whole, real, float(xp.finfo(real).max))


class Formula(NamedTuple):
    """A recorded formula as a function: `run(steps, tables, whole, real, largest)`.

    `whole` and `real` are dtypes, `largest` is the largest finite `real`. The tables are to be passed as arrays of
    the library: those of integers as `whole`, the others as `real`.
    """

    run: Callable[..., Any]
    tables: list[NDArray[Any]]
    source: str


def names_of(xp: Any, **others: Callable[..., Any]) -> Names:
    """Return the functions that formulas call.

    Args:
        xp: A namespace with NumPy's names.
        **others: `cast(array, dtype)`, and what `xp` lacks or means differently. The first argument of `minimum`
            and `maximum` is an array, the second an array or a number.
    """
    return {name: others[name] if name in others else getattr(xp, name) for name in _NAMES}


def write(schedule: Schedule, names: Names, *, whole: bool, bits: int = 64) -> Formula:
    """Write a schedule's formula as a function.

    Args:
        schedule: Any schedule.
        names: The functions that it calls, from `names_of`.
        whole: Whether the steps are integers.
        bits: The size of the library's integers; a whole number that may need more is computed as a real one.

    Example:
        >>> import numpy as np
        >>> import pywarmup as pw
        >>> names = names_of(np, cast=lambda array, dtype: array.astype(dtype))
        >>> print(write(pw.Constant(0.1), names, whole=True).source)
        def values(steps, tables, whole, real, largest):
            v0 = cast(steps, whole)
            v1 = v0 * 0
            v2 = cast(v1, real)
            v3 = v2 + 0.1
            return v3
        <BLANKLINE>
    """
    instructions, tables, result = schedule._recording()
    writer = _Writer(whole, 2 ** (bits - 1))
    terms: list[_Term] = []
    for name, *operands in instructions:
        if name == "step":
            terms.append(writer.step())
        elif name == "constant":
            terms.append(writer.constant(operands[0]))
        elif name in ("search", "take"):
            terms.append(getattr(writer, name)(tables[operands[0]], terms[operands[1]]))
        else:
            terms.append(writer.apply(name, [terms[operand] for operand in operands]))
    source = writer.source(terms[result])
    scope: dict[str, Any] = {**names, "inf": math.inf, "log_of": math.log}
    exec(source, scope)
    return Formula(scope["values"], writer.tables, source)


class _Term(NamedTuple):
    """What is known of a value before it is computed: how it is written, and the range of a whole number."""

    text: str
    is_whole: bool = False
    low: float = -math.inf
    high: float = math.inf
    constant: float | None = None
    quotient: tuple[_Term, _Term] | None = None  # the whole numbers that it is the quotient of


class _Writer:
    """Writes a formula line by line, in whole numbers for as long as they are certain to fit."""

    def __init__(self, has_whole_steps: bool, limit: int) -> None:
        self.tables: list[NDArray[Any]] = []
        self._has_whole_steps = has_whole_steps
        self._limit = limit  # of whole numbers, which stay below it
        self._names: dict[str, str] = {}  # what each line computes, and its name

    def step(self) -> _Term:
        if self._has_whole_steps:
            return self._write("cast(steps, whole)", True, 0, min(LARGEST_STEP, self._limit - 1))
        return self._write("cast(steps, real)")

    def constant(self, value: float) -> _Term:
        is_whole = abs(value) < self._limit and value.is_integer()
        exact = int(value) if is_whole else value
        return _Term(repr(exact), is_whole, exact, exact, constant=value)

    def apply(self, operation: str, operands: list[_Term]) -> _Term:
        if operation in _ARITHMETIC:
            return self._arithmetic(operation, operands[0], operands[1])
        if operation in _OTHERS:
            count, method = _OTHERS[operation]
            return method(self, *operands[:count])
        return self._write(f"{operation}({self._real(operands[0])})")

    def search(self, table: list[float], t: _Term) -> _Term:
        """Count the entries that are at most t; a whole number is at least 2.5 if it is at least 3."""
        entries = np.array(table)
        if t.is_whole:
            entries = np.ceil(entries[entries <= t.high]).astype(np.int64)
        return self._write(f"searchsorted({self._table(entries)}, {t.text}, side='right')", True, 0, len(table))

    def take(self, table: list[float], index: _Term) -> _Term:
        entries = np.array(table)
        place = index.text if index.is_whole else self._write(f"cast({index.text}, whole)").text
        if not np.all((np.abs(entries) < self._limit) & (np.floor(entries) == entries)):
            return self._write(f"take({self._table(entries)}, {place})")
        low, high = int(entries.min()), int(entries.max())
        return self._write(f"take({self._table(entries.astype(np.int64))}, {place})", True, low, high)

    def source(self, result: _Term) -> str:
        """Return the function, without the lines that nothing uses."""
        final = self._real(result)
        needed, lines = {final}, [f"    return {final}\n"]
        for text, name in reversed(self._names.items()):
            if name in needed:
                needed.update(re.findall(r"\bv\d+\b", text))
                lines.append(f"    {name} = {text}\n")
        return "def values(steps, tables, whole, real, largest):\n" + "".join(reversed(lines))

    def _write(self, text: str, is_whole: bool = False, low: float = -math.inf, high: float = math.inf) -> _Term:
        return _Term(self._names.setdefault(text, f"v{len(self._names)}"), is_whole, low, high)

    def _real(self, term: _Term) -> str:
        if term.constant is None:
            return self._write(f"cast({term.text}, real)").text if term.is_whole else term.text
        if abs(term.constant) == sys.float_info.max:
            return "largest" if term.constant > 0 else "-largest"
        return repr(float(term.constant))

    def _table(self, entries: NDArray[Any]) -> str:
        self.tables.append(entries)
        return f"tables[{len(self.tables) - 1}]"

    def _arithmetic(self, operation: str, a: _Term, b: _Term) -> _Term:
        if operation in ("minimum", "maximum"):
            a, b = (a, b) if a.constant is None else (b, a)
            if a.high <= b.low if operation == "minimum" else a.low >= b.high:
                return a
        form, range_of = _ARITHMETIC[operation]
        if a.is_whole and b.is_whole:
            low, high = range_of(a, b)
            if max(-low, high) < self._limit:
                return self._write(form.format(a.text, b.text), True, low, high)
        return self._write(form.format(self._real(a), self._real(b)))

    def _divide(self, a: _Term, b: _Term) -> _Term:
        if a.is_whole and b.constant == 1.0:
            return a
        by_period = a.is_whole and b.is_whole and b.constant is not None and b.constant > 0
        quotient = self._write(f"{self._real(a)} / {self._real(b)}")
        return quotient._replace(quotient=(a, b)) if by_period else quotient

    def _floor(self, a: _Term) -> _Term:
        if a.quotient is None:
            return a if a.is_whole else self._write(f"floor({a.text})")
        dividend, period = a.quotient
        low, high = dividend.low // period.low, dividend.high // period.low
        return self._write(f"{dividend.text} // {period.text}", True, low, high)

    def _less(self, a: _Term, b: _Term) -> _Term:
        """Compare; a whole number is below 2.5 if it is below 3, and above if it is above 2."""
        if a.is_whole:
            b = self._rounded(b, math.ceil)
        if b.is_whole:
            a = self._rounded(a, math.floor)
        is_whole = a.is_whole and b.is_whole
        return self._write(f"{a.text} < {b.text}" if is_whole else f"{self._real(a)} < {self._real(b)}")

    def _rounded(self, term: _Term, rounding: Callable[[float], int]) -> _Term:
        if term.constant is None or abs(term.constant) >= self._limit:
            return term
        return self.constant(float(rounding(term.constant)))

    def _select(self, condition: _Term, a: _Term, b: _Term) -> _Term:
        is_whole = a.is_whole and b.is_whole
        first, second = (a.text, b.text) if is_whole else (self._real(a), self._real(b))
        if a.constant is not None and b.constant is not None:  # a library would choose the dtype
            first = f"full_like({condition.text}, {first}, dtype={'whole' if is_whole else 'real'})"
        text = f"where({condition.text}, {first}, {second})"
        return self._write(text, is_whole, min(a.low, b.low), max(a.high, b.high))

    def _sqrt(self, a: _Term) -> _Term:
        return self._root("sqrt({})", a, "0.0")

    def _power(self, a: _Term, b: _Term) -> _Term:
        at_zero = "largest" if b.high < 0 else "1.0" if b.constant == 0.0 else "0.0"
        return self._root(f"{{}} ** {self._real(b)}", a, at_zero)

    def _expm1(self, a: _Term) -> _Term:
        """Write what overflows, kept finite for its slope: infinity times 0 is no number."""
        exponent = self._real(a)
        bounded = exponent if self._has_whole_steps else f"minimum({exponent}, log_of(largest) - 1)"
        return self._write(f"expm1({bounded})")

    def _root(self, form: str, a: _Term, at_zero: str) -> _Term:
        """Write what may be vertical at zero: there the slope is written as 0."""
        base = self._real(a)
        if self._has_whole_steps:
            return self._write(form.format(base))
        is_zero = self._write(f"{base} <= 0.0").text
        positive = self._write(f"where({is_zero}, 1.0, {base})").text
        return self._write(f"where({is_zero}, {at_zero}, {self._write(form.format(positive)).text})")


def _products(a: _Term, b: _Term) -> tuple[float, float]:
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return min(corners), max(corners)


_ARITHMETIC: dict[str, tuple[str, Callable[[_Term, _Term], tuple[float, float]]]] = {
    "add": ("{} + {}", lambda a, b: (a.low + b.low, a.high + b.high)),
    "subtract": ("{} - {}", lambda a, b: (a.low - b.high, a.high - b.low)),
    "multiply": ("{} * {}", _products),
    "minimum": ("minimum({}, {})", lambda a, b: (min(a.low, b.low), min(a.high, b.high))),
    "maximum": ("maximum({}, {})", lambda a, b: (max(a.low, b.low), max(a.high, b.high))),
}
_OTHERS: dict[str, tuple[int, Callable[..., _Term]]] = {
    "divide": (2, _Writer._divide),
    "floor": (1, _Writer._floor),
    "less": (2, _Writer._less),
    "select": (3, _Writer._select),
    "expm1": (1, _Writer._expm1),
    "sqrt": (1, _Writer._sqrt),
    "power": (2, _Writer._power),
}
_MATHEMATICS = ("cos", "exp", "expm1", "log", "log1p", "sqrt")
_NAMES = (*_MATHEMATICS, "cast", "floor", "full_like", "maximum", "minimum", "searchsorted", "take", "where")
