"""NeMo's policies, whose rate is constant between the warmup and the end of the run."""

from __future__ import annotations

import math
from collections.abc import Callable

from pywarmup import _core
from pywarmup.compat._checks import check_last, check_steps
from pywarmup.compat._stages import after, laid_out, up_to
from pywarmup.compat.nemo.run import Rule, a_run, hold_end, steps_or_ratio
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant


def WarmupPolicy(  # noqa: N802
    *,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    max_steps: float | None = None,
    min_lr: float = 0.0,
    last_epoch: int = -1,
    base_lr: float,
) -> Schedule:
    """Return a linear warmup, and base_lr after it.

    The warmup gives (t + 1) / (warmup_steps + 1) of base_lr: not 0 first, all of it at step `warmup_steps`. After
    step `max_steps` there is `min_lr`, which is 0 unless it is given. A warmup longer than the run goes on to its
    end.

    Args:
        warmup_steps: Length of the warmup; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        max_steps: The last step of the run; None for no end.
        min_lr: What follows the run.
        last_epoch: An integer >= -1, without effect: a schedule answers any step.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, a length given twice, or a ratio of no total.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.WarmupPolicy(warmup_steps=4, max_steps=6, base_lr=1.0)[:9]
        array([0.2, 0.4, 0.6, 0.8, 1. , 1. , 1. , 0. , 0. ])

    Same as:
        `WarmupPolicy(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "WarmupPolicy",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    return run.laid_out(Constant(run.peak))


def WarmupHoldPolicy(  # noqa: N802
    *,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    hold_steps: float | None = None,
    hold_ratio: float | None = None,
    max_steps: float | None = None,
    min_lr: float = 0.0,
    last_epoch: int = -1,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, and base_lr after it.

    The hold shows only where it goes beyond `max_steps`: `min_lr` waits for its end. NeMo's `max_steps=None` is a
    TypeError when the hold is over, and here at once.

    Args:
        warmup_steps: Length of the warmup; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        hold_steps: Steps after the warmup for which the peak is held.
        hold_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        max_steps: The last step of the run; needed.
        min_lr: What follows the run.
        last_epoch: An integer >= -1, without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.WarmupHoldPolicy(warmup_steps=1, hold_steps=5, max_steps=3, base_lr=1.0)[:8]
        array([0.5, 1. , 1. , 1. , 1. , 1. , 0. , 0. ])

    Same as:
        `WarmupHoldPolicy(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "WarmupHoldPolicy",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    run.steps_after(0)  # refuses None
    return run.laid_out(Constant(run.peak), hold=hold_end(run, hold_steps, hold_ratio))


def WarmupAnnealHoldPolicy(  # noqa: N802
    *,
    warmup_steps: float | None = None,
    warmup_ratio: float | None = None,
    constant_steps: float | None = None,
    constant_ratio: float | None = None,
    max_steps: float | None = None,
    min_lr: float = 0.0,
    last_epoch: int = -1,
    base_lr: float,
) -> Schedule:
    """Return the warmup of `WarmupPolicy`, base_lr after it, and `min_lr` for the last `constant_steps` of the run.

    Args:
        warmup_steps: Length of the warmup; none for 0 and less.
        warmup_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        constant_steps: Steps of the run that have min_lr; none for 0 and less.
        constant_ratio: The same as a part of max_steps, cut to whole steps; only one of the two.
        max_steps: The last step of the run; needed.
        min_lr: The rate of those steps and after the run.
        last_epoch: An integer >= -1, without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.WarmupAnnealHoldPolicy(warmup_steps=1, constant_steps=3, max_steps=6, min_lr=0.1, base_lr=1.0)[:8]
        array([0.5, 1. , 1. , 1. , 0.1, 0.1, 0.1, 0.1])

    Same as:
        `WarmupAnnealHoldPolicy(optimizer, ...)` of NeMo.
    """
    run = a_run(
        "WarmupAnnealHoldPolicy",
        base_lr=base_lr,
        min_lr=min_lr,
        max_steps=max_steps,
        warmup_steps=warmup_steps,
        warmup_ratio=warmup_ratio,
        last_epoch=last_epoch,
    )
    total = run.steps_after(0)
    constant = steps_or_ratio(run.owner, "constant", constant_steps, constant_ratio, total)
    stages = laid_out(
        (0, after(total - max(constant, 0)), Constant(run.peak)),
        (0, math.inf, Constant(run.floor)),
    )
    return run.laid_out(stages, begin=0)


def SquareRootConstantPolicy(  # noqa: N802
    *,
    constant_steps: float | None = None,
    constant_ratio: None = None,
    max_steps: float | None = None,
    min_lr: float = 0.0,
    last_epoch: int = -1,
    base_lr: float,
) -> Schedule:
    """Return 1 / sqrt(constant_steps), whatever base_lr is, for `constant_steps`, then base_lr.

    NeMo computes that rate from `constant_steps` even where `constant_ratio` is given, and fails: the ratio cannot be
    used. Its `max_steps=None` is a TypeError after `constant_steps`, and here at once.

    Args:
        constant_steps: The last step of the constant, > 0; needed.
        constant_ratio: None.
        max_steps: The last step of the run; needed.
        min_lr: What follows the run.
        last_epoch: An integer >= -1, without effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a ratio.

    Example:
        >>> from pywarmup.compat import nemo
        >>> nemo.SquareRootConstantPolicy(constant_steps=4, max_steps=6, base_lr=0.1)[:9]
        array([0.5, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0. , 0. ])

    Same as:
        `SquareRootConstantPolicy(optimizer, ...)` of NeMo.
    """
    owner = "SquareRootConstantPolicy"
    base = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    return after_a_constant(
        owner, constant_steps, constant_ratio, max_steps, min_lr, last_epoch, lambda _: Constant(base)
    )


def after_a_constant(
    owner: str,
    constant_steps: float | None,
    constant_ratio: None,
    max_steps: float | None,
    min_lr: float,
    last_epoch: int,
    following: Callable[[float], Schedule],
) -> Schedule:
    """Return 1 / sqrt(constant_steps) up to that step, what follows up to `max_steps`, and then the floor."""
    check_last(owner, "last_epoch", last_epoch)
    if constant_ratio is not None:
        raise ValueError(f"{owner}: `constant_ratio` must be None, got {constant_ratio!r}; use `constant_steps`")
    steps = _core.check(owner, "constant_steps", Rule.length, constant_steps)
    total = check_steps(owner, "max_steps", max_steps)
    floor = _core.check(owner, "min_lr", Rule.finite, min_lr)
    value = 1 / steps**0.5

    def stages(end: float) -> Schedule:
        first, last = (0, end, Constant(value)), (0, math.inf, Constant(floor))
        return laid_out(first, (steps, after(total), following(steps)), last)

    return up_to(steps, value, stages)
