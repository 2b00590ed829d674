"""The schedules of Levanter (`levanter.optim`), under their own names: `pywarmup.compat.levanter.lr_scheduler(...)`.

Levanter makes them of optax's, which compute in float32: these are the values before that rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from pywarmup import _core
from pywarmup.compat._checks import Rule, finite, listed
from pywarmup.compat._curves import between
from pywarmup.compat._stages import delayed, joined
from pywarmup.compat.optax import cosine_decay_schedule
from pywarmup.compose import join
from pywarmup.schedule import Schedule
from pywarmup.shapes import Constant, InverseSqrt, InverseTime, Linear, PowerLaw

__all__ = [
    "ConstantLrSchedule",
    "CosineLrSchedule",
    "InvLrSchedule",
    "InvSqrtLrSchedule",
    "LinearLrSchedule",
    "LrScheduleContext",
    "PowerLrSchedule",
    "lr_scheduler",
]

OWNER = "lr_scheduler"


@dataclass(frozen=True)
class LrScheduleContext:
    """What a decay is made from."""

    warmup_steps: int
    decay_steps: int
    learning_rate: float
    min_lr_ratio: float
    min_lr: float


@dataclass(frozen=True)
class ConstantLrSchedule:
    """No decay: "constant"."""

    def build(self, ctx: LrScheduleContext) -> Schedule:
        """Return the decay."""
        return Constant(ctx.learning_rate)


@dataclass(frozen=True)
class CosineLrSchedule:
    """Half a cosine wave, or a power of it: "cosine"."""

    exponent: float = 1.0

    def build(self, ctx: LrScheduleContext) -> Schedule:
        """Return the decay."""
        return cosine_decay_schedule(ctx.learning_rate, ctx.decay_steps, ctx.min_lr_ratio, self.exponent)


@dataclass(frozen=True)
class LinearLrSchedule:
    """A straight line: "linear"."""

    def build(self, ctx: LrScheduleContext) -> Schedule:
        """Return the decay."""
        return _line(ctx.learning_rate, ctx.min_lr, ctx.decay_steps)


@dataclass(frozen=True)
class InvSqrtLrSchedule:
    """An inverse square root, which is flat until `timescale` steps after the start: "inv_sqrt".

    The number of warmup steps counts in the time, and min_lr is a lower bound, not where it ends.
    """

    timescale: float = 10000

    def build(self, ctx: LrScheduleContext) -> Schedule:
        """Return the decay."""
        timescale = _core.check("InvSqrtLrSchedule", "timescale", Rule.length, self.timescale)
        begin = max(timescale, 1)
        top = ctx.learning_rate * min(1.0, timescale**0.5)
        curve = InverseSqrt(ctx.learning_rate, timescale=timescale, offset=begin)
        return join(Constant(top, steps=begin), curve).shift(max(ctx.warmup_steps, 0)).clip(lower=ctx.min_lr)


@dataclass(frozen=True)
class InvLrSchedule:
    """An inverse of time that meets min_lr at the end of the decay: "inv".

    Its steps 0 and 1 are the same, both below the peak. A min_lr_ratio of 0 is a division by zero.
    """

    def build(self, ctx: LrScheduleContext) -> Schedule:
        """Return the decay."""
        if ctx.min_lr == 0.0:
            raise ValueError(f"{OWNER}: `learning_rate` * `min_lr_ratio` must be > 0 with 'inv', got {ctx.min_lr!r}")
        if ctx.min_lr >= ctx.learning_rate or ctx.decay_steps <= 0:
            return Constant(ctx.min_lr if ctx.decay_steps >= 0 else max(ctx.learning_rate, ctx.min_lr))
        rate = ctx.learning_rate / ctx.min_lr - 1.0
        curve = InverseTime(ctx.learning_rate, decay_rate=rate, every=ctx.decay_steps)
        return delayed(curve(1), 1.0, curve.shift(1)).clip(lower=ctx.min_lr)


@dataclass(frozen=True)
class PowerLrSchedule:
    """A power of the tokens seen, where that is less than the learning rate: "power".

    min(learning_rate, batch_size * a * (t * batch_size * seq_length)**b); no minimum.
    """

    batch_size: int
    seq_length: int
    a: float = 4.6
    b: float = -0.51

    def build(self, ctx: LrScheduleContext) -> Schedule:
        """Return the decay."""
        owner = "PowerLrSchedule"
        batch = _core.check(owner, "batch_size", Rule.positive, self.batch_size)
        tokens = batch * _core.check(owner, "seq_length", Rule.positive, self.seq_length)
        height = batch * _core.check(owner, "a", Rule.positive, self.a)
        (power,) = finite(owner, b=self.b)
        if not power < 0.0:
            raise ValueError(f"{owner}: `b` must be a finite number < 0, got {self.b!r}")
        curve = PowerLaw(height * tokens**power, power=power, timescale=1)
        return delayed(ctx.learning_rate, 1.0, curve.clip(upper=ctx.learning_rate))


DECAYS: dict[str, Callable[[], Any]] = {
    "constant": ConstantLrSchedule,
    "cosine": CosineLrSchedule,
    "linear": LinearLrSchedule,
    "inv_sqrt": InvSqrtLrSchedule,
    "inv": InvLrSchedule,
}


def lr_scheduler(
    num_train_steps: int,
    override_lr: float | None = None,
    *,
    learning_rate: float = 6e-4,
    min_lr_ratio: float = 0.1,
    warmup: float = 0.01,
    decay: float | None = None,
    rewarmup: float = 0.0,
    cooldown: float | None = None,
    cycle_length: float | Sequence[int] | None = None,
    cycles: int | Sequence[int] | None = None,
    lr_schedule: Any = "cosine",
    haps: Sequence[int] | None = None,
) -> Schedule:
    """Return warmup, plateau and decay of each cycle, as an `OptimizerConfig` with these fields makes them.

    Lengths up to 1 are fractions of a cycle, longer ones are steps: 1 is all of it, and no decay is left. A plateau is
    there if `decay` leaves room for it. Each `rewarmup` starts where the cycle before ended. Where a cycle_length does
    not divide the run, the last cycle is longer than the others. A warmup longer than its cycle is cut, and with
    "cosine" refused.

    Args:
        num_train_steps: Steps of the run, >= 1.
        override_lr: Takes the place of learning_rate.
        learning_rate: The peak, >= 0.
        min_lr_ratio: The least value as a fraction of the peak, >= 0.
        warmup: Fraction or steps of the first cycle.
        decay: Fraction or steps of each cycle; None is all that the warmup leaves.
        rewarmup: Fraction or steps of each later cycle.
        cooldown: Fraction or steps at the end of the run for a line to the least value; deprecated by Levanter.
        cycle_length: Fraction or steps of the run, or a list of steps.
        cycles: How many, or a list of the steps at which they end.
        lr_schedule: "constant", "cosine", "linear", "inv_sqrt", "inv", or one of this module's classes.
        haps: A list of the steps at which cycles end; deprecated by Levanter.

    Raises:
        TypeError: For what is no number.
        ValueError: For a number outside its range, an unknown schedule, or cycles that do not fit.

    Example:
        >>> s = lr_scheduler(100, learning_rate=1.0, warmup=0.1)
        >>> s(0), s(1), s(10), round(s(50), 6), s(100)
        (0.0, 0.1, 1.0, 0.628142, 0.1)

    Same as:
        `AdamConfig(learning_rate=..., ...).lr_scheduler(num_train_steps)` of Levanter.
    """
    total = _whole("num_train_steps", num_train_steps)
    peak = _core.check(OWNER, "learning_rate", Rule.non_negative, learning_rate)
    if override_lr is not None:
        peak = _core.check(OWNER, "override_lr", Rule.non_negative, override_lr)
    ratio = _core.check(OWNER, "min_lr_ratio", Rule.non_negative, min_lr_ratio)
    cooling = 0 if cooldown is None else _steps("cooldown", cooldown, total)
    points = _points(total - cooling, cycle_length, cycles, haps)
    kind = _decay(lr_schedule)
    stages: list[tuple[float, Schedule]] = []
    end = 0.0
    for number, (start, stop) in enumerate(pairwise(points)):
        rise = _steps("rewarmup", rewarmup, stop - start) if number else _steps("warmup", warmup, stop - start)
        fall = stop - start - rise if decay is None else _steps("decay", decay, stop - start)
        curve = kind.build(LrScheduleContext(rise, fall, peak, ratio, peak * ratio))
        stages += _cycle(start, stop, _line(end, peak, rise), rise, Constant(peak), fall, curve)
        end = curve(max(fall, 0))
    if cooling:
        stages.append((total - cooling, _line(end, peak * ratio, cooling)))
    return joined([stage for _, stage in stages], [begin for begin, _ in stages[1:]])


def _cycle(
    start: int, stop: int, warmup: Schedule, rise: int, plateau: Schedule, fall: int, decay: Schedule
) -> list[tuple[float, Schedule]]:
    """Return the stages of a cycle that have a length, even less than 0, with the steps at which they begin."""
    stages: list[tuple[float, Schedule]] = [(start, warmup)] if rise else []
    if stop - start - rise - fall:
        stages.append((start + rise, plateau))
    return [*stages, (stop - fall, decay)]


def _line(start: float, end: float, steps: float) -> Schedule:
    return between(Linear, start, end, steps=steps) if steps > 0 else Constant(start)


def _decay(lr_schedule: Any) -> Any:
    if isinstance(lr_schedule, str) and lr_schedule in DECAYS:
        return DECAYS[lr_schedule]()
    if not isinstance(lr_schedule, (*DECAYS.values(), PowerLrSchedule)):  # type: ignore[arg-type]
        known = ", ".join(repr(name) for name in DECAYS)
        raise ValueError(f"{OWNER}: `lr_schedule` must be {known}, or of a class of this module, got {lr_schedule!r}")
    return lr_schedule


def _whole(field: str, value: Any) -> int:
    number = _core.check(OWNER, field, Rule.length, value)
    if number != int(number):
        raise ValueError(f"{OWNER}: `{field}` must be a whole number of steps, got {value!r}")
    return int(number)


def _steps(field: str, value: float, total: int) -> int:
    """Return the steps that a fraction or a number of steps means."""
    number = _core.check(OWNER, field, Rule.delay, value)
    if number > 1 and number != int(number):
        raise ValueError(f"{OWNER}: `{field}` must be a fraction up to 1 or a whole number of steps, got {value!r}")
    return int(number * total) if number <= 1 else int(number)


def _points(total: int, cycle_length: Any, cycles: Any, haps: Any) -> list[int]:
    """Return the steps at which cycles begin and end."""
    if cycle_length is not None and (cycles is not None or haps is not None):
        raise ValueError(f"{OWNER}: `cycle_length` must be None beside `cycles` or `haps`, got {cycle_length!r}")
    if cycle_length is not None:
        ends = _of_length(total, cycle_length)
    elif haps is not None:
        ends = [_whole("haps", end) for end in listed(OWNER, "haps", haps)]
    elif isinstance(cycles, int) and not isinstance(cycles, bool):
        ends = [int(total / cycles * (number + 1)) for number in range(cycles - 1)]
    else:
        ends = [] if cycles is None else [_whole("cycles", end) for end in listed(OWNER, "cycles", cycles)]
    points = [0, *ends] if ends and ends[-1] == total else [0, *ends, total]
    if not all(begin < end for begin, end in pairwise(points)):
        raise ValueError(f"{OWNER}: cycles must end at increasing steps up to the end of the run, got {points!r}")
    return points


def _of_length(total: int, cycle_length: Any) -> list[int]:
    if isinstance(cycle_length, Sequence):
        return list(
            accumulate(_whole("cycle_length", length) for length in listed(OWNER, "cycle_length", cycle_length))
        )
    steps = _steps("cycle_length", cycle_length, total)
    if steps == 0:
        raise ValueError(f"{OWNER}: `cycle_length` must be at least 1 step of {total}, got {cycle_length!r}")
    return [number * steps for number in range(1, total // steps)]
