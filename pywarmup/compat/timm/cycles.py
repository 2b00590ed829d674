"""timm's curves with restarts: cosine, hyperbolic tangent, polynomial."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.compat._stages import from_step
from pywarmup.compat.timm.parts import Noise, refuse_noise, warmed, warmup_length
from pywarmup.compat.timm.restarts import Cycles, check_defined, cycles, restarted
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Polynomial, Tanh

Rule = _core.Rule


def CosineLRScheduler(  # noqa: N802
    t_initial: float,
    lr_min: float = 0.0,
    cycle_mul: float = 1.0,
    cycle_decay: float = 1.0,
    cycle_limit: float = 1,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = False,
    t_in_epochs: bool = True,
    noise_range_t: Noise = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int = 42,
    k_decay: float = 1.0,
    initialize: bool = True,
    *,
    base_lr: float,
) -> Schedule:
    """Return timm's cosine with warmup and restarts.

    By default (`warmup_prefix=False`) the warmup lies over the first steps of the cosine: it rises towards `base_lr`,
    which no step has, and then jumps down to the curve. With the prefix, step `warmup_t` has `base_lr`. There is one
    cycle unless `cycle_limit` says more, and `lr_min` after the last; the last step of a run has a little more.

    Args:
        t_initial: Length of the first cycle, > 0; without the prefix it includes the warmup.
        lr_min: Value at the end of each cycle and after the last, >= 0. It does not decay. Above base_lr, the curve
            rises.
        cycle_mul: Ratio of one cycle's length to the one before, > 0. Below 1 timm fails where the lengths add up to
            their limit; here lr_min is held.
        cycle_decay: Ratio of one cycle's first value to the one before, >= 0.
        cycle_limit: How many cycles; 0 or less is lr_min after the warmup.
        warmup_t: Length of the warmup; 0 or less is none. One that is as long as the cycles or longer is kept as it is.
        warmup_lr_init: Value at step 0 of the warmup.
        warmup_prefix: Whether the curve begins after the warmup.
        t_in_epochs: No effect.
        noise_range_t: None.
        noise_pct: No effect.
        noise_std: No effect.
        noise_seed: No effect.
        k_decay: Power of the progress within a cycle, >= 0; 0 is lr_min from the start.
        initialize: No effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or noise.

    Example:
        >>> from pywarmup.compat import timm
        >>> s = timm.CosineLRScheduler(100, lr_min=0.01, warmup_t=5, warmup_prefix=True, base_lr=0.1)
        >>> s([0, 1, 5, 55, 105])
        array([0.   , 0.02 , 0.1  , 0.055, 0.01 ])

    Same as:
        `timm.scheduler.CosineLRScheduler(optimizer, ...)`, but for restarts where timm takes a logarithm for less than
        the integer that it is: with `cycle_mul=10`, step 1110 of `t_initial=10` has lr_min there, and the peak here.
    """
    owner = "CosineLRScheduler"
    refuse_noise(owner, noise_range_t)
    given = cycles(owner, base_lr, t_initial, lr_min, cycle_mul, cycle_decay, cycle_limit)
    power = _core.check(owner, "k_decay", Rule.non_negative, k_decay)
    prefix = _core.check(owner, "warmup_prefix", Rule.flag, warmup_prefix)
    length = warmup_length(owner, warmup_t)
    check_defined(given, min(length, 0) if prefix else 0)
    after = restarted(lambda top, bottom: _warped(Cosine(top, bottom, steps=given.t_initial), power), given)
    return warmed(owner, after, given.base_lr, warmup_t=length, warmup_lr_init=warmup_lr_init, prefix=prefix)


def PolyLRScheduler(  # noqa: N802
    t_initial: float,
    power: float = 0.5,
    lr_min: float = 0.0,
    cycle_mul: float = 1.0,
    cycle_decay: float = 1.0,
    cycle_limit: float = 1,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = False,
    t_in_epochs: bool = True,
    noise_range_t: Noise = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int = 42,
    k_decay: float = 1.0,
    initialize: bool = True,
    *,
    base_lr: float,
) -> Schedule:
    """Return timm's polynomial with warmup and restarts.

    As `CosineLRScheduler`, with a power of what remains of the cycle in place of the cosine; the default power of 0.5
    stays high and falls at the end.

    Args:
        t_initial: Length of the first cycle, > 0; without the prefix it includes the warmup.
        power: Power of what remains, >= 0; 0 keeps the first value until the end of the cycle. (timm takes negative
            ones, with which the rate grows without bound.)
        lr_min: Value at the end of each cycle and after the last, >= 0. It does not decay.
        cycle_mul: Ratio of one cycle's length to the one before, > 0. Below 1 timm fails where the lengths add up to
            their limit; here lr_min is held.
        cycle_decay: Ratio of one cycle's first value to the one before, >= 0.
        cycle_limit: How many cycles; 0 or less is lr_min after the warmup.
        warmup_t: Length of the warmup; 0 or less is none. One that is as long as the cycles or longer is kept as it is.
        warmup_lr_init: Value at step 0 of the warmup.
        warmup_prefix: Whether the curve begins after the warmup; if not, there is a jump down where it ends.
        t_in_epochs: No effect.
        noise_range_t: None.
        noise_pct: No effect.
        noise_std: No effect.
        noise_seed: No effect.
        k_decay: Power of the progress within a cycle, >= 0.
        initialize: No effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or noise.

    Example:
        >>> from pywarmup.compat import timm
        >>> timm.PolyLRScheduler(100, warmup_t=10, warmup_lr_init=0.01, base_lr=0.1)([0, 5, 19, 75, 100])
        array([0.01 , 0.055, 0.09 , 0.05 , 0.   ])

    Same as:
        `timm.scheduler.PolyLRScheduler(optimizer, ...)`, but for the restarts that `CosineLRScheduler` tells of.
    """
    owner = "PolyLRScheduler"
    refuse_noise(owner, noise_range_t)
    given = cycles(owner, base_lr, t_initial, lr_min, cycle_mul, cycle_decay, cycle_limit)
    exponent = _core.check(owner, "power", Rule.non_negative, power)
    warp = _core.check(owner, "k_decay", Rule.non_negative, k_decay)
    prefix = _core.check(owner, "warmup_prefix", Rule.flag, warmup_prefix)
    length = warmup_length(owner, warmup_t)
    check_defined(given, min(length, 0) if prefix else 0)
    after = restarted(lambda top, bottom: _polynomial(top, bottom, given, exponent, warp), given)
    return warmed(owner, after, given.base_lr, warmup_t=length, warmup_lr_init=warmup_lr_init, prefix=prefix)


def TanhLRScheduler(  # noqa: N802
    t_initial: float,
    lb: float = -7.0,
    ub: float = 3.0,
    lr_min: float = 0.0,
    cycle_mul: float = 1.0,
    cycle_decay: float = 1.0,
    cycle_limit: float = 1,
    warmup_t: float = 0,
    warmup_lr_init: float = 0.0,
    warmup_prefix: bool = False,
    t_in_epochs: bool = True,
    noise_range_t: Noise = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int = 42,
    initialize: bool = True,
    *,
    base_lr: float,
) -> Schedule:
    """Return timm's hyperbolic tangent with warmup and restarts.

    The tangent is not scaled to its ends: a cycle begins a little below `base_lr` (far below, if `lb` is near 0) and
    ends above `lr_min`, to which it drops. Without the prefix the warmup meets the curve, unlike that of the cosine;
    with the prefix it rises towards `base_lr`, and the curve begins a little lower.

    Args:
        t_initial: Length of the first cycle, > 0; without the prefix it includes the warmup.
        lb: Where the tangent starts, in [-100, 100] and less than ub.
        ub: Where it ends, in [-100, 100].
        lr_min: What the tangent approaches, and the value after the last cycle, >= 0.
        cycle_mul: Ratio of one cycle's length to the one before, > 0. Below 1 timm fails where the lengths add up to
            their limit; here lr_min is held.
        cycle_decay: Ratio of one cycle's first value to the one before, >= 0.
        cycle_limit: How many cycles, >= 0; 0 is lr_min after the warmup.
        warmup_t: Length of the warmup, >= 0. One that is as long as the cycles or longer is kept as it is.
        warmup_lr_init: Value at step 0 of the warmup, >= 0.
        warmup_prefix: Whether the curve begins after the warmup.
        t_in_epochs: No effect.
        noise_range_t: None.
        noise_pct: No effect.
        noise_std: No effect.
        noise_seed: No effect.
        initialize: No effect.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or noise.

    Example:
        >>> from pywarmup.compat import timm
        >>> timm.TanhLRScheduler(100, base_lr=0.1)([0, 50, 70, 99, 100]).round(6)
        array([0.1     , 0.098201, 0.05    , 0.000302, 0.      ])

    Same as:
        `timm.scheduler.TanhLRScheduler(optimizer, ...)`, but for the restarts that `CosineLRScheduler` tells of.

    References:
        Hsueh et al. 2019, arXiv:1806.01593, equation 4.
    """
    owner = "TanhLRScheduler"
    refuse_noise(owner, noise_range_t)
    given = cycles(owner, base_lr, t_initial, lr_min, cycle_mul, cycle_decay, cycle_limit)
    _core.check(owner, "cycle_limit", Rule.non_negative, cycle_limit)
    lower, upper = _tanh_ends(owner, lb, ub)
    prefix = _core.check(owner, "warmup_prefix", Rule.flag, warmup_prefix)
    length = _core.check(owner, "warmup_t", Rule.delay, warmup_t)
    start = _core.check(owner, "warmup_lr_init", Rule.non_negative, warmup_lr_init)
    check_defined(given, 0 if prefix else length)
    after = restarted(lambda top, bottom: _tanh(top, bottom, given, lower, upper), given)
    peak = given.base_lr if prefix else from_step(after, length)(0)
    return warmed(owner, after, peak, warmup_t=length, warmup_lr_init=start, prefix=prefix)


def _warped(cycle: Schedule, power: float) -> Schedule:
    if power == 0.0:
        assert cycle.total_steps is not None
        return Constant(cycle(cycle.total_steps), steps=cycle.total_steps)
    return cycle if power == 1.0 else cycle.warp(power)


def _polynomial(top: float, bottom: float, given: Cycles, power: float, warp: float) -> Schedule:
    if power == 0.0:
        return Constant(top, steps=given.t_initial)
    return _warped(Polynomial(top, bottom, steps=given.t_initial, power=power), warp)


def _tanh_ends(owner: str, lb: float, ub: float) -> tuple[float, float]:
    lower = _core.check(owner, "lb", Rule.tanh_end, lb)
    upper = _core.check(owner, "ub", Rule.tanh_end, ub)
    if not lower < upper:
        raise ValueError(f"{owner}: `lb` must be less than `ub` ({ub!r}), got {lb!r}")
    return lower, upper


def _tanh(top: float, bottom: float, given: Cycles, lower: float, upper: float) -> Schedule:
    """Return the piece of the curve from top to bottom that lies between two values of its argument."""
    init_value = bottom + (top - bottom) * _height(lower)
    end_value = bottom + (top - bottom) * _height(upper)
    return Tanh(init_value, end_value, steps=given.t_initial, lower=lower, upper=upper)


def _height(x: float) -> float:
    """Return (1 - tanh(x)) / 2, from the curve itself: Python's own differs from machine to machine."""
    tail = Tanh(0.5, 0.0, steps=20, lower=0.0, upper=20.0)(abs(x))
    return tail if x > 0.0 else 1.0 - tail
