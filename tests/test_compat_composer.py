"""`pywarmup.compat.composer` against a transcription of Composer's `scheduler.py`; steps are batches."""

import inspect
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pywarmup import Schedule
from pywarmup.compat import composer

Given = dict[str, Any]


def split(time: str) -> tuple[float, str]:
    unit = time.lstrip("0123456789.")
    return float(time.removesuffix(unit)), unit


def converted(time: str, given: Given, ratio: float) -> int:
    """What `_convert_time` makes of a time, in batches."""
    value, unit = split(time)
    total, total_unit = split(given["max_duration"])
    if unit == "dur":
        return int(value * given["dataloader_len"] * total) if total_unit == "ep" else int(value * total)
    if unit == "ep":
        value *= given["dataloader_len"]
    return int(value * ratio)


def scaled(name: str, given: Given) -> int:
    return converted(given.get(name, "1dur"), given, given["scale_schedule_ratio"])


def cosine_anneal(x: float, low: float) -> float:
    return low + (1.0 - low) * (1 + math.cos(min(max(x, 0.0), 1.0) * math.pi)) / 2


def multi_step(given: Given, now: int) -> float:
    factor = 1.0
    for milestone in given["milestones"]:
        if now >= converted(milestone, given, given["scale_schedule_ratio"]):
            factor *= given.get("gamma", 0.1)
    return factor


def linear(given: Given, now: int) -> float:
    part = min(1.0, now / scaled("t_max", given))
    first, last = given.get("alpha_i", 1.0), given.get("alpha_f", 0.0)
    return float(first + part * (last - first))


def restarts(given: Given, now: int) -> float:
    length = scaled("t_0", given)
    end = length
    while end <= now:
        if length == 0:
            raise ValueError("decayed to 0")
        length = int(given.get("t_mult", 1.0) * length)
        end += length
    return cosine_anneal((now - (end - length)) / length, given.get("alpha_f", 0.0))


def polynomial(given: Given, now: int) -> float:
    low = given.get("alpha_f", 0.0)
    return float(low + (1 - min(1.0, now / scaled("t_max", given))) ** given["power"] * (1.0 - low))


def check_total(given: Given) -> None:
    if scaled("t_max", given) < converted("1dur", given, 1.0):
        raise ValueError("must be greater than or equal to max_duration")


def warming(given: Given, now: int, peak: float = 1.0) -> float | None:
    """The warmup, or None after it."""
    if now >= converted(given["t_warmup"], given, 1.0):
        return None
    ratio = given["scale_schedule_ratio"] if given.get("scale_warmup", False) else 1.0
    return min(1.0, now / converted(given["t_warmup"], given, ratio)) * peak


def part_after_warmup(given: Given, now: int) -> float:
    warmup, total = converted(given["t_warmup"], given, 1.0), scaled("t_max", given)
    return min(1.0, (now - warmup) / (total - warmup)) if total > warmup else 0.0


def multi_step_with_warmup(given: Given, now: int) -> float:
    rate = warming(given, now)
    return multi_step(given, now) if rate is None else rate


def linear_with_warmup(given: Given, now: int, first: float | None = None, last: float | None = None) -> float:
    check_total(given)
    start = given.get("alpha_i", 1.0) if first is None else first
    end = given.get("alpha_f", 0.0) if last is None else last
    rate = warming(given, now, start)
    return float(start + part_after_warmup(given, now) * (end - start)) if rate is None else rate


def constant_with_warmup(given: Given, now: int) -> float:
    alpha = given.get("alpha", 1.0)
    return linear_with_warmup(given, now, alpha, alpha)


def cosine_with_warmup(given: Given, now: int) -> float:
    check_total(given)
    rate = warming(given, now)
    return cosine_anneal(part_after_warmup(given, now), given.get("alpha_f", 0.0)) if rate is None else rate


def polynomial_with_warmup(given: Given, now: int) -> float:
    check_total(given)
    rate, low = warming(given, now), given.get("alpha_f", 0.0)
    if rate is not None:
        return rate
    return float(low + (1 - part_after_warmup(given, now)) ** given.get("power", 2.0) * (1.0 - low))


