"""From what `transformers.get_scheduler` returned to schedules."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

from pywarmup.compat.transformers import curves
from pywarmup.schedule import Schedule

MODULE = "transformers.optimization"
CURVES: dict[str, Callable[..., Schedule]] = {
    "_get_constant_lambda": curves.constant,
    "_get_constant_schedule_with_warmup_lr_lambda": curves.constant_with_warmup,
    "_get_linear_schedule_with_warmup_lr_lambda": curves.linear,
    "_get_cosine_schedule_with_warmup_lr_lambda": curves.cosine,
    "_get_cosine_with_hard_restarts_schedule_with_warmup_lr_lambda": curves.cosine_with_restarts,
    "_get_polynomial_decay_schedule_with_warmup_lr_lambda": curves.polynomial,
    "_get_inverse_sqrt_schedule_lr_lambda": curves.inverse_sqrt,
    "_get_cosine_with_min_lr_schedule_with_warmup_lr_rate_lambda": curves.cosine_counted_from_one,
    "_get_wsd_scheduler_lambda": curves.warmup_stable_decay,
}
OWNER = "from_transformers"


def from_transformers(scheduler: Any) -> list[Schedule]:
    """Return the schedules that a scheduler of transformers follows, one for each parameter group.

    The step is the scheduler's own count from the start of the run, `scheduler.last_epoch`: at that step a schedule
    gives the rate that its group has now, and further on what the scheduler will give. transformers need not be
    imported for it.

    Args:
        scheduler: What `transformers.get_scheduler`, or a function by its own name, returned.

    Returns:
        A schedule for each group of `scheduler.optimizer.param_groups`, in their order.

    Raises:
        TypeError: For what is no scheduler.
        ValueError: For another scheduler, one that follows a metric, a factor that is a function of one's own, or
            rates that were changed behind the scheduler's back.

    Example:
        >>> import torch
        >>> from pywarmup.compat import transformers as hf
        >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        >>> scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
        >>> hf.from_transformers(scheduler)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: from_transformers: the factor is no function of transformers (`scheduler.lr_lambdas[0]` is ...
    """
    _check_kind(scheduler)
    groups = scheduler.optimizer.param_groups
    if len(groups) != len(scheduler.base_lrs):
        raise ValueError(
            f"{OWNER}: some groups came later (`optimizer.param_groups` has {len(groups)}, the scheduler "
            f"{len(scheduler.base_lrs)}); make the scheduler after the last add_param_group"
        )
    rates = zip(scheduler.lr_lambdas, scheduler.base_lrs, groups, strict=True)
    return [_group(scheduler, index, *parts) for index, parts in enumerate(rates)]


def _check_kind(scheduler: Any) -> None:
    kind = type(scheduler)
    if not hasattr(scheduler, "step"):
        raise TypeError(f"{OWNER}: `scheduler` must be what transformers.get_scheduler returned, got {scheduler!r}")
    if kind.__name__ in ("ReduceLROnPlateau", "GreedyLR"):
        cause, remedy = "rates come of metrics, not of the step", "use pywarmup.torch.Plateau"
    elif (kind.__module__, kind.__name__) != ("torch.optim.lr_scheduler", "LambdaLR"):
        cause, remedy = "it is not what transformers.get_scheduler returned", "use pywarmup.compat.from_torch"
    else:
        return
    raise ValueError(f"{OWNER}: {cause} (`scheduler` is a {kind.__name__}); {remedy}")


def _group(scheduler: Any, index: int, factor: Any, base: Any, group: Mapping[str, Any]) -> Schedule:
    """The schedule of a group; the rate that it has now must be the scheduler's own."""
    made = _curve(index, factor, float(base))
    now, rate = float(base) * factor(scheduler.last_epoch), float(group["lr"])
    if not math.isclose(now, rate, rel_tol=1e-6):
        raise ValueError(
            f"{OWNER}: the rate was changed (`optimizer.param_groups[{index}]['lr']` is {rate!r}, the scheduler's is "
            f"{now!r}); set it back, or let the scheduler step"
        )
    return made


def _curve(index: int, factor: Any, base: float) -> Schedule:
    """The schedule of a factor: a function of transformers, or a functools.partial of one."""
    is_partial = isinstance(factor, functools.partial)
    function = factor.func if is_partial else factor
    keywords = factor.keywords if is_partial else {}
    name = getattr(function, "__name__", type(function).__name__)
    place = f"`scheduler.lr_lambdas[{index}]` is {name}"
    if name not in CURVES or getattr(function, "__module__", None) != MODULE or (is_partial and factor.args):
        raise ValueError(
            f"{OWNER}: the factor is no function of transformers ({place}); use pywarmup.compat.torch.LambdaLR"
        )
    try:
        return CURVES[name](OWNER, base, **keywords)
    except TypeError as error:
        raise ValueError(f"{OWNER}: its arguments are not those of this version ({place}); {error}") from None
