"""nanoGPT: `get_lr` of its train.py."""

from __future__ import annotations

import math

from pywarmup import _core
from pywarmup.compat._checks import check_steps
from pywarmup.compat._stages import laid_out
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear

__all__ = ["get_lr"]

Rule = _core.Rule


def get_lr(
    learning_rate: float = 6e-4, warmup_iters: float = 2000, lr_decay_iters: float = 600_000, min_lr: float = 6e-5
) -> Schedule:
    """Return the rate of each iteration: what train.py reads from its settings is an argument here.

    learning_rate * (t + 1) / (warmup_iters + 1), then half a cosine wave to min_lr at lr_decay_iters, which is held.
    So the first rate is not 0, and the peak is at step warmup_iters. A warmup as long as the decay or longer is
    followed by min_lr at once, also where train.py divides by zero, at warmup_iters = lr_decay_iters.

    Args:
        learning_rate: The peak, >= 0.
        warmup_iters: Length of the warmup. If it is negative, the decay is already under way at step 0.
        lr_decay_iters: Length of the run, warmup included.
        min_lr: The rate from then on, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or if both numbers of iterations are 0.

    Example:
        >>> from pywarmup.compat import nanogpt
        >>> nanogpt.get_lr(learning_rate=1.0, warmup_iters=3, lr_decay_iters=7, min_lr=0.1)[:9].round(3)
        array([0.25 , 0.5  , 0.75 , 1.   , 0.868, 0.55 , 0.232, 0.1  , 0.1  ])

    Same as:
        `get_lr(it)` of nanoGPT's train.py, for each `it`.
    """
    peak = _core.check("get_lr", "learning_rate", Rule.non_negative, learning_rate)
    end = _core.check("get_lr", "min_lr", Rule.non_negative, min_lr)
    warmup = check_steps("get_lr", "warmup_iters", warmup_iters)
    total = check_steps("get_lr", "lr_decay_iters", lr_decay_iters)
    if warmup == total == 0:
        raise ValueError(f"get_lr: `lr_decay_iters` must be a number other than 0, got {lr_decay_iters!r}")
    decay = Cosine(peak, end, steps=total - warmup) if warmup < total else Constant(end)
    return laid_out((-1, warmup, Linear(0.0, peak, steps=max(1, warmup + 1))), (warmup, math.inf, decay))
