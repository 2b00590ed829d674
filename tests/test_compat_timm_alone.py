"""What `pywarmup.compat.timm` refuses, and what it does where timm is not asked; its numbers are compared elsewhere."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest
from refusals import NO_NUMBERS, NO_SEQUENCES, check_refused

import pywarmup as pw
from pywarmup.compat import timm

CALLS: list[tuple[Callable[..., pw.Schedule], dict[str, Any]]] = [
    (timm.CosineLRScheduler, {"t_initial": 30, "base_lr": 0.1, "warmup_t": 5}),
    (timm.TanhLRScheduler, {"t_initial": 30, "base_lr": 0.1, "warmup_t": 5}),
    (timm.PolyLRScheduler, {"t_initial": 30, "base_lr": 0.1, "warmup_t": 5}),
    (timm.StepLRScheduler, {"decay_t": 30, "base_lr": 0.1, "warmup_t": 5}),
    (timm.MultiStepLRScheduler, {"decay_t": [3, 5], "base_lr": 0.1, "warmup_t": 5}),
    (timm.WSDLRScheduler, {"t_initial": 30, "decay_t": 10, "base_lr": 0.1, "warmup_t": 5}),
]
IGNORED = {"t_in_epochs", "noise_pct", "noise_std", "noise_seed", "initialize"}


@pytest.mark.parametrize(("build", "arguments"), CALLS, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_no_number_is_refused_by_name(build: Callable[..., pw.Schedule], arguments: dict[str, Any]) -> None:
    for field in inspect.signature(build).parameters.keys() - IGNORED:
        for wrong in NO_SEQUENCES if isinstance(arguments.get(field), list) else NO_NUMBERS:
            takes_none = wrong is None and field in ("noise_range_t", "stable_timescale")
            is_flag = wrong is True and field == "warmup_prefix"
            if not takes_none and not is_flag:
                check_refused(build, arguments | {field: wrong}, match=f": `{field}")


@pytest.mark.parametrize(("build", "arguments"), CALLS, ids=lambda one: getattr(one, "__name__", ""))
def test_the_rate_must_be_given_by_name(build: Callable[..., pw.Schedule], arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="base_lr"):
        build(**{name: value for name, value in arguments.items() if name != "base_lr"})
    check_refused(build, arguments | {"base_lr": -0.1}, match=r"`base_lr` must be a finite number >= 0, got -0\.1")


@pytest.mark.parametrize(
    ("build", "wrong"),
    [
        (timm.CosineLRScheduler, {"t_initial": 0}),
        (timm.CosineLRScheduler, {"t_initial": -5}),
        (timm.CosineLRScheduler, {"lr_min": -1e-9}),
        (timm.CosineLRScheduler, {"cycle_mul": 0.0}),
        (timm.CosineLRScheduler, {"cycle_mul": -2.0}),
        (timm.CosineLRScheduler, {"cycle_decay": -0.5}),
        (timm.CosineLRScheduler, {"k_decay": -1.0}),
        (timm.CosineLRScheduler, {"noise_range_t": [3, 9]}),
        (timm.CosineLRScheduler, {"warmup_t": 1e300}),
        (timm.CosineLRScheduler, {"cycle_mul": 0.9999, "cycle_limit": 10**6}),
        (timm.CosineLRScheduler, {"cycle_mul": 0.5, "warmup_t": -60, "warmup_prefix": True}),
        (timm.PolyLRScheduler, {"power": -0.5}),
        (timm.PolyLRScheduler, {"cycle_mul": 0.5, "warmup_t": -60, "warmup_prefix": True}),
        (timm.TanhLRScheduler, {"lb": 3.0, "ub": 3.0}),
        (timm.TanhLRScheduler, {"lb": -101.0}),
        (timm.TanhLRScheduler, {"cycle_limit": -1}),
        (timm.TanhLRScheduler, {"warmup_t": -1}),
        (timm.TanhLRScheduler, {"warmup_lr_init": -1e-6}),
        (timm.TanhLRScheduler, {"cycle_mul": 0.5, "warmup_t": 60}),
        (timm.StepLRScheduler, {"decay_t": 0}),
        (timm.StepLRScheduler, {"decay_t": -3}),
        (timm.StepLRScheduler, {"decay_rate": -0.5}),
        (timm.MultiStepLRScheduler, {"decay_rate": -0.5}),
        (timm.MultiStepLRScheduler, {"decay_rate": 1e200}),
        (timm.WSDLRScheduler, {"decay_t": 31}),
        (timm.WSDLRScheduler, {"decay_t": 0}),
        (timm.WSDLRScheduler, {"t_initial": 0}),
        (timm.WSDLRScheduler, {"lr_min": -0.1}),
        (timm.WSDLRScheduler, {"stable_fn": "linear"}),
        (timm.WSDLRScheduler, {"stable_fn": ["rsqrt"]}),
        (timm.WSDLRScheduler, {"stable_fn": "rsqrt", "warmup_t": 0}),
        (timm.WSDLRScheduler, {"stable_fn": "rsqrt", "stable_timescale": 0.0}),
        (timm.WSDLRScheduler, {"stable_power": 0.0}),
        (timm.WSDLRScheduler, {"decay_fn": "sqrt"}),
        (timm.WSDLRScheduler, {"decay_power": 0.0}),
        (timm.WSDLRScheduler, {"decay_ratio": 0.0}),
        (timm.WSDLRScheduler, {"decay_ratio": 1.0}),
        (timm.WSDLRScheduler, {"decay_fn": lambda u: 1.0, "decay_t": 2.5}),
        (timm.WSDLRScheduler, {"decay_fn": lambda u: 1.0, "decay_t": 10**9, "t_initial": 10**9}),
        (timm.WSDLRScheduler, {"decay_fn": lambda u: math.nan}),
        (timm.WSDLRScheduler, {"decay_fn": lambda u: "1"}),
    ],
)
def test_what_timm_refuses_or_should_is_refused(build: Callable[..., pw.Schedule], wrong: dict[str, Any]) -> None:
    check_refused(build, dict(CALLS)[build] | wrong)


def test_huge_and_tiny_numbers_are_numbers() -> None:
    assert timm.CosineLRScheduler(2**53, cycle_limit=10**9, base_lr=1e-300)(2**52) == pytest.approx(5e-301)
    assert timm.CosineLRScheduler(10, cycle_mul=2.0, cycle_limit=10**9, base_lr=0.1)(70) == 0.1
    assert timm.CosineLRScheduler(10, cycle_mul=0.5, cycle_limit=10**9, base_lr=0.1)(19.999) < 0.1
    assert timm.CosineLRScheduler(10, cycle_mul=0.5, cycle_limit=10**9, lr_min=0.01, base_lr=0.1)(20) == 0.01
    assert timm.StepLRScheduler(1, 0.5, base_lr=1e300)(10_000) == 0.0
    assert timm.MultiStepLRScheduler([2**60], 0.5, base_lr=0.1)(2**53) == 0.1


def test_the_last_cycle_is_followed_by_the_least_rate() -> None:
    after = {
        "cosine": timm.CosineLRScheduler(10, lr_min=0.01, cycle_limit=2, cycle_decay=0.5, base_lr=0.1),
        "tanh": timm.TanhLRScheduler(10, lr_min=0.01, cycle_limit=2, cycle_decay=0.5, base_lr=0.1),
        "poly": timm.PolyLRScheduler(10, 0.0, lr_min=0.01, cycle_limit=2, cycle_decay=0.5, base_lr=0.1),
    }
    for schedule in after.values():
        assert schedule(19) > 0.01
        assert [schedule(t) for t in (20, 21, 10**6)] == [0.01] * 3
    assert after["cosine"].total_steps == 20
    assert after["poly"](19) == 0.05


def test_periods_are_counted_as_exact_multiples() -> None:
    for period in (2.2, 0.1, 0.3, 1.1, 2.4, 2.5, 1 / 3, 7):
        schedule = timm.StepLRScheduler(period, 0.5, base_lr=1.0)
        assert schedule.array(60) == pytest.approx([0.5 ** (t // period) for t in range(60)], rel=1e-15)


def test_a_function_as_decay_becomes_a_table() -> None:
    asked: list[float] = []

    def decay(u: float) -> float:
        asked.append(u)
        return 1 - u**3

    schedule = timm.WSDLRScheduler(8, 4, decay_fn=decay, base_lr=1.0)
    assert schedule[:10].tolist() == [1.0, 1.0, 1.0, 1.0, 1.0, 1 - 0.25**3, 1 - 0.5**3, 1 - 0.75**3, 0.0, 0.0]
    assert asked == [0.25, 0.5, 0.75, 1.0]


def test_what_is_no_scheduler_of_timm_is_not_converted() -> None:
    for other in (None, 3, "cosine", timm.CosineLRScheduler(10, base_lr=0.1), timm.CosineLRScheduler):
        with pytest.raises(TypeError, match=r"^from_timm: `scheduler` must be one of timm's CosineLRScheduler, "):
            timm.from_timm(other)
