"""OLMo-core's schedulers that do not decay."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pywarmup import _core
from pywarmup.compat._checks import check_steps
from pywarmup.compat._stages import laid_out
from pywarmup.compat.olmo.lengths import Fields, Rule, base_of, check_fields, length, rise, total_of
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Exponential

if TYPE_CHECKING:
    from pywarmup.compat.olmo.lengths import Unpack


def ConstantScheduler(*, base_lr: float, t_max: float | None = None, **fields: Unpack[Fields]) -> Schedule:  # noqa: N802
    """Return base_lr, for ever.

    Args:
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run, without effect.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import olmo
        >>> olmo.ConstantScheduler(base_lr=0.1)(1000)
        0.1

    Same as:
        `ConstantScheduler().get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    check_fields("ConstantScheduler", fields)
    total_of("ConstantScheduler", t_max)
    return Constant(base_of("ConstantScheduler", base_lr))


def ConstantWithWarmup(  # noqa: N802
    *,
    warmup: float | None = None,
    warmup_steps: float | None = None,
    warmup_fraction: float | None = None,
    warmup_min_lr: float = 0.0,
    base_lr: float,
    t_max: float | None = None,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return a straight line from `warmup_min_lr` to base_lr, which is then held for ever.

    Args:
        warmup: Length of the warmup; none for 0 and less. (OLMo divides by zero for 0, if it is asked for step 0.)
        warmup_steps: Its old name.
        warmup_fraction: The same as a part of t_max, in [0, 1], rounded; only one of the two.
        warmup_min_lr: Where it begins, >= 0 and less than base_lr.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run, for warmup_fraction.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice or not at all.

    Example:
        >>> from pywarmup.compat import olmo
        >>> olmo.ConstantWithWarmup(warmup=4, base_lr=1.0)[:6]
        array([0.  , 0.25, 0.5 , 0.75, 1.  , 1.  ])

    Same as:
        `ConstantWithWarmup(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "ConstantWithWarmup"
    check_fields(owner, fields)
    base = base_of(owner, base_lr)
    steps = length(owner, "warmup", warmup, warmup_steps, warmup_fraction, total_of(owner, t_max))
    stages = rise(owner, warmup_min_lr, base, steps, steps)
    return laid_out(*stages, (0, math.inf, Constant(base)))


def ExponentialScheduler(  # noqa: N802
    *, lr_min: float = 1e-9, base_lr: float, t_max: float, **fields: Unpack[Fields]
) -> Schedule:
    """Return a rise by equal ratios from `lr_min` to base_lr at `t_max`, then held.

    Args:
        lr_min: Where it begins, > 0.
        base_lr: The group's initial rate, > 0. (OLMo's schedule of rate 0 falls to 0 at step 1.)
        t_max: Length of the run.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import olmo
        >>> olmo.ExponentialScheduler(lr_min=1e-4, base_lr=1.0, t_max=4)[:6].round(6)
        array([1.e-04, 1.e-03, 1.e-02, 1.e-01, 1.e+00, 1.e+00])

    Same as:
        `ExponentialScheduler(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "ExponentialScheduler"
    check_fields(owner, fields)
    start = _core.check(owner, "lr_min", Rule.positive, lr_min)
    base = _core.check(owner, "base_lr", Rule.positive, base_lr)
    total = check_steps(owner, "t_max", t_max)
    return Exponential(start, base, steps=total) if total > 0 else Constant(base)
