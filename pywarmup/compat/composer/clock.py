"""Composer's time strings, and what they are in steps."""

from __future__ import annotations

import math
import re

from pywarmup import _core

Rule = _core.Rule
UNITS = ("ep", "ba", "sp", "tok", "dur")
TIME = re.compile(rf"\s*(?P<value>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>{'|'.join(UNITS)})\s*")


class Clock:
    """What the times of one scheduler are in steps: batches, or the one other unit that all of them have.

    Args:
        owner: The scheduler, for messages.
        max_duration: How long the run is; needed for times in "dur".
        dataloader_len: Batches in an epoch; needed for epochs.
        scale_schedule_ratio: What other times are multiplied by; Composer has multiplied `max_duration` itself.
    """

    def __init__(
        self, owner: str, max_duration: str | None, dataloader_len: int | None, scale_schedule_ratio: float
    ) -> None:
        self.owner = owner
        self.ratio = _core.check(owner, "scale_schedule_ratio", Rule.positive, scale_schedule_ratio)
        self._epoch = (
            None if dataloader_len is None else _core.check(owner, "dataloader_len", Rule.length, dataloader_len)
        )
        self._unit: str | None = None
        self._given = max_duration
        self._duration = None if max_duration is None else self._read("max_duration", max_duration)

    def steps(self, field: str, time: str, *, ratio: float | None = None) -> int:
        """Return a time in whole steps, scaled by the ratio; fractions are cut off, as in Composer."""
        value, unit = self._read(field, time)
        if unit != "dur":
            number, unit = self._in_steps(field, value, unit)
            return int(self._counted(field, number, unit) * (self.ratio if ratio is None else ratio))
        if self._duration is None or self._duration[1] == "dur":
            raise ValueError(
                f"{self.owner}: `max_duration` must be given for `{field}` {time!r}, in another unit, got None"
            )
        number, unit = self._in_steps("max_duration", *self._duration)
        return int(value * self._counted("max_duration", number, unit))

    def length(self, field: str, time: str) -> int:
        """Return a time that must be at least one step."""
        steps = self.steps(field, time)
        if steps < 1:
            raise ValueError(f"{self.owner}: `{field}` must be at least one step, got {time!r}")
        return steps

    def duration(self) -> int | None:
        """Return how long the run is, in steps."""
        return None if self._duration is None else self.steps("t_max", "1dur")

    def _read(self, field: str, time: str) -> tuple[float, str]:
        found = TIME.fullmatch(time) if isinstance(time, str) else None
        value = float(found["value"]) if found else math.inf
        if found is None or math.isinf(value):
            known = "'10ep', '10ba', '10sp', '10tok' or '0.1dur'"
            raise ValueError(f"{self.owner}: `{field}` must be a time such as {known}, got {time!r}")
        return value, found["unit"]

    def _in_steps(self, field: str, value: float, unit: str) -> tuple[float, str]:
        if unit != "ep":
            return value, unit
        if self._epoch is None:
            raise ValueError(f"{self.owner}: `dataloader_len` must be given for `{field}` in epochs, got None")
        return value * self._epoch, "ba"

    def _counted(self, field: str, value: float, unit: str) -> float:
        if self._unit not in (None, unit):
            raise ValueError(
                f"{self.owner}: `{field}` must be in the unit of the other times, {self._unit!r}, got {unit!r}; "
                "a step counts one unit"
            )
        self._unit = unit
        return value
