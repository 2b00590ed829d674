"""What fairseq's schedulers have in common: one rate, and a straight line to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from pywarmup.compat import _checks
from pywarmup.compat._checks import steps_if_any
from pywarmup.compat._curves import between
from pywarmup.compat._stages import from_step
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Linear

Rates: TypeAlias = float | Sequence[float]


def one_rate(owner: str, lr: Rates) -> float:
    """Return the rate, of a number or of a list of one."""
    given = lr if isinstance(lr, list | tuple) else [lr]
    if len(given) != 1:
        raise ValueError(f"{owner}: `lr` must be one number (fairseq has several for FixedLRSchedule only), got {lr!r}")
    return _checks.rate(owner, given[0], "lr")


def first_rate(owner: str, warmup_init_lr: object, default: float) -> float:
    """Return the rate that the warmup begins with; fairseq reads a negative one as none."""
    given = _checks.number(owner, "warmup_init_lr", warmup_init_lr)
    return default if given < 0.0 else given


def warmed_up(owner: str, start: float, peak: float, warmup_updates: object, after: Schedule) -> Schedule:
    """Return a straight line to the peak, if the warmup has a length, and what follows it; a negative one cuts that."""
    steps = steps_if_any(owner, "warmup_updates", warmup_updates)
    return join(between(Linear, start, peak, steps=steps), after) if steps > 0 else from_step(after, -steps)
