"""The area under each shape that has a closed form.

Each rule takes a shape and a span [start, stop] within its `steps`, and returns the integral over the span: from the
two ends together where a difference of two values of an antiderivative would lose digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pywarmup.questions.quadrature import summed
from pywarmup.schedule import Schedule
from pywarmup.shapes import (
    Constant,
    Cosine,
    Exponential,
    ExponentialDecay,
    InverseSqrt,
    InverseTime,
    Linear,
    Logarithmic,
    NaturalExponentialDecay,
    PiecewiseConstant,
    PiecewiseLinear,
    Polynomial,
    PowerLaw,
    SaturatingExponential,
    ScaledExponential,
    Table,
    Tanh,
)

NARROW = 1 / 16  # of a shape: spans in which a difference of antiderivatives loses a digit and more


def area_of(shape: Schedule, start: float, stop: float) -> float:
    """Return the area under a shape, in closed form where it has one.

    Example:
        >>> import pywarmup as pw
        >>> area_of(pw.Cosine(1.0, 0.0, steps=100), 0.0, 100.0)
        50.0
    """
    rule = _RULES.get(shape.kind, summed)
    if rule in _DIFFERENCES and stop - start < NARROW * float(shape.total_steps or 0.0):
        rule = summed
    return float(rule(shape, start, stop))


def _constant(shape: Constant, start: float, stop: float) -> float:
    return shape.value * (stop - start)


def _linear(shape: Linear, start: float, stop: float) -> float:
    return (shape(start) + shape(stop)) / 2 * (stop - start)


def _cosine(shape: Cosine, start: float, stop: float) -> float:
    if shape.exponent != 1.0:
        return summed(shape, start, stop)
    turn = math.pi / 2 / shape.steps
    mean = (shape.init_value + shape.end_value) / 2
    height = (shape.init_value - shape.end_value) / 2
    middle = math.sin(turn * (shape.steps - start - stop))  # cos(turn * (start + stop)), and 0 for all of the wave
    return mean * (stop - start) + height * middle * math.sin(turn * (stop - start)) / turn


def _between(antiderivative: Callable[[Any, float], float]) -> Callable[[Any, float, float], float]:
    """Return the rule for end + (init - end) * w(u), from the antiderivative of w by u."""

    def rule(shape: Polynomial, start: float, stop: float) -> float:  # or another between two values
        change = antiderivative(shape, stop / shape.steps) - antiderivative(shape, start / shape.steps)
        return shape.end_value * (stop - start) + (shape.init_value - shape.end_value) * shape.steps * change

    _DIFFERENCES.append(rule)
    return rule


_DIFFERENCES: list[Callable[..., float]] = []


def _remaining(shape: Any, u: float) -> float:
    power: float = shape.power if shape.kind == "polynomial" else 0.5
    return -math.pow(1 - u, power + 1) / (power + 1)


def _one_minus_sqrt(shape: Any, u: float) -> float:
    return u - 2 / 3 * u * math.sqrt(u)


def _scaled_exponential(shape: ScaledExponential, u: float) -> float:
    rate = math.log(shape.ratio)
    return (math.expm1(rate * u) / rate - shape.ratio * u) / (1 - shape.ratio)


def _rex(shape: Any, u: float) -> float:
    return 2 * (math.log1p(1 - u) - (1 - u))


def _logarithmic(shape: Logarithmic, start: float, stop: float) -> float:
    if stop - start < NARROW * shape.steps:
        return summed(shape, start, stop)
    low, high = (((1 + t) * math.log1p(t) - t) / math.log1p(shape.steps) for t in (start, stop))
    return shape.init_value * (stop - start) + (shape.end_value - shape.init_value) * (high - low)


def _tanh(shape: Tanh, start: float, stop: float) -> float:
    low, high, height = shape.lower, shape.upper, math.tanh(shape.upper) - math.tanh(shape.lower)
    if stop - start < NARROW * shape.steps or height < NARROW:
        return summed(shape, start, stop)
    u, v = start / shape.steps, stop / shape.steps
    x, y = low + (high - low) * u, low + (high - low) * v
    part = (math.tanh(high) * (v - u) - (_log_cosh(y) - _log_cosh(x)) / (high - low)) / height
    return shape.end_value * (stop - start) + (shape.init_value - shape.end_value) * shape.steps * part


def _log_cosh(x: float) -> float:
    return abs(x) + math.log1p(math.exp(-2 * abs(x))) - math.log(2)


def _grows(value: float, rate: float, length: float) -> float:
    """Return the area under value * exp(rate * t) over that length."""
    exponent = rate * length
    return value * length * (math.expm1(exponent) / exponent if exponent else 1.0)


def _exponential(shape: Exponential, start: float, stop: float) -> float:
    rate = (math.log(shape.end_value) - math.log(shape.init_value)) / shape.steps
    return _grows(shape(start), rate, stop - start)


def _exponential_decay(shape: ExponentialDecay, start: float, stop: float) -> float:
    if shape.staircase:
        return _stairs(shape, start, stop, _decayed_stairs)
    if shape.decay_rate == 0.0:
        return 0.0  # the value at step 0 has no width
    if shape.init_value and stop / shape.every * math.log(shape.decay_rate) + math.log(shape.init_value) > 709:
        return math.inf
    return _grows(shape(start), math.log(shape.decay_rate) / shape.every, stop - start)


def _natural(shape: NaturalExponentialDecay, start: float, stop: float) -> float:
    return _grows(shape(start), -shape.decay_rate / shape.every, stop - start)


def _stairs(
    shape: ExponentialDecay | InverseTime, start: float, stop: float, whole: Callable[[Any, float, float], float]
) -> float:
    """Return the area under a staircase: what is cut of the first and the last stair, and the whole ones between."""
    first, last = start // shape.every, stop // shape.every
    if first == last:
        return shape(start) * (stop - start)
    cut = shape(start) * ((first + 1) * shape.every - start) + shape(stop) * (stop - last * shape.every)
    return cut + shape.every * shape.init_value * whole(shape, first + 1, last)


def _decayed_stairs(shape: ExponentialDecay, first: float, last: float) -> float:
    """Return the sum of decay_rate**k, first <= k < last."""
    return geometric_sum(shape.decay_rate, first, last)


def geometric_sum(ratio: float, first: float, last: float) -> float:
    """Return the sum of ratio**k for first <= k < last.

    Example:
        >>> geometric_sum(0.5, 0, 3)
        1.75
    """
    if last <= first:
        return 0.0
    if ratio == 0.0:
        return 1.0 if first == 0 else 0.0
    rate = math.log(ratio)
    if last * rate > 709:
        return math.inf
    return math.exp(first * rate) * (math.expm1((last - first) * rate) / math.expm1(rate) if rate else last - first)


def _inverse_stairs(shape: InverseTime, first: float, last: float) -> float:
    """Return the sum of 1 / (1 + decay_rate * k), first <= k < last: few terms, and an integral for the others."""
    if shape.decay_rate == 0.0:
        return last - first
    split = min(last, first + 1_000)
    few = math.fsum(1 / (1 + shape.decay_rate * k) for k in range(int(first), int(split)))
    return few + (_harmonic_tail(shape.decay_rate, split, last) if split < last else 0.0)


def _harmonic_tail(rate: float, first: float, last: float) -> float:
    """Return that sum by the formula of Euler and Maclaurin, whose error is below rate**3 / (1 + rate * first)**4."""
    near, far = 1 + rate * first, 1 + rate * last
    ends = (1 / near - 1 / far) / 2 + rate * (1 / near**2 - 1 / far**2) / 12
    ends -= rate**3 * (1 / near**4 - 1 / far**4) / 120
    return math.log1p(rate * (last - first) / near) / rate + ends


def _inverse_time(shape: InverseTime, start: float, stop: float) -> float:
    if shape.staircase:
        return _stairs(shape, start, stop, _inverse_stairs)
    rate = shape.decay_rate / shape.every
    if rate == 0.0:
        return shape.init_value * (stop - start)
    return shape.init_value / rate * math.log1p(rate * (stop - start) / (1 + rate * start))


def _inverse_sqrt(shape: InverseSqrt, start: float, stop: float) -> float:
    offset = shape.timescale if shape.offset is None else shape.offset
    roots = math.sqrt(start + offset) + math.sqrt(stop + offset)
    return 2 * shape.init_value * math.sqrt(shape.timescale) * (stop - start) / roots


def _power_law(shape: PowerLaw, start: float, stop: float) -> float:
    offset = shape.timescale if shape.offset is None else shape.offset
    rate, length = shape.power + 1, math.log1p((stop - start) / (start + offset))
    if rate * length > 709:
        return math.inf
    return shape(start) * (start + offset) * (math.expm1(rate * length) / rate if rate else length)


def _saturating(shape: SaturatingExponential, start: float, stop: float) -> float:
    length = (stop - start) / shape.timescale
    if length < NARROW:
        return summed(shape, start, stop)
    missing = math.exp(-(start + 1) / shape.timescale) * -math.expm1(-length)
    return shape.value * shape.timescale * (length - missing)


def _milestones(shape: PiecewiseConstant, start: float, stop: float) -> float:
    return _steps(np.array(shape.values, float), np.array([0.0, *shape.milestones]), start, stop)


def _table(shape: Table, start: float, stop: float) -> float:
    return _steps(np.array(shape.values, float), np.arange(float(len(shape.values))), start, stop)


def _steps(values: Any, begins: Any, start: float, stop: float) -> float:
    widths = np.diff(np.clip(np.append(begins, np.inf), start, stop))
    return math.fsum(values * widths)


def _corners(shape: PiecewiseLinear, start: float, stop: float) -> float:
    inside = [float(step) for step, _ in shape.points if start < step < stop]
    edges = np.array([start, *inside, stop])
    values = shape.at(edges)
    return math.fsum((values[:-1] + values[1:]) / 2 * np.diff(edges))


_RULES: dict[str, Callable[[Any, float, float], Any]] = {
    "constant": _constant,
    "linear": _linear,
    "cosine": _cosine,
    "polynomial": _between(_remaining),
    "square_root": _between(_remaining),
    "one_minus_sqrt": _between(_one_minus_sqrt),
    "scaled_exponential": _between(_scaled_exponential),
    "rex": _between(_rex),
    "logarithmic": _logarithmic,
    "tanh": _tanh,
    "exponential": _exponential,
    "exponential_decay": _exponential_decay,
    "natural_exponential_decay": _natural,
    "inverse_time": _inverse_time,
    "inverse_sqrt": _inverse_sqrt,
    "power_law": _power_law,
    "saturating_exponential": _saturating,
    "piecewise_constant": _milestones,
    "piecewise_linear": _corners,
    "table": _table,
}
