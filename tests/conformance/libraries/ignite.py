"""Ignite: how its compositions are called, where we leave it, and how to run it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pywarmup as pw
from conformance.case import Case
from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation(
        where="UnpicklingError",
        peer="`simulate_values` cannot read back what it has saved, of torch's CosineAnnealingWarmRestarts",
        ours="the schedule, as in training",
    ),
    *[
        Deviation(
            where=name,
            peer="with a `cycle_mult` below 1, divides by 0 when a cycle's length has come to 0",
            ours="holds the end of the last cycle",
        )
        for name in ("LinearCyclicalScheduler", "CosineAnnealingScheduler")
    ],
)


def schedule(case: Case) -> pw.Schedule:
    """Return the function of a name; a scheduler of torch that is warmed up is one of `pywarmup.compat.torch`."""
    from pywarmup.compat import ignite

    if case.callable != "create_lr_scheduler_with_warmup":
        return getattr(ignite, case.callable)(**case.arguments)  # type: ignore[no-any-return]
    from pywarmup.compat import torch

    kwargs = dict(case.kwargs)
    after = getattr(torch, kwargs.pop("scheduler"))(**kwargs.pop("scheduler_kwargs"), base_lr=case.base_lr)
    return ignite.create_lr_scheduler_with_warmup(after, **kwargs)


def peer(callable_name: str, arguments: dict[str, Any], steps: Iterable[int]) -> list[float]:
    """Return the values that the installed Ignite gives."""
    from ignite import handlers

    wanted = list(steps)
    kwargs = dict(arguments)
    if callable_name == "create_lr_scheduler_with_warmup":
        return _run(_warmed_up(kwargs), wanted)
    if "milestones_values" in kwargs:
        kwargs["milestones_values"] = [tuple(pair) for pair in kwargs["milestones_values"]]
    return _run(getattr(handlers, callable_name)(_optimizer(), **kwargs), wanted)


def _warmed_up(kwargs: dict[str, Any]) -> Any:
    import torch
    from ignite import handlers

    optimizer = _optimizer(kwargs.pop("base_lr"))
    name, given = kwargs.pop("scheduler"), kwargs.pop("scheduler_kwargs")
    if hasattr(torch.optim.lr_scheduler, name):
        after = getattr(torch.optim.lr_scheduler, name)(optimizer, **given)
    else:
        after = getattr(handlers, name)(optimizer, **given)
    return handlers.create_lr_scheduler_with_warmup(after, **kwargs)


def _run(scheduler: Any, steps: list[int]) -> list[float]:
    values = []
    for _ in range(max(steps) + 1):
        scheduler(engine=None)
        values.append(float(scheduler.optimizer_param_groups[0]["lr"]))
    return [values[step] for step in steps]


def _optimizer(rate: float = 0.1) -> Any:
    import torch

    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
