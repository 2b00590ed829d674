"""pytorch_warmup: factors, recorded by themselves and as they dampen a scheduler of torch."""

from collections.abc import Iterator, Sequence
from typing import Any

import pywarmup as pw
from conformance import compare
from conformance.case import Case, Trace

READ_BETAS = ("UntunedLinearWarmup", "UntunedExponentialWarmup", "RAdamWarmup")


def schedule(case: Case) -> pw.Schedule:
    """Return the factor; or its product with the scheduler that it dampened, which has the rate."""
    dampened = case.kwargs.get("scheduler")
    if not dampened:
        return _factor(case, {"base_lr": case.base_lr})
    made = compare.by_name("torch", dampened)(**case.kwargs["scheduler_kwargs"], base_lr=case.base_lr)
    return made * _factor(case, {})


def _factor(case: Case, rate: dict[str, Any]) -> pw.Schedule:
    """Return the factor; the betas of the optimizer concern only those that read them."""
    ignored = {"scheduler", "scheduler_kwargs"} | (set() if case.callable in READ_BETAS else {"betas"})
    arguments = {field: value for field, value in case.kwargs.items() if field not in ignored}
    return compare.by_name("pytorch_warmup", case.callable)(**arguments, **rate)


def rounding(case: Case, trace: Trace, step: float) -> float:
    """Return how far the library's own rounding moves its values, in parts of the peak.

    RAdam's factor there is a difference of numbers of the size of 1 / (1 - beta2), which are almost equal.
    """
    return radam_rounding(case.kwargs["betas"][1]) if case.callable == "RAdamWarmup" else 0.0


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
