"""OLMo-core's schedulers whose last steps are a decay of their own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pywarmup import _core
from pywarmup.compat._checks import check_steps
from pywarmup.compat._curves import between
from pywarmup.compat._stages import laid_out, up_to
from pywarmup.compat.olmo.decays import cosine
from pywarmup.compat.olmo.lengths import (
    Fields,
    Rule,
    base_of,
    check_fields,
    end_of,
    length,
    less_than_base,
    rise,
)
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear, PowerLaw

if TYPE_CHECKING:
    from pywarmup.compat.olmo.lengths import Unpack


def WSD(  # noqa: N802
    *,
    warmup: float | None = None,
    warmup_steps: float | None = None,
    warmup_fraction: float | None = None,
    decay: float | None = None,
    decay_steps: float | None = None,
    decay_fraction: float | None = 0.1,
    warmup_min_lr: float = 0.0,
    decay_min_lr: float = 0.0,
    base_lr: float,
    t_max: float,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return a warmup, base_lr, and a straight line to `decay_min_lr` in the last steps of the run, then held.

    OLMo's rate goes on below `decay_min_lr` after the run, and becomes negative. Where the decay would begin before
    the end of the warmup, the warmup goes on to its end, and the decay is joined in its middle.

    Args:
        warmup: Length of the warmup; none for 0 and less. (OLMo divides by zero for 0, if it is asked for step 0.)
        warmup_steps: Its old name.
        warmup_fraction: The same as a part of t_max, in [0, 1], rounded; only one of the two.
        decay: Length of the decay; none for 0 and less (OLMo then divides by zero after the run). Beside it
            `decay_fraction` must be None.
        decay_steps: Its old name.
        decay_fraction: The same as a part of t_max, in [0, 1], rounded.
        warmup_min_lr: Where the warmup begins, >= 0 and less than base_lr.
        decay_min_lr: Where the decay ends, >= 0 and less than base_lr.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice or not at all.

    Example:
        >>> from pywarmup.compat import olmo
        >>> olmo.WSD(warmup=10, decay_fraction=0.2, base_lr=1.0, t_max=100)([0, 5, 10, 80, 90, 100, 110])
        array([0. , 0.5, 1. , 1. , 0.5, 0. , 0. ])

    Same as:
        `WSD(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    check_fields("WSD", fields)
    base, total = base_of("WSD", base_lr), check_steps("WSD", "t_max", t_max)
    steps = length("WSD", "warmup", warmup, warmup_steps, warmup_fraction, total)
    left = length("WSD", "decay", decay, decay_steps, decay_fraction, total)
    tail = _tail("WSD", base, decay_min_lr, left)

    def stages(end: float) -> Schedule:
        first = rise("WSD", warmup_min_lr, base, steps, end)
        return laid_out(*first, (0, total - left, Constant(base)), (total - left, math.inf, tail))

    return up_to(steps, base, stages) if steps > 0 else stages(0)


def PowerLR(  # noqa: N802
    *,
    b: float = -0.51,
    warmup: float | None = None,
    warmup_steps: float | None = None,
    warmup_fraction: float | None = None,
    warmup_min_lr: float = 0.0,
    decay: float | None = None,
    decay_steps: float | None = None,
    decay_fraction: float | None = 0.1,
    decay_min_lr: float = 0.0,
    base_lr: float,
    t_max: float,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return a warmup, base_lr * (t / warmup)**b, and a straight line to `decay_min_lr` in the last steps, then held.

    OLMo's rate goes on below `decay_min_lr` after the run, and becomes negative.

    Args:
        b: The power, < 0.
        warmup: Length of the warmup, > 0. (OLMo divides by zero for 0.)
        warmup_steps: Its old name.
        warmup_fraction: The same as a part of t_max, in [0, 1], rounded; only one of the two.
        warmup_min_lr: Where the warmup begins, >= 0 and less than base_lr.
        decay: Length of the decay, less than t_max; none for 0 and less (OLMo then divides by zero after the run).
            Beside it `decay_fraction` must be None.
        decay_steps: Its old name.
        decay_fraction: The same as a part of t_max, in [0, 1], rounded.
        decay_min_lr: Where the decay ends, >= 0 and less than where it begins.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice or not at all.

    Example:
        >>> from pywarmup.compat import olmo
        >>> s = olmo.PowerLR(b=-0.5, warmup=4, decay=36, decay_fraction=None, base_lr=1.0, t_max=100)
        >>> s([0, 4, 16, 64, 82, 100])
        array([0.   , 1.   , 0.5  , 0.25 , 0.125, 0.   ])

    Same as:
        `PowerLR(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    check_fields("PowerLR", fields)
    base, total = base_of("PowerLR", base_lr), check_steps("PowerLR", "t_max", t_max)
    steps = length("PowerLR", "warmup", warmup, warmup_steps, warmup_fraction, total)
    left = length("PowerLR", "decay", decay, decay_steps, decay_fraction, total)
    begin = total - left
    power = _core.check("PowerLR", "b", Rule.finite, b)
    _check_signs(steps, begin, power)
    curve = PowerLaw(base, power=power, timescale=steps)
    tail = _tail("PowerLR", _at(base, begin / steps, power), decay_min_lr, left)

    def stages(end: float) -> Schedule:
        first = rise("PowerLR", warmup_min_lr, base, steps, end)
        return laid_out(*first, (steps, begin, curve), (begin, math.inf, tail))

    return up_to(steps, base, stages)


def _check_signs(warmup: float, begin: float, power: float) -> None:
    if not warmup > 0:
        raise ValueError(f"PowerLR: `warmup` must be > 0, got {warmup!r}")
    if not begin > 0:
        raise ValueError(f"PowerLR: `decay` must be less than `t_max`, got {-begin!r} more")
    if not power < 0:
        raise ValueError(f"PowerLR: `b` must be < 0, got {power!r}")


def _at(base: float, time: float, power: float) -> float:
    try:
        return base * float(time**power)
    except OverflowError:
        raise ValueError(f"PowerLR: `b` must leave (t / warmup)**b finite, got {power!r}") from None


def CosWithWarmupAndLinearDecay(  # noqa: N802
    *,
    warmup: float | None = None,
    warmup_steps: float | None = None,
    warmup_fraction: float | None = None,
    alpha_f: float = 0.1,
    warmup_min_lr: float = 0.0,
    decay: float | None = None,
    decay_steps: float | None = None,
    decay_fraction: float | None = 0.1,
    decay_min_lr: float = 0.0,
    base_lr: float,
    t_max: float,
    cosine_t_max: float | None = None,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return `CosWithWarmup`, cut short by a straight line to `decay_min_lr` in the last steps, then held.

    The cosine is as long as if it were not cut. OLMo's rate goes on below `decay_min_lr` after the run, and becomes
    negative. The line goes before the warmup: where it begins within that, the rate falls from there.

    Args:
        warmup: Length of the warmup; none for 0, and less than 0 begins in the middle of the cosine.
        warmup_steps: Its old name.
        warmup_fraction: The same as a part of the cosine, in [0, 1], rounded; only one of the two.
        alpha_f: The end of the cosine, as a multiple of base_lr.
        warmup_min_lr: Where the warmup begins, >= 0 and less than base_lr.
        decay: Length of the line; none for 0 and less (OLMo then divides by zero after the run). Beside it
            `decay_fraction` must be None.
        decay_steps: Its old name.
        decay_fraction: The same as a part of t_max, in [0, 1], rounded.
        decay_min_lr: Where the line ends, >= 0 and less than where it begins.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run: what `get_lr` is given.
        cosine_t_max: Length of the cosine, warmup included: the scheduler's field `t_max`; that of the run unless it is
            given.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or a length given twice or not at all.

    Example:
        >>> from pywarmup.compat import olmo
        >>> s = olmo.CosWithWarmupAndLinearDecay(warmup=20, alpha_f=0.0, decay_fraction=0.4, base_lr=1.0, t_max=100)
        >>> s([0, 10, 20, 60, 80, 100, 110]).round(4)
        array([0.  , 0.5 , 1.  , 0.5 , 0.25, 0.  , 0.  ])

    Same as:
        `CosWithWarmupAndLinearDecay(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "CosWithWarmupAndLinearDecay"
    check_fields(owner, fields)
    base, total = base_of(owner, base_lr), check_steps(owner, "t_max", t_max)
    whole = total if cosine_t_max is None else check_steps(owner, "cosine_t_max", cosine_t_max)
    steps = length(owner, "warmup", warmup, warmup_steps, warmup_fraction, whole)
    left = length(owner, "decay", decay, decay_steps, decay_fraction, total)
    end = end_of(owner, base, alpha_f)
    curve = cosine(owner, base, end, steps, whole, warmup_min_lr)
    if left <= 0:
        return curve
    begin = total - left
    start = curve(begin) if begin >= 0 else _before_the_run(owner, begin, base, end, steps, whole, warmup_min_lr)
    return laid_out((0, begin, curve), (begin, math.inf, _tail(owner, start, decay_min_lr, left)))


def _before_the_run(
    owner: str, step: float, base: float, end: float, warmup: float, total: float, warmup_min_lr: float
) -> float:
    """Return what OLMo makes of a step below 0, where a line that is longer than the run begins."""
    if step < warmup:
        if warmup == 0:
            raise ValueError(f"{owner}: `decay` must be at most `t_max` without a warmup, got {-step!r} more")
        low = less_than_base(owner, "warmup_min_lr", warmup_min_lr, base)
        return low + (base - low) * (step / warmup)
    return end if step >= total else between(Cosine, base, end, steps=total - warmup)(step - warmup)


def _tail(owner: str, start: float, decay_min_lr: float, steps: float) -> Schedule:
    if steps <= 0:
        _core.check(owner, "decay_min_lr", Rule.finite, decay_min_lr)
        return Constant(start)
    return Linear(start, less_than_base(owner, "decay_min_lr", decay_min_lr, start), steps=steps)
