"""Transformers: the names of `get_scheduler` and the functions of `transformers.optimization`."""

from collections.abc import Sequence
from typing import Any

import pywarmup as pw
from conformance import compare
from conformance.case import Case
from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation("greedy", "the rate comes of metrics", "refused: see pywarmup.torch.Plateau", refuses=True),
    Deviation("reduce_lr_on_plateau", "the rate comes of metrics", "refused: see pywarmup.torch.Plateau", refuses=True),
)


def schedule(case: Case) -> pw.Schedule:
    """Return the schedule of the same name; metrics are what those that we refuse follow."""
    arguments = {field: value for field, value in case.arguments.items() if field != "metrics"}
    return compare.by_name("transformers", case.callable)(**arguments)


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
