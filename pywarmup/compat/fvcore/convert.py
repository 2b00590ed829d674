"""From a living scheduler of fvcore to a schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pywarmup.compat.fvcore.composite import CompositeParamScheduler
from pywarmup.compat.fvcore.curves import (
    ConstantParamScheduler,
    CosineParamScheduler,
    ExponentialParamScheduler,
    LinearParamScheduler,
    PolynomialDecayParamScheduler,
)
from pywarmup.compat.fvcore.drops import MultiStepParamScheduler, StepParamScheduler
from pywarmup.schedule import Schedule

MODULES = {"fvcore.common.param_scheduler", "detectron2.solver.lr_scheduler"}


def from_fvcore(scheduler: Any) -> Schedule:
    """Return a scheduler of fvcore as a schedule of `where`, those that it is composed of included.

    detectron2's `WarmupParamScheduler` is one of those. `.stretch(total_steps)` makes the schedule one of updates.

    Args:
        scheduler: An object of one of fvcore's own classes.

    Raises:
        TypeError: For what is no scheduler of fvcore.
        ValueError: For what the function of its name refuses.

    Example:
        >>> from pywarmup.compat import from_fvcore  # doctest: +SKIP
        >>> from_fvcore(CosineParamScheduler(0.1, 0.0)).stretch(100)(50)  # doctest: +SKIP
        0.05
    """
    kind = type(scheduler)
    if kind.__module__ not in MODULES or kind.__name__ not in BUILDERS:
        raise TypeError(
            f"from_fvcore: `scheduler` must be one of fvcore's {', '.join(BUILDERS)}, "
            f"got {kind.__module__}.{kind.__name__}"
        )
    return BUILDERS[kind.__name__](scheduler)


def _composite(scheduler: Any) -> Schedule:
    parts = [from_fvcore(part) for part in scheduler._schedulers]
    return CompositeParamScheduler(parts, scheduler._lengths, scheduler._interval_scaling)


BUILDERS: dict[str, Callable[[Any], Schedule]] = {
    "CompositeParamScheduler": _composite,
    "ConstantParamScheduler": lambda one: ConstantParamScheduler(one._value),
    "CosineParamScheduler": lambda one: CosineParamScheduler(one._start_value, one._end_value),
    "ExponentialParamScheduler": lambda one: ExponentialParamScheduler(one._start_value, one._decay),
    "LinearParamScheduler": lambda one: LinearParamScheduler(one._start_value, one._end_value),
    "MultiStepParamScheduler": lambda one: MultiStepParamScheduler(
        one._param_schedule, one._num_updates, one._milestones
    ),
    "PolynomialDecayParamScheduler": lambda one: PolynomialDecayParamScheduler(one._base_value, one._power),
    "StepParamScheduler": lambda one: StepParamScheduler(1, one._param_schedule),  # it keeps no num_updates
    "StepWithFixedGammaParamScheduler": lambda one: from_fvcore(one._step_param_scheduler),
    "WarmupParamScheduler": _composite,
}
