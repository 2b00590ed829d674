"""Values of the formulas themselves, at 60 digits, rounded once: for pywarmup's own shapes and recipes."""

from typing import Any

import pywarmup as pw
from conformance.case import Case


def schedule(case: Case) -> pw.Schedule:
    """Return the shape or recipe of a formula."""
    return BUILD[case.callable](**case.kwargs)


def _warmup_cosine(peak: float, warmup: int, total: int, end: float) -> pw.Schedule:
    return pw.warmup_cosine(peak, warmup_steps=warmup, total_steps=total, end_value=end)


def _linear(start: float, end: float, steps: int) -> pw.Schedule:
    return pw.Linear(start, end, steps=steps)


def _polynomial(start: float, end: float, steps: int, power: float) -> pw.Schedule:
    return pw.Polynomial(start, end, steps=steps, power=power)


def _exponential(start: float, gamma: float) -> pw.Schedule:
    return pw.ExponentialDecay(start, decay_rate=gamma, every=1)


def _warmup_inverse_sqrt(peak: float, warmup: int) -> pw.Schedule:
    return pw.join(pw.Linear(0.0, peak, steps=warmup), pw.InverseSqrt(peak, timescale=warmup))


def _cosine_restarts(peak: float, T_0: int, T_mult: int, end: float) -> pw.Schedule:  # noqa: N803
    return pw.cosine_restarts(peak, cycle_steps=T_0, growth=T_mult, end_value=end)


BUILD: dict[str, Any] = {
    "warmup_cosine": _warmup_cosine,
    "linear": _linear,
    "polynomial": _polynomial,
    "exponential": _exponential,
    "warmup_inverse_sqrt": _warmup_inverse_sqrt,
    "cosine_restarts": _cosine_restarts,
}
