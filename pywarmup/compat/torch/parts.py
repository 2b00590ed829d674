"""What a scheduler of torch does to the rate that it finds in the optimizer, part by part of its life.

A torch scheduler that runs alone is a curve. In a composition it is a rule for the next rate: most of them multiply the
rate that they find, whoever wrote it. `SequentialLR` and `ChainedScheduler` need to know which.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from pywarmup.compose import PastEnd, Product, Scale, join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

How: TypeAlias = Literal["scales", "sets", "writes", "approaches", "fails"]
Curve: TypeAlias = Callable[[float], Schedule]


@dataclass(frozen=True)
class Renewal:
    """A cosine comes back from 0: from its step `at` on, and every `period` steps, it sets the rate anew."""

    at: float
    period: float
    curve: Schedule  # from `at` on


@dataclass(frozen=True)
class Part:
    """A stretch of time in which a scheduler does one thing.

    `curve(rate)` is what becomes of a rate if no other scheduler touches it, at the part's own steps. A part "scales"
    what it finds; "sets" the rate at its first step and scales after that; "writes" a rate at every step;
    "approaches" a value, which is no multiplication; or "fails", as torch does.
    """

    how: How
    curve: Curve
    steps: float = math.inf
    settled: float = math.inf  # its step from which the curve is constant
    from_zero: bool = False  # it sets by adding to a rate that is 0
    renewal: Renewal | None = None


def fixed(curve: Schedule) -> Curve:
    """Return the curve for every rate."""
    return lambda rate: curve


def failing() -> list[Part]:
    """Return what a scheduler is that torch cannot go on with."""
    return [Part("fails", Constant)]


def lasting(curve: Schedule, steps: float) -> Schedule:
    """Return a curve cut, or held, to a length."""
    if isinstance(curve, Constant):
        return Constant(curve.value, steps=steps)
    return curve if curve.total_steps == steps else curve.until(steps)


def later(curve: Schedule, steps: float) -> Schedule:
    """Return a curve from a later step on, which may be past its end, where not all curves hold."""
    if steps == 0:
        return curve
    if isinstance(curve, Product):
        return Product(tuple(later(factor, steps) for factor in curve.factors))
    if isinstance(curve, Scale):
        return later(curve.schedule, steps) * curve.factor
    if isinstance(curve, PastEnd) and curve.policy == "mirror":
        curve = join(curve.schedule, curve.schedule.reverse()).repeat()
    ended = curve.total_steps is not None and steps >= curve.total_steps
    return Constant(curve(steps)) if ended else curve.shift(steps)


def cut(parts: list[Part], steps: float) -> list[Part]:
    """Return the parts of the first steps."""
    result = []
    for part in parts:
        if steps <= 0:
            break
        result.append(replace(part, steps=min(part.steps, steps)))
        steps -= part.steps
    return result


def realise(owner: str, parts: list[Part], rate: float) -> Schedule:
    """Return what becomes of a rate."""
    stages: list[Schedule] = []
    for part in parts:
        if part.how == "fails":
            return _failing(owner, stages)
        curve = part.curve(rate)
        if math.isinf(part.steps):
            stages.append(curve)
            break
        stages.append(lasting(curve, part.steps))
        rate = curve(part.steps - 1)
    return join(*stages)


# The last step that torch defines is one before the next part; the error must come at that one.
def _failing(owner: str, stages: list[Schedule]) -> Schedule:
    if not stages:
        raise ValueError(f"{owner}: torch raises an error at the first step; nest no composition after the first child")
    last = stages[-1]
    length = last.total_steps
    assert length is not None
    return join(*stages[:-1], lasting(last, length - 0.5)).past_end("error")
