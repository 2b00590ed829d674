"""Several of mmengine's schedulers on one optimizer: the list that a config calls `param_scheduler`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pywarmup.compat import _checks
from pywarmup.compat.mmengine.curves import CosineAnnealingLR, CosineRestartLR, PolyLR, lowest
from pywarmup.compat.mmengine.factors import ConstantLR, ExponentialLR, LinearLR, MultiStepLR, StepLR
from pywarmup.compat.mmengine.one_cycle import OneCycleLR
from pywarmup.compat.mmengine.window import INF
from pywarmup.compose import Product, join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

OWNER = "param_scheduler"
FACTORS: dict[str, Callable[..., Schedule]] = {
    one.__name__: one for one in (ConstantLR, LinearLR, ExponentialLR, StepLR, MultiStepLR)
}
CURVES: dict[str, Callable[..., Schedule]] = {
    one.__name__: one for one in (CosineAnnealingLR, PolyLR, CosineRestartLR, OneCycleLR)
}
LENGTHS = {"StepLR": "step_size", "CosineAnnealingLR": "T_max", "OneCycleLR": "total_steps"}


class _Part(NamedTuple):
    """A scheduler: its name, its arguments, its window, and how many steps its own unit has."""

    name: str
    arguments: dict[str, Any]
    begin: int
    end: float
    unit: int

    def schedule(self, rate: float) -> Schedule:
        """What it makes of a rate that it finds, counted from step 0 of the run."""
        made = (FACTORS | CURVES)[self.name](**self.arguments, base_lr=rate)
        return made.stretch(self.unit).stairs(self.unit) if self.unit > 1 else made


def param_scheduler(
    configs: Sequence[dict[str, Any]] | dict[str, Any], *, base_lr: float, epoch_length: int | None = None
) -> Schedule:
    """Return what a list of mmengine's schedulers does, each on the rate that those before it left.

    Windows that do not overlap follow each other; between them the rate stays. In windows that overlap the schedulers
    must be such that multiply the rate (constant, linear, exponential, in steps, and the others down to 0).

    Args:
        configs: What stands in a config under `param_scheduler`: {"type": "LinearLR", "start_factor": 0.1, ...}.
            mmengine's Runner fills in an `end` that is not given, with the length of the run; this does not.
        base_lr: The rate of the optimizer, >= 0.
        epoch_length: Iterations in an epoch, > 0. With it the step is an iteration, and schedulers `by_epoch` (that is
            the default) change at the epochs' ends, or at each iteration with `convert_to_iter_based=True`. Without it
            the step is what all schedulers count, epochs or iterations.

    Raises:
        ValueError: For an unknown type, schedulers that count different things without an `epoch_length`, or windows
            that overlap where the rate is no product.
        TypeError: For what is no list of dicts, or arguments that the scheduler does not have.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> warmup = dict(type="LinearLR", start_factor=0.25, by_epoch=False, begin=0, end=4)
        >>> main = dict(type="PolyLR", by_epoch=False, begin=4, end=9)
        >>> mmengine.param_scheduler([warmup, main], base_lr=0.1)[:10]
        array([0.025, 0.05 , 0.075, 0.1  , 0.1  , 0.075, 0.05 , 0.025, 0.   ,
               0.   ])

    Same as:
        mmengine's `Runner(..., param_scheduler=[...])`.
    """
    base = _checks.rate(OWNER, base_lr)
    length = None if epoch_length is None else _checks.integer(OWNER, "epoch_length", epoch_length, 1)
    given = [configs] if isinstance(configs, dict) else configs
    if not isinstance(given, list | tuple):
        raise TypeError(f"{OWNER}: `configs` must be a list of dicts, got {configs!r}")
    parts = [_part(f"configs[{i}]", config, length, base) for i, config in enumerate(given)]
    if length is None and len({bool(part.arguments.get("by_epoch", True)) for part in parts}) > 1:
        raise ValueError(f"{OWNER}: `epoch_length` must be given where some count epochs and some iterations, got None")
    if len(parts) > 1 and any(part.name == "OneCycleLR" for part in parts):
        raise ValueError(f"{OWNER}: `OneCycleLR` must be the only one, for it takes over the rate of all of the run")
    return _joined(_groups(sorted(parts, key=lambda part: part.begin)), base)


def _part(path: str, config: object, epoch_length: int | None, base: float) -> _Part:
    if not isinstance(config, dict):
        raise TypeError(f"{OWNER}: `{path}` must be a dict, got {config!r}")
    arguments = dict(config)
    name = _checks.choice(OWNER, f"{path}['type']", arguments.pop("type", None), FACTORS | CURVES)
    by_epoch = arguments.get("by_epoch", True)
    is_converted = arguments.pop("convert_to_iter_based", False)
    _checks.flags(OWNER, **{f"{path}['by_epoch']": by_epoch, f"{path}['convert_to_iter_based']": is_converted})
    if is_converted and (epoch_length is None or not by_epoch):
        raise ValueError(f"{OWNER}: `{path}` must be by_epoch, with an `epoch_length`, to be converted to iterations")
    if is_converted:
        arguments = _in_iterations(name, arguments, epoch_length or 1)
    unit = epoch_length if epoch_length and by_epoch and not is_converted else 1
    begin = _checks.integer(OWNER, f"{path}['begin']", arguments.get("begin", 0), 0)
    end = _checks.integer(OWNER, f"{path}['end']", arguments.get("end", INF), 1)
    _fix_lowest(name, arguments, base)
    return _Part(name, arguments, begin * unit, math.inf if end >= INF else end * unit, unit)


def _in_iterations(name: str, arguments: dict[str, Any], length: int) -> dict[str, Any]:
    converted = arguments | {"by_epoch": False, "begin": int(arguments.get("begin", 0) * length)}
    if arguments.get("end", INF) != INF:
        converted["end"] = int(arguments["end"] * length)
    if arguments.get(LENGTHS.get(name, "")) is not None:
        converted[LENGTHS[name]] = arguments[LENGTHS[name]] * length
    for many in ("milestones", "periods"):
        if many in arguments:
            converted[many] = [one * length for one in arguments[many]]
    return converted


# The lowest rate is a part of the optimizer's own rate, not of the one that the scheduler finds.
def _fix_lowest(name: str, arguments: dict[str, Any], base: float) -> None:
    if arguments.get("eta_min_ratio") is not None and name in ("CosineAnnealingLR", "CosineRestartLR"):
        arguments["eta_min"] = lowest(name, arguments.get("eta_min"), arguments.pop("eta_min_ratio"), base)


def _groups(parts: list[_Part]) -> list[list[_Part]]:
    groups: list[list[_Part]] = []
    end = -1.0
    for part in parts:
        if part.begin < end:
            groups[-1].append(part)
        else:
            groups.append([part])
        end = max(end, part.end)
    return groups


def _joined(groups: list[list[_Part]], base: float) -> Schedule:
    stages: list[Schedule] = []
    now = 0
    curve: Schedule = Constant(base)  # counts from `now`
    for group in groups:
        begin = group[0].begin
        rate = curve(begin - now)
        if begin > now:
            stages.append(_lasting(curve, begin - now))
        curve = _together(group, rate, base)
        now, curve = begin, curve.shift(begin) if begin else curve
    return join(*stages, curve)


def _lasting(curve: Schedule, steps: int) -> Schedule:
    return Constant(curve.value, steps=steps) if isinstance(curve, Constant) else curve.until(steps)


def _together(group: list[_Part], rate: float, base: float) -> Schedule:
    if len(group) > 1:
        return Product(tuple(_factor(part) for part in group)) * rate
    (part,) = group
    if part.name == "CosineAnnealingLR" and rate != base and _rises(part):
        raise ValueError(
            f"{OWNER}: CosineAnnealingLR must end at `T_max` where it begins at another rate than `base_lr`"
        )
    sets_it = part.name == "CosineRestartLR" and any(part.arguments.get("periods", ()))
    return part.schedule(base if sets_it else rate)


def _factor(part: _Part) -> Schedule:
    is_product = part.name in FACTORS or (
        part.name in ("CosineAnnealingLR", "PolyLR") and not part.arguments.get("eta_min")
    )
    if not is_product or (part.name == "CosineAnnealingLR" and _rises(part)):
        raise ValueError(
            f"{OWNER}: `{part.name}` must not overlap with another window, for it does not multiply the rate"
        )
    return part.schedule(1.0)


def _rises(part: _Part) -> bool:
    begin, end = part.arguments.get("begin", 0), part.arguments.get("end", INF)
    return bool((part.arguments.get("T_max") or end - begin) < end - begin - 1)
