"""`pywarmup.compat.deepspeed` against a transcription of DeepSpeed's `lr_schedules.py`; steps are its iterations."""

import inspect
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pywarmup import Schedule
from pywarmup.compat import deepspeed

Given = dict[str, Any]


def range_test(given: Given, now: int) -> float:
    size = given.get("lr_range_test_step_size", 2000)
    position = float(now + 1) / size
    if given.get("lr_range_test_staircase", False):
        position = math.floor(position)
    low = given.get("lr_range_test_min_lr", 1e-3)
    return float(low * (1 + given.get("lr_range_test_step_rate", 1.0) * position))


def scale_factor(given: Given, now: int) -> float:
    first = float(given.get("cycle_first_step_size", 2000))
    second = given.get("cycle_second_step_size")
    second = first if second is None else float(second)
    total = first + second
    now += 1
    x = 1.0 + now / total - math.floor(1 + now / total)
    stairs, ratio = given.get("cycle_first_stair_count", 0), first / total
    if x <= ratio:
        factor = x / ratio
    else:
        factor = (x - 1) / (ratio - 1)
        other = given.get("cycle_second_stair_count")
        stairs = stairs if other is None else other
    if stairs > 0:
        position = now % total
        part = position * stairs / first if position <= first else (total - position) * stairs / second
        factor = math.floor(part) / stairs
    return factor


def cycle_steps(given: Given) -> float:
    first, second = given.get("cycle_first_step_size", 2000), given.get("cycle_second_step_size")
    return float(first) + float(first if second is None else second)


def one_cycle(given: Given, now: int) -> float:
    low, high, total = given["cycle_min_lr"], given["cycle_max_lr"], cycle_steps(given)
    if now < total:
        return float(low + (high - low) * scale_factor(given, now))
    unit, rate = given.get("decay_step_size", 0), given.get("decay_lr_rate", 0.0)
    if unit == 0 or rate == 0:
        return float(low)
    return float(low / (1 + rate * ((now - total + 1) / unit)))


def one_cycle_momentum(given: Given, now: int) -> float:
    low, high = given.get("cycle_min_mom", 0.8), given.get("cycle_max_mom", 0.9)
    total = cycle_steps(given)
    if now < total:
        return float(high - (high - low) * scale_factor(given, now))
    unit, rate = given.get("decay_step_size", 0), given.get("decay_mom_rate", 0.0)
    return float(high if unit == 0 or rate == 0 else high * (1 + rate * ((now - total + 1) / unit)))


def rising(given: Given, now: int) -> float | None:
    steps = max(2, given.get("warmup_num_steps", 1000))
    if now >= steps:
        return None
    if given.get("warmup_type", "log") == "linear":
        return float(now / steps)
    return 1.0 / math.log(steps) * math.log(now + 1)


def warmup(given: Given, now: int) -> float:
    part = rising(given, now)
    low, high = given.get("warmup_min_lr", 0.0), given.get("warmup_max_lr", given["base_lr"])
    return float(low + (high - low) * (1.0 if part is None else part))


def warmup_decay(given: Given, now: int) -> float:
    part, total, steps = rising(given, now), given["total_num_steps"], max(2, given.get("warmup_num_steps", 1000))
    if part is None:
        part = max(0.0, float(total - now) / float(max(1.0, total - steps)))
    low = given.get("warmup_min_lr", 0.0)
    return float(low + (given.get("warmup_max_lr", 0.001) - low) * part)


def warmup_cosine(given: Given, now: int) -> float:
    part, total, steps = rising(given, now), given["total_num_steps"], max(2, given.get("warmup_num_steps", 1000))
    if part is not None:
        low = given.get("warmup_min_ratio", 0.0)
        return float(given["base_lr"] * (low + part * (1.0 - low)))
    progress = min(1.0, (now - steps + 1) / max(1, total - steps))
    low = given.get("cos_min_ratio", 0.0001)
    return float(given["base_lr"] * max(0.0, low + (1.0 - low) * ((1 + math.cos(math.pi * progress)) / 2)))


PEERS: dict[str, Callable[[Given, int], float]] = {
    "LRRangeTest": range_test,
    "OneCycle": one_cycle,
    "OneCycleMomentum": one_cycle_momentum,
    "WarmupLR": warmup,
    "WarmupDecayLR": warmup_decay,
    "WarmupCosineLR": warmup_cosine,
}
NEEDED = ("cycle_min_lr", "cycle_max_lr", "total_num_steps", "base_lr")


