"""ildoonet's `warmup_scheduler`: GradualWarmupScheduler before a scheduler of `pywarmup.compat.torch`."""

from __future__ import annotations

import math

from pywarmup import _core
from pywarmup.compat.torch import checks
from pywarmup.compat.torch.parts import lasting, later
from pywarmup.compat.torch.rules import Rule, Writing, rule_of
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear

__all__ = ["GradualWarmupScheduler"]

OWNER = "GradualWarmupScheduler"


def GradualWarmupScheduler(  # noqa: N802
    multiplier: float,
    total_epoch: float,
    after_scheduler: Schedule | None = None,
    *,
    base_lr: float,
    with_bug: bool = False,
) -> Schedule:
    """Return a linear warmup to `multiplier` times the rate, and another schedule from there on.

    A multiplier of 1 rises from 0, any other from the rate itself. The rate reached is that of step `total_epoch`.

    The library has a bug: it hands the multiplied rate to the scheduler that follows in an attribute that most
    schedulers do not read. After the warmup the rate of step 0 of `after_scheduler` comes, one step late, and the rest
    of it without the multiplier (schedulers that compute each rate from their base rate have it from their second
    step on, and a cosine where it rises again). That is reproduced by `with_bug`; without it, `after_scheduler` follows
    at step `total_epoch` from the multiplied rate. Rates of its own, of CyclicLR and OneCycleLR, stay.

    Args:
        multiplier: Ratio of the rate after the warmup to the optimizer's, >= 1.
        total_epoch: Length of the warmup. If it is negative there is none.
        after_scheduler: A schedule of `pywarmup.compat.torch` with the same `base_lr`; or any other, which is
            multiplied. None keeps the rate.
        base_lr: The optimizer's rate, >= 0.
        with_bug: Whether rates are those of the library.

    Raises:
        TypeError: For what is no number or no schedule.
        ValueError: For a number outside its range, and a `total_epoch` of 0, by which the library divides; with the
            bug for SequentialLR, ChainedScheduler and schedules of other origin, on which the library fails.

    Example:
        >>> from pywarmup.compat.torch import ExponentialLR
        >>> after = ExponentialLR(0.5, base_lr=0.1)
        >>> GradualWarmupScheduler(2, 2, after, base_lr=0.1)[:5]
        array([0.1 , 0.15, 0.2 , 0.1 , 0.05])
        >>> GradualWarmupScheduler(2, 2, after, base_lr=0.1, with_bug=True)[:6]
        array([0.1  , 0.15 , 0.2  , 0.1  , 0.05 , 0.025])

    Same as:
        `warmup_scheduler.GradualWarmupScheduler(optimizer, multiplier, total_epoch, after_scheduler)`, with the bug.
    """
    factor = checks.between(OWNER, "multiplier", multiplier, 1.0, math.inf, "a finite number >= 1")
    steps = checks.number(OWNER, "total_epoch", total_epoch)
    if steps == 0:
        raise ValueError(f"{OWNER}: `total_epoch` must be a number other than 0, got {total_epoch!r}")
    rate = checks.rate(OWNER, base_lr)
    _core.check(OWNER, "with_bug", _core.Rule.flag, with_bug)
    if after_scheduler is None:
        return _warmed(rate, factor, steps, steps, Constant(rate * factor))
    after: Schedule = _core.check(OWNER, "after_scheduler", _core.Rule.schedule, after_scheduler)
    rule = rule_of(after)
    _check_base(rate, rule)
    if with_bug:
        return _with_bug(rate, factor, steps, rule, after)
    rest = after * factor if rule is None else rule.rebased(rate * factor).schedule()
    return _warmed(rate, factor, steps, steps, rest)


def _check_base(rate: float, rule: Rule | None) -> None:
    if rule is not None and rule.base != rate and not any(leaf.has_own_rates for leaf in rule.leaves()):
        raise ValueError(f"{OWNER}: `after_scheduler` must have the same base_lr {rate!r}, got {rule.base!r}")


def _warmed(rate: float, factor: float, steps: float, length: float, rest: Schedule) -> Schedule:
    """Return the warmup, cut or held to a length, before the rest."""
    if length <= 0:
        return rest
    return join(lasting(Linear(rate if factor > 1 else 0.0, rate * factor, steps=steps), length), rest)


# It stops to warm up after the step `total_epoch`, and the scheduler that follows begins one later.
def _with_bug(rate: float, factor: float, steps: float, rule: Rule | None, after: Schedule) -> Schedule:
    if rule is None or rule.leaves() != [rule]:
        raise ValueError(
            f"{OWNER}: `after_scheduler` must be a scheduler of pywarmup.compat.torch that is no composition, for the "
            f"library fails on others, got {after!r}; take `with_bug=False`"
        )
    found = rule.initial(None) or 0.0
    return _warmed(found, factor, steps, max(math.floor(steps) + 1.0, 0.0), _handed_over(rule, found * factor, after))


def _handed_over(rule: Rule, base: float, after: Schedule) -> Schedule:
    """Return what a scheduler does whose base rate is changed after it has been constructed."""
    if isinstance(rule, Writing):
        return join(Constant(after(0), steps=1), later(rule.build(base), 1))
    (part,) = rule.rebased(base).parts("start")
    return part.curve(rule.initial(None) or 0.0)
