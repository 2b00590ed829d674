"""The rules of torch's schedulers, and which schedule was made from which."""

from __future__ import annotations

import math
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from pywarmup.compat.torch.parts import Curve, Part, Renewal, fixed, later, realise
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant

# How a scheduler begins. "start": it is constructed. "first": a SequentialLR begins its first child again.
# "restart": a SequentialLR reaches the child's milestone. "resume": its next step comes without any of these.
Entry: TypeAlias = Literal["start", "first", "restart", "resume"]


class Rule(ABC):
    """What a scheduler does in the four ways in which it can begin."""

    name: str
    base: float  # the rate of the optimizer that it was constructed with
    has_own_rates: bool = False  # and does not read

    @abstractmethod
    def parts(self, entry: Entry) -> list[Part]:
        """Return what it does from then on."""

    def leaves(self) -> list[Rule]:
        """Return those that it is composed of, without the compositions in between."""
        return [self]

    def advance(self, step: int, rate: float) -> float:
        """Return what it makes of the rate that it finds at its step, if it was at the step before."""
        raise NotImplementedError

    @abstractmethod
    def rebased(self, base: float) -> Rule:
        """Return the same scheduler for another base rate."""

    def initial(self, known: float | None) -> float | None:
        """Return the optimizer's `initial_lr` after it is constructed, given the one before, if there is one."""
        return self.base if known is None else known

    def schedule(self) -> Schedule:
        """Return the rates that it gives alone."""
        return realise(self.name, self.parts("start"), self.initial(None) or 0.0)


@dataclass(frozen=True)
class Scaling(Rule):
    """Multiplies the rate by `curve(1)(t) / curve(1)(t - 1)`."""

    name: str
    base: float
    curve: Curve
    first: float = 1.0  # curve(1)(0)
    closed: float | None = 1.0  # what torch's closed form says there: None if there is none, nan if it raises
    resumed: Callable[[], float] = lambda: 1.0  # what it multiplies by at its step 0 if that is an ordinary step
    settled: float = math.inf
    drop: tuple[float, int] | None = None  # a factor, and every how many steps: a curve that is 0 does not tell

    def parts(self, entry: Entry) -> list[Part]:  # noqa: D102
        if entry in ("start", "first"):
            return [Part("scales", self._signed, settled=self.settled)]
        if entry == "restart" and self.closed is not None:
            if self.settled == 0.0 and not math.isnan(self.closed):
                return [Part("sets", fixed(Constant(self.base * self.closed)), settled=0.0)]
            rate = self.base * self._relative(self.closed)
            return [Part("sets", fixed(self._signed(rate)), settled=self.settled)]
        factor = self._relative(self.resumed())
        return [Part("scales", lambda rate: self._signed(rate * factor), settled=self.settled)]

    def advance(self, step: int, rate: float) -> float:  # noqa: D102
        if step > self.settled:
            return rate
        if self.drop:
            return rate * self.drop[0] if step % self.drop[1] == 0 else rate
        curve = self.curve(1.0)
        now, before = curve(step), curve(step - 1)
        return rate if before in (0.0, now) else rate * (now / before)

    # The shapes are for rates >= 0, and a negative `gamma` leaves others.
    def _signed(self, rate: float) -> Schedule:
        return self.curve(rate) if rate >= 0 else -self.curve(-rate)

    def _relative(self, factor: float) -> float:
        if math.isnan(factor) or (self.first == 0.0 and factor != 0.0):
            raise ValueError(f"{self.name}: a SequentialLR cannot begin it; take `total_iters` > 0")
        return 1.0 if factor == self.first else factor / self.first

    def rebased(self, base: float) -> Rule:  # noqa: D102
        return replace(self, base=base)


@dataclass(frozen=True)
class Writing(Rule):
    """Computes each rate from the step, whatever the rate is.

    One with rates of its own does not read the optimizer's; `begins` is the `initial_lr` that it leaves in any case,
    and `found` the rate that it writes when it is constructed, if that is another one.
    """

    name: str
    base: float
    build: Callable[[float], Schedule]
    has_own_rates: bool = False
    begins: float | None = None
    found: float | None = None

    def parts(self, entry: Entry) -> list[Part]:  # noqa: D102
        curve = self.build(self.base)
        if entry != "start" or self.found is None:
            return [Part("writes", fixed(curve))]
        return [Part("writes", fixed(Constant(self.found)), 1), Part("writes", fixed(later(curve, 1)))]

    def advance(self, step: int, rate: float) -> float:  # noqa: D102
        return self.build(self.base)(step)

    def initial(self, known: float | None) -> float | None:  # noqa: D102
        return self.begins if self.begins is not None else super().initial(known)

    def rebased(self, base: float) -> Rule:  # noqa: D102
        return self if self.has_own_rates else replace(self, base=base)


