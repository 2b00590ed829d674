"""Leaves a model, an optimizer and all random numbers as they were, bit for bit, whatever is done in between."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.optim import Optimizer

Restore: TypeAlias = Callable[[], Any]

PLAIN = (bool, int, float, complex, str, bytes, type(None))
SOURCES = (torch.Generator, np.random.Generator, np.random.RandomState, random.Random)


@contextmanager
def unchanged(modules: list[torch.nn.Module], optimizer: Optimizer, scaler: Any, loader: Any) -> Iterator[None]:
    """Put everything back at the end of the block, after an exception and Ctrl-C too."""
    parameters = _parameters(modules, optimizer)
    kept = [_keep_random(parameters), _keep_loader(loader)]
    kept += [_keep_module(part) for module in modules for part in module.modules()]
    kept += [keep(parameter) for parameter in parameters]
    kept += [_keep_grad(parameter) for parameter in parameters]
    kept += [_keep_optimizer(one) for one in _with_inner(optimizer)]
    if scaler is not None:
        kept.append(keep(vars(scaler)))
    try:
        yield
    finally:
        for restore in reversed(kept):
            restore()


def keep(value: Any) -> Restore:
    """Return a function that makes a value what it is now, in place where that can be, and returns it."""
    if isinstance(value, torch.Tensor):
        return _keep_tensor(value)
    if isinstance(value, dict):
        return _keep_dict(value)
    if isinstance(value, list | tuple):
        return _keep_sequence(value)
    if isinstance(value, PLAIN):
        return lambda: value
    try:
        copied = copy.deepcopy(value)
    except Exception:  # such as a process group: whatever cannot be copied is no state
        return lambda: value
    return lambda: copied


def _keep_tensor(tensor: torch.Tensor) -> Restore:
    copied = tensor.detach().clone()

    def restore() -> torch.Tensor:
        tensor.detach().copy_(copied)
        return tensor

    return restore


def _keep_dict(items: dict[Any, Any]) -> Restore:
    kept = {key: keep(value) for key, value in items.items()}

    def restore() -> dict[Any, Any]:
        former = {key: put_back() for key, put_back in kept.items()}
        items.clear()
        items.update(former)
        return items

    return restore


def _keep_sequence(items: list[Any] | tuple[Any, ...]) -> Restore:
    kept = [keep(value) for value in items]

    def restore() -> list[Any] | tuple[Any, ...]:
        former = [put_back() for put_back in kept]
        if isinstance(items, list):
            items[:] = former
        return items

    return restore


def _keep_attributes(owner: Any, *, private: bool) -> Restore:
    """Keep the numbers, texts and tensors among the attributes: training modes, counters, hidden states."""

    def ours() -> dict[str, Any]:
        return {
            name: value
            for name, value in vars(owner).items()
            if isinstance(value, (*PLAIN, torch.Tensor)) and (private or not name.startswith("_"))
        }

    kept = {name: keep(value) for name, value in ours().items()}

    def restore() -> None:
        for name in ours().keys() - kept.keys():
            del vars(owner)[name]
        vars(owner).update({name: put_back() for name, put_back in kept.items()})

    return restore


def _keep_module(module: torch.nn.Module) -> Restore:
    """Keep the mode, buffers, persistent or not, attributes, and what the module itself calls its extra state."""
    mode, buffers = module.training, module._buffers
    kept = [_keep_attributes(module, private=False)]
    kept.append(keep(buffers if isinstance(buffers, dict) else list(module.buffers(recurse=False))))  # TorchScript's
    if type(module).get_extra_state is not torch.nn.Module.get_extra_state:
        extra = copy.deepcopy(module.get_extra_state())
        kept.append(lambda: module.set_extra_state(extra))

    def restore() -> None:
        for put_back in kept:
            put_back()
        module.training = mode

    return restore


def _keep_grad(parameter: torch.Tensor) -> Restore:
    kept = keep(parameter.grad)

    def restore() -> None:
        parameter.grad = kept()

    return restore


def _keep_optimizer(optimizer: Optimizer) -> Restore:
    kept = [keep(optimizer.state), _keep_attributes(optimizer, private=True)]
    kept += [_keep_group(group) for group in optimizer.param_groups]
    return lambda: [restore() for restore in kept]


def _keep_group(group: dict[str, Any]) -> Restore:
    parameters = group["params"]
    kept = keep({key: value for key, value in group.items() if key != "params"})

    def restore() -> None:
        former = kept()
        group.clear()
        group.update({"params": parameters} | former)

    return restore


def _with_inner(optimizer: Optimizer) -> list[Optimizer]:
    """The optimizer and those it wraps, as ZeroRedundancyOptimizer and Accelerate's do."""
    return [optimizer, *[value for value in vars(optimizer).values() if isinstance(value, Optimizer)]]


def _parameters(modules: list[torch.nn.Module], optimizer: Optimizer) -> list[torch.Tensor]:
    """Those of the modules and of the optimizer, each once."""
    found = [parameter for module in modules for parameter in module.parameters()]
    found += [parameter for group in optimizer.param_groups for parameter in group["params"]]
    return list({id(parameter): parameter for parameter in found}.values())


def _keep_random(parameters: list[torch.Tensor]) -> Restore:
    """Keep the global generators of Python, NumPy, torch and the devices in use."""
    python, numpy, cpu = random.getstate(), np.random.get_state(), torch.get_rng_state()
    kinds = {parameter.device.type for parameter in parameters}
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        kinds.add("cuda")
    devices = [(module, _device_state(module)) for kind in kinds if (module := getattr(torch, kind, None)) is not None]

    def restore() -> None:
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_rng_state(cpu)
        for module, state in devices:
            if state is not None:
                (module.set_rng_state_all if isinstance(state, list) else module.set_rng_state)(state)

    return restore


def _device_state(module: Any) -> Any:
    """All devices of a kind as a list, or the one that there is; None for the CPU, which is torch itself."""
    for name in ("get_rng_state_all", "get_rng_state"):
        if hasattr(module, name):
            return getattr(module, name)()
    return None


def _keep_loader(loader: Any) -> Restore:
    """Keep the generators of a loader and its samplers, and have it start workers of its own for the next epoch."""
    parts = [loader, *[getattr(loader, name, None) for name in ("sampler", "batch_sampler", "dataset")]]
    parts += [getattr(part, "sampler", None) for part in parts]
    found = {id(value): value for part in parts for value in getattr(part, "__dict__", {}).values()}
    kept = [_keep_source(value) for value in found.values() if isinstance(value, SOURCES)]
    fresh = "_iterator" in getattr(loader, "__dict__", {}) and loader._iterator is None

    def restore() -> None:
        for put_back in kept:
            put_back()
        if fresh:
            loader._iterator = None

    return restore


def _keep_source(source: Any) -> Restore:
    """Keep the state of one generator of random numbers."""
    if isinstance(source, np.random.Generator):
        state = source.bit_generator.state
        return lambda: setattr(source.bit_generator, "state", state)
    if isinstance(source, random.Random):
        former = source.getstate()
        return lambda: source.setstate(former)
    saved = source.get_state()
    return lambda: source.set_state(saved)
