"""torchtitan: the schedule of its `LRSchedulersContainer.Config`."""

from __future__ import annotations

import math
from collections.abc import Callable

from pywarmup import _core
from pywarmup.compat._checks import check_steps, choice
from pywarmup.compat._stages import laid_out
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Cosine, Linear, OneMinusSqrt

__all__ = ["linear_warmup_stable_decay"]

Rule = _core.Rule


def linear_warmup_stable_decay(
    warmup_steps: float = 200,
    total_steps: float | None = None,
    decay_ratio: float | None = None,
    decay_type: str = "linear",
    min_lr_factor: float = 0.0,
    *,
    training_steps: float,
    base_lr: float,
) -> Schedule:
    """Return a linear warmup, a stable stage, a decay to the floor at the last step that counts, training_steps.

    The warmup gives (t + 1) / warmup_steps of the rate: not 0 first, the peak at step warmup_steps - 1. The decay
    begins a step after the stable stage's end, so that no update of the run uses the floor. A warmup longer than the
    run is cut to the run, and so is a decay that does not fit behind it (torchtitan warns). After the run a "cosine"
    rises again; "linear" and "sqrt" hold the floor, where torchtitan's turn negative, and without decay the rate
    holds, where it raises an AssertionError.

    Args:
        warmup_steps: Length of the warmup; its fraction is cut off.
        total_steps: Length of the schedule, >= 0; None is training_steps.
        decay_ratio: Length of the decay as a part of the run; None is all that the warmup leaves.
        decay_type: "linear", "sqrt" (which is 1 - sqrt) or "cosine". (torchtitan looks at it when the decay begins.)
        min_lr_factor: The floor as a part of base_lr, >= 0.
        training_steps: Length of the run, >= 0; without effect if total_steps is given.
        base_lr: The optimizer's rate, >= 0.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, or an unknown type.

    Example:
        >>> from pywarmup.compat import torchtitan
        >>> s = torchtitan.linear_warmup_stable_decay(2, decay_ratio=0.5, training_steps=8, base_lr=1.0)
        >>> s[:10]
        array([0.5 , 1.  , 1.  , 1.  , 1.  , 0.75, 0.5 , 0.25, 0.  , 0.  ])

    Same as:
        `LRSchedulersContainer.Config(warmup_steps, total_steps, decay_ratio, decay_type, min_lr_factor).build(...)`.
    """
    owner = "linear_warmup_stable_decay"
    peak = _core.check(owner, "base_lr", Rule.non_negative, base_lr)
    floor = peak * _core.check(owner, "min_lr_factor", Rule.non_negative, min_lr_factor)
    total = _core.check(owner, "training_steps", Rule.delay, training_steps)
    if total_steps is not None:
        total = _core.check(owner, "total_steps", Rule.delay, total_steps)
    warmup = min(int(check_steps(owner, "warmup_steps", warmup_steps)), total)
    steps = total - warmup if decay_ratio is None else _decay_steps(owner, decay_ratio, total, total - warmup)
    decay = _decay(owner, decay_type, peak, floor, steps)
    # At step warmup - 1 the warmup is at the peak, at step total - steps the decay still is.
    return laid_out(
        (-1, warmup - 1, Linear(0.0, peak, steps=max(1, warmup))),
        (warmup - 1, total - steps, Constant(peak)),
        (total - steps, math.inf, decay),
    )


def _decay_steps(owner: str, ratio: float, total: float, left: float) -> float:
    wanted = total * float(_core.check(owner, "decay_ratio", Rule.finite, ratio))
    return min(round(max(0.0, min(wanted, total + 1))), left)


def _decay(owner: str, style: str, start: float, end: float, steps: float) -> Schedule:
    length = steps or 1
    styles: dict[str, Callable[[], Schedule]] = {
        "linear": lambda: Linear(start, end, steps=length),
        "sqrt": lambda: OneMinusSqrt(start, end, steps=length),
        "cosine": lambda: Cosine(start, end, steps=length).past_end("mirror"),
    }
    choice(owner, "decay_type", style, styles)
    return styles[style]() if steps else Constant(start)
