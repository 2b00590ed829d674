"""Transformers: the names of `get_scheduler` and the functions of `transformers.optimization`."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from conformance import compare
from conformance.case import Case, Trace
from conformance.deviation import Deviation


def _is_below(field: str, least: float) -> Callable[[Case], bool]:
    def is_below(case: Case) -> bool:
        given = (case.kwargs.get("scheduler_specific_kwargs") or {}).get(field)
        return case.construct_error is None and given is not None and given < least

    return is_below


DEVIATIONS = (
    Deviation("greedy", "the rate comes of metrics", "refused: see pywarmup.torch.Plateau", refuses=True),
    Deviation("reduce_lr_on_plateau", "the rate comes of metrics", "refused: see pywarmup.torch.Plateau", refuses=True),
    Deviation("polynomial", "a negative `lr_end` is approached", "refused", True, fact=_is_below("lr_end", 0)),
    Deviation(
        "inverse_sqrt",
        "`timescale` 0 divides by zero, less is nan",
        "refused",
        True,
        fact=_is_below("timescale", 5e-324),
    ),
    Deviation(
        "cosine_warmup_with_min_lr",
        "a negative `warmup_lr_rate` begins below 0",
        "refused",
        refuses=True,
        fact=_is_below("warmup_lr_rate", 0),
    ),
)


def rounding(case: Case, trace: Trace, step: float) -> float:
    """Return how far the library's own rounding moves its values, in parts of the peak.

    It rounds the phase of a cosine three times, which is much where a wave is short and the step is far; and it
    subtracts a floor that may be larger than the rate.
    """
    specific = case.kwargs.get("scheduler_specific_kwargs") or {}
    if not case.callable.startswith("cosine") or not case.base_lr:
        return 0.0
    rest = max(1, case.kwargs["num_training_steps"] - case.kwargs["num_warmup_steps"])
    phase = 2 * math.pi * abs(specific.get("num_cycles", 0.5)) * (step + 1) / rest
    floor = max(abs(specific.get("min_lr_rate") or 0), abs(specific.get("min_lr") or 0) / case.base_lr)
    return 2.0**-52 * phase * (1 + floor) + compare.FLOAT64 * floor


def peer(callable_name: str, arguments: dict[str, Any], steps: Sequence[float]) -> list[float]:
    """Return what the installed library gives at some steps."""
    scheduler = built(callable_name, arguments)
    return [scheduler.base_lrs[0] * scheduler.lr_lambdas[0](step) for step in steps]


def built(callable_name: str, arguments: dict[str, Any]) -> Any:
    """Return the installed library's scheduler, of a function's own name or a name of `get_scheduler`."""
    import torch
    import transformers.optimization

    rest = {field: value for field, value in arguments.items() if field != "base_lr"}
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=arguments["base_lr"])
    function = getattr(transformers.optimization, callable_name, None)
    if function:
        return function(optimizer, **rest)
    return transformers.optimization.get_scheduler(callable_name, optimizer, **rest)
