"""NeMo's decays that begin after a time at the peak."""

from __future__ import annotations

import math

from pywarmup import _core
from pywarmup.compat._curves import between
from pywarmup.compat.nemo.polynomial import cycles, polynomial
from pywarmup.compat.nemo.run import Rule, Run, a_run, hold_end
from pywarmup.schedule import Schedule
from pywarmup.shapes import Linear, OneMinusSqrt, PowerLaw


def WarmupHoldAnnealLinear(  # noqa: N802
    *,
    max_steps: float,
    last_epoch: int = -1,
    min_lr: float = 0.0,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    hold_steps: float | None = None,
    hold_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, the peak for `hold_steps`, then a straight line to `min_lr`.

    Without a hold the line counts from step 0, not from the end of the warmup: the rate jumps down onto it.

    Args:
        max_steps: The last step of the run. If the hold ends there, the peak is held, where NeMo divides by zero.
        last_epoch: An integer >= -1, without effect.
        min_lr: The end of the decay.
        warmup_steps: Length of the warmup; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        hold_steps: Steps after the warmup for which the peak is held, even beyond max_steps.
        hold_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.WarmupHoldAnnealLinear(max_steps=6, warmup_steps=1, hold_steps=1, base_lr=1.0)[:8]
        array([0.5 , 1.  , 1.  , 0.75, 0.5 , 0.25, 0.  , 0.  ])

    Same as:
        `WarmupHoldAnnealLinear(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "WarmupHoldAnnealLinear",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    hold = hold_end(run, hold_steps, hold_ratio)
    return run.decayed(
        run.steps_after(hold),
        lambda steps: between(Linear, run.peak, run.floor, steps=steps),
        begin=hold,
        hold=hold,
    )


def WarmupHoldAnnealOneMinusSquareRoot(  # noqa: N802
    *,
    max_steps: float,
    last_epoch: int = -1,
    min_lr: float = 0.0,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    hold_steps: float | None = None,
    hold_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, the peak for `hold_steps`, then base_lr * (1 - sqrt(u)), at least `min_lr`.

    The floor cuts the curve off. Without a hold the decay counts from step 0, not from the end of the warmup.

    Args:
        max_steps: The last step of the run. If the hold ends there, the peak is held, where NeMo divides by zero.
        last_epoch: An integer >= -1, without effect.
        min_lr: The floor.
        warmup_steps: Length of the warmup; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        hold_steps: Steps after the warmup for which the peak is held, even beyond max_steps.
        hold_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.WarmupHoldAnnealOneMinusSquareRoot(max_steps=6, warmup_steps=1, hold_steps=1, base_lr=1.0)[:7].round(4)
        array([0.5   , 1.    , 1.    , 0.5   , 0.2929, 0.134 , 0.    ])

    Same as:
        `WarmupHoldAnnealOneMinusSquareRoot(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "WarmupHoldAnnealOneMinusSquareRoot",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    hold = hold_end(run, hold_steps, hold_ratio)
    return run.decayed(
        run.steps_after(hold),
        lambda steps: OneMinusSqrt(run.peak, 0.0, steps=steps).clip(lower=run.floor),
        begin=hold,
        hold=hold,
    )


def PolynomialHoldDecayAnnealing(  # noqa: N802
    *,
    max_steps: float,
    min_lr: float = 0.0,
    power: float = 1.0,
    cycle: bool = False,
    last_epoch: int = -1,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    hold_steps: float | None = None,
    hold_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, the peak for `hold_steps`, then a polynomial to `min_lr`.

    Without a hold the decay counts from step 0 but lasts `max_steps - warmup_steps`: the rate jumps down onto it, and
    it is over too early. Then, and only then, `cycle` begins another, longer one.

    Args:
        max_steps: The last step of the run. If the hold ends there, the peak is held, where NeMo divides by zero.
        min_lr: The end of the decay.
        power: Any; 0 keeps base_lr. For one below 0, for which NeMo raises at the end of the decay, the value of the
            step before is held there.
        cycle: Whether another decay follows, from a step that is as far along in it.
        last_epoch: An integer >= -1, without effect.
        warmup_steps: Length of the warmup; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        hold_steps: Steps after the warmup for which the peak is held, even beyond max_steps.
        hold_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> s = nemo.PolynomialHoldDecayAnnealing(max_steps=6, power=2.0, warmup_steps=1, hold_steps=1, base_lr=1.0)
        >>> s[:8]
        array([0.5   , 1.    , 1.    , 0.5625, 0.25  , 0.0625, 0.    , 0.    ])

    Same as:
        `PolynomialHoldDecayAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "PolynomialHoldDecayAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    exponent = _core.check(run.owner, "power", Rule.finite, power)
    shape = cycles if _core.check(run.owner, "cycle", Rule.flag, cycle) else polynomial
    hold = hold_end(run, hold_steps, hold_ratio)
    return run.decayed(
        run.steps_after(max(run.warmup, hold)),
        lambda steps: shape(run, hold, steps, exponent),
        begin=hold,
        hold=hold,
    )


def NoamHoldAnnealing(  # noqa: N802
    *,
    max_steps: float,
    decay_rate: float = 0.5,
    min_lr: float = 0.0,
    last_epoch: int = -1,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    hold_steps: float | None = None,
    hold_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, the peak for `hold_steps`, then a power of the time, at least `min_lr`.

    base_lr * max(1, warmup_steps**decay_rate) / max(1, (t - hold_steps)**decay_rate). After `max_steps` the rate drops
    to `min_lr`.

    Args:
        max_steps: The last step of the run.
        decay_rate: The power: 0.5 for Noam's decay, 1.0 for Squeezeformer's.
        min_lr: The floor, which cuts the curve off.
        last_epoch: An integer >= -1, without effect.
        warmup_steps: Length of the warmup, > 0. (NeMo refuses 0 when the decay begins.)
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        hold_steps: Steps after the warmup for which the peak is held, even beyond max_steps.
        hold_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> s = nemo.NoamHoldAnnealing(max_steps=30, warmup_steps=4, hold_steps=2, base_lr=1.0)
        >>> s([0, 4, 6, 18, 27, 31])
        array([0.2, 1. , 1. , 0.5, 0.4, 0. ])

    Same as:
        `NoamHoldAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "NoamHoldAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    run.steps_after(0)  # refuses None
    if not run.warmup > 0:
        raise ValueError(f"{run.owner}: `warmup_steps` must be > 0, got {run.warmup!r}")
    rate = _core.check(run.owner, "decay_rate", Rule.finite, decay_rate)
    hold = hold_end(run, hold_steps, hold_ratio)
    top = _top(run, rate)
    # As far into it as the warmup is long it begins, which is at the end of the hold, or else of the warmup.
    curve = PowerLaw(top, power=-rate, timescale=1, offset=run.warmup).clip(lower=run.floor, upper=max(top, run.floor))
    return run.laid_out(curve, begin=hold if hold > 0 else run.warmup, hold=hold)


def _top(run: Run, rate: float) -> float:
    try:
        top = run.peak * max(1.0, float(run.warmup**rate))
    except OverflowError:
        top = math.inf
    if top == math.inf:
        raise ValueError(f"{run.owner}: `decay_rate` must leave `warmup_steps`**`decay_rate` finite, got {rate!r}")
    return top
