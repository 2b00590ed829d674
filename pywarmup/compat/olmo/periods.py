"""OLMo-core's schedulers that are made of periods or of other schedulers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from pywarmup import _core
from pywarmup.compat._checks import check_steps
from pywarmup.compat._stages import Stage, after, laid_out, up_to
from pywarmup.compat.olmo.lengths import Fields, Rule, a_fraction, base_of, check_fields, less_than_base, rise
from pywarmup.compat.olmo.stages import OverrideDecay, checked, overridden
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear

if TYPE_CHECKING:
    from pywarmup.compat.olmo.lengths import Unpack


def SequentialScheduler(  # noqa: N802
    *,
    schedulers: Sequence[Callable[..., Schedule]],
    schedulers_max: Sequence[float] | None = None,
    schedulers_max_steps: Sequence[float] | None = None,
    override_decay: OverrideDecay | None = None,
    base_lr: float,
    t_max: float,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return schedulers one after the other, each with the rate that the one before it ended with as its base_lr.

    Each is run as if its part were the whole run. The step at the end of a part still belongs to it, and the next one
    goes on from its step 1. After `t_max`, where OLMo fails an assertion, the last one goes on.

    Args:
        schedulers: Functions of `base_lr` and `t_max`: those of this module with their other arguments given, as
            `functools.partial(olmo.CosWithWarmup, warmup=10)`.
        schedulers_max: Length of each, > 0, but for the last one, which takes what is left; a number for it is ignored.
        schedulers_max_steps: Its old name.
        override_decay: What takes their place at the end, if anything.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run, > 0.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no function or no number.
        ValueError: For a number outside its range, or another number of lengths than of schedulers.

    Example:
        >>> from functools import partial
        >>> from pywarmup.compat import olmo
        >>> parts = [partial(olmo.ConstantWithWarmup, warmup=4), partial(olmo.LinearWithWarmup, warmup=0)]
        >>> olmo.SequentialScheduler(schedulers=parts, schedulers_max=[10], base_lr=1.0, t_max=19)([0, 2, 10, 15, 19])
        array([0. , 0.5, 1. , 0.5, 0.1])

    Same as:
        `SequentialScheduler(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "SequentialScheduler"
    check_fields(owner, fields)
    base = base_of(owner, base_lr)
    total = _core.check(owner, "t_max", Rule.length, t_max)
    lengths = _lengths(owner, schedulers, schedulers_max if schedulers_max is not None else schedulers_max_steps)
    seen = total if override_decay is None else min(total, checked(owner, override_decay).start)
    made = _sequence(base, total, seen, list(schedulers), lengths)
    return overridden(owner, made, override_decay, base)


def _sequence(
    base: float, total: float, seen: float, schedulers: list[Callable[..., Schedule]], lengths: list[float]
) -> Schedule:
    """Return the schedulers that answer steps up to `seen`; the others are not made, for they may be senseless."""
    if not lengths:
        return schedulers[0](base_lr=base, t_max=total)
    steps = lengths[0]
    first = schedulers[0](base_lr=base, t_max=min(total, steps))
    if seen <= steps:
        return first
    end = first(steps)
    rest = _sequence(end, total - steps, seen - steps, schedulers[1:], lengths[1:])
    return up_to(steps, end, lambda boundary: laid_out((0, boundary, first), (steps, math.inf, rest)))


def _lengths(owner: str, schedulers: Any, lengths: Any) -> list[float]:
    if not isinstance(schedulers, Sequence) or not schedulers or not all(callable(one) for one in schedulers):
        raise TypeError(f"{owner}: `schedulers` must be a sequence of functions, got {schedulers!r}")
    if isinstance(lengths, str) or not isinstance(lengths, Sequence):
        raise TypeError(f"{owner}: `schedulers_max` must be a sequence of numbers, got {lengths!r}")
    if len(lengths) not in (len(schedulers) - 1, len(schedulers)):
        needed = len(schedulers) - 1
        raise ValueError(
            f"{owner}: `schedulers_max` must be {needed} numbers, one for each but the last, got {lengths!r}"
        )
    return [_core.check(owner, "schedulers_max", Rule.length, one) for one in lengths[: len(schedulers) - 1]]


def WSDS(  # noqa: N802
    *,
    period_lengths: Sequence[float],
    period_lr_multipliers: Sequence[float] | None = None,
    warmup: float | None = None,
    warmup_fraction: float | None = None,
    decay: float | None = None,
    decay_fraction: float | None = None,
    warmup_min_lr: float = 0.0,
    decay_min_lr: float = 0.0,
    base_lr: float,
    t_max: float | None = None,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return a warmup, and periods of base_lr that end with a straight line to `decay_min_lr`.

    The step at the end of a period still has `decay_min_lr`; the next one has the full rate again. After the last
    period `decay_min_lr` is held, however long the run is. Fractions are rounded, lengths cut to whole steps. Without
    decay the rate is held at the end of a period, where OLMo divides by zero.

    Args:
        period_lengths: Length of each period, > 0, the first one with the warmup.
        period_lr_multipliers: The rate of each period as a multiple of base_lr, > 0.
        warmup: Length of the warmup.
        warmup_fraction: The same as a part of the first period, in [0, 1]; exactly one of the two.
        decay: Length of each decay, which must fit into its period.
        decay_fraction: The same as a part of each period, in [0, 1]; exactly one of the two.
        warmup_min_lr: Where the warmup begins, >= 0 and less than the first rate.
        decay_min_lr: Where decays end, >= 0 and less than the rates.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run, without effect.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, a length given twice or not at all, or one that does not fit.

    Example:
        >>> from pywarmup.compat import olmo
        >>> s = olmo.WSDS(period_lengths=[10, 10], warmup=2, decay=4, base_lr=1.0)
        >>> s([0, 1, 2, 6, 8, 10, 11, 16, 18, 20])
        array([0. , 0.5, 1. , 1. , 0.5, 0. , 1. , 1. , 0.5, 0. ])

    Same as:
        `WSDS(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    check_fields("WSDS", fields)
    base = base_of("WSDS", base_lr)
    low = _core.check("WSDS", "decay_min_lr", Rule.non_negative, decay_min_lr)
    lengths = _positive("period_lengths", period_lengths)
    factors = [1.0] * len(lengths) if period_lr_multipliers is None else _positive("multipliers", period_lr_multipliers)
    if len(factors) != len(lengths):
        raise ValueError(f"WSDS: `period_lr_multipliers` must be {len(lengths)} numbers, got {period_lr_multipliers!r}")
    peaks = [base * factor for factor in factors]
    steps = _steps_of("warmup", warmup, warmup_fraction, lengths[0])
    falls = [_steps_of("decay", decay, decay_fraction, one) for one in lengths]
    _check_fit(steps, falls, lengths)
    stages = rise("WSDS", warmup_min_lr, peaks[0], steps, steps)
    begin: float = steps
    for end, peak, fall in zip(accumulate(lengths), peaks, falls, strict=True):
        stages += _period(begin, end, peak, fall, low)
        begin = end
    *periods, (start, _, last) = stages
    return laid_out(*periods, (start, begin, last), (begin, math.inf, Constant(low)))


def _period(begin: float, end: float, peak: float, decay: float, low: float) -> list[Stage]:
    """Return the plateau and the decay of a period, which has its last step still."""
    if decay <= 0:
        return [(begin, after(end), Constant(peak))]
    line = Linear(peak, less_than_base("WSDS", "decay_min_lr", low, peak), steps=decay)
    return [(begin, end - decay, Constant(peak)), (end - decay, after(end), line)]


def _positive(field: str, values: Any) -> list[float]:
    name = "period_lr_multipliers" if field == "multipliers" else field
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(f"WSDS: `{name}` must be a sequence of numbers, got {values!r}")
    if not values:
        raise ValueError(f"WSDS: `{name}` must be at least one number, got {values!r}")
    rule = Rule.length if field == "period_lengths" else Rule.positive
    return [_core.check("WSDS", name, rule, value) for value in values]


def _steps_of(name: str, steps: float | None, fraction: float | None, whole: float) -> int:
    if steps is not None and fraction is not None:
        raise ValueError(f"WSDS: `{name}_fraction` must be None beside `{name}`, got {fraction!r}")
    if fraction is not None:
        return round(a_fraction("WSDS", f"{name}_fraction", fraction) * whole)
    if steps is None:
        raise ValueError(f"WSDS: `{name}` must be given, or `{name}_fraction` in its place, got None")
    return int(check_steps("WSDS", name, steps))


def _check_fit(warmup: int, decays: list[int], lengths: list[float]) -> None:
    if warmup + decays[0] > lengths[0]:
        raise ValueError(
            f"WSDS: `warmup` must leave the steps of the decay ({decays[0]!r}) in the first period ({lengths[0]!r}), "
            f"got {warmup!r}"
        )
    for decay, length in zip(decays, lengths, strict=True):
        if decay > length:
            raise ValueError(f"WSDS: `decay` must be at most the length of each period ({length!r}), got {decay!r}")
