"""NeMo's schedules whose height comes of a number of steps, not of the optimizer's rate alone."""

from __future__ import annotations

import math

from pywarmup import _core
from pywarmup.compat._stages import laid_out, up_to
from pywarmup.compat.nemo.policies import after_a_constant
from pywarmup.compat.nemo.run import Rule, a_run
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, InverseSqrt, Linear


def NoamAnnealing(  # noqa: N802
    *,
    d_model: float,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    max_steps: float | None = None,
    min_lr: float = 0.0,
    last_epoch: int = -1,
    base_lr: float,
) -> Schedule:
    """Return base_lr * d_model**-0.5 * min(t**-0.5, t * warmup_steps**-1.5), and after the warmup at least `min_lr`.

    Step 0 counts as step 1. There is no end: `max_steps` serves the ratio only.

    Args:
        d_model: Width of the model, > 0.
        warmup_steps: Length of the warmup; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        max_steps: Length of the run, for warmup_ratio.
        min_lr: The floor, which cuts the decay off but not the warmup; at most base_lr.
        last_epoch: An integer >= -1, without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, a length given twice, or a min_lr above base_lr.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.NoamAnnealing(d_model=4, warmup_steps=4, base_lr=1.0)([0, 1, 2, 4, 16])
        array([0.0625, 0.0625, 0.125 , 0.25  , 0.125 ])

    Same as:
        `NoamAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "NoamAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    height = run.peak * _core.check(run.owner, "d_model", Rule.positive, d_model) ** -0.5
    if run.floor > run.peak:
        raise ValueError(f"{run.owner}: `min_lr` must be at most `base_lr` ({run.peak!r}), got {min_lr!r}")
    if run.warmup < 1:
        return join(Constant(height, steps=1), InverseSqrt(height, timescale=1)).clip(lower=run.floor)
    return _noam(height * run.warmup**-0.5, run.warmup, run.floor)


def _noam(peak: float, warmup: float, floor: float) -> Schedule:
    rise = Linear(0.0, peak, steps=warmup)
    fall = InverseSqrt(peak, timescale=warmup).clip(lower=floor)
    return up_to(
        warmup,
        peak,
        lambda end: laid_out((0, 1, Constant(rise(1))), (0, end, rise), (warmup, math.inf, fall)),
    )


def T5InverseSquareRootAnnealing(  # noqa: N802
    *,
    max_steps: float,
    last_epoch: int = -1,
    min_lr: float = 0.0,
    constant_steps: float | None = None,
    constant_ratio: None = None,
    base_lr: float = 1.0,
) -> Schedule:
    """Return 1 / sqrt(constant_steps) for `constant_steps`, then 1 / sqrt(t), whatever base_lr is.

    After `max_steps` the rate drops to `min_lr`, which is no floor before. NeMo cannot use `constant_ratio`.

    Args:
        max_steps: The last step of the run.
        last_epoch: An integer >= -1, without effect.
        min_lr: What follows the run.
        constant_steps: The last step of the constant, > 0; needed.
        constant_ratio: None.
        base_lr: Not used, as in NeMo.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a ratio.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.T5InverseSquareRootAnnealing(max_steps=100, constant_steps=4)([0, 4, 16, 100, 101])
        array([0.5 , 0.5 , 0.25, 0.1 , 0.  ])

    Same as:
        `T5InverseSquareRootAnnealing(optimizer, ...)` of NeMo.
    """
    owner = "T5InverseSquareRootAnnealing"
    _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    return after_a_constant(
        owner,
        constant_steps,
        constant_ratio,
        max_steps,
        min_lr,
        last_epoch,
        lambda steps: InverseSqrt(1 / steps**0.5, timescale=steps),
    )
