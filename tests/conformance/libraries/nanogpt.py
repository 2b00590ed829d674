"""nanoGPT: `get_lr` of its train.py, which is no package."""

import math
from collections.abc import Sequence
from typing import Any


def peer(callable_name: str, arguments: dict[str, Any], steps: Sequence[float]) -> list[float]:
    """Return the values of the formula, written out anew from the description of train.py: nothing to install."""
    return [_rate(step, **arguments) for step in steps]


def _rate(step: float, learning_rate: float, warmup_iters: float, lr_decay_iters: float, min_lr: float) -> float:
    if step < warmup_iters:
        return learning_rate * (step + 1) / (warmup_iters + 1)
    if step > lr_decay_iters:
        return min_lr
    part = (step - warmup_iters) / (lr_decay_iters - warmup_iters)
    return min_lr + 0.5 * (1.0 + math.cos(math.pi * part)) * (learning_rate - min_lr)
