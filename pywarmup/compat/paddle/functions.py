"""Paddle's schedulers that are made of others, or of any function; and the one that no schedule can be."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from operator import mul
from typing import Any, NoReturn

from pywarmup.compat import _checks
from pywarmup.compat._curves import between
from pywarmup.compat.paddle.arguments import check_common, table_length, whole
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear, Table


def LinearWarmup(  # noqa: N802
    learning_rate: float | Schedule,
    warmup_steps: int,
    start_lr: float,
    end_lr: float,
    last_epoch: int = -1,
    verbose: bool = False,
) -> Schedule:
    """Return Paddle's LinearWarmup: a straight line, then a rate or another schedule from its own step 0 on.

    Nothing says that the line ends where the next begins.

    Args:
        learning_rate: What follows.
        warmup_steps: An integer > 0.
        start_lr: The rate at step 0, >= 0.
        end_lr: What it leads to, > `start_lr`.
        last_epoch: -1.
        verbose: Not used.

    Raises:
        ValueError: For a number outside its range.
        TypeError: For what is no number, or no integer.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.LinearWarmup(paddle.ExponentialDecay(0.8, 0.5), 2, 0.0, 0.8)[:5]
        array([0. , 0.4, 0.8, 0.4, 0.2])

    Same as:
        `paddle.optimizer.lr.LinearWarmup(learning_rate, warmup_steps, start_lr, end_lr)`.
    """
    owner = "LinearWarmup"
    check_common(owner, last_epoch, verbose)
    if isinstance(learning_rate, Schedule):
        after = learning_rate
    else:
        after = Constant(_checks.number(owner, "learning_rate", learning_rate))
    steps = whole(owner, "warmup_steps", warmup_steps)
    start, end = _checks.rate(owner, start_lr, "start_lr"), _checks.number(owner, "end_lr", end_lr)
    if end <= start:
        raise ValueError(f"{owner}: `end_lr` must be greater than `start_lr` ({start_lr!r}), got {end_lr!r}")
    return join(between(Linear, start, end, steps=steps), after)


def LambdaDecay(  # noqa: N802
    learning_rate: float,
    lr_lambda: Callable[[int], float],
    last_epoch: int = -1,
    verbose: bool = False,
    *,
    total_steps: int | None = None,
) -> Schedule:
    """Return Paddle's LambdaDecay: learning_rate * lr_lambda(t), as a table of the function's values.

    Args:
        learning_rate: The rate, >= 0.
        lr_lambda: Any function of the step.
        last_epoch: -1.
        verbose: Not used.
        total_steps: Length of the table, > 0; its last value is held.

    Raises:
        ValueError: Without `total_steps`, or for a number outside its range.
        TypeError: For what is no function or no number.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.LambdaDecay(0.8, lambda t: 0.5**t, total_steps=4)[:5]
        array([0.8, 0.4, 0.2, 0.1, 0.1])

    Same as:
        `paddle.optimizer.lr.LambdaDecay(learning_rate, lr_lambda)`.
    """
    check_common("LambdaDecay", last_epoch, verbose)
    base = _checks.rate("LambdaDecay", learning_rate, "learning_rate")
    steps = _table_length("LambdaDecay", lr_lambda, total_steps)
    return Table([base * lr_lambda(step) for step in range(steps)])


def MultiplicativeDecay(  # noqa: N802
    learning_rate: float,
    lr_lambda: Callable[[int], float],
    last_epoch: int = -1,
    verbose: bool = False,
    *,
    total_steps: int | None = None,
) -> Schedule:
    """Return Paddle's MultiplicativeDecay: the rate times lr_lambda(1) ... lr_lambda(t), as a table.

    Args:
        learning_rate: The rate, >= 0.
        lr_lambda: Any function of the step.
        last_epoch: -1.
        verbose: Not used.
        total_steps: Length of the table, > 0; its last value is held.

    Raises:
        ValueError: Without `total_steps`, or for a number outside its range.
        TypeError: For what is no function or no number.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.MultiplicativeDecay(0.8, lambda t: 0.5, total_steps=4)[:5]
        array([0.8, 0.4, 0.2, 0.1, 0.1])

    Same as:
        `paddle.optimizer.lr.MultiplicativeDecay(learning_rate, lr_lambda)`.
    """
    check_common("MultiplicativeDecay", last_epoch, verbose)
    base = _checks.rate("MultiplicativeDecay", learning_rate, "learning_rate")
    steps = _table_length("MultiplicativeDecay", lr_lambda, total_steps)
    return Table(list(accumulate((lr_lambda(step) for step in range(1, steps)), mul, initial=base)))


def ReduceOnPlateau(*arguments: Any, **keywords: Any) -> NoReturn:  # noqa: N802
    """Refuse Paddle's ReduceOnPlateau: it follows a metric, and no schedule knows one.

    Raises:
        ValueError: Always.

    Example:
        >>> from pywarmup.compat import paddle
        >>> paddle.ReduceOnPlateau(0.1)
        Traceback (most recent call last):
        ...
        ValueError: ReduceOnPlateau: a schedule is a function of the step, not of a metric; keep Paddle's own
    """
    raise ValueError("ReduceOnPlateau: a schedule is a function of the step, not of a metric; keep Paddle's own")


def _table_length(owner: str, lr_lambda: object, total_steps: object) -> int:
    if not callable(lr_lambda):
        raise TypeError(f"{owner}: `lr_lambda` must be a function, got {lr_lambda!r}")
    return table_length(owner, "lr_lambda", total_steps)
