"""torchtitan: the schedule of `LRSchedulersContainer.Config`, which is nested in a function there."""

import math
from collections.abc import Sequence
from typing import Any

from conformance.case import Case
from conformance.deviation import Deviation


def _turns_negative(case: Case) -> bool:
    return case.kwargs.get("decay_type", "linear") != "cosine"  # which rises again, as there


DEVIATIONS = (
    Deviation(
        "not clamped", "after the run, linear and sqrt decays turn negative", "the floor is held", when=_turns_negative
    ),
    Deviation("decay_steps must not be zero", "an AssertionError after a run without decay", "the rate is held"),
    Deviation("Unknown lr_decay_type", "an unknown decay is refused when it begins", "refused at once", refuses=True),
)


def peer(callable_name: str, arguments: dict[str, Any], steps: Sequence[float]) -> list[float]:
    """Return the values of the formula, written out anew: the library does not let one call it by itself."""
    return [_rate(step, **arguments) for step in steps]


def _rate(
    step: float,
    *,
    training_steps: int,
    base_lr: float,
    warmup_steps: int = 200,
    total_steps: int | None = None,
    decay_ratio: float | None = None,
    decay_type: str = "linear",
    min_lr_factor: float = 0.0,
) -> float:
    total = training_steps if total_steps is None else total_steps
    warmup = min(int(warmup_steps), total)
    decay = total - warmup
    if decay_ratio is not None and warmup + round(total * decay_ratio) <= total:
        decay = round(total * decay_ratio)
    if step < warmup:
        return base_lr * ((step + 1) / warmup)
    begin = total + 1 - decay
    if step < begin:
        return base_lr
    assert decay != 0, "decay_steps must not be zero to reach this branch"
    part = (step + 1 - begin) / decay
    left = {"linear": 1 - part, "sqrt": 1 - math.sqrt(part), "cosine": 0.5 * (1.0 + math.cos(math.pi * part))}
    return base_lr * (min_lr_factor + (1 - min_lr_factor) * left[decay_type])
