"""Arithmetic on the numbers of an expression: it ends soon, whatever the numbers are."""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable
from typing import Any

LARGEST = sys.float_info.max
LONGEST_POWER = 10_000  # bits, beyond which none is computed

OPERATORS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
}


def compute(kind: type[ast.operator], left: float, right: float) -> float:
    """Return the result of an operation on two numbers, both checked by `number`.

    Example:
        >>> compute(ast.Mult, 0.05, 100_000)
        5000.0
        >>> compute(ast.Pow, 2, 10**10)
        Traceback (most recent call last):
            ...
        ValueError: expression: `2 ** 10000000000` must be a finite number; it is too large
    """
    sign, function = OPERATORS[kind]
    shown = f"`{_short(left)} {sign} {_short(right)}`"
    if kind is ast.Pow and isinstance(left, int) and isinstance(right, int) and _bits(left) * right > LONGEST_POWER:
        raise ValueError(f"expression: {shown} must be a finite number; it is too large")
    try:
        return number(function(left, right), shown)
    except ZeroDivisionError:
        raise ValueError(f"expression: {shown} must be a finite number; it divides by zero") from None
    except OverflowError:
        raise ValueError(f"expression: {shown} must be a finite number; it is too large") from None


def number(value: Any, shown: str) -> float:
    """Return a number that a double can be made of, or refuse it.

    Example:
        >>> number(float("inf"), "1e999")
        Traceback (most recent call last):
            ...
        ValueError: expression: 1e999 must be a finite number; it is too large
    """
    if isinstance(value, complex):
        raise ValueError(f"expression: {shown} must be a real number")
    if not abs(value) <= LARGEST:  # integers may be larger than any double
        raise ValueError(f"expression: {shown} must be a finite number; it is too large")
    return value  # type: ignore[no-any-return]


def _bits(base: int) -> int:
    return base.bit_length() if abs(base) > 1 else 0


def _short(value: float) -> str:
    text = repr(value)
    return text if len(text) <= 30 else f"{text[:20]}..."


def is_number(value: object) -> bool:
    """Return whether arithmetic is meant for it: a bool is no number."""
    return isinstance(value, int | float) and not isinstance(value, bool)
