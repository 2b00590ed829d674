import enum
from typing import Any, Final, SupportsFloat, SupportsIndex, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

class Rule(enum.Enum):
    finite = 0
    non_negative = 1
    positive = 2
    length = 3
    optional_length = 4
    delay = 5
    at_least_one = 6
    tanh_end = 7
    radam_beta = 8
    flag = 9
    optional_finite = 10
    optional_count = 11
    numbers = 12
    milestones = 13
    points = 14
    schedule = 15
    schedules = 16
    policy = 17

LARGEST_DEPTH: Final[int]
PARAMETERS: Final[dict[str, dict[str, Rule]]]

def describe(rule: Rule) -> str: ...
def check(owner: str, field: str, rule: Rule, value: object) -> Any: ...
def is_built(value: object) -> bool: ...

class Program:
    def __init__(self, value: object) -> None: ...
    @overload
    def __call__(self, step: SupportsIndex | SupportsFloat) -> float: ...
    @overload
    def __call__(self, step: ArrayLike) -> NDArray[np.float64]: ...
    @overload
    def lr(self, step: SupportsIndex | SupportsFloat) -> float: ...
    @overload
    def lr(self, step: ArrayLike) -> NDArray[np.float64]: ...
    @property
    def total_steps(self) -> int | float | None: ...
    @property
    def depth(self) -> int: ...
    def _fill(self, start: float, stride: float, values: NDArray[Any]) -> None: ...
    def _recording(self) -> tuple[list[tuple[Any, ...]], list[list[float]], int]: ...
