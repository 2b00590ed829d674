"""The learning-rate range test: a short training run at increasing rates, in any framework."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

import numpy as np

from pywarmup import _core, counting
from pywarmup.schedule import Schedule
from pywarmup.shapes import Exponential, Linear
from pywarmup.tools.range_result import RangeTest, Shape, StopReason

__all__ = ["RangeTest", "range_test"]


def range_test(
    train_step: Callable[[float], Any],
    start: float = 1e-7,
    end: float = 10.0,
    steps: int = 100,
    *,
    shape: Shape = "exponential",
    smoothing: float = 0.9,
    diverge_at: float | None = 4.0,
    progress: bool | None = None,
) -> RangeTest:
    """Train at increasing learning rates, and return how the loss went.

    lr(t) = start * (end / start)**(t / (steps - 1)), or start + (end - start) * t / (steps - 1) if `shape="linear"`

        smoothed(t) = average of losses(0 .. t) with the weights smoothing**(t - i)

    It trains the model: use a copy of it, or put the weights back, as `pywarmup.torch.range_test` does by itself.

    Args:
        train_step: Makes one update with the learning rate it is given and returns the loss of that batch: a number,
            or anything that `float` takes, a NumPy scalar or a tensor of one element.
        start: The first rate, > 0 (a linear ramp may begin at 0).
        end: The last rate, above `start`.
        steps: How many rates, >= 2.
        shape: "exponential" for equal ratios, "linear" for equal distances.
        smoothing: How much of the average each new loss leaves as it was, in [0, 1); 0 is no smoothing. The average is
            corrected for its beginning, as Adam's are.
        diverge_at: End the test when the smoothed loss is above this many times the lowest one, > 1; None for never.
            The exact rule, which makes sense for negative losses too: above `lowest + (diverge_at - 1) * abs(lowest)`.
        progress: A progress bar (needs tqdm). None shows one on a terminal if tqdm is installed.

    Returns:
        A `RangeTest`. Ctrl-C ends the test early: what was measured is returned with the reason "interrupted". A loss
        that is nan or infinite ends it too, and is the last one in the result.

    Raises:
        TypeError: For arguments of the wrong type, or a `train_step` that returns no number.
        ValueError: For arguments out of range.
        ImportError: For `progress=True` without tqdm.

    Example:
        >>> import pywarmup as pw
        >>> weight = [1.0]
        >>> def train_step(lr):  # the loss is 2 * weight**2, so SGD diverges above lr = 2/4
        ...     loss = 2 * weight[0] ** 2
        ...     weight[0] -= lr * 4 * weight[0]
        ...     return loss
        >>> test = range_test(train_step, smoothing=0.0)
        >>> test.stop_reason, round(test.suggest(), 4)
        ('diverged', 0.0351)

    References:
        Smith 2017, arXiv:1506.01186, section 3.3; the exponential ramp and the end on divergence are fastai's.
    """
    if not callable(train_step):
        raise TypeError(f"range_test: `train_step` must be a function of the rate, got {train_step!r}")
    rates = ramp(start, end, steps, shape)
    check_stop(smoothing, diverge_at)
    _core.check("range_test", "progress", _core.Rule.flag, progress is not None and progress)
    return measure(train_step, rates, shape, smoothing, diverge_at, progress)


def ramp(start: float, end: float, steps: int, shape: Shape) -> Schedule:
    """Return the rates of a test as a schedule of `steps - 1`, both ends of which are tried."""
    counting._choice("range_test", "shape", shape, get_args(Shape))
    rule = _core.Rule.positive if shape == "exponential" else _core.Rule.non_negative
    first = _core.check("range_test", "start", rule, start)
    last = _core.check("range_test", "end", _core.Rule.positive, end)
    if not first < last:
        raise ValueError(f"range_test: `end` must be above `start` ({start!r}), got {end!r}")
    count = counting._count("range_test", "steps", steps)
    if not 2 <= count <= 2**53:
        raise ValueError(f"range_test: `steps` must be an integer >= 2 and <= 2**53, got {counting._shown(steps)}")
    return (Exponential if shape == "exponential" else Linear)(first, last, steps=count - 1)


def check_stop(smoothing: float, diverge_at: float | None) -> None:
    """Refuse what is no weight, or no multiple of the lowest loss."""
    if not 0.0 <= _core.check("range_test", "smoothing", _core.Rule.finite, smoothing) < 1.0:
        raise ValueError(f"range_test: `smoothing` must be a number >= 0 and < 1, got {smoothing!r}")
    if diverge_at is not None and not _core.check("range_test", "diverge_at", _core.Rule.finite, diverge_at) > 1.0:
        raise ValueError(f"range_test: `diverge_at` must be None or a finite number > 1, got {diverge_at!r}")


def measure(
    train_step: Callable[[float], Any],
    rates: Schedule,
    shape: Shape,
    smoothing: float,
    diverge_at: float | None,
    progress: bool | None,
) -> RangeTest:
    """Train until there is a reason to stop."""
    steps = int(rates.total_steps or 0) + 1
    curve = _Curve()
    reason: StopReason | None = None
    try:
        for step in bar(range(steps), progress):
            lr = rates(step)
            curve.add(lr, number(train_step(lr)), smoothing)
            reason = curve.reason_to_stop(diverge_at)
            if reason:
                break
    except KeyboardInterrupt:
        reason = "interrupted"
    return curve.result(reason or "finished", steps, shape)


class _Curve:
    """What has been measured so far."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float, float]] = []  # rate, loss, smoothed loss: Ctrl-C finds whole ones
        self.lowest = math.inf

    def add(self, lr: float, loss: float, smoothing: float) -> None:
        smoothed = average(self.points[-1][2], loss, len(self.points) + 1, smoothing) if self.points else loss
        self.lowest = min(self.lowest, smoothed)
        self.points.append((lr, loss, smoothed))

    def reason_to_stop(self, diverge_at: float | None) -> StopReason | None:
        _, loss, smoothed = self.points[-1]
        if not (math.isfinite(loss) and math.isfinite(smoothed)):  # a difference of huge losses overflows
            return "non-finite"
        if diverge_at is not None and smoothed > self.lowest + (diverge_at - 1.0) * abs(self.lowest):
            return "diverged"
        return None

    def result(self, reason: StopReason, steps: int, shape: Shape) -> RangeTest:
        lrs, losses, smoothed = np.array(self.points, np.float64).reshape(-1, 3).T
        return RangeTest(lrs, losses, smoothed, reason, steps, shape)