@dataclass(frozen=True)
class Foreign(Rule):
    """A schedule that is no scheduler of torch: it writes its values, and knows of no optimizer."""

    name: str
    curve: Schedule
    base: float = 0.0
    has_own_rates: bool = True

    def parts(self, entry: Entry) -> list[Part]:  # noqa: D102
        return [Part("writes", fixed(self.curve))]

    def initial(self, known: float | None) -> float | None:  # noqa: D102
        return known

    def rebased(self, base: float) -> Rule:  # noqa: D102
        return self


@dataclass(frozen=True)
class Annealing(Rule):
    """CosineAnnealingLR: the distance to the floor is multiplied, and comes back from 0 by an addition."""

    name: str
    base: float
    floor: float
    half: float  # T_max
    between: Callable[[float, float], Schedule]  # half a wave from a rate to another

    def parts(self, entry: Entry) -> list[Part]:  # noqa: D102
        if entry == "restart":
            return [self._part("sets", fixed(self._from(self.base)))]
        if entry == "resume":
            return [self._part("approaches" if self.half == 1 else "scales", self._resumed)]
        return [self._part("scales", self._from)]

    def advance(self, step: int, rate: float) -> float:  # noqa: D102
        wave = self.between(1.0, 0.0).past_end("mirror")
        now, before = wave(step), wave(step - 1)
        if before == 0.0:
            return rate + (self.base - self.floor) * now
        return self.floor + (rate - self.floor) * (now / before)

    def _part(self, how: Literal["scales", "sets", "approaches"], curve: Curve) -> Part:
        if self.floor != 0.0 or how == "approaches":
            return Part("approaches", curve)
        if self.half % 1 != 0:  # never 0 at a step
            return Part(how, curve)
        return Part(how, curve, renewal=Renewal(self.half + 1, 2 * self.half, self._wave().shift(self.half + 1)))

    def _wave(self) -> Schedule:
        return join(self.between(self.base, self.floor), self.between(self.floor, self.base)).repeat()

    # Where the wave comes back, it comes back to the base rate.
    def _from(self, rate: float) -> Schedule:
        fall = self.between(rate, self.floor)
        if rate == self.base or self.half % 1 != 0:
            return fall.past_end("mirror")
        return join(fall, self._wave().shift(self.half))

    # At step 0 torch divides by the wave at step -1.
    def _resumed(self, rate: float) -> Schedule:
        if self.half == 1:
            return self._from(rate + self.base - self.floor)
        before = 0.5 + 0.5 * math.cos(math.pi / self.half)
        return self._from(self.floor + (rate - self.floor) / before)

    def rebased(self, base: float) -> Rule:  # noqa: D102
        return replace(self, base=base)


@dataclass(frozen=True)
class Approaching(Rule):
    """SWALR: from the rate that it finds to its own."""

    name: str
    base: float
    curve: Curve

    def parts(self, entry: Entry) -> list[Part]:  # noqa: D102
        skipped = 1 if entry == "resume" else 0
        return [Part("approaches", lambda rate: later(self.curve(rate), skipped))]

    # The curve is a line in the rate that it starts from: which one would have led here?
    def advance(self, step: int, rate: float) -> float:  # noqa: D102
        none = self.curve(0.0)
        end = abs(none(2**53))
        far = self.curve(min(2.0**40 * end, 2.0**1000) or 1.0)  # far from the end, or the differences would lose digits
        slope, before = far(step) - none(step), far(step - 1) - none(step - 1)
        return none(step) + (slope / before * (rate - none(step - 1)) if before else 0.0)

    def rebased(self, base: float) -> Rule:  # noqa: D102
        return replace(self, base=base)


_made: dict[int, Rule] = {}  # by the identity of a schedule, as long as it lives


def made(rule: Rule) -> Schedule:
    """Return the schedule of a rule, and remember the rule for compositions."""
    schedule = rule.schedule()
    if any(isinstance(leaf, Foreign) and leaf.curve is schedule for leaf in rule.leaves()):
        return schedule  # it was there before
    _made[id(schedule)] = rule
    weakref.finalize(schedule, _made.pop, id(schedule), None).atexit = False
    return schedule


def rule_of(schedule: Schedule) -> Rule | None:
    """Return the rule that a schedule was made from."""
    return _made.get(id(schedule))
