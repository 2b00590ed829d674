"""timm's schedulers: one deviation at restarts, and what is refused."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache
from types import ModuleType
from typing import Any

from conformance.deviation import Deviation

DISTRIBUTION = "timm"
DEVIATIONS = (
    Deviation(
        where="floor(log(...)): some restart boundaries give lr_min instead of the new peak",
        peer="a restart at a step t for which floor(log(t)) is one too few has the end of the cycle before",
        ours="cycles are counted: the restart has the new cycle's first value",
    ),
    Deviation(
        where="floor(log(...)): some restart boundaries give lr_min instead of the new peak",
        peer="the same at the end of the last cycle, which tanh ends above lr_min",
        ours="lr_min",
        steps=(1210.0,),
    ),
    Deviation(
        where="math domain error",
        peer="cycle_mul < 1 raises from the step on at which the shrinking cycles add up to their limit",
        ours="lr_min is held",
        steps=(),
    ),
    Deviation(
        where="noise_range_t",
        peer="multiplies the rate by noise of torch's random generator",
        ours="refused",
        refuses=True,
    ),
    Deviation(
        where="decay_rate < 0, cycle_decay < 0 or decay_t < 0",
        peer="rates change their sign, or grow",
        ours="refused",
        refuses=True,
    ),
    Deviation(
        where="power < 0 or k_decay < 0",
        peer="rates grow without bound, oscillate or are complex, up to a division by zero",
        ours="refused",
        refuses=True,
    ),
    Deviation(
        where="lb or ub outside [-100, 100]",
        peer="a tangent that is flat but for an instant",
        ours="refused",
        refuses=True,
    ),
    Deviation(
        where="more than 10,000 distinct cycles with cycle_mul < 1",
        peer="cycles shorter than a step",
        ours="refused",
        refuses=True,
    ),
)


def peer(callable_name: str, arguments: dict[str, Any], steps: list[float]) -> list[float]:
    """Return the rates that timm's scheduler sets at those steps."""
    import torch

    arguments = dict(arguments)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=arguments.pop("base_lr"))
    scheduler = getattr(installed(), callable_name)(optimizer, **arguments)
    values = []
    for step in steps:
        scheduler.step(step)
        values.append(float(optimizer.param_groups[0]["lr"]))
    return values


@cache
def installed() -> ModuleType:
    """Return the real `timm.scheduler`, which needs torch alone, without executing `timm`, which needs torchvision too.

    While its part is imported, the package is there, but not executed; afterwards no module remembers it.
    """
    spec = importlib.util.find_spec("timm")
    if spec is None:
        raise ModuleNotFoundError("No module named 'timm'", name="timm")
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "timm"}
    sys.modules["timm"] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module("timm.scheduler")
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "timm"]:
            del sys.modules[name]
        sys.modules.update(before)
