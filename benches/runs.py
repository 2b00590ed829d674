"""The problems that every peer solves: a run is a kind of schedule and its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

import pywarmup as pw

Array: TypeAlias = NDArray[np.float64]
Steps: TypeAlias = NDArray[np.int64]
Kind: TypeAlias = Literal[
    "constant",
    "linear",
    "cosine",
    "warmup_linear",
    "warmup_cosine",
    "dampened_cosine",
    "one_cycle",
    "exponential",
    "restarts",
    "product",
]


@dataclass(frozen=True)
class Run:
    """A training run of `total_steps` updates, with the learning rate that `kind` names.

    constant         peak
    linear           peak -> end
    cosine           peak -> end along half a cosine wave
    warmup_linear    0 -> peak over the warmup, then peak -> end along a line
    warmup_cosine    0 -> peak over the warmup, then peak -> end along half a cosine wave
    dampened_cosine  the cosine, times a line from 1 / warmup to 1, which the last update of the warmup reaches
    one_cycle        torch's: peak / 25 -> peak over three tenths, then down to peak / 250,000, along half cosine waves
    exponential      peak -> end, geometrically
    restarts         half cosine waves from peak to 0, each twice as long as the one before (SGDR)
    product          a cosine from peak to end, times a line from 1 to 0.5, times a geometric 1 to 0.1
    """

    kind: Kind = "warmup_cosine"
    total_steps: int = 100_000
    peak: float = 3e-4
    end: float = 3e-5

    @property
    def warmup_steps(self) -> int:
        """A fiftieth of the run."""
        return self.total_steps // 50

    @property
    def decay_steps(self) -> int:
        """What is left after the warmup."""
        return self.total_steps - self.warmup_steps

    @property
    def rise_steps(self) -> int:
        """How many steps of `one_cycle` go up: torch has the peak one step before three tenths of the run are over."""
        return self.total_steps * 3 // 10 - 1

    @property
    def cycle_steps(self) -> int:
        """Length of the first cycle of `restarts`: a hundredth of the run, so that it has seven."""
        return self.total_steps // 100

    @cached_property
    def schedule(self) -> pw.Schedule:
        """The run as pywarmup writes it."""
        return SCHEDULES[self.kind](self)

    @property
    def momentum(self) -> pw.Schedule:
        """What the momentum does in `one_cycle`: the opposite of the rate, between 0.85 and 0.95."""
        return one_cycle(self, 0.95, 0.85, 0.95)

    @cached_property
    def steps(self) -> Steps:
        """All of its steps, in order."""
        return np.arange(self.total_steps)

    @cached_property
    def out(self) -> Array:
        """The array that peers who can write into one share."""
        return np.empty(self.total_steps)


def one_cycle(run: Run, start: float, turn: float, end: float) -> pw.Schedule:
    """Return torch's two half cosine waves; the last update has the end."""
    return pw.join(
        pw.Cosine(start, turn, steps=run.rise_steps), pw.Cosine(turn, end, steps=run.total_steps - 1 - run.rise_steps)
    )


SCHEDULES: dict[Kind, Callable[[Run], pw.Schedule]] = {
    "constant": lambda run: pw.Constant(run.peak),
    "linear": lambda run: pw.Linear(run.peak, run.end, steps=run.total_steps),
    "cosine": lambda run: pw.Cosine(run.peak, run.end, steps=run.total_steps),
    "warmup_linear": lambda run: pw.warmup_linear(
        run.peak, warmup_steps=run.warmup_steps, total_steps=run.total_steps, end_value=run.end
    ),
    "warmup_cosine": lambda run: pw.warmup_cosine(
        run.peak, warmup_steps=run.warmup_steps, total_steps=run.total_steps, end_value=run.end
    ),
    "dampened_cosine": lambda run: (
        pw.Cosine(run.peak, run.end, steps=run.total_steps)
        * pw.Linear(1.0 / run.warmup_steps, 1.0, steps=run.warmup_steps - 1)
    ),
    "one_cycle": lambda run: one_cycle(run, run.peak / 25, run.peak, run.peak / 25e4),
    "exponential": lambda run: pw.Exponential(run.peak, run.end, steps=run.total_steps),
    "restarts": lambda run: pw.cosine_restarts(run.peak, cycle_steps=run.cycle_steps, growth=2),
    "product": lambda run: (
        pw.Cosine(run.peak, run.end, steps=run.total_steps)
        * pw.Linear(1.0, 0.5, steps=run.total_steps)
        * pw.Exponential(1.0, 0.1, steps=run.total_steps)
    ),
}

KINDS = tuple(SCHEDULES)
