"""OLMo-core's scheduler that is made of stages, and the decay that can take the place of any."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pywarmup import _core
from pywarmup.compat._checks import choice
from pywarmup.compat._stages import laid_out
from pywarmup.compat.olmo.lengths import Fields, Rule, base_of, check_fields
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Cosine, Linear

if TYPE_CHECKING:
    from pywarmup.compat.olmo.lengths import Unpack

SHAPES: dict[str, Callable[..., Schedule]] = {"linear": Linear, "cosine": Cosine}


@dataclass(frozen=True)
class ComposableSchedulerStage:
    """A stage of `ComposableScheduler`.

    Args:
        duration: Its length, > 0.
        shape: "linear" or "cosine".
        start_lr: Where it begins, >= 0; where the stage before it ended unless this or the next is given.
        start_lr_fraction: The same as a multiple of base_lr, >= 0; only one of the two.
        end_lr: Where it ends, >= 0.
        end_lr_fraction: The same as a multiple of base_lr, >= 0; exactly one of the two.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, a rate given twice, or no end.
    """

    duration: float
    shape: str = "linear"
    start_lr: float | None = None
    start_lr_fraction: float | None = None
    end_lr: float | None = None
    end_lr_fraction: float | None = None

    def __post_init__(self) -> None:
        owner = type(self).__name__
        _core.check(owner, "duration", Rule.length, self.duration)
        choice(owner, "shape", self.shape, SHAPES)
        _check_rate(owner, "start_lr", self.start_lr, self.start_lr_fraction)
        _check_rate(owner, "end_lr", self.end_lr, self.end_lr_fraction)
        if self.end_lr is None and self.end_lr_fraction is None:
            raise ValueError(f"{owner}: `end_lr` must be given, or `end_lr_fraction` in its place, got None")


@dataclass(frozen=True)
class OverrideDecay:
    """A decay that takes the place of a schedule from a step on, and begins with the rate that it has there.

    Args:
        start: The step, >= 0.
        duration: Its length, > 0.
        shape: "linear" or "cosine".
        end_lr: Where it ends, >= 0; held from there on.
        end_lr_fraction: The same as a multiple of base_lr, >= 0; exactly one of the two.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, a rate given twice, or no end.
    """

    start: float
    duration: float
    shape: str = "linear"
    end_lr: float | None = None
    end_lr_fraction: float | None = None

    def __post_init__(self) -> None:
        owner = type(self).__name__
        _core.check(owner, "start", Rule.delay, self.start)
        _core.check(owner, "duration", Rule.length, self.duration)
        choice(owner, "shape", self.shape, SHAPES)
        _check_rate(owner, "end_lr", self.end_lr, self.end_lr_fraction)
        if self.end_lr is None and self.end_lr_fraction is None:
            raise ValueError(f"{owner}: `end_lr` must be given, or `end_lr_fraction` in its place, got None")


def ComposableScheduler(  # noqa: N802
    *,
    stages: Sequence[ComposableSchedulerStage],
    override_decay: OverrideDecay | None = None,
    base_lr: float,
    t_max: float | None = None,
    **fields: Unpack[Fields],
) -> Schedule:
    """Return stages one after the other; the end of the last one is held, however long the run is.

    Args:
        stages: At least one; the first begins at base_lr unless it says otherwise.
        override_decay: What takes their place at the end, if anything.
        base_lr: The group's initial rate, >= 0.
        t_max: Length of the run, without effect.
        **fields: `lr_field`, `initial_lr_field` and `units`, without effect.

    Raises:
        TypeError: For what is no stage or no number.
        ValueError: For a number outside its range, or no stages.

    Example:
        >>> from pywarmup.compat import olmo
        >>> warmup = olmo.ComposableSchedulerStage(10, start_lr=0.0, end_lr_fraction=1.0)
        >>> decay = olmo.ComposableSchedulerStage(90, "cosine", end_lr_fraction=0.1)
        >>> olmo.ComposableScheduler(stages=[warmup, decay], base_lr=1.0)([0, 5, 10, 55, 100, 200])
        array([0.  , 0.5 , 1.  , 0.55, 0.1 , 0.1 ])

    Same as:
        `ComposableScheduler(...).get_lr(base_lr, step, t_max)` of OLMo-core.
    """
    owner = "ComposableScheduler"
    check_fields(owner, fields)
    base = base_of(owner, base_lr)
    if not isinstance(stages, Sequence) or not all(isinstance(one, ComposableSchedulerStage) for one in stages):
        raise TypeError(f"{owner}: `stages` must be a sequence of ComposableSchedulerStage, got {stages!r}")
    if not stages:
        raise ValueError(f"{owner}: `stages` must be at least one stage, got {stages!r}")
    made: list[Schedule] = []
    rate = base
    for stage in stages:
        start = _rate(base, stage.start_lr, stage.start_lr_fraction, rate)
        rate = _rate(base, stage.end_lr, stage.end_lr_fraction, rate)
        made.append(SHAPES[stage.shape](start, rate, steps=stage.duration))
    return overridden(owner, join(*made), override_decay, base)


def _check_rate(owner: str, field: str, value: float | None, fraction: float | None) -> None:
    if value is not None and fraction is not None:
        raise ValueError(f"{owner}: `{field}_fraction` must be None beside `{field}`, got {fraction!r}")
    for name, number in ((field, value), (f"{field}_fraction", fraction)):
        if number is not None:
            _core.check(owner, name, Rule.non_negative, number)


def _rate(base: float, value: float | None, fraction: float | None, otherwise: float) -> float:
    if value is not None:
        return value
    return otherwise if fraction is None else base * fraction


def overridden(owner: str, made: Schedule, override_decay: OverrideDecay | None, base: float) -> Schedule:
    """Return a schedule with a decay in place of its end, if there is one."""
    if override_decay is None:
        return made
    decay = checked(owner, override_decay)
    start = made(decay.start)
    line = SHAPES[decay.shape](start, _rate(base, decay.end_lr, decay.end_lr_fraction, start), steps=decay.duration)
    return laid_out((0, decay.start, made), (decay.start, math.inf, line))


def checked(owner: str, override_decay: object) -> OverrideDecay:
    """Refuse what is no such decay."""
    if not isinstance(override_decay, OverrideDecay):
        raise TypeError(f"{owner}: `override_decay` must be an OverrideDecay or None, got {override_decay!r}")
    return override_decay
