"""The rule of ChainedScheduler: at each step, every child does to the rate what it does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from pywarmup.compat.torch.parts import Curve, Part, failing, fixed, later
from pywarmup.compat.torch.rules import Entry, Rule
from pywarmup.compat.torch.sequence import Sequence, constructed, initial_of
from pywarmup.compose import Product
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Table

MOST_RENEWALS = 1000
Timeline: TypeAlias = list[tuple[float, Part]]  # parts with the steps at which they begin
Active: TypeAlias = list[tuple[Part, float]]  # parts with their own steps


@dataclass(frozen=True)
class Chain(Rule):
    """Children that only scale make a product; where one of them sets the rate, the others go on from there."""

    name: ClassVar[str] = "ChainedScheduler"  # type: ignore[misc]
    children: tuple[Rule, ...]
    base: float
    total_steps: int | None = None  # of the table that it is if it has no closed form

    def parts(self, entry: Entry) -> list[Part]:  # noqa: D102
        if entry == "restart":  # torch: NotImplementedError
            return failing()
        lives = [child.parts("start" if entry == "start" else "resume") for child in self._members()]
        if len(lives) == 1:
            return lives[0]
        is_table = entry == "start" and self.total_steps is not None and not self._begins_anew()
        try:
            merged = _merge(lives)
        except ValueError:
            if not is_table:
                raise
        else:
            if not is_table or merged[-1].how != "fails":
                return merged
        return [Part("writes", fixed(Table(list(self._rates()))))]

    def _rates(self) -> Iterator[float]:
        """What torch computes, one step after the other."""
        rate = self.initial(None) or 0.0
        for child in self._members():
            rate = child.parts("start")[0].curve(rate)(0)
        yield rate
        for step in range(1, self.total_steps or 1):
            for child in self._members():
                rate = child.advance(step, rate)
            yield rate

    def _begins_anew(self) -> bool:
        return any(isinstance(child, Sequence) for child in self._members())

    def _members(self) -> Iterator[Rule]:
        """The children; a chain within a chain is one chain."""
        for child in self.children:
            yield from child._members() if isinstance(child, Chain) else (child,)

    def leaves(self) -> list[Rule]:  # noqa: D102
        return [leaf for child in self.children for leaf in child.leaves()]

    def initial(self, known: float | None) -> float | None:  # noqa: D102
        for child in self.children:
            known = child.initial(known)
        return known

    def rebased(self, base: float) -> Rule:  # noqa: D102
        children = constructed(self.children, base)
        return replace(self, children=children, base=initial_of(children, base))


def _merge(lives: list[list[Part]]) -> list[Part]:
    settled = [_settled(life) for life in lives]
    timelines = [list(_expand(life, max(settled[:i] + settled[i + 1 :]))) for i, life in enumerate(lives)]
    _check_renewals(timelines)
    begins = sorted({begin for timeline in timelines for begin, _ in timeline})
    result: list[Part] = []
    for begin, end in zip(begins, [*begins[1:], math.inf], strict=True):
        active = [_active(timeline, begin) for timeline in timelines]
        if any(part.how == "fails" for part, _ in active):
            return [*result, *failing()]
        result.append(replace(_together(active), steps=end - begin))
    return result


def _settled(life: list[Part]) -> float:
    begin = sum(part.steps for part in life[:-1])
    return math.inf if life[-1].renewal else begin + life[-1].settled


def _expand(life: list[Part], others_settled: float) -> Iterator[tuple[float, Part]]:
    begin = 0.0
    for part in life:
        yield begin, replace(part, renewal=None)
        if part.renewal:
            yield from _renewals(part, begin, others_settled)
        begin += part.steps


def _renewals(part: Part, begin: float, others_settled: float) -> Iterator[tuple[float, Part]]:
    """Each time a cosine comes back: until the others have settled, or else once, for there is no closed form."""
    assert part.renewal
    end, here, period = begin + part.steps, begin + part.renewal.at, part.renewal.period
    for count in range(MOST_RENEWALS):
        if here >= end:
            return
        if count == 1 and math.isinf(others_settled):
            yield here, failing()[0]
            return
        renewed = Part("sets", fixed(part.renewal.curve), from_zero=True)
        if here > others_settled:
            yield here, replace(renewed, renewal=replace(part.renewal, at=period))
            return
        yield here, renewed
        here += period
    raise ValueError(f"ChainedScheduler: a cosine comes back more than {MOST_RENEWALS} times while the others change")


def _active(timeline: Timeline, step: float) -> tuple[Part, float]:
    return next((part, step - begin) for begin, part in reversed(timeline) if begin <= step)


def _together(active: Active) -> Part:
    writers = [index for index, (part, _) in enumerate(active) if part.how == "writes"]
    if writers:
        return _written(active[writers[-1]], active[writers[-1] + 1 :])
    if any(part.how == "approaches" for part, _ in active):
        raise ValueError(
            "ChainedScheduler: a cosine to `eta_min` other than 0, or SWALR, has no closed form beside others; "
            "give it alone, in a SequentialLR, or give `total_steps` for a table"
        )
    setter = max((i for i, (part, local) in enumerate(active) if part.how == "sets" and local == 0), default=-1)
    factors = _factors(active, setter)
    settled = max(max(part.settled - local, 0.0) for part, local in active)
    if setter < 0:
        return Part("scales", lambda rate: _scaled(rate, factors), settled=settled)
    part = active[setter][0]
    return Part("sets", fixed(_product(part.curve(1.0), factors)), settled=settled, renewal=part.renewal)


# A cosine adds to the rate where it comes back, and that is 0 unless another child has just set it.
def _check_renewals(timelines: list[Timeline]) -> None:
    sets = [(begin, part) for timeline in timelines for begin, part in timeline if part.how == "sets"]
    renewed = [(begin, part) for begin, part in sets if part.from_zero]
    if any(begin - other in (0, 1) and part is not one for begin, part in renewed for other, one in sets):
        raise ValueError(
            "ChainedScheduler: a child sets the rate at the same step as a cosine that comes back; no closed form"
        )


def _written(writer: tuple[Part, float], after: Active) -> Part:
    for part, local in after:
        if part.how != "scales" or local <= part.settled:
            raise ValueError(
                "ChainedScheduler: a child that writes each rate anew (warm restarts, cyclic, one cycle, LambdaLR) "
                "undoes what the children after it did at the last step; put it last"
            )
    part, local = writer
    return Part("writes", fixed(later(part.curve(1.0), local)))


# The children before the one that sets the rate have done their part of this step, those after it have not.
def _factors(active: Active, setter: int) -> list[Curve]:
    factors = [
        _factor(part, local, local if index < setter else local - 1)
        for index, (part, local) in enumerate(active)
        if index != setter
    ]
    return [factor for factor in factors if factor]


def _factor(part: Part, local: float, reference: float) -> Curve | None:
    """What a part multiplies by from its own step `local` on, relative to the reference step; None for nothing."""
    if reference >= part.settled:
        return None
    if reference < 0:
        return part.curve
    curve = part.curve(1.0)
    value = curve(reference)
    if value == 0.0:
        raise ValueError("ChainedScheduler: one child has multiplied by 0 where another sets the rate; that has no end")
    rest = later(curve, local)
    return lambda rate: rest * (rate / value)


def _scaled(rate: float, factors: list[Curve]) -> Schedule:
    return _product(factors[0](rate), factors[1:]) if factors else Constant(rate)


def _product(curve: Schedule, factors: list[Curve]) -> Schedule:
    return Product((curve, *(factor(1.0) for factor in factors))) if factors else curve
