"""The combinators: schedules made from schedules."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from pywarmup import _core
from pywarmup.schedule import PastEndPolicy, Schedule, frozen

if TYPE_CHECKING:
    from pywarmup.questions import Stage


class Stages(tuple[Schedule, ...]):
    """The stages of a join. Every schedule can be asked for `s.stages()`, so those of a join can be called."""

    __slots__ = ()

    def __call__(self) -> tuple[Stage, ...]:
        """Return where each stage begins and ends, as `Schedule.stages` does."""
        from pywarmup.questions import stages

        return stages(Join(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (tuple(self),)  # a pickle knows nothing of this class


@frozen
class Join(Schedule):
    """Stages one after the other; a boundary step belongs to the stage that begins there.

    Example:
        >>> import pywarmup as pw
        >>> pw.Join((pw.Linear(0.0, 1.0, steps=2), pw.Constant(1.0)))[:4]
        array([0. , 0.5, 1. , 1. ])
    """

    kind: ClassVar[str] = "join"
    stages: tuple[Schedule, ...]  # type: ignore[assignment]  # Stages, which can be called as the method can

    def __post_init__(self) -> None:
        Schedule.__post_init__(self)
        object.__setattr__(self, "stages", Stages(self.stages))


@frozen
class Product(Schedule):
    """The product of several schedules at each step; as long as the longest bounded one.

    Past that end each factor goes on as it does by itself: only bounded ones hold.
    """

    kind: ClassVar[str] = "product"
    factors: tuple[Schedule, ...]


@frozen
class Sum(Schedule):
    """The sum of several schedules at each step; as long as the longest bounded one.

    Past that end each term goes on as it does by itself: only bounded ones hold.
    """

    kind: ClassVar[str] = "sum"
    terms: tuple[Schedule, ...]


@frozen
class Minimum(Schedule):
    """The least of several schedules at each step."""

    kind: ClassVar[str] = "minimum"
    schedules: tuple[Schedule, ...]


@frozen
class Maximum(Schedule):
    """The greatest of several schedules at each step."""

    kind: ClassVar[str] = "maximum"
    schedules: tuple[Schedule, ...]


@frozen
class Scale(Schedule):
    """A schedule times a number: `s * factor`."""

    kind: ClassVar[str] = "scale"
    schedule: Schedule
    factor: float


@frozen
class Offset(Schedule):
    """A schedule plus a number: `s + amount`."""

    kind: ClassVar[str] = "offset"
    schedule: Schedule
    amount: float


@frozen
class Clip(Schedule):
    """A schedule held between two values: `s.clip(lower, upper)`."""

    kind: ClassVar[str] = "clip"
    schedule: Schedule
    lower: float | None = None
    upper: float | None = None


@frozen
class Shift(Schedule):
    """t -> schedule(t + steps): `s.shift(steps)`."""

    kind: ClassVar[str] = "shift"
    schedule: Schedule
    steps: float


@frozen
class Stretch(Schedule):
    """t -> schedule(t / factor): `s.stretch(factor)`."""

    kind: ClassVar[str] = "stretch"
    schedule: Schedule
    factor: float


@frozen
class Repeat(Schedule):
    """Cycles of a schedule, growing in length and decaying in value: `s.repeat(...)`."""

    kind: ClassVar[str] = "repeat"
    schedule: Schedule
    times: int | None = None
    growth: float = 1.0
    decay: float = 1.0


@frozen
class Until(Schedule):
    """A schedule ended after some steps: `s.until(steps)`."""

    kind: ClassVar[str] = "until"
    schedule: Schedule
    steps: float


@frozen
class Reverse(Schedule):
    """t -> schedule(total_steps - t): `s.reverse()`."""

    kind: ClassVar[str] = "reverse"
    schedule: Schedule


@frozen
class Warp(Schedule):
    """t -> schedule(total_steps * (t / total_steps)**power): `s.warp(power)`."""

    kind: ClassVar[str] = "warp"
    schedule: Schedule
    power: float


@frozen
class Stairs(Schedule):
    """t -> schedule(floor(t / every) * every): `s.stairs(every)`."""

    kind: ClassVar[str] = "stairs"
    schedule: Schedule
    every: float


@frozen
class PastEnd(Schedule):
    """A schedule with a behaviour past its end: `s.past_end(policy)`."""

    kind: ClassVar[str] = "past_end"
    schedule: Schedule
    policy: Literal["repeat", "mirror", "error"]


def join(*stages: Schedule) -> Schedule:
    """Return the schedules one after the other.

    A stage lasts as long as it is, [begin, end); a boundary step belongs to the next stage, at its step 0. Only
    the last may be endless. A join within a join becomes one join.

    Args:
        *stages: At least one schedule.

    Returns:
        A `Join`, or the stage itself if there is only one.

    Raises:
        TypeError: If something is no schedule.
        ValueError: For no stage, or an endless one before the last.

    Example:
        >>> import pywarmup as pw
        >>> pw.join(pw.Linear(0.0, 1.0, steps=2), pw.Linear(1.0, 0.0, steps=4))(4)
        0.5
    """
    return stages[0] if len(stages) == 1 and isinstance(stages[0], Schedule) else Join(stages)


def minimum(*schedules: Schedule) -> Schedule:
    """Return the least of the schedules at each step.

    Example:
        >>> import pywarmup as pw
        >>> pw.minimum(pw.Linear(0.0, 1.0, steps=4), pw.Constant(0.5))[:5]
        array([0.  , 0.25, 0.5 , 0.5 , 0.5 ])
    """
    return Minimum(schedules)


def maximum(*schedules: Schedule) -> Schedule:
    """Return the greatest of the schedules at each step.

    Example:
        >>> import pywarmup as pw
        >>> pw.maximum(pw.Linear(1.0, 0.0, steps=4), pw.Constant(0.5))[:5]
        array([1.  , 0.75, 0.5 , 0.5 , 0.5 ])
    """
    return Maximum(schedules)


def anneal(
    schedule: Schedule,
    *,
    at: float,
    over: float,
    to: float = 0.0,
    shape: Literal[
        "linear", "cosine", "1-sqrt", "sqrt", "exponential", "scaled-exponential", "polynomial", "power"
    ] = "linear",
) -> Schedule:
    """Return any schedule up to a step, and from there a decay: late annealing, or extending a finished run.

    schedule(t) for t < at; then from schedule(at) to `to` over `over` steps.

    Args:
        schedule: What has run so far.
        at: The step at which the decay starts, >= 0.
        over: How many steps it takes, > 0.
        to: The value at its end, >= 0.
        shape: Its shape, as in `wsd`.

    Raises:
        ValueError: For a number outside its range, or an unknown shape.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.anneal(pw.Constant(1.0), at=100, over=50, to=0.1)
        >>> s(100), s(125), s(150), s.total_steps
        (1.0, 0.55, 0.1, 150)
    """
    from pywarmup.recipes.stages import decay_stage

    _core.check("anneal", "schedule", _core.Rule.schedule, schedule)
    start = _core.check("anneal", "at", _core.Rule.delay, at)
    decay = decay_stage(
        "anneal", "shape", shape, schedule(start), to, _core.check("anneal", "over", _core.Rule.length, over)
    )
    return join(_ended(schedule, start), decay) if start else decay


def _ended(schedule: Schedule, steps: float) -> Schedule:
    return schedule if schedule.total_steps == steps else Until(schedule, steps)


def multiply(schedule: Schedule, other: object) -> Schedule:
    """Return `schedule * other`."""
    if isinstance(other, Schedule):
        return Product((schedule, other))
    if not _is_number(other):
        return cast(Schedule, NotImplemented)
    if isinstance(schedule, Scale):
        return Scale(schedule.schedule, schedule.factor * _number("Scale", "factor", other))
    return Scale(schedule, _number("Scale", "factor", other))


def divide(schedule: Schedule, other: object) -> Schedule:
    """Return `schedule / other`, for a number."""
    if not _is_number(other):
        return cast(Schedule, NotImplemented)
    divisor = _number("Scale", "divisor", other)
    if divisor == 0.0:
        raise ValueError(f"Scale: `divisor` must be a number other than 0, got {other!r}")
    return multiply(schedule, 1.0 / divisor)


def add(schedule: Schedule, other: object) -> Schedule:
    """Return `schedule + other`."""
    if isinstance(other, Schedule):
        return Sum((schedule, other))
    if not _is_number(other):
        return cast(Schedule, NotImplemented)
    if isinstance(schedule, Offset):
        return Offset(schedule.schedule, schedule.amount + _number("Offset", "amount", other))
    return Offset(schedule, _number("Offset", "amount", other))


def subtract(schedule: Schedule, other: object) -> Schedule:
    """Return `schedule - other`."""
    if isinstance(other, Schedule):
        return Sum((schedule, Scale(other, -1.0)))
    return add(schedule, -_number("Offset", "amount", other)) if _is_number(other) else cast(Schedule, NotImplemented)


def shift(schedule: Schedule, steps: float) -> Schedule:
    """Return `schedule.shift(steps)`; shifts of shifts are one."""
    if isinstance(schedule, Shift):
        return Shift(schedule.schedule, schedule.steps + _core.check("Shift", "steps", _core.Rule.delay, steps))
    return Shift(schedule, steps)


def stretch(schedule: Schedule, factor: float) -> Schedule:
    """Return `schedule.stretch(factor)`; stretches of stretches are one."""
    if isinstance(schedule, Stretch):
        return Stretch(
            schedule.schedule, schedule.factor * _core.check("Stretch", "factor", _core.Rule.positive, factor)
        )
    return Stretch(schedule, factor)


def past_end(schedule: Schedule, policy: PastEndPolicy) -> Schedule:
    """Return `schedule.past_end(policy)`, in place of an earlier policy."""
    inner = schedule.schedule if isinstance(schedule, PastEnd) else schedule
    if policy == "hold":
        return inner
    if policy not in ("repeat", "mirror", "error"):
        raise ValueError(f"PastEnd: `policy` must be 'hold', 'repeat', 'mirror' or 'error', got {policy!r}")
    return PastEnd(inner, policy)


# Whether an operator should try; what it makes of a bad number is an error that names it.
def _is_number(other: object) -> bool:
    return isinstance(other, Real) or (hasattr(other, "__float__") and not hasattr(other, "__len__"))


def _number(owner: str, field: str, other: Any) -> float:
    number = _core.check(owner, field, _core.Rule.finite, other)
    return math.copysign(number, 1.0) if number == 0 else number
