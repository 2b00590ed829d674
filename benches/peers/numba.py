"""numba's `njit`, on one thread, into an array that is there, compiled before."""

import math
from collections.abc import Callable

import numba
import numpy as np

from peers import DOUBLE, Call
from runs import Array, Run, Steps

NAME = "numba njit"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


@numba.njit
def value(step, warmup, rise, frequency, half, middle):
    if step < warmup:
        return step * rise
    return middle + half * math.cos((step - warmup) * frequency)


@numba.njit
def fill(out, warmup, rise, frequency, half, middle):
    for step in range(len(out)):
        out[step] = value(step, warmup, rise, frequency, half, middle)
    return out


@numba.njit
def look_up(steps, out, warmup, rise, frequency, half, middle):
    for i in range(len(steps)):
        out[i] = value(steps[i], warmup, rise, frequency, half, middle)
    return out


def numbers(run: Run) -> tuple[float, ...]:
    half, middle = (run.peak - run.end) / 2, (run.peak + run.end) / 2
    return run.warmup_steps, run.peak / run.warmup_steps, math.pi / run.decay_steps, half, middle


def one_step(run: Run) -> Call:
    warmup, rise, frequency, half, middle = numbers(run)

    @numba.njit
    def lr(step):
        return value(step, warmup, rise, frequency, half, middle)

    return Call("lr(step)", lr=lr)


def array(run: Run) -> Callable[[], Array]:
    given, out = numbers(run), run.out
    return lambda: fill(out, *given)


def at(run: Run, steps: Steps) -> Callable[[], Array]:
    given = numbers(run)
    return lambda: look_up(steps, np.empty(len(steps)), *given)
