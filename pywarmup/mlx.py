"""Schedules in MLX: `expression(schedule)` is what its optimizers take as a learning rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.trace import Formula, names_of, write

try:
    import mlx.core as mx
except ImportError as error:
    raise ImportError(
        f'pywarmup.mlx: MLX cannot be imported ({error}); install it with `pip install "pywarmup-schedules[mlx]"`'
    ) from error


def expression(schedule: Schedule) -> Expression:
    """Return a schedule as a function of an array of steps, for MLX's optimizers and compiled functions.

    It computes the schedule's own formula with operations of MLX, eager and under `mx.compile`. Whole steps are
    subtracted as 64-bit integers before anything is rounded, so float32 is exact enough at any step.

    Args:
        schedule: Any schedule.

    Returns:
        A function of an array of integers or real numbers from 0 to 2**53 (not checked), of any shape. It returns a
        float32 array of that shape: at integers within 4e-7 of the peak of the schedule's own values (1.5e-6 for
        exponential growth).

    Raises:
        TypeError: For what is no schedule; the function, for what is no array of steps.

    Example:
        >>> import mlx.core as mx
        >>> import mlx.optimizers
        >>> import pywarmup as pw
        >>> lr = expression(pw.Linear(0.0, 0.5, steps=2))
        >>> lr(mx.arange(4))
        array([0, 0.25, 0.5, 0.5], dtype=float32)
        >>> optimizer = mlx.optimizers.AdamW(learning_rate=lr)
        >>> optimizer.learning_rate
        array(0, dtype=float32)

    Same as:
        The functions in `mlx.optimizers.schedulers`.
    """
    return Expression(schedule)


class Expression:
    """What `expression` returns."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule: Schedule = _core.check("expression", "schedule", _core.Rule.schedule, schedule)
        self._whole = _Lowered(write(schedule, _NAMES, whole=True))
        self._real = _Lowered(write(schedule, _NAMES, whole=False))

    def __call__(self, steps: mx.array) -> mx.array:
        """Return the values at an array of steps."""
        _check(steps)
        return (self._whole if mx.issubdtype(steps.dtype, mx.integer) else self._real).run(steps)

    def __reduce__(self) -> tuple[Any, ...]:
        return Expression, (self.schedule,)

    def __repr__(self) -> str:
        return f"expression({self.schedule!r})"


class _Lowered:
    """A formula and its tables as arrays of MLX."""

    def __init__(self, formula: Formula) -> None:
        self._formula = formula
        self._tables = [mx.array(table, _WHOLE if table.dtype.kind == "i" else _REAL) for table in formula.tables]

    def run(self, steps: mx.array) -> mx.array:
        values: mx.array = self._formula.run(steps, self._tables, _WHOLE, _REAL, _LARGEST)
        return values


def _check(steps: object) -> None:
    if not isinstance(steps, mx.array):
        given = type(steps).__name__
        raise TypeError(f"expression: `steps` must be an mlx array, got {given}; for numbers call the schedule itself")
    if not (mx.issubdtype(steps.dtype, mx.integer) or mx.issubdtype(steps.dtype, mx.floating)):
        raise TypeError(f"expression: `steps` must be integers or real numbers, got {steps.dtype}")


_NAMES = names_of(mx, cast=mx.array.astype)
_WHOLE, _REAL = mx.int64, mx.float32
_LARGEST = float(np.finfo(np.float32).max)
