"""mmengine's one cycle: torch's, in a window."""

from __future__ import annotations

from typing import Literal

from pywarmup import _core
from pywarmup.compat import _checks
from pywarmup.compat._phases import last_steps, phased
from pywarmup.compat.mmengine.window import INF, placed, window
from pywarmup.schedule import Schedule

Rule = _core.Rule
OWNER = "OneCycleLR"


def OneCycleLR(  # noqa: N802
    eta_max: float = 0,
    total_steps: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    three_phase: bool = False,
    begin: int = 0,
    end: int = INF,
    last_step: int = -1,
    by_epoch: bool = True,
    verbose: bool = False,
    *,
    base_lr: float,
) -> Schedule:
    """Return mmengine's OneCycleLR: up to `eta_max`, and down to far below where it began.

    The top is at step pct_start * total_steps - 1 of the window and the end at total_steps - 1, both one step early.
    mmengine goes on for one step more, where the cosine rises and the line is negative, and raises an error after that;
    this holds the end.

    Args:
        eta_max: The top, >= 0; the default gives no rate at all.
        total_steps: Its length, an integer > 0; the window's length unless it is given.
        pct_start: The fraction of it in which the rate rises, a float in [0, 1].
        anneal_strategy: "cos" or "linear".
        div_factor: Ratio of the top to the first rate, > 0.
        final_div_factor: Ratio of the first rate to the last, > 0.
        three_phase: Whether it comes back to the first rate, as fast as it rose, before the last phase.
        begin: First step of the window.
        end: The step after its last one, > `begin`.
        last_step: -1.
        by_epoch: Not used: the step is in the caller's unit. `param_scheduler` has a use for it.
        verbose: Not used.
        base_lr: The rate of the optimizer, >= 0, which it has before the window.

    Raises:
        ValueError: For a number outside its range, or pct_start * total_steps = 1, where mmengine divides by 0.
        TypeError: For what is no number, also for lists of rates: make a schedule for each parameter group.

    Example:
        >>> from pywarmup.compat import mmengine
        >>> mmengine.OneCycleLR(1.0, 5, 0.6, "linear", 2.0, 1.0, base_lr=0.1)[:6]
        array([0.5 , 0.75, 1.  , 0.75, 0.5 , 0.5 ])

    Same as:
        mmengine `OneCycleLR(optimizer, eta_max, total_steps, pct_start, anneal_strategy, ...)`.
    """
    where = window(OWNER, begin, end, last_step, by_epoch, verbose)
    base = _checks.rate(OWNER, base_lr)
    total = where.end - where.begin if total_steps is None else _checks.integer(OWNER, "total_steps", total_steps, 1)
    _checks.flags(OWNER, three_phase=three_phase)
    ends = last_steps(OWNER, "pct_start", _fraction(pct_start), total, three_phase)
    top = _checks.rate(OWNER, eta_max, "eta_max")
    start = top / _core.check(OWNER, "div_factor", Rule.positive, div_factor)
    last = start / _core.check(OWNER, "final_div_factor", Rule.positive, final_div_factor)
    shape = _checks.choice(OWNER, "anneal_strategy", anneal_strategy, ("cos", "linear"))
    return placed(where, base, phased(shape, ends, [start, top, start, last] if three_phase else [start, top, last]))


def _fraction(pct_start: object) -> float:
    if not isinstance(pct_start, float):
        raise (ValueError if isinstance(pct_start, int) else TypeError)(
            f"{OWNER}: `pct_start` must be a float from 0 to 1, got {pct_start!r}"
        )
    return _checks.within(OWNER, "pct_start", pct_start, 0.0, 1.0)
