"""What a scheduler drives in parameter groups: `lr`, `weight_decay`, `betas[0]` ..., and by which schedule."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

import numpy as np
import torch

from pywarmup.bounds import first_outside
from pywarmup.schedule import Schedule

Group: TypeAlias = dict[str, Any]
Schedules: TypeAlias = Schedule | Sequence[Schedule]

LIMITS = {"betas": (0.0, 1.0), "lr": (0.0, math.inf), "momentum": (0.0, math.inf), "weight_decay": (0.0, math.inf)}
ANY = (-math.inf, math.inf)


@dataclass(frozen=True)
class Hyperparameter:
    """One of them, and what drives it: one schedule for all groups, or one for each."""

    name: str
    schedules: tuple[Schedule, ...]
    is_for_each_group: bool

    @property
    def key(self) -> str:
        """Where a group has it: `betas` for `betas[0]`."""
        return self.name.partition("[")[0]

    @property
    def item(self) -> int:
        """Which one of a tuple, -1 for a number of its own."""
        return int(self.name.partition("[")[2][:-1] or -1)

    @property
    def limits(self) -> tuple[float, float]:
        """The least value, and the limit that values must stay below."""
        return LIMITS.get(self.key, ANY)

    def of(self, group: Group) -> Any:
        """Return its value in a group, None where there is none."""
        value = group.get(self.key)
        if self.item < 0 or value is None:
            return value
        return value[self.item] if isinstance(value, tuple) and self.item < len(value) else None

    def put(self, group: Group, value: Any) -> None:
        """Replace its value in a group."""
        if self.item >= 0:
            items = list(group[self.key])
            items[self.item] = value
            value = tuple(items)
        group[self.key] = value


def read(schedule: Schedules | Mapping[str, Schedules]) -> tuple[Hyperparameter, ...]:
    """Return what the argument `schedule` of a scheduler means."""
    given = schedule if isinstance(schedule, Mapping) else {"lr": schedule}
    if not given:
        raise ValueError(f"Scheduler: `schedule` must name at least one hyperparameter, got {schedule!r}")
    return tuple([_read_one(name, value, schedule) for name, value in given.items()])


def _read_one(name: object, value: object, given: object) -> Hyperparameter:
    if not isinstance(name, str) or not re.fullmatch(r"\w+(\[\d\])?", name):
        raise ValueError(f"Scheduler: `schedule` must name hyperparameters such as 'lr' or 'betas[0]', got {name!r}")
    is_for_each_group = isinstance(value, Sequence) and not isinstance(value, str)
    schedules = tuple(value) if isinstance(value, Sequence) and is_for_each_group else (value,)
    for one in schedules:
        if not isinstance(one, Schedule):
            raise TypeError(
                "Scheduler: `schedule` must be a schedule, a list of them with one for each parameter group, or a "
                f"dictionary from hyperparameters to either, got {_short(given)}"
            )
    return Hyperparameter(name, schedules, is_for_each_group)


def _short(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 120 else f"{text[:120]}..."


def check(driven: Sequence[Hyperparameter], groups: Sequence[Group], mode: str) -> None:
    """Refuse what does not fit the groups of the optimizer, or would not in the course of the schedule."""
    for one in driven:
        if one.is_for_each_group and len(one.schedules) != len(groups):
            raise ValueError(
                f"Scheduler: `schedule` must have one schedule for each of the {len(groups)} parameter groups, "
                f"got {len(one.schedules)} for `{one.name}`"
            )
        for index, group in enumerate(groups):
            check_value(one, one.of(group), index, group)
        _check_shared_tensors(one, groups)
        for schedule in one.schedules:
            _check_range(one, schedule, mode)


def check_value(one: Hyperparameter, value: Any, index: int, group: Group) -> bool:
    """Return whether the value in a group is a tensor to be written in place, or refuse it."""
    if isinstance(value, torch.Tensor) and _is_fit(value):
        return True
    if isinstance(value, int | float | np.number) and not isinstance(value, bool | np.complexfloating):
        return False
    if value is not None:
        raise ValueError(
            f"Scheduler: `{one.name}` of parameter group {index} must be a number or a floating-point tensor "
            f"of one element without a gradient, got {_short(value)}"
        )
    near = get_close_matches(one.name, _names(group), 1, 0.6)
    remedy = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(_names(group))}"
    raise ValueError(
        f"Scheduler: `schedule` must name hyperparameters of the optimizer, got {one.name!r}, which parameter group "
        f"{index} does not have; {remedy}"
    )


def _is_fit(tensor: torch.Tensor) -> bool:
    """Whether it can be filled with any rate."""
    return tensor.is_floating_point() and tensor.numel() == 1 and not tensor.requires_grad


def _names(group: Group) -> list[str]:
    """What could be driven in a group."""
    numbers = [key for key, value in group.items() if isinstance(value, int | float) and not isinstance(value, bool)]
    items = [f"{key}[{i}]" for key, value in group.items() if isinstance(value, tuple) for i in range(len(value))]
    return [name for name in [*numbers, *items] if not name.startswith("initial_")]


def _check_shared_tensors(one: Hyperparameter, groups: Sequence[Group]) -> None:
    """One tensor cannot have the values of two schedules."""
    users: dict[int, int] = {}
    for index, group in enumerate(groups if one.is_for_each_group else ()):
        value = one.of(group)
        first = users.setdefault(id(value), index) if isinstance(value, torch.Tensor) else index
        if one.schedules[first] != one.schedules[index]:
            raise ValueError(
                f"Scheduler: `schedule` must be the same for parameter groups that share one tensor as `{one.name}`, "
                f"got different ones for groups {first} and {index}"
            )


def _check_range(one: Hyperparameter, schedule: Schedule, mode: str) -> None:
    least, limit = one.limits if mode == "value" else (one.limits[0], math.inf)
    found = first_outside(schedule, least, limit)
    if found is not None:
        refuse(one, found[1], found[0])


def check_last_epoch(last_epoch: object, driven: Sequence[Hyperparameter], groups: Sequence[Group], mode: str) -> None:
    """Refuse to go on from a step without what a factor multiplies: a rate that was scheduled before is not that."""
    if type(last_epoch) is not int or last_epoch < -1:
        raise ValueError(f"Scheduler: `last_epoch` must be an integer >= -1, got {last_epoch!r}")
    for index, group in enumerate(groups):
        for one in driven if mode == "factor" and last_epoch >= 0 else ():
            if f"initial_{one.name}" not in group:
                raise ValueError(
                    f"Scheduler: `last_epoch` must be -1 for parameter groups without `initial_{one.name}`, got "
                    f"{last_epoch} for group {index}; load the optimizer's state first, or call step_to afterwards"
                )


def refuse(one: Hyperparameter, value: float, step: float) -> None:
    """Say that a value must not be written."""
    least, limit = one.limits
    rule = "finite" if least < 0.0 else ">= 0" if math.isinf(limit) else f">= 0 and < {limit:g}"
    raise ValueError(f"Scheduler: `{one.name}` must be {rule}, and its schedule gives {value!r} at step {step!r}")
