"""Where we leave a library, on purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.case import Case


@dataclass(frozen=True)
class Deviation:
    """What a library does in some cases, what we do instead, and how to tell those cases.

    A case is one of them if `where` is in its callable, in one of its quirks, or in the message of one of its errors;
    and only if `when` says so, where its arguments decide.
    `refuses`: we raise a `ValueError` when the schedule is made. Otherwise the steps that the recording names as
    quirks, or those that `steps` names ("quirks", "closed_form", "all"), need not be equal.
    """

    where: str
    peer: str
    ours: str
    refuses: bool = False
    steps: str = "quirks"
    when: Callable[[Case], bool] | None = None

    def covers(self, case: Case) -> bool:
        """Whether the case is one of those."""
        messages = [str(error.get("message")) for error in case.errors]
        messages += [str(case.construct_error.get("message"))] if case.construct_error else []
        is_there = any(self.where in text for text in (case.callable, *case.quirks, *messages))
        return is_there and (self.when is None or self.when(case))


def excused(case: Case, deviations: Sequence[Deviation]) -> list[Deviation]:
    """Return the deviations that cover a case."""
    return [one for one in deviations if one.covers(case)]