def drawn(name: str, draw: random.Random) -> Given:
    rate = draw.choice([0.1, 1.0, 3e-4, 7.0, 1e-300, 1e300, 0.0, draw.uniform(0.01, 2.0)])
    warmup_steps = draw.choice([1, 2, 3, 10, 50, 100])
    every: Given = {
        "base_lr": rate,
        "lr_range_test_min_lr": rate,
        "lr_range_test_step_size": draw.choice([1, 3, 10, 50]),
        "lr_range_test_step_rate": draw.choice([0.0, 0.5, 1.0, 5.0]),
        "lr_range_test_staircase": draw.random() < 0.5,
        "cycle_min_lr": rate * draw.choice([0.0, 0.1, 1.0, 1.5]),
        "cycle_max_lr": rate,
        "decay_lr_rate": draw.choice([0.0, 0.5, 2.0]),
        "cycle_first_step_size": draw.choice([1, 7, 10, 20, 10.5]),
        "cycle_second_step_size": draw.choice([None, 0, 1, 20, 13]),
        "cycle_first_stair_count": draw.choice([0, 0, 1, 3, 10]),
        "cycle_second_stair_count": draw.choice([None, 0, 2, 5]),
        "decay_step_size": draw.choice([0, 1, 5, 10]),
        "cycle_min_mom": draw.choice([0.8, 0.5]),
        "cycle_max_mom": draw.choice([0.9, 0.95]),
        "decay_mom_rate": draw.choice([0.0, 0.01]),
        "warmup_min_lr": rate * draw.choice([0.0, 0.1, 1.0, 1.5]),
        "warmup_max_lr": rate,
        "warmup_num_steps": warmup_steps,
        "warmup_type": draw.choice(["log", "linear", "linear"]),
        "total_num_steps": draw.choice([1, 2, 60, 110, warmup_steps, warmup_steps + 1, warmup_steps + 0.5, 99.5]),
        "warmup_min_ratio": draw.choice([0.0, 0.1, 1.0, 1.5]),
        "cos_min_ratio": draw.choice([0.0, 0.0001, 0.1, 1.0, 1.2]),
    }
    has = inspect.signature(getattr(deepspeed, name)).parameters
    return {key: value for key, value in every.items() if key in has and (key in NEEDED or draw.random() < 0.8)}


@pytest.mark.parametrize("name", sorted(PEERS))
def test_random_arguments(name: str) -> None:
    draw = random.Random(name)
    for _ in range(400):
        given = drawn(name, draw)
        made: Schedule = getattr(deepspeed, name)(**given)
        theirs = [PEERS[name](given, step) for step in range(130)]
        peak = max([*theirs, given.get("base_lr", 0.0)])
        for step, value in enumerate(theirs):
            # The phase of a cycle, 1 + t / total - 1, is rounded to an ulp of 1: more than that of a rate near 0.
            allowed = max((2e-14 if "Cycle" not in name else 1e-13) * peak, 4 * float(np.spacing(value)))
            assert abs(made(step) - value) <= allowed, f"{name}({given})[{step}]: {value!r}, ours {made(step)!r}"


def test_by_update_begins_with_the_first_iteration_twice() -> None:
    made = deepspeed.WarmupCosineLR(100, 0.0, 10, 0.1, "linear", base_lr=1.0)
    expected = [0, 0, 0.8, 0.9, 0.999725872, 0.628142, 0.100274, 0.1]
    assert deepspeed.by_update(made)([0, 1, 9, 10, 11, 50, 99, 101]) == pytest.approx(expected, abs=5e-7)


GOOD: dict[str, Given] = {
    "LRRangeTest": {},
    "OneCycle": {"cycle_min_lr": 0.01, "cycle_max_lr": 0.1},
    "OneCycleMomentum": {"cycle_min_lr": 0.01, "cycle_max_lr": 0.1},
    "WarmupLR": {"base_lr": 0.1},
    "WarmupDecayLR": {"total_num_steps": 2000},
    "WarmupCosineLR": {"total_num_steps": 2000, "base_lr": 0.1},
}
BAD: list[tuple[Any, type[Exception]]] = [
    (math.nan, ValueError),
    (math.inf, ValueError),
    (-1.0, ValueError),
    ("3", TypeError),
    (True, TypeError),
    ([], TypeError),
    (1j, TypeError),
    (10**400, ValueError),
]
WITHOUT_EFFECT = {
    "OneCycle": {"cycle_min_mom", "cycle_max_mom", "decay_mom_rate"},
    "OneCycleMomentum": {"cycle_min_lr", "cycle_max_lr", "decay_lr_rate"},
    "WarmupDecayLR": {"base_lr"},
    "LRRangeTest": {"base_lr"},
}
NO_NUMBERS = {"warmup_type", "cycle_momentum", "lr_range_test_staircase"}


@pytest.mark.parametrize("name", sorted(PEERS))
def test_bad_input(name: str) -> None:
    build = getattr(deepspeed, name)
    build(**GOOD[name])
    for field in {*inspect.signature(build).parameters} - NO_NUMBERS - WITHOUT_EFFECT.get(name, set()):
        if (name, field) in (("OneCycle", "base_lr"), ("WarmupLR", "base_lr")):
            continue  # not used; stands for warmup_max_lr
        for value, error in BAD:
            with pytest.raises(error, match=rf"^{name}: `{field}` must be ") as refusal:
                build(**(GOOD[name] | {field: value}))
            assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("LRRangeTest", "lr_range_test_step_size", 0),
        ("OneCycle", "cycle_first_step_size", 0),
        ("OneCycle", "cycle_first_stair_count", 1.5),
        ("WarmupLR", "warmup_num_steps", 0),
        ("WarmupLR", "warmup_num_steps", 2.5),
        ("WarmupDecayLR", "total_num_steps", 0),
    ],
)
def test_bad_values(name: str, field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{name}: `{field}` must be "):
        getattr(deepspeed, name)(**(GOOD[name] | {field: value}))


def test_bad_flag() -> None:
    with pytest.raises(TypeError, match=r"^LRRangeTest: `lr_range_test_staircase` must be "):
        deepspeed.LRRangeTest(lr_range_test_staircase=1)  # type: ignore[arg-type]


def test_a_warmup_needs_a_peak() -> None:
    with pytest.raises(ValueError, match=r"^WarmupLR: `warmup_max_lr` must be given, or `base_lr` in its place"):
        deepspeed.WarmupLR()
