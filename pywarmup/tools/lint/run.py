"""A schedule in a run, and what the rules ask of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from pywarmup.compose import Clip, Offset, Product, Scale, Until
from pywarmup.questions.cycle import LAST_STEP
from pywarmup.questions.search import Peak, highest, last_step, peak
from pywarmup.questions.stage import Part, parts
from pywarmup.schedule import Schedule

SAME = 0.01  # of a value: stages that differ by less meet


@dataclass(frozen=True)
class Run:
    """A schedule in a run, and what several rules ask of it."""

    schedule: Schedule
    total: float | None
    epoch: float | None

    @cached_property
    def stages(self) -> list[Part]:
        """The stages of the schedule, and which are restarts."""
        return parts(self.schedule)

    @cached_property
    def limit(self) -> float:
        """The last step that has a value; the schedule may raise an error past its end."""
        return min(math.ceil(self.total or LAST_STEP), last_step(self.schedule))

    @cached_property
    def last(self) -> int:
        """The last update, or the last step if the run has no end."""
        end = self.limit if self.total is None else min(self.total, self.limit)
        return max(math.ceil(end) - 1, 0)

    @cached_property
    def peak(self) -> Peak:
        """The greatest value that the schedule has, or would have at the end of a stage."""
        try:
            whole = peak(self.schedule)
        except ValueError:  # it grows for ever, as far as the run goes
            whole = highest(self.schedule, 0, self.last)
        ends = [Peak(math.ceil(part.end), last_value(part)) for part in self.stages if part.end is not None]
        return max([whole, *ends], key=lambda one: (one.value, -one.step))

    @property
    def warmup(self) -> float | None:
        """Where the stages end that rise at the beginning; None if there is none, or nothing after them."""
        if isinstance(inner := unwrapped(self.schedule), Product):
            return _ramp_among(inner)
        for index, part in enumerate(self.stages):
            if part.end is None or not _rises(part, self.stages[index + 1 : index + 2]):
                return part.begin or None
        return None


def last_value(part: Part) -> float:
    """Return the value at the end of a stage, which no step of the stage may have."""
    return end_value(part.schedule)


def end_value(schedule: Schedule) -> float:
    """Return the value at the end of a schedule; a part of it may raise an error before."""
    try:
        return schedule(schedule.total_steps or 0)
    except ValueError:
        return schedule(last_step(schedule))


def _ramp_among(product: Product) -> float | None:
    """Return where the last of the factors that are a warmup ends; the product may go down before."""
    whole = [found[0] for found in map(parts, product.factors) if len(found) == 1]
    ends = [part.end for part in whole if part.end is not None and _rises(part, [])]
    return max((end for end in ends if end < (product.total_steps or math.inf)), default=None)


def _rises(part: Part, after: list[Part]) -> bool:
    """Whether a stage rises, or is level before a jump upwards; cycles that are cut on the way up are no warmup."""
    if unwrapped(part.schedule).kind in ("repeat", "past_end"):
        return False
    first, last = part.schedule(0), last_value(part)
    return last > first or (last == first and any(last < (1 - SAME) * one.schedule(0) for one in after))


def unwrapped(schedule: Schedule) -> Schedule:
    """Return what stands within factors, offsets, clips and untils."""
    while isinstance(schedule, Scale | Offset | Clip | Until):
        schedule = schedule.schedule
    return schedule
