"""mmengine: how its compositions are called, where we leave it, and how to run it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pywarmup as pw
from conformance.case import Case
from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation(
        where="ConstantLR",
        peer="with factor 0, divides by 0 at the last step of the window",
        ours="the whole rate from that step on, as with any other factor",
    ),
    Deviation(
        where="LinearLR",
        peer="with start_factor 0, divides by 0 at the second step of the window",
        ours="the straight line from 0",
    ),
    Deviation(
        where="PolyLR",
        peer="with a negative power, divides by 0 at the last step of the window",
        ours="holds the rate of the step before",
    ),
    Deviation(
        where="Tried to step",
        peer="goes on for one step after the end (rising, or negative), then raises an error",
        ours="holds the end",
    ),
)


def schedule(case: Case) -> pw.Schedule:
    """Return the function of a name, or `param_scheduler` for two names and the arguments of each."""
    from pywarmup.compat import mmengine

    if "+" not in case.callable:
        return getattr(mmengine, case.callable)(**case.arguments)  # type: ignore[no-any-return]
    configs = zip(case.callable.split("+"), case.kwargs.values(), strict=True)
    return mmengine.param_scheduler([{"type": name} | kwargs for name, kwargs in configs], base_lr=case.base_lr or 0.0)


def peer(callable_name: str, arguments: dict[str, Any], steps: Iterable[int]) -> list[float]:
    """Return the rates that the installed mmengine gives: of one scheduler, or of several ("A+B")."""
    from mmengine.optim import scheduler

    names = callable_name.split("+")
    kwargs = dict(arguments)
    optimizer = _optimizer(kwargs.pop("base_lr"))
    each = [kwargs] if len(names) == 1 else list(kwargs.values())
    made = [getattr(scheduler, name)(optimizer, **given) for name, given in zip(names, each, strict=True)]
    wanted = list(steps)
    rates = []
    for step in range(max(wanted) + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        if step < max(wanted):
            optimizer.step()
            for one in made:
                one.step()
    return [rates[step] for step in wanted]


def _optimizer(rate: float) -> Any:
    import torch

    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
