"""Looks for mistakes in a schedule that training would show after a week."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.tools.lint import curve, end, start
from pywarmup.tools.lint.finding import Finding
from pywarmup.tools.lint.run import Run

__all__ = ["RULES", "Finding", "lint"]

RULES: dict[str, Callable[[Run], Iterator[Finding]]] = {
    "peak-never-reached": start.peak_never_reached,
    "zero-at-first-update": start.zero_at_first_update,
    "stage-jump": curve.stage_jump,
    "long-warmup": start.long_warmup,
    "negative-value": curve.negative_value,
    "decay-after-run": end.decay_after_run,
    "cycle-cut": end.cycle_cut,
    "partial-epoch": end.partial_epoch,
    "ends-before-run": end.ends_before_run,
    "high-floor": end.high_floor,
}


def lint(
    schedule: Schedule,
    *,
    total_steps: float | None = None,
    steps_per_epoch: float | None = None,
    advice: bool = False,
    ignore: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Return what looks like a mistake in a schedule.

    A run makes the updates 0 to total_steps - 1; the rules that need to know its end are silent for an endless schedule
    without `total_steps`. The value at total_steps itself is used by no update: that a decay ends there is the custom
    of the field and no finding.

    Warnings:
        peak-never-reached: No update comes within 5 % of the greatest value. (A ramp that only rises, as in a range
            test, ends at its peak as a decay ends at its floor; that is no finding.)
        zero-at-first-update: Several updates, or one of a warmup of fewer than 10 steps, have the value 0.
        stage-jump: A stage begins elsewhere than the one before it ends. Stairs, restarts, a warmup after a decay and
            a constant warmup jump on purpose.
        long-warmup: The warmup, which may be a factor of a product, takes more than 20 % of the run. The rise of a
            one-cycle policy (above 0, to the peak, and by the same shape to below where it began) is none.
        negative-value: An update has a value below 0.
        decay-after-run: The run, or an `until`, ends before the decay does, or before an endless floor begins.
        cycle-cut: The run ends within a cycle.
        partial-epoch: total_steps is no multiple of steps_per_epoch.
        ends-before-run: The schedule ends before the run does, and its end value is 0 or an error.

    Advice, which is good to know but not always right, and is returned only if asked for:
        zero-at-first-update: The first update of a longer warmup has the value 0, as in most libraries.
        high-floor: The last value is more than 1/100 of the peak. Many good runs end at 1/10, or do not decay.
        ends-before-run: The schedule ends before the run does, and holds a value above 0.

    Args:
        schedule: What to look at.
        total_steps: Length of the run, > 0; None is that of the schedule.
        steps_per_epoch: Updates per epoch, > 0; None is not to look at epochs.
        advice: Whether to return advice too.
        ignore: Rules to leave out.

    Returns:
        The findings: warnings first, each level in the order of steps. Empty for a good schedule.

    Raises:
        TypeError: For what is no number, flag or collection of names.
        ValueError: For a number outside its range, or an unknown rule.

    Example:
        >>> import pywarmup as pw
        >>> lint(pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=100_000))
        ()
        >>> for finding in lint(pw.join(pw.Linear(0.0, 0.1, steps=50), pw.Cosine(0.2, 0.0, steps=950))):
        ...     print(finding)
        warning at step 50: the value jumps from 0.1 to 0.2 where one stage ends and the next begins [stage-jump]
            A jump that nobody meant can upset the optimizer; let the stage begin at 0.1, or the one before end at 0.2

    References:
        Folklore; the advice on the floor is that of a widely copied `WarmupLinearSchedule` example.
    """
    _core.check("lint", "schedule", _core.Rule.schedule, schedule)
    total = _core.check("lint", "total_steps", _core.Rule.optional_length, total_steps)
    epoch = _core.check("lint", "steps_per_epoch", _core.Rule.optional_length, steps_per_epoch)
    _core.check("lint", "advice", _core.Rule.flag, advice)
    left_out = _names(ignore)
    run = Run(schedule, total or schedule.total_steps, epoch)
    found = [finding for rule in RULES.values() for finding in rule(run)]
    kept = [one for one in found if one.rule not in left_out and (advice or one.level == "warning")]
    return tuple(sorted(kept, key=lambda one: (one.level != "warning", one.step)))


def _names(ignore: Collection[str]) -> set[str]:
    if isinstance(ignore, str) or not isinstance(ignore, Collection):
        raise TypeError(f"lint: `ignore` must be a collection of names of rules, got {ignore!r}")
    for name in ignore:
        if not isinstance(name, str) or name not in RULES:
            raise ValueError(f"lint: `ignore` must be among {', '.join(RULES)}, got {name!r}")
    return set(ignore)
