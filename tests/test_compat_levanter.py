"""`pywarmup.compat.levanter` against a transcription of Levanter's `lr_scheduler`, which is not installed anywhere."""

import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from pywarmup.compat import levanter

Curve = Callable[[Any], Any]


# What Levanter does, in float64.


def constant(value: float) -> Curve:
    return lambda count: value


def linear(start: float, end: float, steps: int) -> Curve:
    if steps <= 0:
        return constant(start)
    return lambda count: (start - end) * (1 - np.clip(count, 0, steps) / steps) + end


def cosine(start: float, steps: int, alpha: float, exponent: float = 1.0) -> Curve:
    if not steps > 0:
        raise ValueError("positive steps")
    wave: Curve = lambda count: 0.5 * (1 + np.cos(np.pi * np.minimum(count, steps) / steps))  # noqa: E731
    return lambda count: start * ((1 - alpha) * wave(count) ** exponent + alpha)


def inv_sqrt(lr: float, min_lr: float, warmup: int, timescale: float = 10000) -> Curve:
    def schedule(count: Any) -> Any:
        decay = np.minimum(1.0, 1.0 / np.sqrt(np.maximum(count + warmup, 1) / timescale))
        return np.maximum(lr * decay, min_lr)

    return schedule


def inv(lr: float, min_lr: float, steps: int) -> Curve:
    def schedule(count: Any) -> Any:
        decay = np.minimum(1.0, 1.0 / ((lr / min_lr - 1) * np.maximum(count, 1) / np.float64(steps) + 1))
        return np.maximum(lr * decay, min_lr)

    return schedule


def power(lr: float, batch_size: int, seq_length: int, a: float, b: float) -> Curve:
    return lambda step: np.minimum(lr, batch_size * a * np.float64(step * batch_size * seq_length) ** b)


def join_schedules(schedules: Sequence[Curve], boundaries: Sequence[int]) -> Curve:
    def schedule(step: int) -> Any:
        output = schedules[0](step)
        for boundary, one in zip(boundaries, schedules[1:], strict=False):
            output = output if step < boundary else one(step - boundary)
        return output

    return schedule


def steps_of(frac_or_steps: float, total: int) -> int:
    return int(frac_or_steps * total) if frac_or_steps <= 1.0 else int(frac_or_steps)


def transcribed(
    num_train_steps: int,
    *,
    kind: Callable[[float, float, float, int, int], Curve],
    learning_rate: float,
    min_lr_ratio: float,
    warmup: float,
    decay: float | None,
    rewarmup: float,
    cooldown: float | None,
    points: Callable[[int], list[int]],
) -> Curve:
    cooldown_steps = 0 if cooldown is None else steps_of(cooldown, num_train_steps)
    min_lr = learning_rate * min_lr_ratio
    schedules: list[Curve] = []
    boundaries: list[int] = []
    previous_end = 0.0
    minima = points(num_train_steps - cooldown_steps)
    for cycle, (start, end) in enumerate(pairwise(minima)):
        cycle_steps = end - start
        warmup_steps = steps_of(warmup if cycle == 0 else rewarmup, cycle_steps)
        if warmup_steps != 0:
            schedules.append(linear(previous_end, learning_rate, warmup_steps))
            boundaries.append(start + warmup_steps)
        decay_steps = steps_of(decay, cycle_steps) if decay is not None else cycle_steps - warmup_steps
        stable_steps = cycle_steps - warmup_steps - decay_steps
        if stable_steps != 0:
            schedules.append(constant(learning_rate))
            boundaries.append(start + warmup_steps + stable_steps)
        schedule = kind(learning_rate, min_lr, min_lr_ratio, warmup_steps, decay_steps)
        previous_end = schedule(decay_steps)
        schedules.append(schedule)
        boundaries.append(end)
    if cooldown_steps != 0:
        schedules.append(linear(previous_end, min_lr, cooldown_steps))
    return join_schedules(schedules, boundaries)


KINDS: dict[str, tuple[Any, Callable[[float, float, float, int, int], Curve]]] = {
    "constant": ("constant", lambda lr, least, ratio, rise, fall: constant(lr)),
    "cosine": ("cosine", lambda lr, least, ratio, rise, fall: cosine(lr, fall, ratio)),
    "cosine squared": (
        levanter.CosineLrSchedule(exponent=2.0),
        lambda lr, least, ratio, rise, fall: cosine(lr, fall, ratio, 2.0),
    ),
    "linear": ("linear", lambda lr, least, ratio, rise, fall: linear(lr, least, fall)),
    "inv_sqrt": ("inv_sqrt", lambda lr, least, ratio, rise, fall: inv_sqrt(lr, least, rise)),
    "inv_sqrt 5": (
        levanter.InvSqrtLrSchedule(timescale=5),
        lambda lr, least, ratio, rise, fall: inv_sqrt(lr, least, rise, 5),
    ),
    "inv_sqrt 0.5": (
        levanter.InvSqrtLrSchedule(timescale=0.5),
        lambda lr, least, ratio, rise, fall: inv_sqrt(lr, least, rise, 0.5),
    ),
    "inv": ("inv", lambda lr, least, ratio, rise, fall: inv(lr, least, fall)),
    "power": (
        levanter.PowerLrSchedule(batch_size=4, seq_length=8, a=0.5),
        lambda lr, least, ratio, rise, fall: power(lr, 4, 8, 0.5, -0.51),
    ),
}


