"""Paddle's schedulers that change at steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pywarmup.compat import _checks
from pywarmup.compat.paddle.arguments import check_common, less_than_one, powers, whole
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, PiecewiseConstant


def PiecewiseDecay(  # noqa: N802
    boundaries: Sequence[float], values: Sequence[float], last_epoch: int = -1, verbose: bool = False
) -> Schedule:
    """Return Paddle's PiecewiseDecay: the first value whose boundary is past the step, and the last one after all.

    A boundary that is not past those before it leaves its value out. Of more values than one for each boundary and one
    at the end, only the very last counts.

    Args:
        boundaries: Steps, at least one.
        values: At least one more than there are boundaries.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For too few, or a number outside its range.
        TypeError: For what is no list of numbers.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.PiecewiseDecay([2, 4], [1.0, 0.5, 0.1])[:6]
        array([1. , 1. , 0.5, 0.5, 0.1, 0.1])

    Same as:
        `paddle.optimizer.lr.PiecewiseDecay(boundaries, values)`.
    """
    owner = "PiecewiseDecay"
    check_common(owner, last_epoch, verbose)
    steps, rates = _checks.numbers(owner, "boundaries", boundaries), _checks.numbers(owner, "values", values)
    if not steps:
        raise ValueError(f"{owner}: `boundaries` must be at least one number, got {boundaries!r}")
    if len(rates) <= len(steps):
        raise ValueError(f"{owner}: `values` must be more than `boundaries` ({len(steps)}), got {len(rates)}")
    ends: list[float] = []
    kept: list[float] = []
    for step, rate in zip(steps, rates, strict=False):
        if step > max(ends, default=0.0):
            ends.append(step)
            kept.append(rate)
    return PiecewiseConstant([*kept, rates[-1]], milestones=ends) if ends else Constant(rates[-1])


def MultiStepDecay(  # noqa: N802
    learning_rate: float,
    milestones: Sequence[float],
    gamma: float = 0.1,
    last_epoch: int = -1,
    verbose: bool = False,
) -> Schedule:
    """Return Paddle's MultiStepDecay: times `gamma` at each milestone.

    Args:
        learning_rate: The rate at step 0, >= 0.
        milestones: Steps, increasing; those that are not positive have passed at step 0.
        gamma: < 1.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no list of numbers.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.MultiStepDecay(0.8, [2, 4], 0.5)[:6]
        array([0.8, 0.8, 0.4, 0.4, 0.2, 0.2])

    Same as:
        `paddle.optimizer.lr.MultiStepDecay(learning_rate, milestones, gamma)`.
    """
    owner = "MultiStepDecay"
    check_common(owner, last_epoch, verbose)
    base = _checks.rate(owner, learning_rate, "learning_rate")
    steps = _checks.numbers(owner, "milestones", milestones)
    if any(later <= earlier for earlier, later in pairwise(steps)):
        raise ValueError(f"{owner}: `milestones` must be increasing numbers, got {milestones!r}")
    factor = less_than_one(owner, gamma)
    coming = [step for step in steps if step > 0]
    passed = len(steps) - len(coming)
    rates = [base * factor ** (passed + i) for i in range(len(coming) + 1)]
    return PiecewiseConstant(rates, milestones=coming) if coming else Constant(rates[0])


def StepDecay(  # noqa: N802
    learning_rate: float, step_size: int, gamma: float = 0.1, last_epoch: int = -1, verbose: bool = False
) -> Schedule:
    """Return Paddle's StepDecay: times `gamma` after each `step_size` steps.

    Args:
        learning_rate: The rate at step 0, >= 0.
        step_size: An integer > 0.
        gamma: < 1; with a negative one the sign of the rate alternates, as in Paddle.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number, or no integer.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.StepDecay(0.8, 2, 0.5)[:6]
        array([0.8, 0.8, 0.4, 0.4, 0.2, 0.2])

    Same as:
        `paddle.optimizer.lr.StepDecay(learning_rate, step_size, gamma)`.
    """
    check_common("StepDecay", last_epoch, verbose)
    base = _checks.rate("StepDecay", learning_rate, "learning_rate")
    return powers(less_than_one("StepDecay", gamma), whole("StepDecay", "step_size", step_size)) * base
