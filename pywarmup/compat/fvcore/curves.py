"""fvcore's curves."""

from __future__ import annotations

from collections.abc import Callable

from pywarmup import _core
from pywarmup.compat._curves import between
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, ExponentialDecay, Linear, Polynomial

Rule = _core.Rule


def ConstantParamScheduler(value: float) -> Schedule:  # noqa: N802
    """Return fvcore's constant.

    fvcore raises at 1, which is past the last update; here the value is held.

    Args:
        value: Any finite number.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> fvcore.ConstantParamScheduler(0.1)(0.5)
        0.1

    Same as:
        `fvcore.common.param_scheduler.ConstantParamScheduler`.
    """
    return Constant(_core.check("ConstantParamScheduler", "value", Rule.finite, value), steps=1)


def CosineParamScheduler(start_value: float, end_value: float) -> Schedule:  # noqa: N802
    """Return fvcore's half cosine.

    Past 1 it returns the way it came, for ever, as fvcore's does.

    Args:
        start_value: Value at 0.
        end_value: Value at 1.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> fvcore.CosineParamScheduler(0.1, 0.0)([0.0, 0.5, 1.0])
        array([0.1 , 0.05, 0.  ])

    Same as:
        `fvcore.common.param_scheduler.CosineParamScheduler`.
    """
    return _from_to("CosineParamScheduler", Cosine, start_value, end_value).past_end("mirror")


def LinearParamScheduler(start_value: float, end_value: float) -> Schedule:  # noqa: N802
    """Return fvcore's straight line.

    Past 1 fvcore goes on along the line, below zero if it falls; here the end value is held.

    Args:
        start_value: Value at 0.
        end_value: Value at 1.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number that is not finite.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> fvcore.LinearParamScheduler(0.0, 0.1)([0.0, 0.5, 1.0])
        array([0.  , 0.05, 0.1 ])

    Same as:
        `fvcore.common.param_scheduler.LinearParamScheduler`.
    """
    return _from_to("LinearParamScheduler", Linear, start_value, end_value)


def ExponentialParamScheduler(start_value: float, decay: float) -> Schedule:  # noqa: N802
    """Return fvcore's exponential, start_value * decay**where.

    `decay` is the whole run's, not a step's: at 1 the value is start_value * decay. It has no end.

    Args:
        start_value: Value at 0.
        decay: What is left of it at 1, >= 0. (With a negative one fvcore's values are complex.)

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> fvcore.ExponentialParamScheduler(1.0, 0.01)([0.0, 0.5, 1.0])
        array([1.  , 0.1 , 0.01])

    Same as:
        `fvcore.common.param_scheduler.ExponentialParamScheduler`.
    """
    owner = "ExponentialParamScheduler"
    rate = _core.check(owner, "decay", Rule.non_negative, decay)
    start = _core.check(owner, "start_value", Rule.finite, start_value)
    return _signed(start, lambda size: ExponentialDecay(size, decay_rate=rate, every=1))


def PolynomialDecayParamScheduler(base_value: float, power: float) -> Schedule:  # noqa: N802
    """Return fvcore's polynomial, base_value * (1 - where)**power.

    Past 1 fvcore takes the power of a negative number: complex for most powers. Here the end value is held.

    Args:
        base_value: Value at 0.
        power: The power, >= 0; 0 is a constant. (With a negative one fvcore divides by zero at 1.)

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import fvcore
        >>> fvcore.PolynomialDecayParamScheduler(0.4, 2)([0.0, 0.5, 1.0])
        array([0.4, 0.1, 0. ])

    Same as:
        `fvcore.common.param_scheduler.PolynomialDecayParamScheduler`.
    """
    owner = "PolynomialDecayParamScheduler"
    base = _core.check(owner, "base_value", Rule.finite, base_value)
    exponent = _core.check(owner, "power", Rule.non_negative, power)
    if exponent == 0.0:
        return Constant(base, steps=1)
    return _signed(base, lambda size: Polynomial(size, 0.0, steps=1, power=exponent))


def _from_to(owner: str, shape: Callable[..., Schedule], start_value: float, end_value: float) -> Schedule:
    start = _core.check(owner, "start_value", Rule.finite, start_value)
    return between(shape, start, _core.check(owner, "end_value", Rule.finite, end_value), steps=1)


def _signed(value: float, make: Callable[[float], Schedule]) -> Schedule:
    return make(value) if value >= 0.0 else make(-value) * -1.0
