"""torch: compositions are recorded as a tree, lambdas as text; where we leave it, and how to run it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Any

import pywarmup as pw
from conformance.case import Case, Trace, is_sane
from conformance.deviation import Deviation
from pywarmup.compat import torch as compat

RATES = ("base_lr", "max_lr", "eta_min", "swa_lr")
CHAINED, FLOAT64 = 1e-12, 1e-14  # see conformance.compare
NUMBERS = (
    *("step_size", "gamma", "factor", "start_factor", "end_factor", "total_iters", "power", "T_max", "T_0", "T_mult"),
    *(*RATES, "anneal_epochs", "step_size_up", "div_factor", "final_div_factor"),
)
COUNTED = ("step_size", "total_iters", "milestones")  # in steps, which are natural numbers if they are to make sense


def _leaves(spec: Any, begin: float = 0.0) -> Iterator[tuple[str, dict[str, Any], float]]:
    """The schedulers of a case, without the compositions, each with the step at which it begins."""
    name, arguments, *children = spec
    if not children:
        yield name, arguments, begin
        return
    begins = [begin, *arguments.get("milestones", ())] if name == "SequentialLR" else [begin] * len(children[0])
    for child, step in zip(children[0], begins, strict=False):
        yield from _leaves(child, step)


def _spec(case: Case) -> list[Any]:
    return case.kwargs.get("spec") or [case.callable, case.kwargs]


def _is_counted_oddly(case: Case) -> bool:
    """Whether a number of steps is a fraction, or less than 1; a milestone may be 0."""
    given = [case.kwargs[field] for field in COUNTED if field in case.kwargs]
    steps = [(one, 0) for many in given if isinstance(many, list) for one in many]
    steps += [(one, 1) for one in given if not isinstance(one, list)]
    is_odd = any(one < least or one % 1 != 0 for one, least in steps if isinstance(one, int | float))
    return case.construct_error is None and is_odd


def one_cycle_length(arguments: dict[str, Any]) -> int:
    """Return the length of a OneCycleLR, which can be said in two ways."""
    return arguments.get("total_steps") or arguments["epochs"] * arguments["steps_per_epoch"]


def _is_past_one_cycle(case: Case, step: float) -> bool:
    """Whether it is the step that torch's OneCycleLR takes beyond its end, where it is its turn."""
    ends = [
        math.ceil(begin) + one_cycle_length(theirs)
        for name, theirs, begin in _leaves(_spec(case))
        if name == "OneCycleLR"
    ]
    return step in ends or any(
        step == error["step"] - 1 for error in case.errors if "Tried to step" in error["message"]
    )


def _has_one_cycle(case: Case) -> bool:
    return case.construct_error is None and any(name == "OneCycleLR" for name, _, _ in _leaves(_spec(case)))


def _has_two(case: Case) -> bool:
    names = [name for name, _, _ in _leaves(_spec(case))]
    return case.construct_error is None and any(names.count(name) > 1 for name in ("OneCycleLR", "SWALR"))


def _goes_backwards(case: Case) -> bool:
    lengths = [case.kwargs.get("step_size_up"), case.kwargs.get("step_size_down")]
    is_negative = any(isinstance(length, int | float) and length < 0 for length in lengths)
    return case.callable == "CyclicLR" and case.construct_error is None and is_negative


def _is_for_groups(case: Case) -> bool:
    given = [case.kwargs.get(field) for field in (*RATES, "lr_lambda")]
    return case.construct_error is None and any(isinstance(one, list) for one in given)


def _has_no_number(case: Case) -> bool:
    given = [case.kwargs[field] for field in NUMBERS if field in case.kwargs]
    return case.construct_error is None and any(one is None or isinstance(one, bool | str | list) for one in given)


def _is_endless(case: Case) -> bool:
    steps = case.kwargs.get("total_iters")
    return case.callable in ("LinearLR", "PolynomialLR") and isinstance(steps, int | float) and steps > 2**53