def points_of(fields: dict[str, Any]) -> Callable[[int], list[int]]:
    def points(total: int) -> list[int]:
        length, cycles = fields.get("cycle_length"), fields.get("cycles") or fields.get("haps")
        if isinstance(length, list):
            inner = np.cumsum(length).tolist()
        elif length is not None:
            steps = steps_of(length, total)
            inner = [i * steps for i in range(1, total // steps)]
        elif isinstance(cycles, int):
            inner = [int(total / cycles * (i + 1)) for i in range(cycles - 1)]
        else:
            inner = list(cycles or [])
        found = [0, *inner]
        return found if found[-1] == total else [*found, total]

    return points


CYCLES: list[dict[str, Any]] = [
    {},
    {"cycle_length": 30},
    {"cycle_length": 0.4},
    {"cycle_length": 1.0},
    {"cycle_length": [20, 35]},
    {"cycles": 1},
    {"cycles": 3},
    {"cycles": [25, 60]},
    {"haps": [50]},
]


def drawn(random_: random.Random) -> tuple[int, dict[str, Any]]:
    cycles = random_.choice(CYCLES)
    return random_.choice([70, 100, 101]), cycles | {
        "learning_rate": random_.choice([1.0, 6e-4, 0.3, 1e8]),
        "min_lr_ratio": random_.choice([0.1, 0.5, 1.0, 2.0, 0.001]),
        "warmup": random_.choice([0.0, 0.1, 0.01, 2, 5, 0.5]),
        "decay": random_.choice([None, None, 0.2, 10, 0.7, 0.9]),
        "rewarmup": random_.choice([0.0, 0.1, 3]),
        "cooldown": random_.choice([None, None, 0.05, 7]),
    }


@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("kind", KINDS)
def test_values(kind: str, seed: int) -> None:
    total, fields = drawn(random.Random(f"{kind} {seed}"))
    ours, theirs = KINDS[kind]
    plain = {key: value for key, value in fields.items() if key not in ("cycle_length", "cycles", "haps")}
    with np.errstate(all="ignore"):
        reference = transcribed(total, kind=theirs, points=points_of(fields), **plain)
        values = [float(reference(step)) for step in range(150)]
    made = levanter.lr_scheduler(total, lr_schedule=ours, **fields)
    for step, value in enumerate(values):
        assert abs(made(step) - value) <= 1e-14 * max(values), (step, value, made(step), fields)


def test_the_last_cycle_is_longer_where_the_length_does_not_divide_the_run() -> None:
    made = levanter.lr_scheduler(100, learning_rate=1.0, warmup=0.0, cycle_length=30)
    assert made(30) == made(60) == 1.0
    assert made(90) < 0.3
    assert made.total_steps == 100


def test_an_override_takes_the_place_of_the_rate() -> None:
    assert levanter.lr_scheduler(100, 0.5, learning_rate=1.0) == levanter.lr_scheduler(100, learning_rate=0.5)


def test_without_a_decay_left_the_cosine_is_refused_and_the_line_is_none() -> None:
    with pytest.raises(ValueError, match=r"`decay_steps` must be a number of steps > 0"):
        levanter.lr_scheduler(100, warmup=1)
    assert levanter.lr_scheduler(100, learning_rate=1.0, warmup=1, lr_schedule="linear")(99) == 0.99


FIELDS = ["override_lr", "learning_rate", "min_lr_ratio", "warmup", "decay", "rewarmup", "cooldown", "cycle_length"]


@pytest.mark.parametrize("name", ["num_train_steps", *FIELDS])
@pytest.mark.parametrize("value", [math.nan, math.inf, True, "3", -1, 10**400], ids=lambda value: repr(value)[:9])
def test_what_is_no_number_of_that_kind_is_refused(name: str, value: Any) -> None:
    fields = {"num_train_steps": 100, "lr_schedule": "linear", "cycle_length": 50} | {name: value}
    with pytest.raises((TypeError, ValueError), match=rf"^lr_scheduler: `{name}` must be [^\n]+$"):
        levanter.lr_scheduler(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"warmup": 2.5},
        {"cycle_length": 30, "cycles": 2},
        {"cycle_length": 30, "haps": [20]},
        {"cycle_length": 0.001},
        {"cycle_length": [60, 60]},
        {"cycles": [50, 30]},
        {"cycles": [50, 150]},
        {"cooldown": 1.0},
        {"lr_schedule": "sine"},
        {"lr_schedule": None},
        {"lr_schedule": "inv", "min_lr_ratio": 0.0},
        {"lr_schedule": levanter.PowerLrSchedule(batch_size=4, seq_length=8, b=0.5)},
        {"lr_schedule": levanter.PowerLrSchedule(batch_size=0, seq_length=8)},
        {"lr_schedule": levanter.InvSqrtLrSchedule(timescale=0)},
    ],
    ids=repr,
)
def test_what_does_not_fit_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^\w+: [^\n]+$"):
        levanter.lr_scheduler(100, **fields)
