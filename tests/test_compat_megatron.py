"""`pywarmup.compat.megatron` against a transcription of Megatron-LM's `OptimizerParamScheduler`."""

import math
import random
from typing import Any

import numpy as np
import pytest

from pywarmup import Schedule
from pywarmup.compat.megatron import OptimizerParamScheduler

Given = dict[str, Any]


def check(given: Given) -> None:
    """What the constructor asserts."""
    assert given["min_lr"] >= 0.0
    assert given["max_lr"] >= given["min_lr"]
    assert given["init_lr"] <= given["max_lr"]
    assert given["lr_decay_steps"] > 0
    assert given["lr_warmup_steps"] < given["lr_decay_steps"]
    assert given["lr_decay_style"] != "WSD" or given.get("wsd_decay_steps") is not None
    assert given["start_wd"] >= 0.0
    assert given["end_wd"] >= given["start_wd"]


def their_lr(given: Given, now: int) -> float:
    check(given)
    low, high, warmup, total = (given[name] for name in ("min_lr", "max_lr", "lr_warmup_steps", "lr_decay_steps"))
    if warmup > 0 and now <= warmup:
        return given["init_lr"] + (high - given["init_lr"]) * float(now) / float(warmup)
    if given["lr_decay_style"] == "constant":
        return high
    if now > total:
        return low
    if given["lr_decay_style"] == "inverse-square-root":
        return max(low, high * max(warmup, 1) ** 0.5 / (max(now, 1) ** 0.5))
    ratio = float(now - warmup) / float(total - warmup)
    assert 0.0 <= ratio <= 1.0
    if given["lr_decay_style"] == "WSD":
        return low + their_wsd(given, now) * (high - low)
    coefficients = {"linear": 1.0 - ratio, "cosine": 0.5 * (math.cos(math.pi * ratio) + 1.0)}
    return low + coefficients[given["lr_decay_style"]] * (high - low)


def their_wsd(given: Given, now: int) -> float:
    begin = given["lr_decay_steps"] - given["wsd_decay_steps"]
    if now <= begin:
        return 1.0
    ratio = float(now - begin) / float(given["wsd_decay_steps"])
    return {
        "linear": 1.0 - ratio,
        "cosine": 0.5 * (math.cos(math.pi * ratio) + 1.0),
        "exponential": 2.0 * math.pow(0.5, ratio) - 1.0,
        "minus_sqrt": 1.0 - math.sqrt(ratio),
    }[given["lr_wsd_decay_style"]]


def their_wd(given: Given, now: int) -> float:
    check(given)
    start, end = given["start_wd"], given["end_wd"]
    if now > given["wd_incr_steps"]:
        return float(end)
    if given["wd_incr_style"] == "constant":
        assert start == end
        return float(end)
    ratio = float(now) / float(given["wd_incr_steps"])
    linear = {"linear": ratio, "cosine": 0.5 * (math.cos(math.pi * (1 - ratio)) + 1.0)}[given["wd_incr_style"]]
    return float(start + linear * (end - start))


def drawn(draw: random.Random) -> Given:
    total = draw.choice([1, 2, 7, 20, 97, 20.5, 96.25])
    warmup = draw.choice([0, 1, 5, 0.5, 2.5, total - 1, total - 0.5, total, total + 3, -4])
    peak = draw.choice([0.1, 1.0, 3e-4, 7, 1e-300, 1e300, 0.0, draw.uniform(0.01, 2.0)])
    start = draw.choice([0.0, 0.01, 0.1])
    return {
        "init_lr": peak * draw.choice([0.0, 0.0, 0.1, 1.0, 1.1]),
        "max_lr": peak,
        "min_lr": peak * draw.choice([0.0, 0.01, 0.3, 1.0, 1.1]),
        "lr_warmup_steps": warmup,
        "lr_decay_steps": total,
        "lr_decay_style": draw.choice(["constant", "linear", "cosine", "inverse-square-root", "WSD", "WSD"]),
        "wsd_decay_steps": draw.choice([0, 1, 5, 2.5, total, total - 1, total + 20, -3, None]),
        "lr_wsd_decay_style": draw.choice(["linear", "cosine", "exponential", "minus_sqrt"]),
        "start_wd": start,
        "end_wd": start + draw.choice([0.0, 0.1, 1.0, -0.005]),
        "wd_incr_steps": draw.choice([0, 1, 20, 97, 20.5, -3]),
        "wd_incr_style": draw.choice(["constant", "linear", "cosine"]),
    }


