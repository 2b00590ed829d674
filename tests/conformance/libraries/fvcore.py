"""fvcore's schedulers of parameters; a composed one is recorded as pairs of a name and arguments."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import pywarmup as pw
from conformance.case import Case, Trace, is_number
from conformance.deviation import Deviation
from pywarmup.compat import fvcore

DISTRIBUTION = "fvcore"


def _parts(name: str, arguments: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the names and arguments of a scheduler and of all that it is composed of."""
    yield name, arguments
    for child in arguments.get("schedulers", ()):
        yield from _parts(*child)


def _has(case: Case, *names: str) -> bool:
    return any(name in names for name, _ in _parts(case.callable, case.kwargs))


def rounding(case: Case, trace: Trace, step: float) -> float:
    """Return how much of the peak a root near its end loses, for which fvcore takes the place within a part from 1."""
    ends = [end - step for end in accumulate(case.kwargs.get("lengths", ())) if end > step]
    powers = [given["power"] for name, given in _parts(case.callable, case.kwargs) if name.startswith("Polynomial")]
    roots = [power for power in powers if 0 < power < 1]
    return max((2.0**-52 * power * left ** (power - 1) for power in roots for left in ends), default=0.0)


def _is_past(case: Case, step: float) -> bool:
    return step > 1


DEVIATIONS = (
    Deviation(
        where="ParamScheduler",
        peer="LinearParamScheduler past 1, also in a composite, goes on along the line",
        ours="the end value is held",
        steps=_is_past,
        when=lambda case: _has(case, "LinearParamScheduler"),
    ),
    Deviation(
        where="ParamScheduler",
        peer="PolynomialDecayParamScheduler past 1, also in a composite, takes the power of a negative number",
        ours="0 is held, the end value",
        steps=_is_past,
        when=lambda case: _has(case, "PolynomialDecayParamScheduler"),
    ),
    Deviation(
        where="CompositeParamScheduler, within 1e-6 before a rescaled scheduler begins",
        peer="asks it for a `where` below 0",
        ours="its first value",
        steps=(),
    ),
    Deviation(
        where="float division by zero",
        peer="a rescaled scheduler of length 0 at the end divides by zero within 1e-6 of the end",
        ours="the scheduler before goes on",
        steps=(),
        when=lambda case: any(map(is_number, case.traces[0].values)),
    ),
    Deviation(
        where="where in ParamScheduler must be in [0, 1]",
        peer="raises at 1, or past it",
        ours="the last value is held",
        steps=(),
    ),
    Deviation(
        where="list index out of range",
        peer="raises within 1e-6 of the end, and past it",
        ours="the last value is held",
        steps=(),
        when=lambda case: any(map(is_number, case.traces[0].values)),
    ),
    Deviation(
        where="ParamScheduler",
        peer="with `decay` or `power` < 0 complex values, or a division by zero at the end",
        ours="refused",
        refuses=True,
        when=lambda case: any(
            arguments.get(name, 0) < 0
            for _, arguments in _parts(case.callable, case.kwargs)
            for name in ("decay", "power")
        ),
    ),
)


def schedule(case: Case) -> pw.Schedule:
    """Return the schedule of a case."""
    return built(fvcore, case.callable, case.kwargs)


def peer(callable_name: str, arguments: dict[str, Any], steps: list[float]) -> list[float]:
    """Return the values of fvcore's scheduler at those parts of a run."""
    from fvcore.common import param_scheduler

    scheduler = built(param_scheduler, callable_name, arguments)
    return [float(scheduler(step)) for step in steps]


def built(module: Any, name: str, arguments: dict[str, Any]) -> Any:
    """Return what a module, theirs or ours, makes of a name and arguments."""
    given = {key: list(value) if isinstance(value, list) else value for key, value in arguments.items()}
    if name == "CompositeParamScheduler":
        given["schedulers"] = [built(module, *one) for one in given["schedulers"]]
    return getattr(module, name)(**given)
