"""Paddle's schedulers that follow one curve."""

from __future__ import annotations

import math

from pywarmup import _core, shapes
from pywarmup.compat import _checks
from pywarmup.compat._curves import polynomial, to_a_pole
from pywarmup.compat.paddle.arguments import check_common, whole
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, InverseSqrt, InverseTime, Linear, NaturalExponentialDecay, Polynomial, PowerLaw

Rule = _core.Rule


def NoamDecay(  # noqa: N802
    d_model: float, warmup_steps: float, learning_rate: float = 1.0, last_epoch: int = -1, verbose: bool = False
) -> Schedule:
    """Return Paddle's NoamDecay: learning_rate * d_model**-0.5 * min(t**-0.5, t * warmup_steps**-1.5).

    Step 0 is 0: Paddle counts from there, the paper from 1.

    Args:
        d_model: > 0.
        warmup_steps: > 0.
        learning_rate: A factor, >= 0.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.NoamDecay(4, 4)([0, 1, 4, 16])
        array([0.    , 0.0625, 0.25  , 0.125 ])

    Same as:
        `paddle.optimizer.lr.NoamDecay(d_model, warmup_steps, learning_rate)`.
    """
    check_common("NoamDecay", last_epoch, verbose)
    steps = _core.check("NoamDecay", "warmup_steps", Rule.length, warmup_steps)
    size = _core.check("NoamDecay", "d_model", Rule.positive, d_model)
    peak = _checks.rate("NoamDecay", learning_rate, "learning_rate") / math.sqrt(size) / math.sqrt(steps)
    return join(Linear(0.0, peak, steps=steps), InverseSqrt(peak, timescale=steps))


def ExponentialDecay(  # noqa: N802
    learning_rate: float, gamma: float, last_epoch: int = -1, verbose: bool = False
) -> Schedule:
    """Return Paddle's ExponentialDecay: learning_rate * gamma**t.

    Args:
        learning_rate: The rate at step 0, >= 0.
        gamma: Between 0 and 1, without them.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.ExponentialDecay(0.8, 0.5)[:4]
        array([0.8, 0.4, 0.2, 0.1])

    Same as:
        `paddle.optimizer.lr.ExponentialDecay(learning_rate, gamma)`.
    """
    check_common("ExponentialDecay", last_epoch, verbose)
    base = _checks.rate("ExponentialDecay", learning_rate, "learning_rate")
    factor = _core.check("ExponentialDecay", "gamma", Rule.positive, gamma)
    if factor >= 1.0:
        raise ValueError(f"ExponentialDecay: `gamma` must be a number > 0 and < 1, got {gamma!r}")
    return shapes.ExponentialDecay(base, decay_rate=factor, every=1)


def NaturalExpDecay(  # noqa: N802
    learning_rate: float, gamma: float, last_epoch: int = -1, verbose: bool = False
) -> Schedule:
    """Return Paddle's NaturalExpDecay: learning_rate * exp(-gamma * t).

    Args:
        learning_rate: The rate at step 0, >= 0.
        gamma: > 0.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.NaturalExpDecay(1.0, 0.1)([0, 10]).round(6)
        array([1.      , 0.367879])

    Same as:
        `paddle.optimizer.lr.NaturalExpDecay(learning_rate, gamma)`.
    """
    check_common("NaturalExpDecay", last_epoch, verbose)
    base = _checks.rate("NaturalExpDecay", learning_rate, "learning_rate")
    return NaturalExponentialDecay(base, decay_rate=_core.check("NaturalExpDecay", "gamma", Rule.positive, gamma))


def InverseTimeDecay(  # noqa: N802
    learning_rate: float, gamma: float, last_epoch: int = -1, verbose: bool = False
) -> Schedule:
    """Return Paddle's InverseTimeDecay: learning_rate / (1 + gamma * t).

    With a negative gamma it grows up to a division by 0, after which Paddle's rates are negative; here the rate of the
    step before that is held.

    Args:
        learning_rate: The rate at step 0, >= 0.
        gamma: The rate of decay.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.InverseTimeDecay(1.0, 0.5)[:4].round(4)
        array([1.    , 0.6667, 0.5   , 0.4   ])

    Same as:
        `paddle.optimizer.lr.InverseTimeDecay(learning_rate, gamma)`.
    """
    check_common("InverseTimeDecay", last_epoch, verbose)
    base = _checks.rate("InverseTimeDecay", learning_rate, "learning_rate")
    decay = _checks.number("InverseTimeDecay", "gamma", gamma)
    if decay >= 0.0:
        return InverseTime(base, decay_rate=decay)
    pole = -1.0 / decay
    return to_a_pole(pole, -1.0) * base if pole <= _checks.LARGEST_STEP else Constant(base)