def average(before: float, loss: float, count: int, smoothing: float) -> float:
    """Return the next smoothed loss; written as a correction of the last one, so that a constant stays what it is."""
    return before + (loss - before) * (1.0 - smoothing) / (1.0 - smoothing**count)


def number(loss: Any) -> float:
    """Return a loss as a float, from whatever array or tensor holds it."""
    problem = f"range_test: `train_step` must return the loss, one number, got {type(loss).__name__}"
    if any(size != 1 for size in getattr(loss, "shape", ())):
        raise TypeError(f"{problem} of shape {tuple(loss.shape)}")
    try:
        value = loss.item() if hasattr(loss, "item") else loss
        if isinstance(value, str | bytes | bool):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(problem) from None


def bar(steps: Iterable[int], progress: bool | None) -> Iterable[int] | Iterator[int]:
    """Return the steps, under a progress bar if there is to be one."""
    if progress is False or (progress is None and not sys.stderr.isatty()):
        return steps
    try:
        from tqdm import tqdm
    except ImportError as error:
        if progress is None:
            return steps
        raise ImportError(
            f"range_test: `progress=True` needs tqdm, which cannot be imported ({error}); install it with "
            "`pip install tqdm`"
        ) from error
    shown: Iterable[int] = tqdm(steps, desc="range test", unit="step", leave=False)
    return shown
