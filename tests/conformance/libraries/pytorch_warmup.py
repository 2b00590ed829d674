"""pytorch_warmup: factors, recorded by themselves and as they dampen a scheduler of torch."""

from collections.abc import Iterator, Sequence
from typing import Any

import pywarmup as pw
from conformance import compare
from conformance.case import Case, Trace, is_sane
from conformance.deviation import Deviation
from conformance.libraries import torch

DEVIATIONS = (
    Deviation(
        "LinearWarmup, ExponentialWarmup",
        "a list of periods, one for each parameter group",
        "refused: make a factor for each group",
        refuses=True,
        fact=lambda case: isinstance(case.kwargs.get("warmup_period"), list),
    ),
    Deviation(
        "OneCycleLR",
        "dampened at step == total_steps, it rises again",
        "the rate of the last step is held",
        steps=lambda case, step: step == torch.one_cycle_length(case.kwargs["scheduler_kwargs"]),
        fact=lambda case: case.construct_error is None and case.kwargs.get("scheduler") == "OneCycleLR",
    ),
)


def schedule(case: Case) -> pw.Schedule:
    """Return the factor; or its product with the scheduler that it dampened, which has the rate."""
    dampened = case.kwargs.get("scheduler")
    if not dampened:
        return _factor(case, {"base_lr": case.base_lr})
    return torch.build(dampened, case.kwargs["scheduler_kwargs"], case.base_lr) * _factor(case, {})


def _factor(case: Case, rate: dict[str, Any]) -> pw.Schedule:
    arguments = {field: value for field, value in case.kwargs.items() if field not in ("scheduler", "scheduler_kwargs")}
    return compare.by_name("pytorch_warmup", case.callable)(**arguments, **rate)


def rounding(case: Case, trace: Trace, step: float) -> float:
    """Return how far the library's own rounding moves its values, in parts of the peak.

    RAdam's factor there is a difference of numbers of the size of 1 / (1 - beta2), which are almost equal.
    """
    if case.callable != "RAdamWarmup" or not case.base_lr:
        return 0.0
    peak = max((value for value in trace.values if is_sane(value)), default=0.0)
    return radam_rounding(case.kwargs["betas"][1]) * max(1.0, case.base_lr / peak) if peak else 0.0


def radam_rounding(beta2: float) -> float:
    """Return an upper bound of what rounding does to RAdam's factor, for beta2 <= 0.9999."""
    return 2.0**-56 * (2.0 / (1.0 - beta2)) ** 1.5


def peer(callable_name: str, arguments: dict[str, Any], steps: Sequence[float]) -> list[float]:
    """Return what the installed library gives at some steps, by itself or as it dampens a scheduler of torch."""
    import pytorch_warmup
    import torch

    own = ("base_lr", "betas", "scheduler", "scheduler_kwargs")
    rest = {field: value for field, value in arguments.items() if field not in own}
    rate, betas = arguments.get("base_lr", 1.0), arguments.get("betas", (0.9, 0.999))
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=rate, betas=betas)
    name = arguments.get("scheduler")
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **arguments["scheduler_kwargs"]) if name else None
    warmup = getattr(pytorch_warmup, callable_name)(optimizer, **rest)
    if "scheduler" in arguments:
        rates = list(_rates(optimizer, warmup, scheduler, int(max(steps))))
        return [rates[int(step)] for step in steps]
    return [rate * warmup.warmup_factor(step, **warmup.warmup_params[0]) for step in steps]


def _rates(optimizer: Any, warmup: Any, scheduler: Any, last: int) -> Iterator[float]:
    for _ in range(last + 1):
        yield optimizer.param_groups[0]["lr"]
        optimizer.step()
        with warmup.dampening():
            if scheduler is not None:
                scheduler.step()
