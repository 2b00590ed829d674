"""The schedulers that multiply the rate that they find: constant, linear, exponential, and in steps."""

from __future__ import annotations

from collections.abc import Sequence

from pywarmup import _core
from pywarmup.compat import _checks
from pywarmup.compat.mmengine.window import INF, placed, window
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, ExponentialDecay, Linear, PiecewiseConstant


def ConstantLR(  # noqa: N802
    factor: float = 1.0 / 3,
    begin: int = 0,
    end: int = INF,
    last_step: int = -1,
    by_epoch: bool = True,
    verbose: bool = False,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's ConstantLR: a part of the rate in the window, but for its last step, which has all of it.

    A window of one step never comes back from it. With factor 0 mmengine divides by 0 at that last step; here the
    rate is `base_lr` from then on.

    Args:
        factor: In [0, 1].
        begin: First step of the window.
        end: The step after its last one, > `begin`.
        last_step: -1.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.ConstantLR(0.5, end=4, base_lr=0.1)[:5]
        array([0.05, 0.05, 0.05, 0.1 , 0.1 ])

    Same as:
        mmengine `ConstantLR(optimizer, factor, begin, end)`.
    """
    where = window("ConstantLR", begin, end, last_step, by_epoch, verbose)
    base = _checks.rate("ConstantLR", base_lr)
    low = base * _checks.within("ConstantLR", "factor", factor, 0.0, 1.0)
    curve = join(Constant(low, steps=where.steps), Constant(base)) if where.steps else Constant(low)
    return placed(where, base, curve)


def LinearLR(  # noqa: N802
    start_factor: float = 1.0 / 3,
    end_factor: float = 1.0,
    begin: int = 0,
    end: int = INF,
    last_step: int = -1,
    by_epoch: bool = True,
    verbose: bool = False,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's LinearLR: a straight line from `start_factor` to `end_factor` times the rate, then held.

    It is at its end at step `end - 1`, one step before the window's end; a window of one step has `start_factor` for
    ever. With start_factor 0 mmengine divides by 0 at the second step; here the line begins at 0.

    Args:
        start_factor: In [0, 1].
        end_factor: In [0, 1].
        begin: First step of the window; before it the rate is `base_lr`, not start_factor times that.
        end: The step after its last one, > `begin`.
        last_step: -1.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.LinearLR(0.25, end=4, base_lr=0.1)[:5]
        array([0.025, 0.05 , 0.075, 0.1  , 0.1  ])

    Same as:
        mmengine `LinearLR(optimizer, start_factor, end_factor, begin, end)`.
    """
    where = window("LinearLR", begin, end, last_step, by_epoch, verbose)
    base = _checks.rate("LinearLR", base_lr)
    start = base * _checks.within("LinearLR", "start_factor", start_factor, 0.0, 1.0)
    stop = base * _checks.within("LinearLR", "end_factor", end_factor, 0.0, 1.0)
    return placed(where, base, Linear(start, stop, steps=where.steps) if where.steps else Constant(start))


def ExponentialLR(  # noqa: N802
    gamma: float,
    begin: int = 0,
    end: int = INF,
    last_step: int = -1,
    by_epoch: bool = True,
    verbose: bool = False,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's ExponentialLR: times `gamma` at each step of the window but its first.

    Args:
        gamma: The factor; with a negative one the sign of the rate alternates, as in mmengine.
        begin: First step of the window.
        end: The step after its last one, > `begin`.
        last_step: -1.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.ExponentialLR(0.5, begin=1, end=4, base_lr=0.8)[:6]
        array([0.8, 0.8, 0.4, 0.2, 0.2, 0.2])

    Same as:
        mmengine `ExponentialLR(optimizer, gamma, begin, end)`.
    """
    where = window("ExponentialLR", begin, end, last_step, by_epoch, verbose)
    base = _checks.rate("ExponentialLR", base_lr)
    return placed(where, base, _powers(base, _checks.number("ExponentialLR", "gamma", gamma), 1))


def StepLR(  # noqa: N802
    step_size: int,
    gamma: float = 0.1,
    begin: int = 0,
    end: int = INF,
    last_step: int = -1,
    by_epoch: bool = True,
    verbose: bool = False,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's StepLR: times `gamma` after each `step_size` steps, counted from `begin`.

    Args:
        step_size: An integer > 0.
        gamma: The factor; with a negative one the sign of the rate alternates, as in mmengine.
        begin: First step of the window.
        end: The step after its last one, > `begin`.
        last_step: -1.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.StepLR(2, 0.5, begin=1, base_lr=0.8)[:6]
        array([0.8, 0.8, 0.8, 0.4, 0.4, 0.2])

    Same as:
        mmengine `StepLR(optimizer, step_size, gamma, begin, end)`.
    """
    where = window("StepLR", begin, end, last_step, by_epoch, verbose)
    base = _checks.rate("StepLR", base_lr)
    every = _checks.integer("StepLR", "step_size", step_size, 1)
    return placed(where, base, _powers(base, _checks.number("StepLR", "gamma", gamma), every))


def MultiStepLR(  # noqa: N802
    milestones: Sequence[int],
    gamma: float = 0.1,
    last_step: int = -1,
    begin: int = 0,
    end: int = INF,
    by_epoch: bool = True,
    verbose: bool = False,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's MultiStepLR: times `gamma` at each milestone, counted from `begin`.

    A milestone that is there twice counts twice; one outside the window, or between two steps, does nothing. Mind
    that milestones count from `begin`: [5, 9] with begin 3 changes the rate at steps 8 and 12.

    Args:
        milestones: Steps of the window, in any order.
        gamma: The factor.
        last_step: -1; unlike the others' it comes before `begin`.
        begin: First step of the window.
        end: The step after its last one, > `begin`.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        base_lr: The rate of the optimizer, >= 0.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number or no list.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.MultiStepLR([1, 3], 0.5, begin=1, base_lr=0.8)[:6]
        array([0.8, 0.8, 0.4, 0.4, 0.2, 0.2])

    Same as:
        mmengine `MultiStepLR(optimizer, milestones, gamma, begin=begin, end=end)`.
    """
    where = window("MultiStepLR", begin, end, last_step, by_epoch, verbose)
    base = _checks.rate("MultiStepLR", base_lr)
    factor = _checks.number("MultiStepLR", "gamma", gamma)
    given = _checks.numbers("MultiStepLR", "milestones", milestones)
    steps = sorted(step for step in given if step >= 0 and step.is_integer() and step <= _checks.LARGEST_STEP)
    start = base * factor ** steps.count(0.0)
    changes = sorted(set(steps) - {0.0})
    if not changes:
        return placed(where, base, Constant(_finite(start)))
    factors = [factor ** steps.count(step) for step in changes]
    return placed(where, base, PiecewiseConstant.from_factors(start, milestones=changes, factors=factors))


def _finite(value: float) -> float:
    return float(_core.check("MultiStepLR", "gamma", _core.Rule.finite, value))


# Shapes have no negative values: those of odd powers of a negative factor come by a second one that alternates.
def _powers(base: float, gamma: float, every: int) -> Schedule:
    decay = ExponentialDecay(base, decay_rate=abs(gamma), every=every, staircase=every > 1)
    if gamma >= 0.0:
        return decay
    return decay * join(Constant(1.0, steps=every), Constant(-1.0, steps=every)).repeat()
