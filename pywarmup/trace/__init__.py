"""Replays a schedule's recorded formula with an array library, where C++ cannot run: inside compiled steps.

The recording is the same formula that the core evaluates, read as an expression (csrc/program/record.cpp). It is
written out as a Python function of one line per operation, which a tracer follows without a loop or a guard.

Of a large step only the distance to the nearer end matters, and float32 counts no further than 2**24. So whole steps
stay integers for as long as that is exact: the range of every whole number is known before anything runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from numpy.typing import NDArray

from pywarmup.schedule import Schedule
from pywarmup.trace.recording import ARITY, Recording
from pywarmup.trace.stages import with_stages_looked_up
from pywarmup.trace.term import Term
from pywarmup.trace.writer import Writer

Names = Mapping[str, Callable[..., Any]]


def replay(schedule: Schedule, steps: Any, xp: Any, *, whole: str = "int64", real: str = "float64") -> Any:
    """Return the schedule's values at an array of steps, computed by an array library.

    Every branch is computed and one selected, so all of them are kept finite. Many stages of the same form are one
    formula, whose numbers are looked up.

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
    single = real == "float32"
    formula = write(schedule, names, whole=has_whole_steps, bits=xp.iinfo(whole).bits, single=single)
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


def write(schedule: Schedule, names: Names, *, whole: bool, bits: int = 64, single: bool = False) -> Formula:
    """Write a schedule's formula as a function.

    Args:
        schedule: Any schedule.
        names: The functions that it calls, from `names_of`.
        whole: Whether the steps are integers.
        bits: The size of the library's integers; a whole number that may need more is computed as a real one.
        single: Whether it will be computed in float32, which then need not be told what it would round off.

    Example:
        >>> import numpy as np
        >>> import pywarmup as pw
        >>> names = names_of(np, cast=lambda array, dtype: array.astype(dtype))
        >>> print(write(pw.Constant(0.1), names, whole=True).source)
        def values(steps, tables, whole, real, largest):
            return full_like(steps, 0.1, dtype=real)
        <BLANKLINE>
    """
    recording = with_stages_looked_up(Recording(*schedule._recording()))
    writer = Writer(whole, 2 ** (bits - 1), single)
    terms: list[Term] = []
    for name, *operands in recording.instructions:
        if name == "step":
            terms.append(writer.step())
        elif name == "constant":
            terms.append(writer.constant(operands[0]))
        elif name in ("search", "take"):
            terms.append(getattr(writer, name)(recording.tables[operands[0]], terms[operands[1]]))
        else:
            terms.append(writer.apply(name, [terms[operand] for operand in operands[: ARITY[name]]]))
    source = writer.source(terms[recording.result])
    scope: dict[str, Any] = {**names, "inf": math.inf, "log_of": math.log}
    exec(source, scope)
    return Formula(scope["values"], writer.tables, source)


_MATHEMATICS = ("cos", "exp", "expm1", "log", "log1p", "sqrt")
_NAMES = (*_MATHEMATICS, "cast", "floor", "full_like", "maximum", "minimum", "searchsorted", "take", "where")
