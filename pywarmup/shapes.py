"""The shapes: one frozen dataclass each. Its formula stands in csrc/shapes/, in the header named like its kind.

`t` is the step and `u = min(t, steps) / steps` the progress. Values are binary64; where a shape has `steps`, both
ends are exact and the end value is held. The TypeErrors and ValueErrors name the parameter, the rule and the value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY
from itertools import accumulate
from operator import mul
from typing import ClassVar

from pywarmup import _core
from pywarmup.schedule import Schedule, frozen


@frozen
class Constant(Schedule):
    """One value.

    value

    Args:
        value: Any finite number.
        steps: Length, > 0; None is endless.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.Constant(0.1)(1_000)
        0.1

    References:
        Folklore.
    """

    kind: ClassVar[str] = "constant"
    value: float
    _: KW_ONLY
    steps: float | None = None


@frozen
class Linear(Schedule):
    """A straight line.

    init_value + (end_value - init_value) * u

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.Linear(0.0, 1.0, steps=4)[:6]
        array([0.  , 0.25, 0.5 , 0.75, 1.  , 1.  ])

    References:
        Folklore; as a warmup Goyal et al. 2017, arXiv:1706.02677, section 2.2.
    """

    kind: ClassVar[str] = "linear"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float


@frozen
class Cosine(Schedule):
    """Half a cosine wave, or a power of it.

    end_value + (init_value - end_value) * ((1 + cos(pi * u)) / 2)**exponent

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.
        exponent: Power of the wave, > 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.Cosine(1.0, 0.0, steps=4)[:5].round(3)
        array([1.   , 0.854, 0.5  , 0.146, 0.   ])

    References:
        Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5; the power is optax's `exponent`.
    """

    kind: ClassVar[str] = "cosine"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float
    exponent: float = 1.0


@frozen
class Polynomial(Schedule):
    """A power of what remains.

    end_value + (init_value - end_value) * (1 - u)**power

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.
        power: Power of the remaining fraction, >= 0; 0 keeps init_value until the end.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.Polynomial(1.0, 0.0, steps=4, power=2)[:5]
        array([1.    , 0.5625, 0.25  , 0.0625, 0.    ])

    References:
        Liu et al. 2015, arXiv:1506.04579, section 3.1 ("poly" policy).
    """

    kind: ClassVar[str] = "polynomial"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float
    power: float


@frozen
class Exponential(Schedule):
    """Equal ratios from step to step.

    init_value * (end_value / init_value)**u

    Args:
        init_value: Value at step 0, > 0.
        end_value: Value at `steps` and after, > 0.
        steps: Length, > 0; an integer as a rule.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.Exponential(0.001, 1.0, steps=3)[:4].round(6)
        array([0.001, 0.01 , 0.1  , 1.   ])

    References:
        Folklore; the ramp of learning-rate range tests (Smith 2017, arXiv:1506.01186, section 3.3).
    """

    kind: ClassVar[str] = "exponential"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float


@frozen
class ExponentialDecay(Schedule):
    """A constant rate of decay, without end.

    init_value * decay_rate**(t / every), with floor(t / every) if `staircase`

    Args:
        init_value: Value at step 0, >= 0.
        decay_rate: Factor per `every` steps, >= 0. Above 1 it grows, up to the largest double.
        every: Steps per factor, > 0.
        staircase: Whether the factor comes at once after each `every` steps.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.ExponentialDecay(1.0, decay_rate=0.5, every=2, staircase=True)[:6]
        array([1.  , 1.  , 0.5 , 0.5 , 0.25, 0.25])

    References:
        Folklore.
    """

    kind: ClassVar[str] = "exponential_decay"
    init_value: float
    _: KW_ONLY
    decay_rate: float
    every: float
    staircase: bool = False


@frozen
class NaturalExponentialDecay(Schedule):
    """A decay at a natural rate, without end.

    init_value * exp(-decay_rate * t / every)

    Args:
        init_value: Value at step 0, >= 0.
        decay_rate: Rate per `every` steps, >= 0.
        every: Steps per unit of the rate, > 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> round(pw.NaturalExponentialDecay(1.0, decay_rate=0.1)(10), 6)
        0.367879

    References:
        Folklore; `NaturalExpDecay` of Paddle.
    """

    kind: ClassVar[str] = "natural_exponential_decay"
    init_value: float
    _: KW_ONLY
    decay_rate: float
    every: float = 1.0


@frozen
class InverseSqrt(Schedule):
    """A decay by the square root of time, without end.

    init_value * sqrt(timescale / (t + offset))

    Args:
        init_value: Value where t + offset = timescale, at step 0 unless `offset` is given; >= 0.
        timescale: Steps, > 0: the number of warmup steps as a rule.
        offset: Steps, > 0; None is `timescale`.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.InverseSqrt(1.0, timescale=100)[:301:100].round(4)
        array([1.    , 0.7071, 0.5774, 0.5   ])

    References:
        Vaswani et al. 2017, arXiv:1706.03762, equation 3.
    """

    kind: ClassVar[str] = "inverse_sqrt"
    init_value: float
    _: KW_ONLY
    timescale: float
    offset: float | None = None


@frozen
class InverseTime(Schedule):
    """A decay by time, without end.

    init_value / (1 + decay_rate * t / every), with floor(t / every) if `staircase`

    Args:
        init_value: Value at step 0, >= 0.
        decay_rate: Decay per `every` steps, >= 0.
        every: Steps per unit of the rate, > 0.
        staircase: Whether the decay comes at once after each `every` steps.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.InverseTime(1.0, decay_rate=1.0)[:4].round(4)
        array([1.    , 0.5   , 0.3333, 0.25  ])

    References:
        Robbins and Monro 1951; `InverseTimeDecay` of Keras.
    """

    kind: ClassVar[str] = "inverse_time"
    init_value: float
    _: KW_ONLY
    decay_rate: float
    every: float = 1.0
    staircase: bool = False


@frozen
class PowerLaw(Schedule):
    """A power of time, without end.

    init_value * ((t + offset) / timescale)**power

    Args:
        init_value: Value where t + offset = timescale, at step 0 unless `offset` is given; >= 0.
        power: The power; negative for a decay.
        timescale: Steps, > 0.
        offset: Steps, > 0; None is `timescale`.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.PowerLaw(1.0, power=-0.5, timescale=100)(300)
        0.5

    References:
        Shen et al. 2024, arXiv:2408.13359, equation 5 (power scheduler).
    """

    kind: ClassVar[str] = "power_law"
    init_value: float
    _: KW_ONLY
    power: float
    timescale: float
    offset: float | None = None


@frozen
class OneMinusSqrt(Schedule):
    """One minus a square root, the "1-sqrt" cooldown.

    end_value + (init_value - end_value) * (1 - sqrt(u))

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.OneMinusSqrt(1.0, 0.0, steps=4)[:5].round(4)
        array([1.    , 0.5   , 0.2929, 0.134 , 0.    ])

    References:
        Hägele et al. 2024, arXiv:2405.18392, section 3.
    """

    kind: ClassVar[str] = "one_minus_sqrt"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float


@frozen
class SquareRoot(Schedule):
    """The square root of what remains.

    end_value + (init_value - end_value) * sqrt(1 - u)

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.SquareRoot(1.0, 0.0, steps=4)[:5].round(4)
        array([1.    , 0.866 , 0.7071, 0.5   , 0.    ])

    References:
        Folklore; `SquareRootAnnealing` of NeMo.
    """

    kind: ClassVar[str] = "square_root"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float


@frozen
class Logarithmic(Schedule):
    """A logarithm of time, as a warmup.

    init_value + (end_value - init_value) * log(1 + t) / log(1 + steps)

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.Logarithmic(0.0, 1.0, steps=7)[:8:2].round(4)
        array([0.    , 0.5283, 0.774 , 0.9358])

    References:
        `WarmupLR` of DeepSpeed, where W warmup steps reach the peak at step W - 1: `steps=W - 1`.
    """

    kind: ClassVar[str] = "logarithmic"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float


@frozen
class SaturatingExponential(Schedule):
    """A warmup that approaches its value without reaching it; as a rule a factor of another schedule.

    value * (1 - exp(-(t + 1) / timescale))

    Args:
        value: What it approaches, >= 0.
        timescale: Steps, > 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.Cosine(0.1, 0.0, steps=1000) * pw.SaturatingExponential(1.0, timescale=100)
        >>> round(s(99), 6)
        0.061696

    References:
        Ma and Yarats 2021, arXiv:1910.04209, section 5 ("exponential warmup").
    """

    kind: ClassVar[str] = "saturating_exponential"
    value: float
    _: KW_ONLY
    timescale: float


@frozen
class ScaledExponential(Schedule):
    """An exponential scaled so that its ends are exact.

    end_value + (init_value - end_value) * (ratio**u - ratio) / (1 - ratio)

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.
        ratio: How far the exponential falls before it is scaled, > 0 and not 1.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.ScaledExponential(1.0, 0.0, steps=4, ratio=0.5)[:5].round(4)
        array([1.    , 0.6818, 0.4142, 0.1892, 0.    ])

    Same as:
        The decay "exponential" of Megatron's WSD for ratio 1/2, "exp" of timm's for 1/10.

    References:
        Folklore.
    """

    kind: ClassVar[str] = "scaled_exponential"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float
    ratio: float


@frozen
class RAdam(Schedule):
    """The rectification factor of RAdam as a warmup; as a rule a factor of another schedule.

    value * sqrt((r - 4) * (r - 2) * m / ((m - 4) * (m - 2) * r)), where m = 2 / (1 - beta2) - 1,
    r = m - 2 * s * beta2**s / (1 - beta2**s), s = t + d, and d is the least integer for which r > 4 at t = 0.

    Args:
        value: What it approaches, >= 0.
        beta2: The optimizer's second moment coefficient, > 0.6 and < 1.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> round(pw.RAdam(1.0, beta2=0.999)(0), 6)
        0.017312

    References:
        Liu et al. 2020, arXiv:1908.03265, algorithm 2; Ma and Yarats 2021, arXiv:1910.04209.
    """

    kind: ClassVar[str] = "radam"
    value: float
    _: KW_ONLY
    beta2: float


@frozen
class Tanh(Schedule):
    """A hyperbolic tangent, scaled so that its ends are exact.

    end_value + (init_value - end_value) * (tanh(upper) - tanh(x)) / (tanh(upper) - tanh(lower)),
    x = lower + (upper - lower) * u

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.
        lower: Where the tangent starts, in [-100, 100] and less than `upper`.
        upper: Where it ends, in [-100, 100].

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.Tanh(1.0, 0.0, steps=10)[:11:5].round(4)
        array([1.   , 0.982, 0.   ])

    References:
        Hsueh et al. 2019, arXiv:1806.01593, equation 4, which is not scaled (timm's neither).
    """

    kind: ClassVar[str] = "tanh"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float
    lower: float = -7.0
    upper: float = 3.0


@frozen
class Rex(Schedule):
    """The reflected exponential.

    end_value + (init_value - end_value) * (1 - u) / (1/2 + (1 - u) / 2)

    Args:
        init_value: Value at step 0, >= 0.
        end_value: Value at `steps` and after, >= 0.
        steps: Length, > 0; an integer as a rule.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.Rex(1.0, 0.0, steps=4)[:5].round(4)
        array([1.    , 0.8571, 0.6667, 0.4   , 0.    ])

    References:
        Chen et al. 2022, arXiv:2107.04197, section 4.
    """

    kind: ClassVar[str] = "rex"
    init_value: float
    end_value: float
    _: KW_ONLY
    steps: float


@frozen
class PiecewiseConstant(Schedule):
    """Values that change at milestones, without end.

    values[number of milestones <= t]

    Args:
        values: Finite numbers, one more than there are milestones.
        milestones: The steps at which the next value begins, > 0 and increasing. (torch, optax and mmengine too
            change at the milestone; Keras one step later, timm one earlier.)

    Raises:
        TypeError: For what is no sequence of numbers.
        ValueError: For a number outside its range, or lengths that do not fit.

    Example:
        >>> import pywarmup as pw
        >>> pw.PiecewiseConstant([1.0, 0.5, 0.1], milestones=[2, 4])[:6]
        array([1. , 1. , 0.5, 0.5, 0.1, 0.1])

    References:
        Folklore.
    """

    kind: ClassVar[str] = "piecewise_constant"
    values: Sequence[float]
    _: KW_ONLY
    milestones: Sequence[float]

    @classmethod
    def from_factors(
        cls, init_value: float, *, milestones: Sequence[float], factors: Sequence[float]
    ) -> PiecewiseConstant:
        """Return the values that come of multiplying by a factor at each milestone.

        Example:
            >>> import pywarmup as pw
            >>> pw.PiecewiseConstant.from_factors(1.0, milestones=[2, 4], factors=[0.5, 0.5]).values
            (1.0, 0.5, 0.25)
        """
        start = _core.check(cls.__name__, "init_value", _core.Rule.finite, init_value)
        steps = () if factors in ([], ()) else _core.check(cls.__name__, "factors", _core.Rule.numbers, factors)
        return cls(list(accumulate(steps, mul, initial=start)), milestones=milestones)


@frozen
class PiecewiseLinear(Schedule):
    """Straight lines through points.

    Args:
        points: At least two (step, value) pairs, the steps increasing from 0; the last value is held.

    Raises:
        TypeError: For what is no sequence of pairs of numbers.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.PiecewiseLinear([(0, 0.0), (2, 1.0), (6, 0.0)])[:7]
        array([0.  , 0.5 , 1.  , 0.75, 0.5 , 0.25, 0.  ])

    References:
        Folklore; `PiecewiseLinear` of Ignite.
    """

    kind: ClassVar[str] = "piecewise_linear"
    points: Iterable[tuple[float, float]]


@frozen
class Table(Schedule):
    """A value for each step.

    values[floor(t)], the last one for ever

    Args:
        values: Finite numbers, at least one.

    Raises:
        TypeError: For what is no sequence of numbers.
        ValueError: For a number that is not finite.

    Example:
        >>> import pywarmup as pw
        >>> pw.Table([0.1, 0.2, 0.3])[:4]
        array([0.1, 0.2, 0.3, 0.3])

    References:
        Folklore.
    """

    kind: ClassVar[str] = "table"
    values: Sequence[float]
