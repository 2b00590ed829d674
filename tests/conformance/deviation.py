"""Where we leave a library, on purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.case import Case


@dataclass(frozen=True)
class Deviation:
    """What a library does in some cases, what we do instead, and how to tell those cases.

    A case is one of them if `where`, which may be empty, is in its callable, in a quirk, or in the type or message of
    an error, and if `when`, where it is given, says so. Quirks are prose, which other recordings word otherwise or do
    not have: where `fact` is given, it alone says so, of callable, arguments and answers, and `where` is for the docs.
    `refuses`: we raise a `ValueError` when the schedule is made. Otherwise the steps that the recording names as
    quirks, or those that `steps` names ("quirks", "closed_form", "all", the steps themselves, or a function of the case
    and a step that says whether it is one), need not be equal.
    """

    where: str
    peer: str
    ours: str
    refuses: bool = False
    steps: str | tuple[float, ...] | Callable[[Case, float], bool] = "quirks"
    when: Callable[[Case], bool] | None = None
    fact: Callable[[Case], bool] | None = None

    def covers(self, case: Case) -> bool:
        """Whether the case is one of those."""
        is_there = self.fact(case) if self.fact else self._is_named(case)
        if callable(self.steps):
            is_there = is_there and any(self.steps(case, step) for trace in case.traces for step in trace.steps)
        return is_there

    def _is_named(self, case: Case) -> bool:
        errors = [*case.errors, *([case.construct_error] if case.construct_error else [])]
        messages = [f"{error.get('type')}: {error.get('message')}" for error in errors]
        is_there = any(self.where in text for text in (case.callable, *case.quirks, *messages))
        return is_there and (self.when is None or self.when(case))


def excused(case: Case, deviations: Sequence[Deviation]) -> list[Deviation]:
    """Return the deviations that cover a case."""
    return [one for one in deviations if one.covers(case)]
