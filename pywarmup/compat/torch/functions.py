"""torch's LambdaLR and MultiplicativeLR, which are any function; and ReduceLROnPlateau, which is none of the step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from operator import mul
from typing import Any, NoReturn

from pywarmup.compat.torch import checks
from pywarmup.compat.torch.rules import Rule, Scaling, Writing, made
from pywarmup.schedule import Schedule
from pywarmup.shapes import Table


def LambdaLR(  # noqa: N802
    lr_lambda: Callable[[int], float] | Schedule, *, base_lr: float, total_steps: int | None = None
) -> Schedule:
    """Return torch's LambdaLR: the rate times a function of the step, as a table; or times a schedule, as it is.

    The function is called once for each of the steps 0 to total_steps - 1, now; its last value is held. A function of
    `get_scheduler` and its like is better written down with `pywarmup.compat.transformers`, which needs no table.

    Args:
        lr_lambda: Gives the factor of a step.
        base_lr: The optimizer's rate, >= 0.
        total_steps: Length of the table, an integer >= 1; not needed for a schedule.

    Raises:
        TypeError: For what is no function, or no number.
        ValueError: For a number outside its range, a function without `total_steps`, or a value that is not finite.

    Example:
        >>> LambdaLR(lambda step: 0.5**step, base_lr=0.1, total_steps=3)[:4]
        array([0.1  , 0.05 , 0.025, 0.025])

    Same as:
        torch `LambdaLR(optimizer, lr_lambda)`, for `total_steps` steps.
    """
    return made(lambda_rule(lr_lambda, base_lr, total_steps))


def lambda_rule(lr_lambda: object, base_lr: float, total_steps: object) -> Rule:
    """Return the rule of LambdaLR."""
    owner = "LambdaLR"
    rate = checks.rate(owner, base_lr)
    if isinstance(lr_lambda, Schedule):
        return Writing(owner, rate, lambda base: lr_lambda * base)
    function = checks.function(owner, "lr_lambda", lr_lambda)
    steps = range(checks.table_length(owner, "lr_lambda", total_steps))
    factors = [_value(owner, function, step) for step in steps]
    return Writing(owner, rate, lambda base: Table([base * factor for factor in factors]))


def MultiplicativeLR(  # noqa: N802
    lr_lambda: Callable[[int], float], *, base_lr: float, total_steps: int | None = None
) -> Schedule:
    """Return torch's MultiplicativeLR: the rate times a function's value at every step, as a table.

    The function is called once for each of the steps 1 to total_steps - 1, now; torch never asks for its value at 0.

    Args:
        lr_lambda: Gives what a step multiplies the rate by.
        base_lr: The optimizer's rate, >= 0.
        total_steps: Length of the table, an integer >= 1.

    Raises:
        TypeError: For what is no function, or no number.
        ValueError: For a number outside its range, no `total_steps`, or a value that is not finite.

    Example:
        >>> MultiplicativeLR(lambda step: 0.5, base_lr=0.1, total_steps=3)[:4]
        array([0.1  , 0.05 , 0.025, 0.025])

    Same as:
        torch `MultiplicativeLR(optimizer, lr_lambda)`, for `total_steps` steps.
    """
    return made(multiplicative(lr_lambda, base_lr, total_steps))


def multiplicative(lr_lambda: object, base_lr: float, total_steps: object) -> Rule:
    """Return the rule of MultiplicativeLR; it has no closed form, so a SequentialLR multiplies what it finds."""
    owner = "MultiplicativeLR"
    function = checks.function(owner, "lr_lambda", lr_lambda)
    steps = checks.table_length(owner, "lr_lambda", total_steps)
    factors = [_value(owner, function, step) for step in range(1, steps)]

    def curve(rate: float) -> Schedule:
        return Table(list(accumulate(factors, mul, initial=rate)))

    rate = checks.rate(owner, base_lr)
    return Scaling(owner, rate, curve, closed=None, resumed=lambda: _value(owner, function, 0), settled=steps - 1)


def _value(owner: str, function: Callable[[Any], Any], step: int) -> float:
    return checks.number(owner, f"lr_lambda({step})", function(step))


def ReduceLROnPlateau(*args: Any, **kwargs: Any) -> NoReturn:  # noqa: N802
    """Refuse torch's ReduceLROnPlateau: it follows a metric, so it is no function of the step.

    Raises:
        ValueError: Always; `pywarmup.torch.Plateau` does it, on top of any schedule.

    Example:
        >>> ReduceLROnPlateau()
        Traceback (most recent call last):
        ...
        ValueError: ReduceLROnPlateau: it follows a metric, so it is no function of the step; use pywarmup.torch.Plateau
    """
    raise ValueError(PLATEAU)


PLATEAU = "ReduceLROnPlateau: it follows a metric, so it is no function of the step; use pywarmup.torch.Plateau"