PEERS: dict[str, Callable[[Given, int], float]] = {
    "StepScheduler": lambda given, now: given.get("gamma", 0.1) ** int(now / scaled("step_size", given)),
    "MultiStepScheduler": multi_step,
    "ConstantScheduler": lambda given, now: given.get("alpha", 1.0) if now < scaled("t_max", given) else 1.0,
    "LinearScheduler": linear,
    "ExponentialScheduler": lambda given, now: given["gamma"] ** (now / scaled("decay_period", given)),
    "CosineAnnealingScheduler": lambda given, now: cosine_anneal(
        now / scaled("t_max", given), given.get("alpha_f", 0.0)
    ),
    "CosineAnnealingWarmRestartsScheduler": restarts,
    "PolynomialScheduler": polynomial,
    "MultiStepWithWarmupScheduler": multi_step_with_warmup,
    "ConstantWithWarmupScheduler": constant_with_warmup,
    "LinearWithWarmupScheduler": linear_with_warmup,
    "CosineAnnealingWithWarmupScheduler": cosine_with_warmup,
    "PolynomialWithWarmupScheduler": polynomial_with_warmup,
}
REQUIRED = ("step_size", "milestones", "gamma", "t_0", "power", "t_warmup", "decay_period")
TIMES = ["1ba", "7ba", "10ba", "30ba", "100ba", "150ba", "1ep", "3ep", "1.5ep", "0.1dur", "0.25dur", "1dur", "2dur"]


def drawn(name: str, draw: random.Random) -> Given:
    every: Given = {
        "step_size": draw.choice([*TIMES, "0ba"]),
        "milestones": [draw.choice([*TIMES, "0ba"]) for _ in range(draw.randint(0, 4))],
        "gamma": draw.choice([0.1, 0.5, 1.0, 1.01, 0, 0.99]),
        "alpha": draw.choice([0.0, 0.1, 1.0, 1.5]),
        "alpha_i": draw.choice([0.0, 0.1, 1.0, 1.5]),
        "alpha_f": draw.choice([0.0, 0.1, 1.0, 1.5]),
        "t_max": draw.choice([*TIMES, "0ba"]),
        "t_0": draw.choice([*TIMES, "0ba"]),
        "t_mult": draw.choice([1.0, 2.0, 1.5, 1.05, 0.5, 0.0]),
        "power": draw.choice([1.0, 2, 0.5, 3.7, 0]),
        "t_warmup": draw.choice([*TIMES, "0ba"]),
        "scale_warmup": draw.random() < 0.5,
        "decay_period": draw.choice([*TIMES, "0ba"]),
    }
    has = inspect.signature(getattr(composer, name)).parameters
    given = {key: value for key, value in every.items() if key in has and (key in REQUIRED or draw.random() < 0.8)}
    return given | {
        "max_duration": draw.choice(["100ba", "60ba", "5ep", "7ep"]),
        "dataloader_len": draw.choice([10, 13]),
        "scale_schedule_ratio": draw.choice([1.0, 1.0, 0.5, 2.0, 0.33]),
        "base_lr": draw.choice([1.0, 0.1, 1e-300, 1e300, 0.0, draw.uniform(0.01, 2.0)]),
    }


def answer(name: str, given: Given, step: int) -> float | None:
    try:
        return given["base_lr"] * PEERS[name](given, step)
    except (ValueError, ZeroDivisionError):
        return None


def built(name: str, given: Given) -> Schedule | Exception:
    try:
        return getattr(composer, name)(**given)
    except ValueError as error:
        return error


def ours_at(made: Schedule, step: int) -> float | None:
    try:
        return made(step)
    except ValueError:
        return None


@pytest.mark.parametrize("name", sorted(PEERS))
def test_random_arguments(name: str) -> None:
    draw = random.Random(name)
    compared = 0
    for _ in range(600):
        given = drawn(name, draw)
        made = built(name, given)
        theirs = [answer(name, given, step) for step in range(201)]
        if not isinstance(made, Schedule):
            assert str(made).startswith(f"{name}: `")
            assert None in theirs, f"{name}({given}): they answer, we say {made}"
            continue
        assert theirs[0] is not None, f"{name}({given}): they refuse, we answer {made(0)}"
        peak = max([given["base_lr"], *(value for value in theirs if value is not None)])
        for step, value in enumerate(theirs):
            ours = ours_at(made, step)
            if value is None:  # cycles that have come to nothing: the last one's end is answered, then no step
                assert ours is None or theirs[step - 1] is not None, f"{name}({given})[{step}]: ours {ours!r}"
                continue
            assert ours is not None, f"{name}({given})[{step}]: {value!r}, we refuse"
            allowed = max(1e-14 * peak, 4 * float(np.spacing(value)), 2.0**-1021)
            assert abs(ours - value) <= allowed, f"{name}({given})[{step}]: {value!r}, ours {ours!r}"
        compared += 1
    assert compared >= 200


