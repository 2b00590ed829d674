"""Bad input of `pywarmup.compat.pytorch_warmup`, which needs no library."""

from collections.abc import Callable
from typing import Any

import pytest

import pywarmup as pw
from pywarmup.compat import pytorch_warmup as warmup

PERIODIC = [warmup.LinearWarmup, warmup.ExponentialWarmup]
READ_BETAS = [warmup.UntunedLinearWarmup, warmup.UntunedExponentialWarmup, warmup.RAdamWarmup]


@pytest.mark.parametrize("function", PERIODIC)
@pytest.mark.parametrize(
    ("period", "error"),
    [
        (0, ValueError),
        (-3, ValueError),
        (2**53 + 1, ValueError),
        (2.5, TypeError),
        (True, TypeError),
        ("3", TypeError),
        (None, TypeError),
        ([], TypeError),
        ([10, 20], TypeError),
        (float("nan"), TypeError),
    ],
)
def test_a_bad_period(function: Callable[..., pw.Schedule], period: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"^{function.__name__}: `warmup_period` must be "):
        function(period)


@pytest.mark.parametrize("function", READ_BETAS)
@pytest.mark.parametrize(
    ("betas", "error"),
    [
        ((0.9, 1.0), ValueError),
        ((0.9, -0.1), ValueError),
        ((1.0, 0.9), ValueError),
        ((0.9, float("nan")), ValueError),
        ((0.9, float("inf")), ValueError),
        ((0.9, True), TypeError),
        ((0.9, "0.9"), TypeError),
        ((0.9,), TypeError),
        ((), TypeError),
        ("ab", TypeError),
        (0.9, TypeError),
        (None, TypeError),
    ],
)
def test_bad_betas(function: Callable[..., pw.Schedule], betas: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"^{function.__name__}: `betas(\[[01]\])?` must be "):
        function(betas=betas)


@pytest.mark.parametrize("function", PERIODIC)
def test_betas_change_nothing_where_a_period_is_given(function: Callable[..., pw.Schedule]) -> None:
    assert function(10, betas=[0.9, 0.98], base_lr=0.1) == function(10, base_lr=0.1)
    with pytest.raises(ValueError, match=rf"^{function.__name__}: `betas\[1\]` must be "):
        function(10, betas=(0.9, 1.0))


def test_radam_needs_a_larger_beta() -> None:
    with pytest.raises(ValueError, match=r"^RAdamWarmup: `betas\[1\]` must be a number > 0.6 and < 1, got 0.6$"):
        warmup.RAdamWarmup(betas=(0.9, 0.6))


@pytest.mark.parametrize("function", [*PERIODIC, *READ_BETAS])
@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("base_lr", -0.1, ValueError),
        ("base_lr", float("inf"), ValueError),
        ("base_lr", "0.1", TypeError),
        ("base_lr", True, TypeError),
        ("last_step", -2, ValueError),
        ("last_step", 1.0, TypeError),
        ("last_step", None, TypeError),
    ],
)
def test_a_bad_rate_or_step(
    function: Callable[..., pw.Schedule], field: str, value: Any, error: type[Exception]
) -> None:
    arguments = {"warmup_period": 3} if function in PERIODIC else {"betas": (0.9, 0.99)}
    with pytest.raises(error, match=rf"^{function.__name__}: `{field}` must be "):
        function(**arguments, **{field: value})


def test_a_factor_is_1_after_its_period() -> None:
    for period in (1, 2, 1000):
        made = warmup.LinearWarmup(period)
        assert made(period - 1) == made(10**12) == 1.0
        assert made(0) == 1 / period
