"""What lint says about a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a schedule that is probably not meant, or could be better."""

    rule: str
    step: int
    message: str
    why: str
    remedy: str
    level: Literal["warning", "advice"] = "warning"

    def __str__(self) -> str:
        return f"{self.level} at step {self.step:,}: {self.message} [{self.rule}]\n    {self.why}; {self.remedy}"
