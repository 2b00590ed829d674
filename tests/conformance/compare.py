"""How far our schedule is from what a library answered."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

import pywarmup as pw
from conformance.case import Case, Trace, is_sane
from conformance.deviation import Deviation, excused

FLOAT64 = 1e-14  # of the peak: what the libraries' own arithmetic in float64 justifies
CHAINED = 1e-12  # of the peak: values made from those before them drift
ULPS = 4
FLUSHED = 2.0**-126  # float32 below it is 0 to JAX


def library(name: str) -> ModuleType | None:
    """Return what this package of tests knows of a library, if it has anything to say."""
    try:
        return importlib.import_module(f"conformance.libraries.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"conformance.libraries.{name}":
            raise
        return None


def deviations(case: Case) -> tuple[Deviation, ...]:
    """Return where we leave the library of a case."""
    return tuple(getattr(library(case.library), "DEVIATIONS", ()))


def schedule(case: Case) -> pw.Schedule:
    """Return what `pywarmup.compat` makes of a case: the function of the same name, or as the library's module says."""
    build = getattr(library(case.library), "schedule", None)
    return build(case) if build else by_name(case.library, case.callable)(**case.arguments)


def by_name(library_name: str, callable_name: str) -> Any:
    """Return `pywarmup.compat.<library>.<callable>`; a dotted callable is looked up part by part."""
    found = importlib.import_module(f"pywarmup.compat.{library_name}")
    for part in callable_name.split("."):
        found = getattr(found, part)
    return found


def differences(case: Case, made: pw.Schedule) -> Iterator[tuple[Trace, float, float, float, float]]:
    """Yield (trace, step, theirs, ours, difference / tolerance) for all steps that ought to be equal."""
    excuses = excused(case, deviations(case))
    for trace in case.traces:
        if trace.name == "momentum":  # a curve of its own: a library's module says which, if we have it
            yield from _compared_momentum(case, trace, excuses)
            continue
        skipped = steps_excused(case, trace, excuses)
        pairs = [(s, v) for s, v in zip(trace.steps, trace.values, strict=True) if s not in skipped and s <= 2**53]
        sane = [(s, v) for s, v in pairs if is_sane(v) and s >= 0]
        if sane:
            yield from _compared(case, trace, sane, made)


def _compared_momentum(
    case: Case, trace: Trace, excuses: list[Deviation]
) -> Iterator[tuple[Trace, float, float, float, float]]:
    build = getattr(library(case.library), "momentum", None)
    if build:
        skipped = steps_excused(case, trace, excuses)
        pairs = [(s, v) for s, v in zip(trace.steps, trace.values, strict=True) if s not in skipped]
        yield from _compared(case, trace, pairs, build(case))


def steps_excused(case: Case, trace: Trace, excuses: list[Deviation]) -> set[float]:
    """Return the steps of a trace that need not be equal."""
    kinds = {one.steps for one in excuses if isinstance(one.steps, str)}
    if "all" in kinds or trace.name in kinds:
        return set(trace.steps)
    named = set(case.quirk_steps) if "quirks" in kinds else set()
    for one in excuses:
        if callable(one.steps):
            named |= {step for step in trace.steps if one.steps(case, step)}
        elif not isinstance(one.steps, str):
            named |= set(one.steps)
    return named


def _compared(
    case: Case, trace: Trace, pairs: list[tuple[float, Any]], made: pw.Schedule
) -> Iterator[tuple[Trace, float, float, float, float]]:
    answers = [made(step) for step, _ in pairs]
    peak = max(*answers, *(value for _, value in pairs))
    for (step, theirs), ours in zip(pairs, answers, strict=True):
        allowed = tolerance(case, trace, step, theirs, peak)
        yield trace, step, theirs, ours, abs(ours - theirs) / allowed if ours != theirs else 0.0


def tolerance(case: Case, trace: Trace, step: float, value: float, peak: float) -> float:
    """Return how far we may be from a library's value.

    Where the library rounds a phase pi * step / T before it takes the cosine, the phase is wrong by up to half an ulp:
    far past the end that is more than all else. A library's module may say in `rounding` how much of the peak its own
    arithmetic loses on top of that.
    """
    own = getattr(library(case.library), "rounding", None)
    rounding = peak * own(case, trace, step) if own else 0.0
    if trace.dtype == "float32":
        return rounding + max(ULPS * float(np.spacing(np.float32(peak), dtype=np.float32)), FLUSHED)
    relative = CHAINED if case.evaluation == "chained" and trace.name == "main" else FLOAT64
    phase = 2.0**-52 * step if step > 1000 else 0.0
    return rounding + max(peak * (relative + phase), ULPS * float(np.spacing(value)), 2.0**-1074)


def is_answered(made: pw.Schedule, step: float) -> bool:
    """Whether we answer a step with a finite value, or refuse it in one clear line."""
    try:
        return bool(np.isfinite(made(step)))
    except ValueError as error:
        return "\n" not in str(error)
