"""The axes of a picture: which range they show, where their ticks are, and how numbers are written."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import Literal, SupportsIndex, TypeAlias

import numpy as np
from numpy.typing import NDArray

Scale: TypeAlias = Literal["linear", "log"]
UNITS = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")]
LARGEST_SIZE = 1_000  # of a picture made of characters
LEAST_POWER = -300  # of ten, that a threshold may be
DECADES = 2  # that a logarithmic axis shows of a curve that falls to zero


def check_scale(owner: str, scale: object) -> None:
    """Raise a ValueError unless it is a scale."""
    if scale not in ("linear", "log"):
        raise ValueError(f"{owner}: `scale` must be 'linear' or 'log', got {scale!r}")


def check_size(owner: str, field: str, size: SupportsIndex, least: int) -> int:
    """Return a size as an int, or raise an error that says what it must be."""
    problem = f"{owner}: `{field}` must be an integer >= {least} and <= {LARGEST_SIZE}, got {size!r}"
    if isinstance(size, (bool, np.bool_)) or not hasattr(size, "__index__"):
        raise TypeError(problem)
    if not least <= operator.index(size) <= LARGEST_SIZE:
        raise ValueError(problem)
    return operator.index(size)


def step_label(step: float) -> str:
    """Return a step as people write it, to six digits: with a unit, unless that is longer by more than a letter.

    Example:
        >>> [step_label(step) for step in (0, 0.25, 500, 2_000, 7_812, 12_500, 1e6, 3e11)]
        ['0', '0.25', '500', '2k', '7812', '12.5k', '1M', '300B']
    """
    plain = f"{step:.6g}"
    for size, unit in UNITS:
        label = f"{step / size:.6g}{unit}"
        if abs(step) >= size and len(label) <= len(plain) + 1:
            return label
    return plain


def value_label(value: float, digits: int = 4) -> str:
    """Return a value as people write it.

    Example:
        >>> [value_label(value) for value in (0.0, 3e-4, 0.00125, 0.1, 2.0, 1.5e7)]
        ['0', '3e-4', '1.25e-3', '0.1', '2', '1.5e7']
    """
    if value == 0.0 or 1e-2 <= abs(value) < 1e5 or value == 1e-3:
        return f"{value:.{digits}g}"
    number, power = f"{value:.{digits - 1}e}".split("e")
    return f"{number.rstrip('0').rstrip('.')}e{int(power)}"


def digits_between(low: float, high: float) -> int:
    """Return how many digits tell values on an axis apart.

    Example:
        >>> digits_between(0.0, 0.1), digits_between(0.9999, 1.0)
        (4, 8)
    """
    largest = max(abs(low), abs(high))
    return min(max(3 - math.floor(math.log10(high / largest - low / largest)), 4), 17)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers from `low` to `high`, at most so many and at equal distances.

    Example:
        >>> ticks(0.0, 100_000.0, 6)
        [0.0, 20000.0, 40000.0, 60000.0, 80000.0, 100000.0]
    """
    rough = (high - low) / max(most - 1, 1)
    unit = 10.0 ** math.floor(math.log10(rough))
    distance = next(unit * factor for factor in (1, 2, 2.5, 5, 10, 20) if unit * factor >= rough * (1 - 1e-9))
    first, last = math.ceil(low / distance - 1e-9), math.floor(high / distance + 1e-9)
    return [index * distance for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """Values on a linear axis, or a logarithmic one that goes on linearly to zero below its threshold."""

    low: float
    high: float
    threshold: float | None = None

    def position(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where values are between the ends of the axis, 0 to 1."""
        low, high = self._spread(np.array([self.low, self.high]))
        return np.asarray((self._spread(values) - low) / (high - low))

    def _spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.threshold is None:
            return values / max(abs(self.low), abs(self.high))
        below = np.minimum(np.abs(values), self.threshold) / self.threshold
        above = np.log10(np.maximum(np.abs(values), self.threshold)) - np.log10(self.threshold)
        return np.asarray(np.sign(values) * (below + above))


def log_threshold(values: NDArray[np.float64]) -> float:
    """Return the size below which a logarithmic axis goes on linearly to zero: the least value if all are above zero.

    Otherwise the power of ten two decades below that of the peak, or less where the first or the last value is.

    Example:
        >>> log_threshold(np.array([0.0, 3e-4, 0.0])), log_threshold(np.array([0.0, 3e-4, 2e-9]))
        (1e-06, 1e-09)
    """
    sizes = np.abs(values[values != 0.0])
    if not sizes.size or values.min() > 0.0:
        return float(sizes.min(initial=1.0))
    ends = [abs(float(end)) for end in (values[0], values[-1]) if end]
    powers = [math.floor(math.log10(sizes.max())) - DECADES] + [math.floor(math.log10(end)) for end in ends]
    return float(f"1e{max(min(powers), LEAST_POWER)}")


def value_range(values: NDArray[np.float64], scale: Scale = "linear") -> tuple[float, float]:
    """Return from where to where an axis shows a curve: from zero, unless the curve stays far from it.

    Example:
        >>> value_range(np.array([1e-5, 3e-4])), value_range(np.array([0.9, 0.95]))
        ((0.0, 0.0003), (0.9, 0.95))
    """
    low, high = float(values.min()), float(values.max())
    near, far = sorted((abs(low), abs(high)))
    if math.isclose(low, high, rel_tol=1e-12) or (scale == "linear" and near <= far / 2):
        low, high = min(low, 0.0), max(high, 0.0)
    return low, high if high > low else 1.0


def value_axis(values: NDArray[np.float64], scale: Scale = "linear") -> ValueAxis:
    """Return the axis on which a curve shows.

    Example:
        >>> value_axis(np.array([0.0, 3e-4]), "log")
        ValueAxis(low=0.0, high=0.0003, threshold=1e-06)
    """
    return ValueAxis(*value_range(values, scale), log_threshold(values) if scale == "log" else None)
