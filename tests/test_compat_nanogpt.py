"""`pywarmup.compat.nanogpt` against its formula written out anew (nanoGPT is no package), and its bad input."""

import math
from typing import Any

import numpy as np
import pytest
from conformance.libraries import nanogpt as library
from hypothesis import given, settings
from hypothesis import strategies as st

from pywarmup.compat import nanogpt

whole_or_real = st.one_of(st.integers(-20, 150), st.floats(-20.0, 150.0))
rates = st.one_of(st.sampled_from([0.0, 6e-4, 1.0, 5e-324, 1e300]), st.floats(1e-8, 10.0))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_random_arguments(data: st.DataObject) -> None:
    warmup = data.draw(whole_or_real)
    total = data.draw(st.one_of(whole_or_real, st.just(warmup), st.just(1)))
    arguments = {
        "learning_rate": data.draw(rates),
        "warmup_iters": warmup,
        "lr_decay_iters": total,
        "min_lr": data.draw(rates),
    }
    if warmup == total == 0:
        with pytest.raises(ValueError, match=r"^get_lr: `lr_decay_iters` must be a number other than 0"):
            nanogpt.get_lr(**arguments)
        return
    made = nanogpt.get_lr(**arguments)
    peak = max(arguments["learning_rate"], arguments["min_lr"])
    for step in [*range(12), *range(12, 320, 13), max(0, math.ceil(total)), 10**6]:
        if step == warmup == total:
            assert made(step) == arguments["min_lr"]  # train.py divides by zero
            continue
        (theirs,) = library.peer("get_lr", arguments, [step])
        assert abs(made(step) - theirs) <= max(1e-14 * peak, 4 * float(np.spacing(theirs))), step


def test_the_defaults_are_those_of_train_py() -> None:
    made = nanogpt.get_lr()
    assert (made(0), made(2000), made(600_000), made(10**6)) == (pytest.approx(6e-4 / 2001), 6e-4, 6e-5, 6e-5)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("learning_rate", -0.1, ValueError),
        ("min_lr", -1e-9, ValueError),
        ("learning_rate", math.nan, ValueError),
        ("warmup_iters", math.inf, ValueError),
        ("lr_decay_iters", math.nan, ValueError),
        ("lr_decay_iters", 2.0**54, ValueError),
        ("warmup_iters", 10**400, ValueError),
        ("warmup_iters", "10", TypeError),
        ("warmup_iters", True, TypeError),
        ("lr_decay_iters", None, TypeError),
        ("min_lr", [], TypeError),
    ],
)
def test_bad_input(field: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"^get_lr: `{field}` must be "):
        nanogpt.get_lr(**{field: value})
