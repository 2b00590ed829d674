"""`pywarmup.compat.t5x` against a transcription of T5X's formula, which is not installed anywhere."""

import math
import random
from typing import Any

import numpy as np
import pytest

from pywarmup.compat.t5x import create_learning_rate_scheduler

NAMES = [
    "constant",
    "linear_warmup",
    "linear_decay",
    "rsqrt_decay",
    "rsqrt_normalized_decay",
    "decay_every",
    "cosine_decay",
]
BAD: list[Any] = [math.nan, math.inf, -math.inf, True, "3", None, [1.0]]
NUMBERS = [
    "base_learning_rate",
    "warmup_steps",
    "decay_factor",
    "steps_per_decay",
    "steps_per_cycle",
    "step_offset",
    "min_learning_rate",
]


def transcribed(
    step: float,
    *,
    factors: str = "constant * linear_warmup * rsqrt_decay",
    base_learning_rate: float = 0.5,
    warmup_steps: float = 1000,
    decay_factor: float = 0.5,
    steps_per_decay: float = 20000,
    steps_per_cycle: float = 100000,
    step_offset: float = 0,
    min_learning_rate: float = 1e-8,
) -> float:
    """T5X's formula in float64."""
    step = np.float64(max(0, step - step_offset))
    ret = np.float64(1.0)
    for name in [n.strip() for n in factors.split("*")]:
        if name == "constant":
            ret *= base_learning_rate
        elif name == "linear_warmup":
            ret *= np.minimum(1.0, step / warmup_steps)
        elif name == "linear_decay":
            ret *= base_learning_rate * np.minimum(step / warmup_steps, 1.0 + decay_factor * (warmup_steps - step))
        elif name == "rsqrt_decay":
            ret /= np.sqrt(np.maximum(step, warmup_steps))
        elif name == "rsqrt_normalized_decay":
            ret *= np.sqrt(warmup_steps)
            ret /= np.sqrt(np.maximum(step, warmup_steps))
        elif name == "decay_every":
            ret *= decay_factor ** (step // steps_per_decay)
        elif name == "cosine_decay":
            progress = np.maximum(0.0, (step - warmup_steps) / float(steps_per_cycle))
            ret *= np.maximum(0.0, 0.5 * (1.0 + np.cos(np.pi * (progress % 1.0))))
    return float(np.maximum(ret, min_learning_rate))


def drawn(random_: random.Random) -> dict[str, Any]:
    names = random_.choices(NAMES, k=random_.randint(1, 3))
    while names.count("linear_decay") > 1:
        names.remove("linear_decay")
    return {
        "factors": random_.choice(["*", " * "]).join(names),
        "base_learning_rate": random_.choice([0.5, 1.0, 1e-6, 1e8, 0.0, random_.random()]),
        "warmup_steps": random_.choice([0, 1, 10, 2.5, random_.randint(1, 60)]),
        "decay_factor": random_.choice([0.0, 0.5, 0.01, 1.0, 1.1, random_.random()]),
        "steps_per_decay": random_.choice([1, 7, 20, 2.5]),
        "steps_per_cycle": random_.choice([1, 10, 33, 7.5]),
        "step_offset": random_.choice([0, 0, 0, 5, 100, -3, -70]),
        "min_learning_rate": random_.choice([1e-8, 0.0, 0.01]),
    }


@pytest.mark.parametrize("seed", range(300))
def test_values(seed: int) -> None:
    arguments = drawn(random.Random(seed))
    made = create_learning_rate_scheduler(**arguments)
    steps = [*range(45), 59, 60, 61, 99, 100, 101, 250, 1000]
    with np.errstate(all="ignore"):
        theirs = [transcribed(step, **arguments) for step in steps]
    finite = [value for value in theirs if math.isfinite(value)]
    phase = 1e-12 if "cosine" in arguments["factors"] else 1e-14
    for step, value in zip(steps, theirs, strict=True):
        if math.isfinite(value):
            assert abs(made(step) - value) <= phase * max(finite), (step, value, made(step), arguments)
    assert np.isfinite(made(np.array(steps))).all()


def test_the_defaults() -> None:
    made = create_learning_rate_scheduler()
    assert [made(step) for step in (0, 1_000, 4_000)] == pytest.approx([1e-8, 0.5 / 1000**0.5, 0.5 / 4000**0.5])


def test_a_wave_begins_anew_at_the_step_where_it_ends() -> None:
    made = create_learning_rate_scheduler("cosine_decay", warmup_steps=10, steps_per_cycle=20)
    assert made(10) == made(30) == made(50) == 1.0
    assert made(29) < 0.01


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", BAD, ids=repr)
def test_what_is_no_finite_number_is_refused(name: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=rf"^create_learning_rate_scheduler: `{name}` must be [^\n]+$"):
        create_learning_rate_scheduler(**{name: value})


@pytest.mark.parametrize(
    "name", ["base_learning_rate", "warmup_steps", "decay_factor", "min_learning_rate", "steps_per_decay"]
)
def test_negative_numbers_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        create_learning_rate_scheduler(**{name: -1})


@pytest.mark.parametrize(
    "factors", ["", "constant *", "cosine", "constant, linear_warmup", "linear_decay*linear_decay"]
)
def test_unknown_factors_are_refused(factors: str) -> None:
    with pytest.raises(ValueError, match=r"^create_learning_rate_scheduler: `factors` must be [^\n]+$"):
        create_learning_rate_scheduler(factors)


@pytest.mark.parametrize("factors", [None, 3, ["constant"]])
def test_factors_that_are_no_text_are_refused(factors: Any) -> None:
    with pytest.raises(TypeError, match=r"^create_learning_rate_scheduler: `factors` must be a text"):
        create_learning_rate_scheduler(factors)
