"""Replays a schedule's recorded formula with an array library, where C++ cannot run: inside compiled steps.

The recording is the same formula that the core evaluates, read as an expression (csrc/program/record.cpp).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pywarmup.schedule import Schedule

Operations = dict[str, Callable[..., Any]]


def replay(schedule: Schedule, steps: Any, xp: Any) -> Any:
    """Return the schedule's values at an array of steps, computed by an array library.

    Every branch is computed and one selected, so all of them are kept finite.

    Args:
        schedule: Any schedule.
        steps: An array of `xp`, of real numbers from 0 to 2**53; not checked.
        xp: A namespace with NumPy's names, such as `numpy` or `jax.numpy`.

    Returns:
        An array of `xp` of the same shape; in float64 within 1e-15 of the peak of the schedule's own values.

    Example:
        >>> import numpy as np
        >>> import pywarmup as pw
        >>> replay(pw.Linear(0.0, 1.0, steps=4), np.array([0.0, 1.0, 8.0]), np)
        array([0.  , 0.25, 1.  ])
    """
    instructions, tables, result = schedule._recording()
    operations = _operations(xp)
    arrays = [xp.asarray(table) for table in tables]
    values: list[Any] = []
    for name, *operands in instructions:
        if name == "step":
            values.append(steps)
        elif name == "constant":
            values.append(operands[0])
        elif name in ("search", "take"):
            values.append(operations[name](arrays[operands[0]], values[operands[1]]))
        else:
            operation, count = operations[name], _OPERANDS.get(name, 2)
            values.append(operation(*(values[operand] for operand in operands[:count])))
    return values[result]


_OPERANDS = dict.fromkeys(("floor", "sqrt", "cos", "exp", "expm1", "log", "log1p"), 1) | {"select": 3}


def _operations(xp: Any) -> Operations:
    return {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
        "less": lambda a, b: a < b,
        "select": xp.where,
        "minimum": xp.minimum,
        "maximum": xp.maximum,
        "floor": xp.floor,
        "sqrt": xp.sqrt,
        "cos": xp.cos,
        "exp": xp.exp,
        "expm1": xp.expm1,
        "log": xp.log,
        "log1p": xp.log1p,
        "power": xp.power,
        "search": lambda table, t: xp.searchsorted(table, t, side="right"),
        "take": lambda table, index: xp.take(table, xp.asarray(index).astype(int)),
    }