def _is_nested(case: Case) -> bool:
    children = case.kwargs["spec"][2] if "spec" in case.kwargs else []
    return case.construct_error is None and any(len(child) > 2 for child in children)


def _has_no_form(case: Case) -> bool:
    try:
        schedule(case)
    except ValueError:
        return True
    return False


DEVIATIONS = (
    Deviation(
        "CyclicLR, OneCycleLR, LambdaLR",
        "lists, one entry for each parameter group",
        "refused: make a schedule for each group",
        refuses=True,
        fact=_is_for_groups,
    ),
    Deviation(
        "all that take numbers",
        "what is no number (a string, True, None) is found out when a step reads it, or never",
        "refused",
        refuses=True,
        fact=_has_no_number,
    ),
    Deviation("ReduceLROnPlateau", "follows a metric", "refused, pointing to pywarmup.torch.Plateau", refuses=True),
    Deviation(
        "0.0 cannot be raised to a negative power",
        "PolynomialLR with a negative `power` raises at `total_iters`",
        "the rate of the step before is held",
    ),
    Deviation(
        "StepLR, CosineAnnealingLR",
        "`step_size` 0 and `T_max` 0 raise at step 1",
        "refused",
        refuses=True,
        fact=lambda case: 0 in (case.kwargs.get("step_size"), case.kwargs.get("T_max")),
    ),
    Deviation(
        "OneCycleLR",
        "at step == total_steps it rises again, or is negative; later steps raise",
        "the rate of the last step is held",
        steps=_is_past_one_cycle,
        fact=_has_one_cycle,
    ),
    Deviation(
        "CosineAnnealingWarmRestarts",
        "step(epoch) is in the wrong cycle at some restarts if `T_mult` > 1",
        "restarts where step() has them",
        steps="closed_form",
        fact=lambda case: case.construct_error is None and case.kwargs.get("T_mult", 1) > 1,
    ),
    Deviation(
        "StepLR, MultiStepLR, ConstantLR, LinearLR, PolynomialLR",
        "step(epoch) has other rates than step() where a number of steps is a fraction, negative or 0",
        "the rates of step()",
        steps="closed_form",
        fact=_is_counted_oddly,
    ),
    Deviation(
        "CyclicLR",
        "a negative `step_size_down` or `step_size_up` tears the wave",
        "refused",
        True,
        fact=_goes_backwards,
    ),
    Deviation(
        "LinearLR, PolynomialLR",
        "`total_iters` may be greater than 2**53, where float64 has no steps any more",
        "refused",
        refuses=True,
        fact=_is_endless,
    ),
    Deviation(
        "SequentialLR, ChainedScheduler",
        "nested in each other, some have no closed form, and torch loses a step where milestones are out of order",
        "refused with the reason",
        refuses=True,
        fact=lambda case: _is_nested(case) and _has_no_form(case),
    ),
    Deviation(
        "SequentialLR, ChainedScheduler",
        "two OneCycleLR, or two SWALR, overwrite each other's rates",
        "refused",
        refuses=True,
        fact=_has_two,
    ),
)


def rounding(case: Case, trace: Trace, step: float) -> float:
    """Return how far torch's own rounding moves its values, in parts of the peak of what was recorded.

    The rates that it subtracts from each other may be larger than all that a short recording gets to see.
    """
    rates = [theirs.get(field) or 0.0 for _, theirs, _ in _leaves(_spec(case)) for field in RATES]
    own = CHAINED if trace.name == "main" else FLOAT64
    short = min((abs(theirs["T_max"]) for _, theirs, _ in _leaves(_spec(case)) if "T_max" in theirs), default=math.inf)
    phase = 2.0**-52 * math.pi * step / short if short else 0.0
    peak = max((value for value in trace.values if is_sane(value)), default=0.0)
    smallest = 5e-324 * step if trace.name == "main" else 0.0  # a step that underflows is rounded to a multiple of it
    return phase + (own * max(map(abs, rates)) + smallest) / peak if peak else 0.0


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
        if name == "ChainedScheduler":
            arguments.setdefault("total_steps", 1000)  # where it has no closed form
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