def test_every_function_is_compared() -> None:
    assert {*composer.__all__} == {*PEERS}


def test_canonical_cosine() -> None:
    made = composer.CosineAnnealingWithWarmupScheduler("10ba", alpha_f=0.1, max_duration="100ba")
    expected = [0, 0.1, 0.9, 1, 0.999725872, 0.62814168, 0.100274128, 0.1]
    assert made([0, 1, 9, 10, 11, 50, 99, 100]) == pytest.approx(expected, abs=5e-10)


GOOD: Given = {
    "step_size": "10ba",
    "milestones": ["10ba"],
    "gamma": 0.5,
    "t_0": "10ba",
    "power": 2.0,
    "t_warmup": "10ba",
    "max_duration": "10ep",
    "dataloader_len": 10,
}
TIME_FIELDS = ("step_size", "t_max", "t_0", "t_warmup", "decay_period", "max_duration")
NUMBERS = ("gamma", "alpha", "alpha_i", "alpha_f", "t_mult", "power", "base_lr", "scale_schedule_ratio")
BAD: list[tuple[Any, type[Exception]]] = [
    (math.nan, ValueError),
    (math.inf, ValueError),
    (-1.0, ValueError),
    ("3", TypeError),
    (None, TypeError),
    (True, TypeError),
    ([], TypeError),
    (10**400, ValueError),
]


def good(name: str) -> Given:
    has = inspect.signature(getattr(composer, name)).parameters
    return {key: value for key, value in GOOD.items() if key in has}


@pytest.mark.parametrize("name", sorted(PEERS))
def test_bad_numbers(name: str) -> None:
    build = getattr(composer, name)
    build(**good(name))
    for field in {*inspect.signature(build).parameters} & {*NUMBERS}:
        for value, error in BAD:
            with pytest.raises(error, match=rf"^{name}: `{field}` must be ") as refusal:
                build(**(good(name) | {field: value}))
            assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", sorted(PEERS))
def test_bad_times(name: str) -> None:
    build = getattr(composer, name)
    for field in {*inspect.signature(build).parameters} & {*TIME_FIELDS}:
        for time in ("", "10", "ba", "-1ba", "10sec", "10 apples", "nanba", "1e999ba", 10, 0.5, True, ["10ba"]):
            with pytest.raises(ValueError, match=rf"^{name}: `{field}` must be a time such as ") as refusal:
                build(**(good(name) | {field: time}))
            assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["MultiStepScheduler", "MultiStepWithWarmupScheduler"])
@pytest.mark.parametrize(
    ("milestones", "error"), [("10ba", TypeError), ([10], ValueError), (["10"], ValueError), (10, TypeError)]
)
def test_bad_milestones(name: str, milestones: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"^{name}: `milestones"):
        getattr(composer, name)(**(good(name) | {"milestones": milestones}))


def test_units_do_not_mix() -> None:
    with pytest.raises(ValueError, match=r"^LinearWithWarmupScheduler: `t_\w+` must be in the unit of the other times"):
        composer.LinearWithWarmupScheduler("10sp", t_max="100ba")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"t_max": "1dur"}, "`max_duration` must be given for `t_max` '1dur'"),
        ({"t_max": "1ep"}, "`dataloader_len` must be given for `t_max` in epochs"),
        ({"t_max": "0ba"}, "`t_max` must be at least one step"),
        ({"t_max": "1dur", "max_duration": "1dur"}, "`max_duration` must be given for `t_max` '1dur', in another unit"),
    ],
)
def test_what_a_time_needs(arguments: Given, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^LinearScheduler: {message}"):
        composer.LinearScheduler(**arguments)