@pytest.mark.parametrize(("curve", "theirs"), [("get_lr", their_lr), ("get_wd", their_wd)])
def test_random_arguments(curve: str, theirs: Any) -> None:
    draw = random.Random(curve)
    compared = 0
    for _ in range(1500):
        given = drawn(draw)
        made = built(curve, given)
        if not isinstance(made, Schedule):
            assert str(made).startswith("OptimizerParamScheduler: `")
            with pytest.raises((AssertionError, ZeroDivisionError, TypeError)):
                theirs(given, 0)
            continue
        peak = given["max_lr"] if curve == "get_lr" else given["end_wd"]
        for step in [*range(130), 10**6]:
            value, ours = theirs(given, step), made(step)
            allowed = max(1e-14 * peak, 4 * float(np.spacing(value)))
            assert abs(ours - value) <= allowed, f"{given}[{step}]: {value!r}, ours {ours!r}"
        compared += 1
    assert compared >= 300


def built(curve: str, given: Given) -> Schedule | Exception:
    try:
        return getattr(OptimizerParamScheduler, curve)(**given)
    except (ValueError, TypeError) as error:
        return error


def test_canonical_cosine() -> None:
    made = OptimizerParamScheduler.get_lr(**(GOOD | {"max_lr": 1.0, "min_lr": 0.1}))
    expected = [0, 0.1, 0.9, 1, 0.999725872, 0.62814168, 0.100274128, 0.1, 0.1, 0.1]
    assert made([0, 1, 9, 10, 11, 50, 99, 100, 101, 110]) == pytest.approx(expected, abs=5e-10)


GOOD: Given = {
    "init_lr": 0.0,
    "max_lr": 0.1,
    "min_lr": 0.001,
    "lr_warmup_steps": 10,
    "lr_decay_steps": 100,
    "lr_decay_style": "cosine",
    "start_wd": 0.01,
    "end_wd": 0.1,
    "wd_incr_steps": 100,
    "wd_incr_style": "linear",
}
NUMBERS = ("init_lr", "max_lr", "min_lr", "lr_warmup_steps", "lr_decay_steps", "start_wd", "end_wd")
BAD: list[tuple[Any, type[Exception]]] = [
    (math.nan, ValueError),
    (math.inf, ValueError),
    (-math.inf, ValueError),
    ("3", TypeError),
    (None, TypeError),
    (True, TypeError),
    ([], TypeError),
    (1j, TypeError),
    (10**400, ValueError),
]


@pytest.mark.parametrize("curve", ["get_lr", "get_wd"])
@pytest.mark.parametrize("field", NUMBERS)
def test_bad_numbers(curve: str, field: str) -> None:
    for value, error in BAD:
        with pytest.raises(error, match=rf"^OptimizerParamScheduler: `{field}` must be ") as refusal:
            getattr(OptimizerParamScheduler, curve)(**(GOOD | {field: value}))
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("curve", "field", "value", "error"),
    [
        ("get_lr", "init_lr", -0.1, ValueError),
        ("get_lr", "min_lr", 0.2, ValueError),
        ("get_lr", "init_lr", 0.2, ValueError),
        ("get_lr", "lr_warmup_steps", 100, ValueError),
        ("get_lr", "lr_decay_steps", 0, ValueError),
        ("get_lr", "lr_decay_style", "bogus", ValueError),
        ("get_lr", "lr_decay_style", None, ValueError),
        ("get_lr", "override_opt_param_scheduler", True, ValueError),
        ("get_lr", "override_opt_param_scheduler", 1, TypeError),
        ("get_lr", "start_wd", 0.2, ValueError),
        ("get_wd", "start_wd", -0.2, ValueError),
        ("get_wd", "wd_incr_steps", math.nan, ValueError),
        ("get_wd", "wd_incr_steps", 0, ValueError),
        ("get_wd", "wd_incr_style", "WSD", ValueError),
    ],
)
def test_bad_values(curve: str, field: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"^OptimizerParamScheduler: `{field}` must be "):
        getattr(OptimizerParamScheduler, curve)(**(GOOD | {field: value}))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lr_wsd_decay_style": "linear"}, "`wsd_decay_steps` must be a finite number, got None"),
        ({"wsd_decay_steps": 20}, "`lr_wsd_decay_style` must be one of 'linear', .*, got None"),
        ({"wsd_decay_steps": 20, "lr_wsd_decay_style": "sqrt"}, "`lr_wsd_decay_style` must be one of .*, got 'sqrt'"),
    ],
)
def test_wsd_needs_a_length_and_a_style(given: Given, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=f"^OptimizerParamScheduler: {message}$"):
        OptimizerParamScheduler.get_lr(**(GOOD | {"lr_decay_style": "WSD"} | given))


def test_a_constant_weight_decay_has_one_value() -> None:
    with pytest.raises(
        ValueError, match=r"^OptimizerParamScheduler: `start_wd` must be `end_wd` \(0.1\) for 'constant'"
    ):
        OptimizerParamScheduler.get_wd(**(GOOD | {"wd_incr_style": "constant"}))
