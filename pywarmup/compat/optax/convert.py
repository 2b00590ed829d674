"""Living schedules of optax, which cannot be converted."""

from __future__ import annotations

from typing import NoReturn


def from_optax(schedule: object) -> NoReturn:
    """Refuse: a schedule of optax is a closure, which shows nothing of what it computes.

    Write it down with the functions of `pywarmup.compat.optax`, which have optax's names and arguments.

    Raises:
        ValueError: Always.

    Example:
        >>> from_optax(lambda count: 0.1)
        Traceback (most recent call last):
        ...
        ValueError: from_optax: a schedule of optax is a closure and cannot be inspected (`schedule` is a function); \
write it down with pywarmup.compat.optax, which has optax's names and arguments
    """
    raise ValueError(
        f"from_optax: a schedule of optax is a closure and cannot be inspected (`schedule` is a "
        f"{type(schedule).__name__}); write it down with pywarmup.compat.optax, which has optax's names and arguments"
    )
