"""From a living scheduler of timm to schedules."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from pywarmup.compat.timm.cycles import CosineLRScheduler, PolyLRScheduler, TanhLRScheduler
from pywarmup.compat.timm.drops import MultiStepLRScheduler, StepLRScheduler
from pywarmup.compat.timm.plateau import PlateauLRScheduler
from pywarmup.compat.timm.wsd import WSDLRScheduler
from pywarmup.schedule import Schedule

BUILDERS: dict[str, Callable[..., Schedule]] = {
    builder.__name__: builder
    for builder in (
        CosineLRScheduler,
        MultiStepLRScheduler,
        PlateauLRScheduler,
        PolyLRScheduler,
        StepLRScheduler,
        TanhLRScheduler,
        WSDLRScheduler,
    )
}


def from_timm(scheduler: Any) -> Schedule | list[Schedule]:
    """Return what a scheduler of timm will give: a schedule, or a list of one for each parameter group if they differ.

    timm keeps no position, so the step is what one passes to `scheduler.step(epoch)`, or to `step_update(num_updates)`
    if it was made with `t_in_epochs=False`. Groups differ by their first rate and by `lr_scale`, which timm multiplies
    by (layer decay); `lr_scale` is read now.

    Args:
        scheduler: One of timm's own classes.

    Returns:
        Schedules of rates, as `pywarmup.torch.Scheduler` takes them.

    Raises:
        TypeError: For what is no scheduler of timm.
        ValueError: For noise, a `PlateauLRScheduler`, groups that were added or settings that were changed after it was
            made, and what the function of its name refuses.

    Example:
        >>> from pywarmup.compat import from_timm  # doctest: +SKIP
        >>> scheduler = timm.scheduler.CosineLRScheduler(optimizer, 100, warmup_t=5)  # doctest: +SKIP
        >>> from_timm(scheduler)(50)  # doctest: +SKIP
        0.05
    """
    build = _builder(scheduler)
    names = inspect.signature(build).parameters.keys() & vars(scheduler).keys()
    settings = {name: getattr(scheduler, name) for name in names}
    groups = scheduler.optimizer.param_groups
    if len(groups) != len(scheduler.base_values):
        raise ValueError(
            f"from_timm: the optimizer has {len(groups)} parameter groups and the scheduler knows "
            f"{len(scheduler.base_values)}; convert it before a group is added"
        )
    made = [build(**settings, base_lr=float(base)) for base in scheduler.base_values]
    for schedule, slope in zip(made, getattr(scheduler, "warmup_steps", ()), strict=True):
        _check_slope(scheduler, schedule, float(slope))
    scaled = [_scaled(schedule, group) for schedule, group in zip(made, groups, strict=True)]
    return scaled[0] if all(one == scaled[0] for one in scaled) else scaled


def _builder(scheduler: object) -> Callable[..., Schedule]:
    kind = type(scheduler)
    if kind.__name__ not in BUILDERS or not kind.__module__.startswith("timm.scheduler."):
        raise TypeError(
            f"from_timm: `scheduler` must be one of timm's {', '.join(BUILDERS)}, got {kind.__module__}.{kind.__name__}"
        )
    return BUILDERS[kind.__name__]


def _check_slope(scheduler: Any, schedule: Schedule, slope: float) -> None:
    """Refuse a warmup whose slope, which timm computes once, is no longer that of the settings."""
    middle = scheduler.warmup_t / 2
    expected = scheduler.warmup_lr_init + middle * slope
    if middle > 0 and abs(schedule(middle) - expected) > 1e-9 * max(abs(expected), abs(scheduler.warmup_lr_init)):
        raise ValueError(
            f"from_timm: the warmup's settings were changed after the {type(scheduler).__name__} was made, "
            f"and it still rises by {slope!r} per step; make it anew"
        )


def _scaled(schedule: Schedule, group: dict[str, Any]) -> Schedule:
    scale = group.get("lr_scale", 1.0)
    return schedule if scale == 1.0 else schedule * float(scale)
