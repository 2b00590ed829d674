"""OLMo-core's schedulers with a warmup and one decay."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from pywarmup.compat._checks import check_steps
from pywarmup.compat._curves import between
from pywarmup.compat._stages import Stage, laid_out
from pywarmup.compat.olmo.lengths import (
    Fields,
    base_of,
    check_fields,
    end_of,
    length,
    rise,
    total_of,
)
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, InverseSqrt, Linear

if TYPE_CHECKING:
    from pywarmup.compat.olmo.lengths import Unpack


def LinearWithWarmup(  # noqa: N802
    *,
    alpha_f: float = 0.1,
    warmup: float | None = None,
    warmup_steps: float | None = None,
    warmup_fraction: float | None = None,
    warmup_min_lr: float = 0.0,
    base_lr: float,
    t_max: float,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return a warmup, then a straight line from base_lr to alpha_f * base_lr at `t_max`, then held.

    A warmup that is no shorter than the run goes on to its end, and is followed by the end of the decay.

    Args:
        alpha_f: The end of the decay, as a multiple of base_lr.
        warmup: Length of the warmup; none for 0, and less than 0 begins in the middle of the decay.
        warmup_steps: Its old name.
        warmup_fraction: The same as a part of t_max, in [0, 1], rounded; only one of the two.
        warmup_min_lr: Where the warmup begins, >= 0 and less than base_lr.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the schedule: the scheduler's field of that name, or what `get_lr` is given.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice or not at all.

    Example:
        >>> from pywarmup.compat import olmo
        >>> olmo.LinearWithWarmup(warmup=10, base_lr=1.0, t_max=100)([0, 5, 10, 55, 100, 200])
        array([0.  , 0.5 , 1.  , 0.55, 0.1 , 0.1 ])

    Same as:
        `LinearWithWarmup(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "LinearWithWarmup"
    check_fields(owner, fields)
    base, total = base_of(owner, base_lr), check_steps(owner, "t_max", t_max)
    end = end_of(owner, base, alpha_f)
    steps = length(owner, "warmup", warmup, warmup_steps, warmup_fraction, total)
    first = rise(owner, warmup_min_lr, base, steps, steps)
    return with_decay(first, steps, total, end, lambda left: between(Linear, base, end, steps=left))


def InvSqrtWithWarmup(  # noqa: N802
    *,
    alpha_f: float = 0.1,
    warmup: float | None = None,
    warmup_steps: float | None = None,
    warmup_fraction: float | None = None,
    warmup_min_lr: float = 0.0,
    base_lr: float,
    t_max: float | None = None,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return a warmup, then end + (base_lr - end) * sqrt(warmup / t), without end; end is alpha_f * base_lr.

    Args:
        alpha_f: What the decay approaches, as a multiple of base_lr.
        warmup: Length of the warmup, > 0. (OLMo divides by zero for 0.)
        warmup_steps: Its old name.
        warmup_fraction: The same as a part of t_max, in [0, 1], rounded; only one of the two.
        warmup_min_lr: Where the warmup begins, >= 0 and less than base_lr.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run, for warmup_fraction.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice or not at all.

    Example:
        >>> from pywarmup.compat import olmo
        >>> olmo.InvSqrtWithWarmup(warmup=4, alpha_f=0.0, base_lr=1.0)([0, 2, 4, 16, 64])
        array([0.  , 0.5 , 1.  , 0.5 , 0.25])

    Same as:
        `InvSqrtWithWarmup(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "InvSqrtWithWarmup"
    check_fields(owner, fields)
    base = base_of(owner, base_lr)
    end = end_of(owner, base, alpha_f)
    steps = length(owner, "warmup", warmup, warmup_steps, warmup_fraction, total_of(owner, t_max))
    if not steps > 0:
        raise ValueError(f"{owner}: `warmup` must be > 0, got {steps!r}")
    height = base - end
    curve = InverseSqrt(abs(height), timescale=steps) * math.copysign(1.0, height) + end
    return laid_out(*rise(owner, warmup_min_lr, base, steps, steps), (steps, math.inf, curve))


def CosWithWarmup(  # noqa: N802
    *,
    warmup: float | None = None,
    warmup_steps: float | None = None,
    warmup_fraction: float | None = None,
    alpha_f: float = 0.1,
    warmup_min_lr: float = 0.0,
    base_lr: float,
    t_max: float,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return a warmup, then half a cosine from base_lr to alpha_f * base_lr at `t_max`, then held.

    A warmup that is no shorter than the run goes on to its end, and is followed by the end of the decay.

    Args:
        warmup: Length of the warmup; none for 0, and less than 0 begins in the middle of the decay.
        warmup_steps: Its old name.
        warmup_fraction: The same as a part of t_max, in [0, 1], rounded; only one of the two.
        alpha_f: The end of the decay, as a multiple of base_lr.
        warmup_min_lr: Where the warmup begins, >= 0 and less than base_lr.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the schedule: the scheduler's field of that name, or what `get_lr` is given.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice or not at all.

    Example:
        >>> from pywarmup.compat import olmo
        >>> olmo.CosWithWarmup(warmup=10, base_lr=1.0, t_max=100)([0, 5, 10, 55, 100, 200])
        array([0.  , 0.5 , 1.  , 0.55, 0.1 , 0.1 ])

    Same as:
        `CosWithWarmup(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "CosWithWarmup"
    check_fields(owner, fields)
    base, total = base_of(owner, base_lr), check_steps(owner, "t_max", t_max)
    end = end_of(owner, base, alpha_f)
    steps = length(owner, "warmup", warmup, warmup_steps, warmup_fraction, total)
    return cosine(owner, base, end, steps, total, warmup_min_lr)


def cosine(owner: str, base: float, end: float, warmup: float, total: float, warmup_min_lr: float) -> Schedule:
    """Return a warmup and half a cosine to the end of the run."""
    first = rise(owner, warmup_min_lr, base, warmup, warmup)
    return with_decay(first, warmup, total, end, lambda left: between(Cosine, base, end, steps=left))


def HalfCosWithWarmup(  # noqa: N802
    *,
    warmup: float | None = None,
    warmup_steps: float | None = None,
    warmup_fraction: float | None = None,
    alpha_f: float = 0.1,
    warmup_min_lr: float = 0.0,
    base_lr: float,
    t_max: float,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return a warmup to the middle between base_lr and alpha_f * base_lr, then the second half of a cosine.

    base_lr is the peak that the whole cosine would have: the rate never gets there.

    Args:
        warmup: Length of the warmup; none for 0, and less than 0 begins in the middle of the decay.
        warmup_steps: Its old name.
        warmup_fraction: The same as a part of t_max, in [0, 1], rounded; only one of the two.
        alpha_f: The end of the decay, as a multiple of base_lr.
        warmup_min_lr: Where the warmup begins, >= 0 and less than its end.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the schedule: the scheduler's field of that name, or what `get_lr` is given.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice or not at all.

    Example:
        >>> from pywarmup.compat import olmo
        >>> olmo.HalfCosWithWarmup(warmup=10, base_lr=1.0, t_max=100)([0, 5, 10, 100, 200])
        array([0.   , 0.275, 0.55 , 0.1  , 0.1  ])

    Same as:
        `HalfCosWithWarmup(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "HalfCosWithWarmup"
    check_fields(owner, fields)
    base, total = base_of(owner, base_lr), check_steps(owner, "t_max", t_max)
    end = end_of(owner, base, alpha_f)
    steps = length(owner, "warmup", warmup, warmup_steps, warmup_fraction, total)
    first = rise(owner, warmup_min_lr, end + (base - end) / 2, steps, steps)
    return with_decay(first, steps, total, end, lambda left: between(Cosine, base, end, steps=2 * left).shift(left))


def with_decay(
    first: list[Stage], warmup: float, total: float, end: float, decay: Callable[[float], Schedule]
) -> Schedule:
    """Return the warmup, a decay from its end to that of the run, and there its end, all as far as they have steps."""
    left = total - warmup
    stages: list[Stage] = [(warmup, total, decay(left))] if left > 0 else []
    return laid_out(*first, *stages, (total, math.inf, Constant(end)))
