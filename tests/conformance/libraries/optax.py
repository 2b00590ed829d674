"""optax: its cases, where we leave it, and how to run it."""

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import pywarmup as pw
from conformance.case import Case, Trace
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


def rounding(case: Case, trace: Trace, step: float) -> float:
    """Return how much of the peak optax's own arithmetic loses, on top of what all libraries may."""
    precision = 2.0**-24 if trace.dtype == "float32" else 2.0**-53
    given = case.kwargs
    if case.callable in ("exponential_decay", "warmup_exponential_decay_schedule"):
        return _lost_in_powers(given, step, precision)
    if case.callable == "polynomial_schedule":
        return _lost_in_polynomials(given, step, precision)
    if case.callable in ("cosine_decay_schedule", "warmup_cosine_decay_schedule"):
        return _lost_in_cosines(given, step, precision)
    return 0.0


def _lost_in_powers(given: dict[str, Any], step: float, precision: float) -> float:
    """Return what a rounded rate and a rounded exponent make in a power of many."""
    rate, steps = given["decay_rate"], given["transition_steps"]
    since = step - max(0, given.get("warmup_steps", 0)) - max(0, given.get("transition_begin", 0))
    if rate <= 0.0 or steps <= 0 or since <= 0:
        return 0.0
    exponent = since / steps
    return 2 * precision * exponent * (1.0 + abs(math.log(rate))) * (rate**exponent if rate < 1.0 else 1.0)


def _lost_in_polynomials(given: dict[str, Any], step: float, precision: float) -> float:
    """Return what is lost in a root of what remains near the end, and in an end value that is subtracted and added."""
    start, end, power, steps = (given[name] for name in ("init_value", "end_value", "power", "transition_steps"))
    left = 1.0 - (step - max(0, given.get("transition_begin", 0))) / steps if steps > 0 else 1.0
    root = precision * power * left ** (power - 1.0) if 0.0 < left < 1.0 and 0.0 < power < 1.0 else 0.0
    return root + (2 * precision * abs(end / start) if power == 0.0 and start else 0.0)


def _lost_in_cosines(given: dict[str, Any], step: float, precision: float) -> float:
    """Return what a root of 1 + cos, which cancels near the end, makes of its rounding."""
    warmup, power = given.get("warmup_steps", 0), given.get("exponent", 1.0)
    part = min((step - warmup) / (given["decay_steps"] - warmup), 1.0)
    wave = (1.0 + math.cos(math.pi * part)) / 2
    return precision * power * wave ** (power - 1.0) if 0.0 < power < 1.0 and wave > precision else 0.0


def _has(case: Case, is_one: Callable[[dict[str, Any]], bool]) -> bool:
    """Whether a schedule's arguments, or those of one that it is joined from, are such."""

    def parts(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield given
        for child in [*given.get("cosine_kwargs", ()), *(one[1] for one in given.get("schedules", ()))]:
            yield from parts(child)

    return any(is_one(given) for given in parts(case.kwargs))


DEVIATIONS = (
    Deviation(
        "",
        peer="a negative `decay_rate` gives nan between whole powers and negative rates at odd ones",
        ours="refused when the schedule is made",
        refuses=True,
        when=lambda case: _has(
            case, lambda given: given.get("decay_rate", 1.0) < 0.0 and given.get("transition_steps", 1) > 0
        ),
    ),
    Deviation(
        "",
        peer="a negative `exponent` divides by zero at the end, and is infinite from there on",
        ours="refused when the schedule is made",
        refuses=True,
        when=lambda case: _has(case, lambda given: given.get("exponent", 1.0) < 0.0),
    ),
    Deviation(
        "polynomial_schedule",
        peer="a negative `power` divides by zero at the end, and is infinite from there on",
        ours="equal up to the last whole step before the end, whose value is held",
        when=lambda case: case.kwargs.get("power", 1.0) < 0.0,
    ),
)
