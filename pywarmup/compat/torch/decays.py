"""torch's schedulers that multiply: ConstantLR, LinearLR, ExponentialLR, StepLR, MultiStepLR, PolynomialLR."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

from pywarmup.compat.torch import checks
from pywarmup.compat.torch.checks import LARGEST_STEP
from pywarmup.compat.torch.parts import Curve
from pywarmup.compat.torch.rules import Scaling, made
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, ExponentialDecay, Linear, PiecewiseConstant, Polynomial, PowerLaw


def ConstantLR(  # noqa: N802
    factor: float = 1.0 / 3, total_iters: float = 5, *, base_lr: float
) -> Schedule:
    """Return torch's ConstantLR: a factor of the rate for some steps, then the rate.

    The full rate begins at step `total_iters`. torch restores it in that very step, so it never does if `total_iters`
    is no positive integer: the factor stays for ever. A factor of 0 makes torch divide by zero in that step; the full
    rate begins there all the same, as torch's `step(epoch)` has it.

    Args:
        factor: In [0, 1].
        total_iters: The step at which the factor ends.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> ConstantLR(0.5, 2, base_lr=0.1)[:4]
        array([0.05, 0.05, 0.1 , 0.1 ])

    Same as:
        torch `ConstantLR(optimizer, factor, total_iters)`.
    """
    return made(constant(factor, total_iters, base_lr))


def constant(factor: float, total_iters: float, base_lr: float) -> Scaling:
    """Return the rule of ConstantLR."""
    owner = "ConstantLR"
    part = checks.between(owner, "factor", factor, 0.0, 1.0, "a number in [0, 1]")
    steps = checks.number(owner, "total_iters", total_iters)
    ends = steps >= 1 and steps == math.floor(steps) and steps <= LARGEST_STEP

    def curve(rate: float) -> Schedule:
        if not ends:
            return Constant(rate * part)
        return PiecewiseConstant([rate * part, rate], milestones=[steps])

    closed = 1.0 if steps <= 0 else part
    settled = 0.0 if not ends or part == 1.0 else steps
    return Scaling(owner, checks.rate(owner, base_lr), curve, part, closed, lambda: part, settled)


def LinearLR(  # noqa: N802
    start_factor: float = 1.0 / 3, end_factor: float = 1.0, total_iters: float = 5, *, base_lr: float
) -> Schedule:
    """Return torch's LinearLR: a line between two factors of the rate, held at its end.

    It cannot start at 0, and its default is a rise from a third. The end is reached at step `total_iters`, if that is
    an integer; otherwise the last value before it is held. With `total_iters` <= 0 the first value stays for ever.

    Args:
        start_factor: In (0, 1].
        end_factor: In [0, 1].
        total_iters: The number of steps.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> LinearLR(0.5, 1.0, 4, base_lr=0.1)[:6]
        array([0.05  , 0.0625, 0.075 , 0.0875, 0.1   , 0.1   ])

    Same as:
        torch `LinearLR(optimizer, start_factor, end_factor, total_iters)`.
    """
    return made(linear(start_factor, end_factor, total_iters, base_lr))


def linear(start_factor: float, end_factor: float, total_iters: float, base_lr: float) -> Scaling:
    """Return the rule of LinearLR."""
    owner = "LinearLR"
    start = checks.between(owner, "start_factor", start_factor, 5e-324, 1.0, "a number in (0, 1]")
    end = checks.between(owner, "end_factor", end_factor, 0.0, 1.0, "a number in [0, 1]")
    steps = checks.between(owner, "total_iters", total_iters, -math.inf, LARGEST_STEP, "a number <= 2**53")
    last = checks.whole(steps)

    def curve(rate: float) -> Schedule:
        if last < 1:
            return Constant(rate * start)
        line = Linear(rate * start, rate * end, steps=steps)
        return line if steps == last else line.until(last)

    closed = math.nan if steps == 0 else end if steps < 0 else start
    return Scaling(owner, checks.rate(owner, base_lr), curve, start, closed, lambda: start, max(last, 0.0))


def ExponentialLR(gamma: float, *, base_lr: float) -> Schedule:  # noqa: N802
    """Return torch's ExponentialLR: the rate times `gamma` at every step, without end.

    A negative `gamma` changes the sign at every step. A growing rate ends at the largest double.

    Args:
        gamma: The factor of a step.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite, or a negative rate.

    Example:
        >>> ExponentialLR(0.5, base_lr=0.1)[:4]
        array([0.1   , 0.05  , 0.025 , 0.0125])

    Same as:
        torch `ExponentialLR(optimizer, gamma)`.
    """
    return made(exponential(gamma, base_lr))


def exponential(gamma: float, base_lr: float) -> Scaling:
    """Return the rule of ExponentialLR."""
    owner = "ExponentialLR"
    factor = checks.number(owner, "gamma", gamma)
    settled = 0.0 if factor == 1.0 else math.inf
    powers, rate = _powers(factor, 1), checks.rate(owner, base_lr)
    return Scaling(owner, rate, powers, resumed=lambda: factor, settled=settled, drop=(factor, 1))


def StepLR(step_size: float, gamma: float = 0.1, *, base_lr: float) -> Schedule:  # noqa: N802
    """Return torch's StepLR: the rate times `gamma` every `step_size` steps, without end.

    torch multiplies where the step is a multiple of `step_size`; so for 2.5, at every fifth step.

    Args:
        step_size: Steps from drop to drop; not 0.
        gamma: The factor of a drop.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> StepLR(2, 0.5, base_lr=0.1)[:5]
        array([0.1  , 0.1  , 0.05 , 0.05 , 0.025])

    Same as:
        torch `StepLR(optimizer, step_size, gamma)`.
    """
    return made(step(step_size, gamma, base_lr))


def step(step_size: float, gamma: float, base_lr: float) -> Scaling:
    """Return the rule of StepLR."""
    owner = "StepLR"
    size = checks.number(owner, "step_size", step_size)
    if size == 0:
        raise ValueError(f"{owner}: `step_size` must be a number other than 0, got {step_size!r}")
    factor = checks.number(owner, "gamma", gamma)
    every = abs(Fraction(size).numerator)  # the least integer that it divides
    settled = 0.0 if factor == 1.0 else math.inf
    rate = checks.rate(owner, base_lr)
    return Scaling(owner, rate, _powers(factor, every), settled=settled, drop=(factor, every))


def _powers(factor: float, every: int) -> Curve:
    if 2 * every > LARGEST_STEP:
        return Constant

    def curve(rate: float) -> Schedule:
        decay = ExponentialDecay(rate, decay_rate=abs(factor), every=every, staircase=every > 1)
        return checks.alternating(decay, every) if factor < 0 else decay

    return curve


def MultiStepLR(milestones: Iterable[float], gamma: float = 0.1, *, base_lr: float) -> Schedule:  # noqa: N802
    """Return torch's MultiStepLR: the rate times `gamma` at each milestone.

    The new rate begins at the milestone. One that is given twice counts twice, 0 counts at once, their order does not
    matter; negative ones and fractions are never met.

    Args:
        milestones: Steps, in any order; there may be none.
        gamma: The factor of a drop.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no iterable of numbers.
        ValueError: For a number outside its range.

    Example:
        >>> MultiStepLR([1, 3], 0.5, base_lr=0.1)[:4]
        array([0.1  , 0.05 , 0.05 , 0.025])

    Same as:
        torch `MultiStepLR(optimizer, milestones, gamma)`.
    """
    return made(multi_step(milestones, gamma, base_lr))


def multi_step(milestones: Iterable[float], gamma: float, base_lr: float) -> Scaling:
    """Return the rule of MultiStepLR."""
    owner = "MultiStepLR"
    if not isinstance(milestones, Iterable) or isinstance(milestones, (str, bytes, Mapping)):
        raise TypeError(f"{owner}: `milestones` must be a sequence of steps, got {milestones!r}")
    steps = sorted(checks.number(owner, f"milestones[{i}]", one) for i, one in enumerate(milestones))
    factor = checks.number(owner, "gamma", gamma)
    counts = Counter(one for one in steps if 0 <= one <= LARGEST_STEP and one == math.floor(one))
    first = factor ** counts.pop(0.0, 0)

    def curve(rate: float) -> Schedule:
        if not counts:
            return Constant(rate * first)
        factors = [factor**count for count in counts.values()]
        return PiecewiseConstant.from_factors(rate * first, milestones=list(counts), factors=factors)

    closed = factor ** bisect_right(steps, 0)
    settled = max(counts, default=0.0)
    return Scaling(owner, checks.rate(owner, base_lr), curve, first, closed, lambda: first, settled)


def PolynomialLR(total_iters: float = 5, power: float = 1.0, *, base_lr: float) -> Schedule:  # noqa: N802
    """Return torch's PolynomialLR: a power of what remains, down to 0.

    A `total_iters` that is no integer ends with the last value before it, one < 1 never begins; a power of 0 keeps the
    rate. A negative power grows; where torch divides by zero, at `total_iters`, the value before is held.

    Args:
        total_iters: The number of steps.
        power: The power.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite, or a negative rate.

    Example:
        >>> PolynomialLR(4, 2.0, base_lr=0.1)[:6]
        array([0.1    , 0.05625, 0.025  , 0.00625, 0.     , 0.     ])

    Same as:
        torch `PolynomialLR(optimizer, total_iters, power)`.
    """
    return made(polynomial(total_iters, power, base_lr))


def polynomial(total_iters: float, power: float, base_lr: float) -> Scaling:
    """Return the rule of PolynomialLR."""
    owner = "PolynomialLR"
    steps = checks.between(owner, "total_iters", total_iters, -math.inf, LARGEST_STEP, "a number <= 2**53")
    exponent = checks.number(owner, "power", power)
    last = checks.whole(steps) - (1 if exponent < 0 and steps == math.floor(steps) else 0)

    def curve(rate: float) -> Schedule:
        if last < 1 or exponent == 0:
            return Constant(rate)
        if exponent < 0:
            return PowerLaw(rate, power=exponent, timescale=steps, offset=steps - last).until(last).reverse()
        decay = Polynomial(rate, 0.0, steps=steps, power=exponent)
        return decay if steps == last else decay.until(last)

    if steps == 0:
        closed = resumed = math.nan
    else:
        closed = 1.0 if steps > 0 or exponent == 0 else 0.0 if exponent > 0 else math.nan
        resumed = (1.0 / (1.0 + 1.0 / steps)) ** exponent if steps > 0 else 1.0
    settled = 0.0 if exponent == 0 else max(last, 0.0)
    return Scaling(owner, checks.rate(owner, base_lr), curve, 1.0, closed, lambda: resumed, settled)
