"""The goals of goals.toml, and whether the results meet them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.specifiers import SpecifierSet

from results import Result

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Values = dict[tuple[str, str, str], float]


@dataclass(frozen=True)
class Goal:
    """One table of goals.toml."""

    name: str
    question: str
    case: str
    ours: str
    peer: str = ""
    at_most: float | None = None
    at_least: float | None = None
    peer_question: str = ""
    peer_case: str = ""
    python: str = ""
    over: bool = False

    @property
    def applies(self) -> bool:
        """Whether it is a goal for the version of this interpreter."""
        return SpecifierSet(self.python).contains(f"{sys.version_info.major}.{sys.version_info.minor}")

    @property
    def wanted(self) -> str:
        """The limit in words."""
        if self.over:
            return f"at most {self.at_most:,g} more"
        limit = f"at most {self.at_most:,g}" if self.at_least is None else f"at least {self.at_least:g}"
        return f"{limit} times" if self.peer else limit

    def measured(self, values: Values) -> float | None:
        """Return the number to compare with the limit; None if something was not measured."""
        ours = values.get((self.question, self.case, self.ours))
        if ours is None or not self.peer:
            return ours
        peer = values.get((self.peer_question or self.question, self.peer_case or self.case, self.peer))
        if peer is None:
            return None
        if self.over:
            return ours - peer
        return ours / peer if self.at_least is None else peer / ours

    def is_met(self, measured: float) -> bool:
        """Whether that number is within the limit."""
        return measured >= self.at_least if self.at_most is None else measured <= self.at_most


@dataclass(frozen=True)
class Verdict:
    """A goal and the number that was measured for it."""

    goal: Goal
    measured: float | None

    @cached_property
    def word(self) -> str:
        """One of met, missed, not measured."""
        if self.measured is None:
            return "not measured"
        return "met" if self.goal.is_met(self.measured) else "missed"


def all_goals() -> list[Goal]:
    """Return the goals in goals.toml, also those for other interpreters."""
    table = tomllib.loads(Path(__file__).with_name("goals.toml").read_text())
    return [Goal(**given) for given in table["goal"]]


def verdicts(results: list[Result]) -> list[Verdict]:
    """Return what became of every goal for this interpreter."""
    values = {(result.question, result.case, result.peer): result.minimum for result in results}
    return [Verdict(goal, goal.measured(values)) for goal in all_goals() if goal.applies]
