"""Arguments of the command line as numbers."""

from __future__ import annotations

from argparse import ArgumentTypeError


def whole(text: str) -> int:
    """Return an integer, which may be written as 100_000 or 1e5.

    Example:
        >>> whole("1e5"), whole("2_000")
        (100000, 2000)
    """
    value = number(text)
    if isinstance(value, float):
        raise ArgumentTypeError(f"must be an integer <= 2**53, got {text!r}")
    return value


def number(text: str) -> float:
    """Return a number: an integer if it is one.

    Example:
        >>> number("0.5"), number("3e2")
        (0.5, 300)
    """
    if len(text) > 100:
        raise ArgumentTypeError(f"must be a number of at most 100 characters, got {len(text)}")
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        raise ArgumentTypeError(f"must be a number, got {text!r}") from None
    return int(value) if value.is_integer() and abs(value) <= 2**53 else value


def steps(text: str) -> float | slice:
    """Return a step, or a range of them: start:stop:step, each of which may be missing.

    Example:
        >>> steps("12.5"), steps("0:100:10"), steps("5:")
        (12.5, slice(0, 100, 10), slice(5, None, None))
    """
    if ":" not in text:
        return number(text)
    parts = text.split(":")
    if len(parts) > 3:
        raise ArgumentTypeError(f"must be start:stop:step, got {text!r}")
    return slice(*[whole(part) if part.strip() else None for part in parts])
