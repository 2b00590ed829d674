"""optax: its cases, where we leave it, and how to run it."""

import contextlib
from typing import Any

import pywarmup as pw
from conformance.case import Case
from conformance.deviation import Deviation
from pywarmup.compat import optax as compat


def schedule(case: Case) -> pw.Schedule:
    """Return the schedule of a case, in which children are [name, kwargs] and JSON has made texts of boundaries."""
    return _build(compat, case.callable, case.kwargs)


def _build(module: Any, name: str, kwargs: dict[str, Any]) -> Any:
    arguments = dict(kwargs)
    if arguments.get("boundaries_and_scales"):
        scales = arguments["boundaries_and_scales"]
        arguments["boundaries_and_scales"] = {_number(boundary): scale for boundary, scale in scales.items()}
    if name == "join_schedules":
        arguments["schedules"] = [_build(module, *child) for child in arguments["schedules"]]
    return getattr(module, name)(**arguments)


def _number(boundary: Any) -> float:
    number = float(boundary)
    return int(number) if number.is_integer() else number


def peer(callable_name: str, arguments: dict[str, Any], steps: list[float], *, x64: bool = False) -> list[float]:
    """Return what the installed optax answers, in float32 or with JAX in 64 bits."""
    import jax
    import optax

    with jax.enable_x64(True) if x64 else contextlib.nullcontext():
        made = _build(optax.schedules, callable_name, arguments)
        return [float(made(step)) for step in steps]


DEVIATIONS = (
    Deviation(
        "exponential_decay",
        peer="a negative `decay_rate` gives nan between whole powers and negative rates at odd ones",
        ours="refused when the schedule is made",
        refuses=True,
        when=lambda case: case.kwargs.get("decay_rate", 1.0) < 0.0 and case.kwargs.get("transition_steps", 1) > 0,
    ),
    Deviation(
        "cosine_decay_schedule",
        peer="a negative `exponent` divides by zero at the end, and is infinite from there on",
        ours="refused when the schedule is made",
        refuses=True,
        when=lambda case: case.kwargs.get("exponent", 1.0) < 0.0,
    ),
    Deviation(
        "polynomial_schedule",
        peer="a negative `power` divides by zero at the end, and is infinite from there on",
        ours="equal up to the last whole step before the end, whose value is held",
        when=lambda case: case.kwargs.get("power", 1.0) < 0.0,
    ),
)
