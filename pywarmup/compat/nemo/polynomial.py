"""NeMo's polynomial decay, with any power and with cycles."""

from __future__ import annotations

import math

from pywarmup.compat._curves import between
from pywarmup.compat._stages import Stage, after, laid_out
from pywarmup.compat.nemo.run import Run
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, Polynomial, PowerLaw


def polynomial(run: Run, begin: float, steps: float, power: float) -> Schedule:
    """Return the decay from a step on, over a number of steps. 0**0 is 1: with power 0 there is none."""
    if power == 0.0:
        return Constant(run.peak)
    if power > 0.0:
        return between(Polynomial, run.peak, run.floor, steps=steps, power=power)
    if begin + steps <= 0 <= run.steps_after(0) and run.warmup <= 0:
        raise ValueError(f"{run.owner}: `power` must be >= 0 for a decay that is over at step 0, got {power!r}")
    last = math.ceil(begin + steps) - 1 - begin  # the last whole step before the division by zero
    if last <= 0:
        return Constant(run.peak)
    curve = PowerLaw(1.0, power=power, timescale=steps, offset=steps - last).until(last).reverse()
    return curve * (run.peak - run.floor) + run.floor


def cycles(run: Run, begin: float, steps: float, power: float) -> Schedule:
    """Return decays that begin at a step and last `steps`, twice that, and so on, each up to the end of its own cycle.

    That is min_lr + (base_lr - min_lr) * (1 - t / (k * steps))**power in cycle k, of which the last step belongs to it.
    """
    first = math.ceil((max(run.warmup, 0) - begin) / steps)
    last = math.ceil((run.steps_after(begin)) / steps)
    stages: list[Stage] = [
        (0, after(begin + number * steps) - begin, polynomial(run, begin, number * steps, power))
        for number in range(max(first, 1), max(last, 1) + 1)
    ]
    return laid_out(*stages, (0, math.inf, Constant(run.floor)))
