"""`pywarmup.compat.torchtitan` against its formula written out anew, and its bad input."""

import math
from typing import Any

import numpy as np
import pytest
from conformance.libraries import torchtitan as library
from hypothesis import given, settings
from hypothesis import strategies as st

from pywarmup.compat.torchtitan import linear_warmup_stable_decay

ratios = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0, 2.0, 1e300]), st.floats(0.0, 1.2))


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "warmup_steps": draw(st.one_of(st.integers(-10, 150), st.floats(0.0, 20.0))),
        "total_steps": draw(st.none() | st.integers(0, 100)),
        "decay_ratio": draw(ratios),
        "decay_type": draw(st.sampled_from(["linear", "sqrt", "cosine"])),
        "min_lr_factor": draw(st.one_of(st.just(0.0), st.floats(0.0, 1.5))),
        "training_steps": draw(st.integers(0, 120)),
        "base_lr": draw(st.one_of(st.sampled_from([1.0, 5e-324, 1e300, 0.0]), st.floats(1e-8, 10.0))),
    }


@settings(max_examples=300, deadline=None, derandomize=True)
@given(arguments=calls())
def test_random_arguments(arguments: dict[str, Any]) -> None:
    made = linear_warmup_stable_decay(**arguments)
    total = arguments["training_steps"] if arguments["total_steps"] is None else arguments["total_steps"]
    last = total if arguments["decay_type"] != "cosine" else 3 * total  # past it the others turn negative
    for step in range(last + 1):
        try:
            (theirs,) = library.peer("linear_warmup_stable_decay", arguments, [step])
        except AssertionError:
            assert step > total
            assert made(step) == arguments["base_lr"]
            continue
        peak = arguments["base_lr"] * max(1.0, arguments["min_lr_factor"])
        assert abs(made(step) - theirs) <= max(3e-14 * peak, 4 * float(np.spacing(theirs))), step


@pytest.mark.parametrize("style", ["linear", "sqrt"])
def test_the_floor_is_held_where_torchtitan_turns_negative(style: str) -> None:
    arguments: dict[str, Any] = {
        "warmup_steps": 5,
        "decay_type": style,
        "min_lr_factor": 0.1,
        "training_steps": 20,
        "base_lr": 1.0,
    }
    made = linear_warmup_stable_decay(**arguments)
    assert made(20) == made(21) == made(10**9) == 0.1
    assert library.peer("linear_warmup_stable_decay", arguments, [300])[0] < 0


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("decay_type", "bogus", ValueError),
        ("decay_type", None, ValueError),
        ("decay_ratio", math.nan, ValueError),
        ("decay_ratio", "0.1", TypeError),
        ("warmup_steps", math.inf, ValueError),
        ("warmup_steps", True, TypeError),
        ("warmup_steps", None, TypeError),
        ("training_steps", -1, ValueError),
        ("training_steps", None, TypeError),
        ("training_steps", 2**60, ValueError),
        ("total_steps", -1, ValueError),
        ("total_steps", [], TypeError),
        ("min_lr_factor", -0.1, ValueError),
        ("base_lr", -1.0, ValueError),
        ("base_lr", math.inf, ValueError),
        ("base_lr", "0.1", TypeError),
    ],
)
def test_bad_input(field: str, value: Any, error: type[Exception]) -> None:
    arguments: dict[str, Any] = {"training_steps": 10, "base_lr": 0.1} | {field: value}
    with pytest.raises(error, match=rf"^linear_warmup_stable_decay: `{field}` must be "):
        linear_warmup_stable_decay(**arguments)


def test_the_length_and_the_rate_must_be_given() -> None:
    with pytest.raises(TypeError, match="base_lr"):
        linear_warmup_stable_decay(training_steps=10)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="training_steps"):
        linear_warmup_stable_decay(base_lr=0.1)  # type: ignore[call-arg]
