"""Values that drop at once."""

from __future__ import annotations

from collections.abc import Sequence

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.shapes import ExponentialDecay, PiecewiseConstant

Rule = _core.Rule


def step_decay(init_value: float, *, every: float, factor: float = 0.1) -> Schedule:
    """Return a value that drops by a factor every so many steps, without end.

    init_value * factor**floor(t / every)

    Args:
        init_value: Value at step 0, >= 0.
        every: Steps from drop to drop, > 0.
        factor: What each drop multiplies by, >= 0.

    Returns:
        An `ExponentialDecay` in stairs.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.step_decay(1.0, every=2, factor=0.5)[:5]
        array([1.  , 1.  , 0.5 , 0.5 , 0.25])

    Same as:
        torch `StepLR`.

    References:
        Folklore.
    """
    init_value = _core.check("step_decay", "init_value", Rule.non_negative, init_value)
    factor = _core.check("step_decay", "factor", Rule.non_negative, factor)
    every = _core.check("step_decay", "every", Rule.length, every)
    return ExponentialDecay(init_value, decay_rate=factor, every=every, staircase=True)


def multi_step(init_value: float, *, milestones: Sequence[float], factor: float = 0.1) -> Schedule:
    """Return a value that drops by a factor at each milestone, without end.

    init_value * factor**(number of milestones <= t)

    Args:
        init_value: Value at step 0.
        milestones: The steps of the drops, > 0 and increasing.
        factor: What each drop multiplies by.

    Returns:
        A `PiecewiseConstant`.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.multi_step(1.0, milestones=[2, 3], factor=0.5)[:5]
        array([1.  , 1.  , 0.5 , 0.25, 0.25])

    Same as:
        torch `MultiStepLR`.

    References:
        He et al. 2016, arXiv:1512.03385, section 4.2.
    """
    init_value = _core.check("multi_step", "init_value", Rule.finite, init_value)
    factor = _core.check("multi_step", "factor", Rule.finite, factor)
    steps = _core.check("multi_step", "milestones", Rule.milestones, milestones)
    return PiecewiseConstant.from_factors(init_value, milestones=steps, factors=[factor] * len(steps))
