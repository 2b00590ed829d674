"""torch: compositions are recorded as a tree, lambdas as text; where we leave it, and how to run it."""

from __future__ import annotations

import warnings
from typing import Any

import pywarmup as pw
from conformance.case import Case
from conformance.deviation import Deviation
from pywarmup.compat import torch as compat

DEVIATIONS = (
    Deviation("ReduceLROnPlateau", "follows a metric", "refused, pointing to pywarmup.torch.Plateau", refuses=True),
    Deviation(
        "0.0 cannot be raised to a negative power",
        "PolynomialLR with a negative `power` raises at `total_iters`",
        "the rate of the step before is held",
    ),
    Deviation("integer modulo by zero", "StepLR with `step_size` 0 raises at step 1", "refused", refuses=True),
    Deviation(
        "Tried to step",
        "OneCycleLR at step == total_steps rises again, or is negative; later steps raise",
        "the rate of the last step is held",
    ),
    Deviation(
        "closed_form uses int(log(...))",
        "CosineAnnealingWarmRestarts.step(epoch) is in the wrong cycle at some restarts",
        "restarts where step() has them",
        steps="closed_form",
    ),
    Deviation(
        "float step_size / milestone",
        "step(epoch) drops at another step than step() if steps are no integers",
        "the rates of step()",
        steps="closed_form",
    ),
    Deviation(
        "total_iters <= 0 freezes the lr",
        "ConstantLR.step(epoch) has the full rate where step() keeps the factor",
        "the rates of step()",
        steps="closed_form",
    ),
)


def schedule(case: Case) -> pw.Schedule:
    """Return what a case is called here."""
    return build(case.callable, case.kwargs, case.base_lr)


def build(name: str, kwargs: dict[str, Any], base_lr: float | None) -> pw.Schedule:
    """Return a schedule of `pywarmup.compat.torch`."""
    arguments = dict(kwargs)
    if "spec" in arguments:
        name, arguments = _read(arguments["spec"])
    if "schedulers" in arguments:
        arguments["schedulers"] = [build(child, theirs, base_lr) for child, theirs in arguments["schedulers"]]
        return getattr(compat, name)(**arguments)
    if isinstance(arguments.get("lr_lambda"), str):
        arguments["lr_lambda"] = _function(arguments["lr_lambda"])
        arguments.setdefault("total_steps", 1000)
    if name != "CyclicLR":  # whose base_lr is its own
        arguments["base_lr"] = base_lr
    return getattr(compat, name)(**arguments)


def _read(spec: list[Any]) -> tuple[str, dict[str, Any]]:
    name, arguments, *children = spec
    return name, arguments | {"schedulers": [_read(child) for child in children[0]]} if children else arguments


def _function(text: str) -> Any:
    return eval(f"lambda e: {text}")


def momentum(case: Case) -> pw.Schedule:
    """Return the momentum that a case's scheduler writes."""
    unrelated = {"CyclicLR": ("base_lr", "max_lr"), "OneCycleLR": ("max_lr", "div_factor", "final_div_factor")}
    dropped = (*unrelated[case.callable], "cycle_momentum")
    arguments = {name: value for name, value in case.kwargs.items() if name not in dropped}
    return getattr(compat, case.callable.removesuffix("LR") + "Momentum")(**arguments)


def peer(name: str, arguments: dict[str, Any], steps: list[int]) -> list[float]:
    """Return the rates of the real scheduler, stepped to the last of the steps."""
    import torch

    arguments = dict(arguments)
    base_lr = 0.1 if name == "CyclicLR" else arguments.pop("base_lr", 0.1)
    if "spec" in arguments:
        name, arguments = _read(arguments["spec"])
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr, momentum=0.9)
    return trace(real(name, arguments, optimizer), optimizer, steps)


def trace(scheduler: Any, optimizer: Any, steps: list[int]) -> list[float]:
    """Return the rates of an optimizer at some steps from where it is."""
    rates = [float(optimizer.param_groups[0]["lr"])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # optimizer.step() is not called
        for _ in range(max(steps)):
            scheduler.step()
            rates.append(float(optimizer.param_groups[0]["lr"]))
    return [rates[step] for step in steps]


def real(name: str, arguments: dict[str, Any], optimizer: Any) -> Any:
    """Return the real scheduler; the children of a composition are (name, arguments) pairs."""
    import torch
    from torch.optim import lr_scheduler

    arguments = {key: value for key, value in arguments.items() if key != "total_steps" or name == "OneCycleLR"}
    if "schedulers" in arguments:
        children = [real(child, theirs, optimizer) for child, theirs in arguments.pop("schedulers")]
        if name == "ChainedScheduler":
            return lr_scheduler.ChainedScheduler(children, optimizer=optimizer)
        return lr_scheduler.SequentialLR(optimizer, children, **arguments)
    if isinstance(arguments.get("lr_lambda"), str):
        arguments["lr_lambda"] = _function(arguments["lr_lambda"])
    found = torch.optim.swa_utils.SWALR if name == "SWALR" else getattr(lr_scheduler, name)
    return found(optimizer, **arguments)
