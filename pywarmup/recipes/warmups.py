"""A linear (or geometric) warmup, and one curve after it."""

from __future__ import annotations

from pywarmup import _core
from pywarmup.compose import join
from pywarmup.recipes.stages import after_warmup, lengths
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Exponential, InverseSqrt, Linear, Polynomial

Rule = _core.Rule


def warmup_constant(
    peak_value: float, *, warmup_steps: float, total_steps: float | None = None, init_value: float = 0.0
) -> Schedule:
    """Return a linear warmup, then the peak.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included; None is endless.
        init_value: Value at step 0, >= 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_constant(0.1, warmup_steps=2)
        Join(stages=(Linear(init_value=0.0, end_value=0.1, steps=2), Constant(value=0.1, steps=None)))

    Same as:
        transformers `get_constant_schedule_with_warmup`.

    References:
        Goyal et al. 2017, arXiv:1706.02677, section 2.2.
    """
    name = "warmup_constant"
    if total_steps is None:
        warmup = _core.check(name, "warmup_steps", Rule.delay, warmup_steps)
        return after_warmup(name, peak_value, warmup, init_value, Constant)
    warmup, rest = lengths(name, warmup_steps, total_steps)
    return after_warmup(name, peak_value, warmup, init_value, lambda peak: Constant(peak, steps=rest))


def warmup_linear(
    peak_value: float,
    *,
    warmup_steps: float,
    total_steps: float,
    init_value: float = 0.0,
    end_value: float = 0.0,
) -> Schedule:
    """Return a linear warmup, then a linear decay.

    peak_value * t / warmup_steps, then peak_value * (total_steps - t) / (total_steps - warmup_steps), for the
    default init_value and end_value of 0.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        init_value: Value at step 0, >= 0.
        end_value: Value at total_steps and after, >= 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_linear(1.0, warmup_steps=2, total_steps=6)[:7]
        array([0.  , 0.5 , 1.  , 0.75, 0.5 , 0.25, 0.  ])

    Same as:
        transformers `get_linear_schedule_with_warmup`.

    References:
        Devlin et al. 2019, arXiv:1810.04805, appendix A.2.
    """
    name = "warmup_linear"
    warmup, rest = lengths(name, warmup_steps, total_steps)
    end_value = _core.check(name, "end_value", Rule.non_negative, end_value)
    return after_warmup(name, peak_value, warmup, init_value, lambda peak: Linear(peak, end_value, steps=rest))


def warmup_cosine(
    peak_value: float,
    *,
    warmup_steps: float,
    total_steps: float,
    init_value: float = 0.0,
    end_value: float = 0.0,
) -> Schedule:
    """Return a linear warmup, then half a cosine wave.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        init_value: Value at step 0, >= 0.
        end_value: Value at total_steps and after, >= 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_cosine(1.0, warmup_steps=2, total_steps=6)[:7].round(3)
        array([0.   , 0.5  , 1.   , 0.854, 0.5  , 0.146, 0.   ])

    Same as:
        transformers `get_cosine_schedule_with_warmup`; optax `warmup_cosine_decay_schedule`.

    References:
        Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5.
    """
    name = "warmup_cosine"
    warmup, rest = lengths(name, warmup_steps, total_steps)
    end_value = _core.check(name, "end_value", Rule.non_negative, end_value)
    return after_warmup(name, peak_value, warmup, init_value, lambda peak: Cosine(peak, end_value, steps=rest))


def warmup_polynomial(
    peak_value: float,
    *,
    warmup_steps: float,
    total_steps: float,
    init_value: float = 0.0,
    end_value: float = 0.0,
    power: float = 1.0,
) -> Schedule:
    """Return a linear warmup, then a polynomial decay.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        init_value: Value at step 0, >= 0.
        end_value: Value at total_steps and after, >= 0. (transformers' default is 1e-7.)
        power: Power of the remaining fraction, >= 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_polynomial(1.0, warmup_steps=2, total_steps=6, power=2)[:7]
        array([0.    , 0.5   , 1.    , 0.5625, 0.25  , 0.0625, 0.    ])

    Same as:
        transformers `get_polynomial_decay_schedule_with_warmup`.

    References:
        Liu et al. 2015, arXiv:1506.04579, section 3.1.
    """
    name = "warmup_polynomial"
    warmup, rest = lengths(name, warmup_steps, total_steps)
    end_value = _core.check(name, "end_value", Rule.non_negative, end_value)
    power = _core.check(name, "power", Rule.non_negative, power)
    return after_warmup(
        name,
        peak_value,
        warmup,
        init_value,
        lambda peak: Polynomial(peak, end_value, steps=rest, power=power),
    )


