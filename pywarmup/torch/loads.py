"""`Optimizer.load_state_dict` replaces groups, rates and tensors: what puts a scheduler's back."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch.optim import Optimizer
from torch.utils.hooks import RemovableHandle

from pywarmup.torch.hyperparameters import Hyperparameter

if TYPE_CHECKING:
    from pywarmup.torch.scheduler import Scheduler

Held: TypeAlias = list[tuple[Hyperparameter, int, torch.Tensor]]


def follow_loads(scheduler: Scheduler) -> None:
    """Have the values written again when the optimizer's state was loaded, into the tensors that were there.

    So the order of loading does not matter, and compiled code and CUDA graphs go on seeing the tensors that they know.
    A scheduler whose values are not in the optimizer at that moment (one of several, or a distributed checkpoint has
    filled the tensors already) leaves the values as they were loaded.
    """
    optimizer = _loaded(scheduler.optimizer)
    if optimizer is None:
        return
    handles: list[RemovableHandle] = []

    def forget(_: weakref.ref[Scheduler]) -> None:
        for handle in handles:
            handle.remove()

    reference = weakref.ref(scheduler, forget)  # the optimizer must not keep it alive
    held: list[tuple[bool, Held]] = []

    def before(_: Optimizer, __: dict[str, Any]) -> None:
        alive = reference()
        held[:] = [] if alive is None else [(_is_in_force(alive), _tensors(alive))]

    def after(_: Optimizer) -> None:
        alive = reference()
        if alive is not None and held:
            is_in_force, tensors = held.pop()
            _remember_all(alive)
            _put_back(alive, tensors)
            if is_in_force:
                alive._write()

    handles.append(optimizer.register_load_state_dict_pre_hook(before))
    handles.append(optimizer.register_load_state_dict_post_hook(after))


def _loaded(optimizer: Any) -> Optimizer | None:
    """Return the optimizer that loads states, within wrappers such as Accelerate's."""
    while optimizer is not None and not hasattr(optimizer, "_optimizer_load_state_dict_post_hooks"):
        optimizer = getattr(optimizer, "optimizer", None)
    return optimizer  # type: ignore[no-any-return]


def _is_in_force(scheduler: Scheduler) -> bool:
    if scheduler.last_epoch < 0:
        return False
    groups = scheduler.optimizer.param_groups
    try:
        values = [scheduler._values(one.name) or () for one in scheduler._driven]
    except ValueError:  # for other groups
        return False
    return all(
        _equal(one.of(group), value)
        for one, of_groups in zip(scheduler._driven, values, strict=True)
        for group, value in zip(groups, of_groups, strict=False)
    )


def _equal(current: Any, value: float) -> bool:
    if isinstance(current, torch.Tensor):
        return bool(current.item() == torch.tensor(value, dtype=current.dtype).item())
    return bool(current == value)


def _tensors(scheduler: Scheduler) -> Held:
    groups = enumerate(scheduler.optimizer.param_groups)
    values = [(one, index, one.of(group)) for index, group in groups for one in scheduler._driven]
    return [(one, index, value) for one, index, value in values if isinstance(value, torch.Tensor)]


def _remember_all(scheduler: Scheduler) -> None:
    """What a factor multiplies is what was loaded, not what a tensor has come to."""
    for group in scheduler.optimizer.param_groups:
        for one in scheduler._driven if scheduler.mode == "factor" else ():
            scheduler._remember(group, one.name)


def _put_back(scheduler: Scheduler, held: Held) -> None:
    groups = scheduler.optimizer.param_groups
    for one, index, tensor in held:
        loaded = one.of(groups[index]) if index < len(groups) else None
        if loaded is not None:
            tensor.fill_(float(loaded))
            one.put(groups[index], tensor)
