"""fvcore's schedulers of parameters; a composed one is recorded as pairs of a name and arguments."""

from __future__ import annotations

from typing import Any

import pywarmup as pw
from conformance.case import Case
from conformance.deviation import Deviation
from pywarmup.compat import fvcore

DISTRIBUTION = "fvcore"
DEVIATIONS = (
    Deviation(
        where="LinearParamScheduler",
        peer="past 1, goes on along the line",
        ours="the end value is held",
        steps=(1.5,),
    ),
    Deviation(
        where="PolynomialDecayParamScheduler",
        peer="past 1, takes the power of a negative number",
        ours="0 is held, the end value",
        steps=(1.5,),
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
    ),
    Deviation(
        where="decay < 0 or power < 0",
        peer="complex values, or a division by zero at the end",
        ours="refused",
        refuses=True,
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
