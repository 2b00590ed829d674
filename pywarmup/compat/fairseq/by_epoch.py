"""fairseq's schedulers that follow epochs, whose length in updates they need to know here."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from pywarmup.compat import _checks
from pywarmup.compat.fairseq.warmup import Rates
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, ExponentialDecay, Linear, PiecewiseConstant

MOST_UPDATES = 1_000_000


def FixedLRSchedule(  # noqa: N802
    *,
    force_anneal: int | None = None,
    lr_shrink: float = 0.1,
    warmup_updates: int = 0,
    lr: Rates,
    updates_per_epoch: int | None = None,
) -> Schedule:
    """Return fairseq's FixedLRSchedule: a rate for each epoch, and a warmup from 1 / warmup_updates of it.

    The last rate is kept, until `force_anneal`: in that epoch it is multiplied by `lr_shrink`, and again in each one
    after it. The warmup has its full rate at update warmup_updates - 1. Epochs count from 1.

    Args:
        force_anneal: The epoch from which on the rate shrinks; None is never.
        lr_shrink: The factor for each epoch from then on, >= 0.
        warmup_updates: Length of the warmup, an integer; none where it is negative.
        lr: The rate, or a list of one for each epoch.
        updates_per_epoch: Length of an epoch, > 0: needed for several rates, or `force_anneal`; fairseq counts it.

    Raises:
        ValueError: For a number outside its range, no rate, or no length of an epoch where it is needed.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import fairseq
        >>> fairseq.FixedLRSchedule(lr=[0.1, 0.2], warmup_updates=2, updates_per_epoch=3, force_anneal=3)[:8]
        array([0.05, 0.1 , 0.1 , 0.2 , 0.2 , 0.2 , 0.02, 0.02])

    Same as:
        fairseq `--lr-scheduler fixed --lr 0.1,0.2 --warmup-updates 2 --force-anneal 3`.
    """
    owner = "FixedLRSchedule"
    given = _checks.numbers(owner, "lr", list(lr) if isinstance(lr, list | tuple) else [lr])
    rates = [_checks.rate(owner, rate, f"lr[{i}]") for i, rate in enumerate(given)]
    if not rates:
        raise ValueError(f"{owner}: `lr` must be at least one number, got {lr!r}")
    shrink = _checks.rate(owner, lr_shrink, "lr_shrink")
    steps = _checks.integer(owner, "warmup_updates", warmup_updates)
    by_epoch = _by_epoch(owner, rates, force_anneal, shrink, updates_per_epoch)
    if steps <= 1:
        return by_epoch
    return by_epoch * join(Linear(0.0, 1.0, steps=steps).shift(1), Constant(1.0))


def ManualSchedule(  # noqa: N802
    *,
    epoch2lr: str | Mapping[str, float] = "{}",
    update2lr: str | Mapping[str, float] = "{}",
    lr: Rates,
    updates_per_epoch: int | None = None,
) -> Schedule:
    """Return fairseq's ManualSchedule: the rates that a dict gives for updates, and before its first one, for epochs.

    A rate is kept until the next one that the dict has. Before any of them the rate is that of epoch 1, or of update 1,
    or `lr`.

    Args:
        epoch2lr: {"1": 0.1, "2,4": 0.01, "5-9": 0.001}: rates for epochs, from 1, as text or as a dict of texts.
        update2lr: The same for updates, from 0; it goes before.
        lr: The rate where neither says anything.
        updates_per_epoch: Length of an epoch, > 0: needed for more than one rate of `epoch2lr`; fairseq counts it.

    Raises:
        ValueError: For what is no dict of epochs or updates, or no length of an epoch where it is needed.
        TypeError: For what is no number.

    Example:
        >>> from pywarmup.compat import fairseq
        >>> fairseq.ManualSchedule(lr=0.1, update2lr="{'2-3': 0.5, '5': 0.2}")[:7]
        array([0.1, 0.1, 0.5, 0.5, 0.5, 0.2, 0.2])

    Same as:
        fairseq `--lr-scheduler manual --lr 0.1 --update2lr "{'2-3': 0.5, '5': 0.2}"`.
    """
    owner = "ManualSchedule"
    epochs, updates = _manual(owner, "epoch2lr", epoch2lr), _manual(owner, "update2lr", update2lr)
    rates = _checks.numbers(owner, "lr", list(lr) if isinstance(lr, list | tuple) else [lr])
    if not rates:
        raise ValueError(f"{owner}: `lr` must be a number, got {lr!r}")
    start = epochs.get(1, updates.get(1, rates[0]))
    length = _length(owner, updates_per_epoch, any(epoch > 1 for epoch in epochs))
    changes = {(epoch - 1) * length: rate for epoch, rate in sorted(epochs.items()) if epoch >= 1}
    first = min(updates, default=None)
    kept = {step: rate for step, rate in changes.items() if first is None or step < first}
    return _held(start, kept | dict(sorted(updates.items())))


def _by_epoch(owner: str, rates: list[float], force_anneal: object, shrink: float, length: object) -> Schedule:
    if force_anneal is None:
        steps = _length(owner, length, len(rates) > 1)
        return _held(rates[0], {steps * epoch: rate for epoch, rate in enumerate(rates)})
    steps = _length(owner, length, True)
    annealed = _checks.integer(owner, "force_anneal", force_anneal)
    first = rates[-1] * shrink ** max(1, 2 - annealed)
    after = ExponentialDecay(first, decay_rate=shrink, every=steps, staircase=True)
    if annealed <= 1:
        return after
    before = _held(rates[0], {steps * epoch: rate for epoch, rate in enumerate(rates[: annealed - 1])})
    end = (annealed - 1) * steps
    return join(Constant(before.value, steps=end) if isinstance(before, Constant) else before.until(end), after)


def _held(start: float, changes: dict[int, float]) -> Schedule:
    later = {step: rate for step, rate in changes.items() if step > 0}
    first = changes.get(0, start)
    return PiecewiseConstant([first, *later.values()], milestones=list(later)) if later else Constant(first)


def _length(owner: str, updates_per_epoch: object, is_needed: bool) -> int:
    if updates_per_epoch is None:
        if is_needed:
            raise ValueError(f"{owner}: `updates_per_epoch` must be given where the rate follows epochs, got None")
        return 1
    return _checks.integer(owner, "updates_per_epoch", updates_per_epoch, 1)


def _manual(owner: str, field: str, given: Any) -> dict[int, float]:
    problem = f"{owner}: `{field}` must be a dict such as {{'1': 0.1, '2,4': 0.01, '5-9': 0.001}}, got {given!r}"
    try:
        read = ast.literal_eval(given.replace(" ", "")) if isinstance(given, str) else dict(given)
        steps = {key: _keys(key) for key in read}
    except (ValueError, TypeError, SyntaxError, AttributeError, MemoryError, RecursionError):
        raise ValueError(problem) from None
    return {step: _rate(owner, f"{field}[{key!r}]", read[key]) for key, many in steps.items() for step in many}


# Texts are what fairseq's command line has in dicts; it reads rates with float().
def _rate(owner: str, field: str, value: Any) -> float:
    try:
        return _checks.number(owner, field, float(value) if isinstance(value, str) else value)
    except ValueError:
        raise ValueError(f"{owner}: `{field}` must be a finite number, got {value!r}") from None


def _keys(key: str) -> list[int]:
    if "," in key:
        return [int(part) for part in key.split(",")]
    begin, _, end = key.partition("-")
    last = int(end or begin)
    if last - int(begin) > MOST_UPDATES:
        raise ValueError(key)
    return list(range(int(begin), last + 1))
