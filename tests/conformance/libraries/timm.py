"""timm's schedulers: one deviation at restarts, and what is refused."""

from __future__ import annotations

import importlib
import importlib.util
import math
import sys
from functools import cache
from types import ModuleType
from typing import Any

from conformance.case import Case, Trace, is_sane
from conformance.deviation import Deviation

DISTRIBUTION = "timm"


def _is_misnumbered(case: Case, step: float) -> bool:
    """Whether timm's logarithm, which numbers the cycle of a step, should be an integer and is a little less."""
    mul, length = case.kwargs.get("cycle_mul", 1.0), case.kwargs.get("t_initial", 0)
    since = step - case.kwargs.get("warmup_t", 0) if case.kwargs.get("warmup_prefix") else step
    if mul in (0, 1) or mul < 0 or not 1 - since / length * (1 - mul) > 0:
        return False
    number = math.log(1 - since / length * (1 - mul), mul)
    return 0 < round(number) - number < 1e-9


def rounding(case: Case, trace: Trace, step: float) -> float:
    """Return how much of the peak timm's own arithmetic loses.

    The cycles before are subtracted from the step; and 1 - tanh is rounded as a number near the optimizer's rate is.
    """
    given, precision = case.kwargs, 2.0**-53
    mul, length = given.get("cycle_mul", 1), given.get("t_initial", 0)
    slope = given.get("ub", 3.0) - given.get("lb", -7.0) if case.callable == "TanhLRScheduler" else math.pi
    left = 1 - step / length * (1 - mul) if mul != 1 and length else 1  # length of the cycle, but for a factor of mul
    lost = precision * slope * step / length / left * max(mul, 1 / mul) if mul > 0 and mul != 1 and left > 0 else 0.0
    peak = max((value for value in trace.values if is_sane(value)), default=0.0)
    if case.callable == "TanhLRScheduler" and peak > 0:
        lost += 2 * precision * (case.base_lr or 0.0) / peak
    return lost


def _is_negative(case: Case, *names: str) -> bool:
    return any(isinstance(case.kwargs.get(name), int | float) and case.kwargs[name] < 0 for name in names)


DEVIATIONS = (
    Deviation(
        where="LRScheduler",
        peer="a restart at a step t for which floor(log(t)) is one too few has the end of the cycle before",
        ours="cycles are counted: the restart has the new cycle's first value, and lr_min follows the last cycle",
        steps=_is_misnumbered,
    ),
    Deviation(
        where="math domain error",
        peer="cycle_mul < 1 raises from the step on at which the shrinking cycles add up to their limit",
        ours="lr_min is held",
        steps=(),
        when=lambda case: case.construct_error is None,
    ),
    Deviation(
        where="LRScheduler",
        peer="with `cycle_mul` or `decay_t` 0 or less raises after the warmup, or the rate grows",
        ours="refused",
        refuses=True,
        when=lambda case: (
            case.kwargs.get("cycle_mul", 1) <= 0 or case.kwargs.get("decay_t") == 0 or _is_negative(case, "decay_t")
        ),
    ),
    Deviation(
        where="initial_lr missing",
        peer="`initialize=False` takes the rates of an optimizer that has been scheduled before",
        ours="`base_lr` says them",
        steps=(),
    ),
    Deviation(
        where="LRScheduler",
        peer="`noise_range_t` multiplies the rate by noise of torch's random generator",
        ours="refused",
        refuses=True,
        when=lambda case: case.kwargs.get("noise_range_t") is not None,
    ),
    Deviation(
        where="LRScheduler",
        peer="with `decay_rate` or `cycle_decay` < 0 rates change their sign",
        ours="refused",
        refuses=True,
        when=lambda case: _is_negative(case, "decay_rate", "cycle_decay"),
    ),
    Deviation(
        where="LRScheduler",
        peer="with `power` or `k_decay` < 0 rates grow without bound, oscillate, are complex, or divide by zero",
        ours="refused",
        refuses=True,
        when=lambda case: _is_negative(case, "power", "k_decay"),
    ),
    Deviation(
        where="TanhLRScheduler",
        peer="with `lb` or `ub` outside [-100, 100] a tangent that is flat but for an instant",
        ours="refused",
        refuses=True,
        when=lambda case: any(abs(case.kwargs.get(name, 0)) > 100 for name in ("lb", "ub")),
    ),
    Deviation(
        where="LRScheduler",
        peer="more than 10,000 distinct cycles with cycle_mul < 1 are shorter than a step",
        ours="refused",
        refuses=True,
        when=lambda case: case.kwargs.get("cycle_limit", 1) > 10_000 and 0.996 < case.kwargs.get("cycle_mul", 1) < 1,
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
