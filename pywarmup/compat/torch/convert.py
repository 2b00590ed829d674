"""From a living scheduler of torch to schedules; it is known by the name of its class, so torch is not imported."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from pywarmup import _core
from pywarmup.compat.torch import checks
from pywarmup.compat.torch.chain import Chain
from pywarmup.compat.torch.living import READERS
from pywarmup.compat.torch.rules import Rule
from pywarmup.compat.torch.sequence import Sequence
from pywarmup.schedule import Schedule

MODULES = ("torch.optim.lr_scheduler", "torch.optim.swa_utils")
METHODS = ("step", "get_lr", "_update_lr", "_get_closed_form_lr")
DRIFT = {float: 1e-9}  # relative; torch makes each rate from the one before, and keeps tensors in their own precision


def from_torch(scheduler: Any, *, total_steps: int | None = None) -> list[Schedule]:
    """Return what a living scheduler of torch is going to do, as one schedule for each parameter group.

    The step of the schedules is the scheduler's own count: `schedule(scheduler.last_epoch)` is the rate that the group
    has now (ChainedScheduler has no count; its first child's is the one). So a run goes on with
    `pywarmup.torch.Scheduler(optimizer, from_torch(old), last_epoch=old.last_epoch - 1)`.

    Args:
        scheduler: Any built-in scheduler of torch but ReduceLROnPlateau, SequentialLR and ChainedScheduler of them
            included; or a `pywarmup.torch.Scheduler`, which gives back its schedules.
        total_steps: For LambdaLR, MultiplicativeLR, a `scale_fn` of your own and a ChainedScheduler without closed
            form: how many steps of their values the table has. Not needed where the function is a schedule.

    Returns:
        A list of schedules, one for each parameter group, as `pywarmup.torch.Scheduler` takes it.

    Raises:
        TypeError: For what is no scheduler of torch.
        ValueError: For what cannot be converted exactly: a scheduler that follows a metric, a class or a method of
            your own, a function without `total_steps`, a rate or a state that somebody has edited, what
            `ChainedScheduler` of this module refuses.

    Example:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
        >>> from_torch(torch.optim.lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2))
        [Linear(init_value=0.05, end_value=0.1, steps=2)]
    """
    schedules = _schedules(scheduler, total_steps)
    step = _position(scheduler)
    if total_steps is not None and checks.integer("from_torch", "total_steps", total_steps, 1) <= step:
        raise ValueError(f"from_torch: `total_steps` must be greater than the step {step:g}, got {total_steps!r}")
    for group, schedule in enumerate(schedules):
        _check_rate(scheduler, step, group, schedule)
    return schedules


def _schedules(scheduler: Any, total_steps: int | None) -> list[Schedule]:
    if f"{type(scheduler).__module__}.{type(scheduler).__qualname__}" == "pywarmup.torch.scheduler.Scheduler":
        return _own(scheduler)
    _check_class(scheduler)
    groups = range(len(scheduler.optimizer.param_groups))
    return [_rule(scheduler, group, total_steps).schedule() for group in groups]


def _own(scheduler: Any) -> list[Schedule]:
    given = scheduler.schedule if isinstance(scheduler.schedule, dict) else {"lr": scheduler.schedule}
    if "lr" not in given:
        raise ValueError(f"from_torch: the Scheduler drives {', '.join(given)} and no learning rate")
    schedules = given["lr"] if isinstance(given["lr"], list) else [given["lr"]] * len(scheduler.optimizer.param_groups)
    if scheduler.mode == "value":
        return list(schedules)
    return [one * base for one, base in zip(schedules, scheduler.base_lrs, strict=True)]


def _check_class(scheduler: Any) -> None:
    name = type(scheduler).__name__
    if name in ("ReduceLROnPlateau", "Plateau"):
        raise ValueError(f"from_torch: {name} follows a metric, so it is no schedule; use pywarmup.torch.Plateau")
    if type(scheduler).__module__ not in MODULES or name not in (*READERS, *COMPOSITIONS):
        if hasattr(scheduler, "optimizer") and hasattr(scheduler, "last_epoch"):
            raise ValueError(
                f"from_torch: {name} is no scheduler of torch itself, and may do anything; make it a table"
            )
        raise TypeError(f"from_torch: `scheduler` must be a scheduler of torch, got {scheduler!r}")
    for method in METHODS:
        if method in vars(scheduler):
            raise ValueError(f"from_torch: `{name}.{method}` has been replaced, and may do anything; make it a table")


def _rule(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    """Return the rule of a scheduler for a parameter group, after looking whether its state is one that it can have."""
    _check_class(scheduler)
    read = COMPOSITIONS.get(type(scheduler).__name__) or READERS[type(scheduler).__name__]
    return read(scheduler, group, total_steps)


def _sequence(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    children = tuple(_rule(child, group, total_steps) for child in scheduler._schedulers)
    begins = float(scheduler.optimizer.param_groups[group]["initial_lr"])
    rule = Sequence(children, tuple(map(float, scheduler._milestones)), begins)
    _check_child(scheduler, rule)
    return rule


# The first child of a nested one is a step behind its parent.
def _check_child(scheduler: Any, rule: Sequence) -> None:
    step: int = scheduler.last_epoch
    child = scheduler._schedulers[bisect_right(rule.milestones, step)]
    begin = rule.begin_at(step)
    steps = (step - begin, step - 1) if begin == 0 else (step - begin,)
    if type(child).__name__ in READERS and child.last_epoch not in steps:
        raise ValueError(
            f"from_torch: the SequentialLR is at step {step}, its child that began at {begin} is at {child.last_epoch}"
        )


def _chain(scheduler: Any, group: int, total_steps: int | None) -> Rule:
    leaves = [child for child in scheduler._schedulers if type(child).__name__ not in COMPOSITIONS]
    counts = {child.last_epoch for child in leaves}
    if len(counts) > 1:
        raise ValueError(f"from_torch: the children of a ChainedScheduler are at different steps, {sorted(counts)!r}")
    children = tuple(_rule(child, group, total_steps) for child in scheduler._schedulers)
    return Chain(children, float(scheduler.optimizer.param_groups[group]["initial_lr"]), total_steps)


COMPOSITIONS: dict[str, Callable[[Any, int, int | None], Rule]] = {
    "SequentialLR": _sequence,
    "ChainedScheduler": _chain,
}


def _position(scheduler: Any) -> float:
    while not hasattr(scheduler, "last_epoch"):
        scheduler = scheduler._schedulers[0]
    return float(_core.check("from_torch", "last_epoch", _core.Rule.delay, scheduler.last_epoch))


def _check_rate(scheduler: Any, step: float, group: int, schedule: Schedule) -> None:
    rate = scheduler.optimizer.param_groups[group]["lr"]
    expected = schedule(step)
    size = max(abs(expected), abs(float(rate)), abs(schedule(0)))
    if not abs(float(rate) - expected) <= DRIFT.get(type(rate), 1e-4) * size:
        raise ValueError(
            f"from_torch: the rate of parameter group {group} is {float(rate)!r} and not the {expected!r} of "
            f"{type(scheduler).__name__} at step {step:g}; somebody else has written it"
        )