def PolynomialDecay(  # noqa: N802
    learning_rate: float,
    decay_steps: int,
    end_lr: float = 0.0001,
    power: float = 1.0,
    cycle: bool = False,
    last_epoch: int = -1,
    verbose: bool = False,
) -> Schedule:
    """Return Paddle's PolynomialDecay: end_lr + (learning_rate - end_lr) * (1 - t / decay_steps)**power, then held.

    With `cycle` the length is multiplied by the number of the cycle instead, so that the k-th begins at (1 / k)**power
    of the way; the rate at a multiple of `decay_steps` is still `end_lr`.

    Args:
        learning_rate: The rate at step 0, >= 0.
        decay_steps: An integer > 0.
        end_lr: The last rate; not 0 unless you say so.
        power: > 0.
        cycle: Whether it comes up again.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number, or no integer.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.PolynomialDecay(1.0, 2, end_lr=0.0, cycle=True)[:7].round(4)
        array([1.    , 0.5   , 0.    , 0.25  , 0.    , 0.1667, 0.    ])

    Same as:
        `paddle.optimizer.lr.PolynomialDecay(learning_rate, decay_steps, end_lr, power, cycle)`.
    """
    owner = "PolynomialDecay"
    check_common(owner, last_epoch, verbose)
    _checks.flags(owner, cycle=cycle)
    base = _checks.rate(owner, learning_rate, "learning_rate")
    steps = whole(owner, "decay_steps", decay_steps)
    end = _checks.number(owner, "end_lr", end_lr)
    exponent = _core.check(owner, "power", Rule.positive, power)
    return _in_cycles(base, end, steps, exponent) if cycle else polynomial(base, end, steps, exponent)


def LinearLR(  # noqa: N802
    learning_rate: float,
    total_steps: float,
    start_factor: float = 1.0 / 3,
    end_factor: float = 1.0,
    last_epoch: int = -1,
    verbose: bool = False,
) -> Schedule:
    """Return Paddle's LinearLR: a straight line from `start_factor` to `end_factor` times the rate, then held.

    Of a length that is no integer the last whole step is held.

    Args:
        learning_rate: The rate, >= 0.
        total_steps: Length, > 0.
        start_factor: > 0 and <= 1: it cannot begin at 0.
        end_factor: In [0, 1].
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.LinearLR(1.0, 4, start_factor=0.5)[:6]
        array([0.5  , 0.625, 0.75 , 0.875, 1.   , 1.   ])

    Same as:
        `paddle.optimizer.lr.LinearLR(learning_rate, total_steps, start_factor, end_factor)`.
    """
    owner = "LinearLR"
    check_common(owner, last_epoch, verbose)
    base = _checks.rate(owner, learning_rate, "learning_rate")
    steps = _core.check(owner, "total_steps", Rule.length, total_steps)
    start = _checks.within(owner, "start_factor", start_factor, 0.0, 1.0)
    if start == 0.0:
        raise ValueError(f"{owner}: `start_factor` must be a number > 0 and <= 1, got {start_factor!r}")
    line = Linear(base * start, base * _checks.within(owner, "end_factor", end_factor, 0.0, 1.0), steps=steps)
    last = math.floor(steps)
    if last == steps:
        return line
    return line.until(last) if last else Constant(line(0))


# A cycle is open at its begin and closed at its end: it has the steps 1 to `steps` of the curve. Its k-th turn is
# k**-power times as high.
def _in_cycles(base: float, end: float, steps: int, power: float) -> Schedule:
    if steps == 1:
        return join(Constant(base, steps=1), Constant(end))
    curve = Polynomial(1.0, 0.0, steps=steps, power=power).shift(1).until(steps).repeat()
    heights = PowerLaw(1.0, power=-power, timescale=steps).stairs(steps)
    return join(Constant(base, steps=1), curve * heights * (base - end) + end)
