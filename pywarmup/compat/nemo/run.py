"""What NeMo's policies share: their arguments, and the order in which they look at the step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from pywarmup import _core
from pywarmup.compat._checks import LARGEST_STEP, check_last, check_steps
from pywarmup.compat._stages import after, laid_out, up_to
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Linear

Rule = _core.Rule


@dataclass(frozen=True)
class Run:
    """The arguments of a policy with a warmup, checked. Its lengths may be negative, as in NeMo."""

    owner: str
    peak: float
    floor: float
    warmup: float
    total: float | None

    def rise(self) -> Schedule:
        """Return the warmup: at step `warmup` it is at the peak, and held there."""
        return Linear(self.peak / (self.warmup + 1), self.peak, steps=self.warmup)

    def laid_out(self, decay: Schedule, *, begin: float | None = None, hold: float = 0) -> Schedule:
        """Return the warmup, the peak up to step `hold`, the decay from `begin` on, and the floor after the total.

        A decay that begins before the end of the warmup or of the hold has gone part of its way there.
        """
        start = self.warmup if begin is None else begin
        end = math.inf if self.total is None else after(self.total)

        def stages(warmup_end: float) -> Schedule:
            return laid_out(
                *([(0, warmup_end, self.rise())] if self.warmup > 0 else []),
                (0, hold, Constant(self.peak)),
                (start, end, decay),
                (end, math.inf, Constant(self.floor)),
            )

        return up_to(self.warmup, self.peak, stages) if self.warmup > 0 else stages(0)

    def decayed(
        self, steps: float, decay: Callable[[float], Schedule], *, begin: float | None = None, hold: float = 0
    ) -> Schedule:
        """Return it with a decay over a number of steps; for none of them there is the peak.

        NeMo then divides by zero at the last step of the run. If that is the first one, the run is refused.
        """
        if steps == self.total == 0 and self.warmup <= 0 and hold <= 0:
            raise ValueError(f"{self.owner}: `max_steps` must be a number other than 0 without a warmup, got 0")
        return self.laid_out(decay(steps) if steps > 0 else Constant(self.peak), begin=begin, hold=hold)

    def steps_after(self, step: float) -> float:
        """Return what is left of the run after a step."""
        if self.total is None:
            raise TypeError(f"{self.owner}: `max_steps` must be a finite number from -2**53 to 2**53, got None")
        return self.total - step


def a_run(
    owner: str,
    *,
    base_lr: float,
    min_lr: float,
    max_steps: float | None,
    warmup_steps: float | None,
    warmup_ratio: float | None,
    last_epoch: int,
) -> Run:
    """Check the arguments that all policies with a warmup have."""
    check_last(owner, "last_epoch", last_epoch)
    total = None if max_steps is None else check_steps(owner, "max_steps", max_steps)
    return Run(
        owner,
        peak=_core.check(owner, "base_lr", Rule.non_negative, base_lr),
        floor=_core.check(owner, "min_lr", Rule.finite, min_lr),
        warmup=steps_or_ratio(owner, "warmup", warmup_steps, warmup_ratio, total),
        total=total,
    )


def hold_end(run: Run, hold_steps: float | None, hold_ratio: float | None) -> float:
    """Return the step at which the peak is no longer held: without both arguments 0, not the end of the warmup."""
    held = steps_or_ratio(run.owner, "hold", hold_steps, hold_ratio, run.total)
    return 0 if hold_steps is None and hold_ratio is None else held + run.warmup


def steps_or_ratio(owner: str, name: str, steps: float | None, ratio: float | None, total: float | None) -> float:
    """Return a length, which is given in steps or as a part of the run, but not as both."""
    if steps is not None and ratio is not None:
        raise ValueError(f"{owner}: `{name}_ratio` must be None beside `{name}_steps`, got {ratio!r}")
    if steps is not None:
        return check_steps(owner, f"{name}_steps", steps)
    if ratio is None:
        return 0
    if total is None:
        raise ValueError(f"{owner}: `max_steps` must be given for `{name}_ratio`, got None")
    part = _core.check(owner, f"{name}_ratio", Rule.finite, ratio) * total
    if abs(part) > LARGEST_STEP:
        raise ValueError(f"{owner}: `{name}_ratio` must make at most 2**53 steps, got {ratio!r}")
    return int(part)
