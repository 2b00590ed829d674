"""`Optimizer.load_state_dict` replaces groups, rates and tensors: what puts a scheduler's back."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch.optim import Optimizer

from pywarmup.torch.hyperparameters import Hyperparameter

if TYPE_CHECKING:
    from pywarmup.torch.scheduler import Scheduler

Held: TypeAlias = list[tuple[Hyperparameter, int, torch.Tensor]]


def follow_loads(scheduler: Scheduler) -> None:
    """Have the values written again when the optimizer's state was loaded, into the tensors that were there.

    So the order of loading does not matter, and compiled code and CUDA graphs go on seeing the tensors that they know.
    A scheduler whose values are not in the optimizer at that moment (one of several) leaves everything as it is.
    """
    optimizer = _loaded(scheduler.optimizer)
    if optimizer is None:
        return
    reference = weakref.ref(scheduler)  # the optimizer must not keep it alive
    held: list[Held] = []

    def before(_: Optimizer, __: dict[str, Any]) -> None:
        alive = reference()
        held[:] = [_tensors(alive)] if alive is not None and _is_in_force(alive) else []

    def after(_: Optimizer) -> None:
        alive = reference()
        if alive is not None and held:
            _put_back(alive, held.pop())
            alive._write()

    optimizer.register_load_state_dict_pre_hook(before)
    optimizer.register_load_state_dict_post_hook(after)


def _loaded(optimizer: Any) -> Optimizer | None:
    """Return the optimizer that loads states, within wrappers such as Accelerate's."""
    while optimizer is not None and not hasattr(optimizer, "_optimizer_load_state_dict_post_hooks"):
        optimizer = getattr(optimizer, "optimizer", None)
    return optimizer  # type: ignore[no-any-return]


def _is_in_force(scheduler: Scheduler) -> bool:
    if scheduler.last_epoch < 0:
        return False
    return all(
        _equal(one.of(group), value)
        for one in scheduler._driven
        for group, value in zip(scheduler.optimizer.param_groups, scheduler._values(one.name) or (), strict=False)
    )


def _equal(current: Any, value: float) -> bool:
    if isinstance(current, torch.Tensor):
        return bool(current.item() == torch.tensor(value, dtype=current.dtype).item())
    return bool(current == value)


def _tensors(scheduler: Scheduler) -> Held:
    groups = enumerate(scheduler.optimizer.param_groups)
    values = [(one, index, one.of(group)) for index, group in groups for one in scheduler._driven]
    return [(one, index, value) for one, index, value in values if isinstance(value, torch.Tensor)]


def _put_back(scheduler: Scheduler, held: Held) -> None:
    groups = scheduler.optimizer.param_groups
    for one, index, tensor in held:
        if index < len(groups):
            one.put(groups[index], tensor)