def warmup_exponential(
    peak_value: float, *, warmup_steps: float, total_steps: float, init_value: float, end_value: float
) -> Schedule:
    """Return a geometric warmup, then a geometric decay.

    init_value * (peak_value / init_value)**(t / warmup_steps), then the same from peak_value to end_value.

    Args:
        peak_value: Value after the warmup, > 0.
        warmup_steps: Length of the warmup, >= 0 and less than total_steps.
        total_steps: Length of the run, warmup included.
        init_value: Value at step 0, > 0.
        end_value: Value at total_steps and after, > 0.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_exponential(1.0, warmup_steps=2, total_steps=4, init_value=0.01, end_value=0.01)[:5].round(3)
        array([0.01, 0.1 , 1.  , 0.1 , 0.01])

    References:
        Folklore.
    """
    name = "warmup_exponential"
    warmup, rest = lengths(name, warmup_steps, total_steps)
    peak = _core.check(name, "peak_value", Rule.positive, peak_value)
    init_value = _core.check(name, "init_value", Rule.positive, init_value)
    end_value = _core.check(name, "end_value", Rule.positive, end_value)
    decay = Exponential(peak, end_value, steps=rest)
    return join(Exponential(init_value, peak, steps=warmup), decay) if warmup else decay


def warmup_inverse_sqrt(
    peak_value: float,
    *,
    warmup_steps: float,
    total_steps: float | None = None,
    init_value: float = 0.0,
    end_value: float = 0.0,
    timescale: float | None = None,
) -> Schedule:
    """Return a linear warmup, then a decay by the square root of time.

    peak_value * sqrt(timescale / (t - warmup_steps + timescale)) after the warmup, never less than end_value.

    Args:
        peak_value: Value after the warmup, >= 0.
        warmup_steps: Length of the warmup, >= 0.
        total_steps: Length of the run, warmup included; None is endless.
        init_value: Value at step 0, >= 0.
        end_value: The least value of the decay, >= 0.
        timescale: Steps, > 0; None is warmup_steps, or 10,000 without warmup.

    Returns:
        A `Join` of the stages, or the one stage there is.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> pw.warmup_inverse_sqrt(1.0, warmup_steps=4, total_steps=20)([0, 2, 4, 16])
        array([0. , 0.5, 1. , 0.5])

    Same as:
        transformers `get_inverse_sqrt_schedule`.

    References:
        Vaswani et al. 2017, arXiv:1706.03762, equation 3.
    """
    name = "warmup_inverse_sqrt"
    warmup = _core.check(name, "warmup_steps", Rule.delay, warmup_steps)
    scale = (warmup or 10_000) if timescale is None else _core.check(name, "timescale", Rule.length, timescale)
    end_value = _core.check(name, "end_value", Rule.non_negative, end_value)

    def decay(peak: float) -> Schedule:
        shape: Schedule = InverseSqrt(peak, timescale=scale)
        if total_steps is not None:
            shape = shape.until(lengths(name, warmup_steps, total_steps)[1])
        return shape.clip(lower=end_value) if end_value else shape

    return after_warmup(name, peak_value, warmup, init_value, decay)


def noam(scale: float = 1.0, *, d_model: float, warmup_steps: float) -> Schedule:
    """Return the schedule of the Transformer: linear warmup, inverse square root, scaled by the model's width.

    scale * d_model**-0.5 * min(n**-0.5, n * warmup_steps**-1.5), with n = t + 1

    The paper counts updates from 1, so n is the number of the update that is about to be made: the first one is not
    wasted at 0, and the peak is at step warmup_steps - 1.

    Args:
        scale: Factor, >= 0.
        d_model: Width of the model, > 0.
        warmup_steps: Length of the warmup, > 0.

    Returns:
        The stages from their step 1 on, without end.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.noam(d_model=512, warmup_steps=4000)
        >>> round(s(0), 10), round(s(3999), 8)
        (1.747e-07, 0.00069877)

    Same as:
        Paddle `NoamDecay` from its step 1 on.

    References:
        Vaswani et al. 2017, arXiv:1706.03762, equation 3.
    """
    factor = _core.check("noam", "scale", Rule.non_negative, scale)
    width = _core.check("noam", "d_model", Rule.positive, d_model)
    steps = _core.check("noam", "warmup_steps", Rule.length, warmup_steps)
    return warmup_inverse_sqrt(factor / (width * steps) ** 0.5, warmup_steps=steps).shift(1)
