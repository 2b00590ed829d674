"""pytorch_warmup: its warmups, as factors to multiply a schedule with.

What `with warmup.dampening(): scheduler.step()` does there is a product here: `schedule * LinearWarmup(100)`. The peak
of the product is below the schedule's where that falls during the warmup. `last_step` is accepted and changes nothing,
because a schedule is asked for any step. A list of periods, one for each parameter group, is refused: make a factor for
each group.
"""

from __future__ import annotations

from collections.abc import Sequence

from pywarmup import _core
from pywarmup.compat._checks import check_last
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear, RAdam, SaturatingExponential

__all__ = ["ExponentialWarmup", "LinearWarmup", "RAdamWarmup", "UntunedExponentialWarmup", "UntunedLinearWarmup"]

Rule = _core.Rule


def LinearWarmup(  # noqa: N802
    warmup_period: int, last_step: int = -1, *, betas: Sequence[float] | None = None, base_lr: float = 1.0
) -> Schedule:
    """Return min(1, (t + 1) / warmup_period): not 0 at first, 1 from step warmup_period - 1 on.

    Args:
        warmup_period: Steps, an integer > 0.
        last_step: Without effect.
        betas: Adam's two coefficients, taken because the untuned ones read them; without effect.
        base_lr: What the factor is multiplied with, >= 0: the rate, where no schedule is to be dampened.

    Raises:
        TypeError: For what is no number, or no integer.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import pytorch_warmup as warmup
        >>> warmup.LinearWarmup(4)[:6]
        array([0.25, 0.5 , 0.75, 1.  , 1.  , 1.  ])

    Same as:
        `pytorch_warmup.LinearWarmup(optimizer, warmup_period)`.
    """
    _check_betas("LinearWarmup", betas)
    return _linear("LinearWarmup", _period("LinearWarmup", warmup_period), last_step, base_lr)


def ExponentialWarmup(  # noqa: N802
    warmup_period: int, last_step: int = -1, *, betas: Sequence[float] | None = None, base_lr: float = 1.0
) -> Schedule:
    """Return 1 - exp(-(t + 1) / warmup_period), which has no end: after warmup_period steps it is 0.63.

    Args:
        warmup_period: Steps, an integer > 0.
        last_step: Without effect.
        betas: Adam's two coefficients, taken because the untuned ones read them; without effect.
        base_lr: What the factor is multiplied with, >= 0: the rate, where no schedule is to be dampened.

    Raises:
        TypeError: For what is no number, or no integer.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import pytorch_warmup as warmup
        >>> warmup.ExponentialWarmup(4)[:4].round(4)
        array([0.2212, 0.3935, 0.5276, 0.6321])

    Same as:
        `pytorch_warmup.ExponentialWarmup(optimizer, warmup_period)`.
    """
    _check_betas("ExponentialWarmup", betas)
    return _exponential("ExponentialWarmup", _period("ExponentialWarmup", warmup_period), last_step, base_lr)


def UntunedLinearWarmup(  # noqa: N802
    last_step: int = -1, *, betas: Sequence[float], base_lr: float = 1.0
) -> Schedule:
    """Return the linear warmup of period int(2 / (1 - beta2)), which rounding makes 1999 for beta2 = 0.999.

    Args:
        last_step: Without effect.
        betas: Adam's two coefficients, >= 0 and < 1.
        base_lr: What the factor is multiplied with, >= 0: the rate, where no schedule is to be dampened.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import pytorch_warmup as warmup
        >>> warmup.UntunedLinearWarmup(betas=(0.9, 0.5))[:5]
        array([0.25, 0.5 , 0.75, 1.  , 1.  ])

    Same as:
        `pytorch_warmup.UntunedLinearWarmup(optimizer)`.
    """
    return _linear("UntunedLinearWarmup", int(2.0 / (1.0 - _beta2("UntunedLinearWarmup", betas))), last_step, base_lr)


def UntunedExponentialWarmup(  # noqa: N802
    last_step: int = -1, *, betas: Sequence[float], base_lr: float = 1.0
) -> Schedule:
    """Return the exponential warmup of period int(1 / (1 - beta2)).

    Args:
        last_step: Without effect.
        betas: Adam's two coefficients, >= 0 and < 1.
        base_lr: What the factor is multiplied with, >= 0: the rate, where no schedule is to be dampened.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import pytorch_warmup as warmup
        >>> warmup.UntunedExponentialWarmup(betas=(0.9, 0.75))[:4].round(4)
        array([0.2212, 0.3935, 0.5276, 0.6321])

    Same as:
        `pytorch_warmup.UntunedExponentialWarmup(optimizer)`.
    """
    name = "UntunedExponentialWarmup"
    return _exponential(name, int(1.0 / (1.0 - _beta2(name, betas))), last_step, base_lr)


def RAdamWarmup(last_step: int = -1, *, betas: Sequence[float], base_lr: float = 1.0) -> Schedule:  # noqa: N802
    """Return the rectification factor of RAdam, moved so that it is above 0 at step 0; it has no end.

    The library subtracts numbers of the size 2 / (1 - beta2) that are almost equal: for beta2 = 0.999 its first factors
    are right to 12 digits, for 0.99999 to 7, and for 0.999999 rounding makes it begin a step early.

    Args:
        last_step: Without effect.
        betas: Adam's two coefficients, the second > 0.6 and < 1.
        base_lr: What the factor is multiplied with, >= 0: the rate, where no schedule is to be dampened.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> from pywarmup.compat import pytorch_warmup as warmup
        >>> warmup.RAdamWarmup(betas=(0.9, 0.999))[:3].round(6)
        array([0.017312, 0.025821, 0.032739])

    Same as:
        `pytorch_warmup.RAdamWarmup(optimizer)`.
    """
    check_last("RAdamWarmup", "last_step", last_step)
    beta2 = _core.check("RAdamWarmup", "betas[1]", Rule.radam_beta, _beta2("RAdamWarmup", betas))
    return RAdam(_rate("RAdamWarmup", base_lr), beta2=beta2)


def _linear(owner: str, period: int, last_step: int, base_lr: float) -> Schedule:
    check_last(owner, "last_step", last_step)
    rate = _rate(owner, base_lr)
    return Linear(0.0, rate, steps=period).shift(1) if period > 1 else Constant(rate)


def _exponential(owner: str, period: int, last_step: int, base_lr: float) -> Schedule:
    check_last(owner, "last_step", last_step)
    return SaturatingExponential(_rate(owner, base_lr), timescale=period)


def _rate(owner: str, base_lr: float) -> float:
    return float(_core.check(owner, "base_lr", Rule.non_negative, base_lr))


def _period(owner: str, period: object) -> int:
    if isinstance(period, bool) or not isinstance(period, int):
        raise TypeError(f"{owner}: `warmup_period` must be an integer > 0, got {period!r}")
    return int(_core.check(owner, "warmup_period", Rule.length, period))


def _check_betas(owner: str, betas: Sequence[float] | None) -> None:
    if betas is not None:
        _beta2(owner, betas)


def _beta2(owner: str, betas: Sequence[float]) -> float:
    """The second of two coefficients that torch's Adam would take."""
    if isinstance(betas, str) or not isinstance(betas, Sequence) or len(betas) != 2:
        raise TypeError(f"{owner}: `betas` must be two numbers, got {betas!r}")
    for index, beta in enumerate(betas):
        if _core.check(owner, f"betas[{index}]", Rule.non_negative, beta) >= 1.0:
            raise ValueError(f"{owner}: `betas[{index}]` must be a number >= 0 and < 1, got {beta!r}")
    return float(betas[1])
