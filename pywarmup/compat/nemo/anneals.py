"""NeMo's decays that begin when the warmup is over."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.compat._curves import between
from pywarmup.compat.nemo.polynomial import polynomial
from pywarmup.compat.nemo.run import Rule, a_run
from pywarmup.schedule import Schedule
from pywarmup.shapes import InverseSqrt, Linear, Polynomial, SquareRoot


def WarmupAnnealing(  # noqa: N802
    *,
    max_steps: float,
    last_epoch: int = -1,
    min_lr: float = 0.0,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, then a straight line to `min_lr` at `max_steps`.

    NeMo decays the rate of the first parameter group in all of them; here `base_lr` is that rate.

    Args:
        max_steps: The last step of the run, warmup included.
        last_epoch: An integer >= -1, without effect.
        min_lr: The end of the decay.
        warmup_steps: Length of the warmup; none for 0, and less than 0 begins in the middle of the decay.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.WarmupAnnealing(max_steps=5, warmup_steps=1, base_lr=1.0)[:7]
        array([0.5 , 1.  , 0.75, 0.5 , 0.25, 0.  , 0.  ])

    Same as:
        `WarmupAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "WarmupAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    return run.decayed(run.steps_after(run.warmup), lambda steps: between(Linear, run.peak, run.floor, steps=steps))


def SquareAnnealing(  # noqa: N802
    *,
    max_steps: float,
    min_lr: float = 1e-5,
    last_epoch: int = -1,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, then base_lr * (1 - u)**2, but at least `min_lr`.

    The floor cuts the curve off, and takes effect once the warmup is over.

    Args:
        max_steps: The last step of the run, warmup included.
        min_lr: The floor.
        last_epoch: An integer >= -1, without effect.
        warmup_steps: Length of the warmup; none for 0, and less than 0 begins in the middle of the decay.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.SquareAnnealing(max_steps=5, min_lr=0.1, warmup_steps=1, base_lr=1.0)[:7]
        array([0.5   , 1.    , 0.5625, 0.25  , 0.1   , 0.1   , 0.1   ])

    Same as:
        `SquareAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "SquareAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    return run.decayed(
        run.steps_after(run.warmup),
        lambda steps: Polynomial(run.peak, 0.0, steps=steps, power=2.0).clip(lower=run.floor),
    )


def SquareRootAnnealing(  # noqa: N802
    *,
    max_steps: float,
    min_lr: float = 0,
    last_epoch: int = -1,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, then base_lr * sqrt(1 - t / max_steps), but at least `min_lr`.

    Unlike all others this decay counts from step 0: after the warmup the rate jumps down onto it.

    Args:
        max_steps: The last step of the run, warmup included.
        min_lr: The floor, which cuts the curve off.
        last_epoch: An integer >= -1, without effect.
        warmup_steps: Length of the warmup; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.SquareRootAnnealing(max_steps=4, warmup_steps=1, base_lr=1.0)[:6].round(4)
        array([0.5   , 1.    , 0.7071, 0.5   , 0.    , 0.    ])

    Same as:
        `SquareRootAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "SquareRootAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    return run.decayed(
        run.steps_after(0), lambda steps: SquareRoot(run.peak, 0.0, steps=steps).clip(lower=run.floor), begin=0
    )


def InverseSquareRootAnnealing(  # noqa: N802
    *,
    max_steps: float | None,
    last_epoch: int = -1,
    min_lr: float = 0.0,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, then base_lr * sqrt((warmup_steps + 1) / (t + 1)).

    After `max_steps` the rate drops to `min_lr`, which is no floor before.

    Args:
        max_steps: The last step of the run, warmup included; None for no end.
        last_epoch: An integer >= -1, without effect.
        min_lr: What follows the run.
        warmup_steps: Length of the warmup, > -1; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.InverseSquareRootAnnealing(max_steps=15, warmup_steps=3, base_lr=1.0)([0, 3, 8, 15, 16]).round(4)
        array([0.25  , 1.    , 0.6667, 0.5   , 0.    ])

    Same as:
        `InverseSquareRootAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "InverseSquareRootAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    if run.warmup <= -1:
        raise ValueError(f"{run.owner}: `warmup_steps` must be a finite number > -1, got {run.warmup!r}")
    return run.laid_out(InverseSqrt(run.peak, timescale=run.warmup + 1))


def PolynomialDecayAnnealing(  # noqa: N802
    *,
    max_steps: float,
    min_lr: float = 0.0,
    power: float = 1.0,
    cycle: bool = False,
    last_epoch: int = -1,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, then min_lr + (base_lr - min_lr) * (1 - u)**power.

    Args:
        max_steps: The last step of the run, warmup included.
        min_lr: The end of the decay.
        power: Any; 0 keeps base_lr. For one below 0, for which NeMo raises at `max_steps`, the value of the step
            before is held there.
        cycle: Without effect, as in NeMo: the run is over after the first cycle.
        last_epoch: An integer >= -1, without effect.
        warmup_steps: Length of the warmup; none for 0, and less than 0 begins in the middle of the decay.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.PolynomialDecayAnnealing(max_steps=5, power=2.0, warmup_steps=1, base_lr=1.0)[:7]
        array([0.5   , 1.    , 0.5625, 0.25  , 0.0625, 0.    , 0.    ])

    Same as:
        `PolynomialDecayAnnealing(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "PolynomialDecayAnnealing",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    exponent = _core.check(run.owner, "power", Rule.finite, power)
    _core.check(run.owner, "cycle", Rule.flag, cycle)
    return run.decayed(run.steps_after(run.warmup), lambda steps: polynomial(run, run.warmup, steps, exponent))
