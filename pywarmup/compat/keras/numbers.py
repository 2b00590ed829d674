"""The numbers that Keras computes with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def is_whole(initial_learning_rate: Any) -> bool:
    """Whether Keras computes in integers because its initial rate is one."""
    return isinstance(initial_learning_rate, int | np.integer)


def as_cast(initial_learning_rate: Any, *numbers: float) -> list[float]:
    """Return numbers as Keras casts them to the type of the initial rate."""
    return [float(math.trunc(number)) for number in numbers] if is_whole(initial_learning_rate) else list(numbers)
