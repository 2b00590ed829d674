"""The rule of SequentialLR: one child after the other."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from pywarmup.compat.torch.parts import Part, cut, failing, fixed
from pywarmup.compat.torch.rules import Entry, Rule, Writing


@dataclass(frozen=True)
class Sequence(Rule):
    """A child that is reached at its milestone begins with its closed form at 0; any other goes on from the rate.

    `begins` is what the rate is set to when it is constructed.
    """

    name: ClassVar[str] = "SequentialLR"  # type: ignore[misc]
    children: tuple[Rule, ...]
    milestones: tuple[float, ...]
    begins: float

    @property
    def base(self) -> float:  # type: ignore[override]
        """What it begins with."""
        return self.begins

    def parts(self, entry: Entry) -> list[Part]:  # noqa: D102
        if entry == "restart":  # torch: NotImplementedError
            return failing()
        # A nested sequence is one step ahead: its own constructor and its parent's make a step each.
        ahead = 0 if entry == "start" else 1
        result = list(self._parts(ahead))
        return [self._set(result[0]), *result[1:]] if entry == "start" else result

    def _parts(self, ahead: int) -> Iterator[Part]:
        stages = self._stages(ahead)
        for (begin, child), (end, _) in zip(stages, [*stages[1:], (math.inf, 0)], strict=True):
            parts = cut(self.children[child].parts(self._entry(begin, child, ahead)), end - begin)
            yield from parts
            if parts[-1].how == "fails":
                return

    def _stages(self, ahead: int) -> list[tuple[int, int]]:
        """The step at which each child takes over, counted as torch counts, and the child."""
        stages = [(ahead, bisect_right(self.milestones, ahead))]
        for step in sorted({math.ceil(milestone) for milestone in self.milestones}):
            child = bisect_right(self.milestones, step)
            if step > ahead and child != stages[-1][1]:
                stages.append((step, child))
        return stages

    def begin_at(self, step: int) -> int:
        """Return the step at which the child of a step has taken over."""
        return max(begin for begin, _ in self._stages(0) if begin <= step)

    def _entry(self, begin: int, child: int, ahead: int) -> Entry:
        if begin == ahead == 0:
            return "first"
        if child > 0 and self.milestones[child - 1] == begin:
            return "restart"
        if ahead and (begin > ahead or child != bisect_right(self.milestones, 0)):
            raise ValueError("SequentialLR: `milestones` of a nested one must be integers in order; torch loses a step")
        return "resume"

    def _set(self, part: Part) -> Part:
        return replace(part, how="sets" if part.how == "scales" else part.how, curve=fixed(part.curve(self.begins)))

    def leaves(self) -> list[Rule]:  # noqa: D102
        return [leaf for child in self.children for leaf in child.leaves()]

    def initial(self, known: float | None) -> float | None:  # noqa: D102
        for child in self.children:
            known = child.initial(known)
        return known

    def rebased(self, base: float) -> Rule:  # noqa: D102
        children = constructed(self.children, base)
        return replace(self, children=children, begins=initial_of(children, base))


def initial_of(children: tuple[Rule, ...], known: float | None) -> float:
    """Return the optimizer's `initial_lr` after all of them are constructed in their order; 0 if none reads it."""
    for child in children:
        known = child.initial(known)
    return known or 0.0


def constructed(children: tuple[Rule, ...], known: float | None = None) -> tuple[Rule, ...]:
    """Return the children as torch constructs them: the base rate of each is the `initial_lr` that it finds.

    It is the optimizer's rate until a CyclicLR comes first, or a OneCycleLR at all. A CyclicLR writes it once.
    """
    result: list[Rule] = []
    for child in children:
        if isinstance(child, Writing) and child.has_own_rates and child.begins is None:
            result.append(replace(child, found=known))
        else:
            result.append(child if known is None or known == child.base else child.rebased(known))
        known = child.initial(known)
    return tuple(result)
