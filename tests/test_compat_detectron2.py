"""`pywarmup.compat.detectron2` against the formulas, written out here from a survey of its source.

detectron2 is no package that can be installed from an index, so it is not asked itself.
"""

import inspect
import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import NO_NUMBERS, NO_SEQUENCES, check_refused

import pywarmup as pw
from pywarmup.compat import detectron2, fvcore

EPSILON = 1e-6
many = settings(max_examples=200, deadline=None)


def warmup_param(main: Callable[[float], float], factor: float, length: float, linear: bool, rescale: bool) -> Any:
    """The formula: a line, or a constant, over the first part of the run, and then the schedule."""
    start, end = factor * main(0.0), main(0.0) if rescale else main(length)

    def value(where: float) -> float:
        if not where + EPSILON > length:
            alpha = where / length
            return end * alpha + start * (1 - alpha) if linear else start
        return main((where - length) / (1 - length)) if rescale else main(where)

    return value


def warmup_factor(t: float, factor: float, iterations: float, linear: bool) -> float:
    if t >= iterations:
        return 1.0
    return factor * (1 - t / iterations) + t / iterations if linear else factor


def cosine(where: float) -> float:
    return 0.1 + 0.5 * 0.9 * (1 + math.cos(math.pi * where))


@many
@given(
    length=st.sampled_from([0.0, 0.01, 0.1, 1 / 3, 0.5, 0.9]) | st.floats(1e-3, 0.95),
    factor=st.sampled_from([0.0, 0.001, 1 / 3, 1.0, 2.0]),
    linear=st.booleans(),
    rescale=st.booleans(),
    total=st.sampled_from([7, 90, 1000, 90_000]),
)
def test_warmup_param_scheduler(length: float, factor: float, linear: bool, rescale: bool, total: int) -> None:
    method: Any = "linear" if linear else "constant"
    ours = detectron2.WarmupParamScheduler(fvcore.CosineParamScheduler(1.0, 0.1), factor, length, method, rescale)
    theirs = warmup_param(cosine, factor, length, linear, rescale)
    for n in range(0, total + 1, max(1, total // 97)):
        where = n / total
        if not length - EPSILON <= where < length:
            assert abs(ours(where) - theirs(where)) <= 2e-14 / min(1.0, 100 * (1 - length)), where


@pytest.mark.parametrize(
    ("rescale", "survey"),
    [
        (False, {0: 0.001, 1: 0.0987, 9: 0.8803, 10: 0.977975, 11: 0.973396, 50: 0.55, 99: 0.100222, 100: 0.1}),
        (True, {0: 0.001, 1: 0.1009, 9: 0.9001, 10: 1.0, 11: 0.999725872, 50: 0.62814, 99: 0.100274, 100: 0.1}),
    ],
)
def test_the_table_of_the_survey(rescale: bool, survey: dict[int, float]) -> None:
    main = fvcore.CosineParamScheduler(1.0, 0.1)
    schedule = detectron2.WarmupParamScheduler(main, 0.001, 0.1, rescale_interval=rescale).stretch(100)
    for step, value in survey.items():
        assert schedule(step) == pytest.approx(value, abs=5e-5 if step < 10 else 6e-6), step


def test_lr_multiplier_is_asked_for_updates() -> None:
    main = fvcore.MultiStepParamScheduler([1.0, 0.1, 0.01], milestones=[60_000, 80_000], num_updates=90_000)
    warmed = detectron2.WarmupParamScheduler(main, 0.001, 1000 / 90_000)
    schedule = detectron2.LRMultiplier(warmed, 90_000, base_lr=0.02)
    steps = [0, 500, 1000, 59_999, 60_000, 79_999, 80_000, 89_999]
    assert schedule(steps) == pytest.approx([0.00002, 0.01001, 0.02, 0.02, 0.002, 0.002, 0.0002, 0.0002], rel=1e-14)
    assert schedule.total_steps == 90_000


@many
@given(
    milestones=st.lists(st.integers(-2, 40) | st.floats(0.0, 40.0), max_size=5).map(sorted),
    gamma=st.sampled_from([0.0, 0.1, 0.5, 1.0, 1.5]),
    factor=st.sampled_from([0.0, 0.001, 0.5, 2.0, -0.5]),
    iterations=st.sampled_from([-1, 0, 1, 5, 60, 2.5]),
    linear=st.booleans(),
    base=st.sampled_from([0.0, 1e-30, 0.1, 3.0, 1e30]),
)
def test_warmup_multi_step(
    milestones: list[float], gamma: float, factor: float, iterations: float, linear: bool, base: float
) -> None:
    method: Any = "linear" if linear else "constant"
    ours = detectron2.WarmupMultiStepLR(milestones, gamma, factor, iterations, method, base_lr=base)
    for t in range(70):
        value = base * warmup_factor(t, factor, iterations, linear) * gamma ** bisect_right(milestones, t)
        assert ours(t) == pytest.approx(value, rel=2e-15, abs=1e-15 * base), t


@many
@given(
    total=st.integers(1, 300) | st.floats(0.5, 300.0),
    factor=st.sampled_from([0.0, 0.001, 0.5, 2.0]),
    iterations=st.sampled_from([-1, 0, 1, 5, 60, 1000, 2.5]),
    linear=st.booleans(),
    base=st.sampled_from([0.0, 1e-30, 0.1, 3.0, 1e30]),
)
def test_warmup_cosine(total: float, factor: float, iterations: float, linear: bool, base: float) -> None:
    method: Any = "linear" if linear else "constant"
    ours = detectron2.WarmupCosineLR(total, factor, iterations, method, base_lr=base)
    for t in range(0, 400, 7):
        warm = warmup_factor(t, factor, iterations, linear)
        value = base * warm * 0.5 * (1.0 + math.cos(math.pi * t / total))
        assert abs(ours(t) - value) <= base * max(1.0, factor) * (1e-14 + 2.0**-50 * t / total), t


MAIN = fvcore.CosineParamScheduler(1.0, 0.0)
CALLS: list[tuple[Callable[..., pw.Schedule], dict[str, Any]]] = [
    (detectron2.WarmupParamScheduler, {"scheduler": MAIN, "warmup_factor": 0.001, "warmup_length": 0.1}),
    (detectron2.LRMultiplier, {"multiplier": MAIN, "max_iter": 100, "base_lr": 0.1}),
    (detectron2.WarmupMultiStepLR, {"milestones": [30, 60], "base_lr": 0.1}),
    (detectron2.WarmupCosineLR, {"max_iters": 100, "base_lr": 0.1}),
]


@pytest.mark.parametrize(("build", "arguments"), CALLS, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_no_number_is_refused_by_name(build: Callable[..., pw.Schedule], arguments: dict[str, Any]) -> None:
    for field in inspect.signature(build).parameters.keys() - {"last_epoch", "last_iter"}:
        for wrong in NO_SEQUENCES if isinstance(arguments.get(field), list) else NO_NUMBERS:
            if not (wrong is True and field == "rescale_interval"):
                check_refused(build, arguments | {field: wrong}, match=f": `{field}")


@pytest.mark.parametrize(
    ("build", "wrong"),
    [
        (detectron2.WarmupParamScheduler, {"warmup_method": "exp"}),
        (detectron2.LRMultiplier, {"max_iter": 0}),
        (detectron2.LRMultiplier, {"base_lr": -0.1}),
        (detectron2.WarmupMultiStepLR, {"milestones": [60, 30]}),
        (detectron2.WarmupMultiStepLR, {"gamma": -0.5}),
        (detectron2.WarmupMultiStepLR, {"gamma": 1e200}),
        (detectron2.WarmupMultiStepLR, {"warmup_method": "exp"}),
        (detectron2.WarmupCosineLR, {"max_iters": 0}),
        (detectron2.WarmupCosineLR, {"max_iters": -100}),
        (detectron2.WarmupCosineLR, {"base_lr": -0.1}),
    ],
)
def test_what_detectron2_refuses_or_should_is_refused(build: Callable[..., pw.Schedule], wrong: dict[str, Any]) -> None:
    check_refused(build, next(arguments for one, arguments in CALLS if one is build) | wrong)


def test_a_warmup_as_long_as_the_run_or_longer_is_kept_as_it_is() -> None:
    for length in (1.0, 1.25):
        schedule = detectron2.WarmupParamScheduler(MAIN, 0.5, length)
        assert schedule(0.5) == pytest.approx(0.5 + (MAIN(length) - 0.5) * 0.5 / length)


def test_a_warmup_of_no_length_is_none() -> None:
    for length in (0.0, -0.25):
        schedule = detectron2.WarmupParamScheduler(MAIN, 0.5, length)
        assert [schedule(where) for where in (0.0, 0.3, 1.0)] == [MAIN(where) for where in (0.0, 0.3, 1.0)]
    rescaled = detectron2.WarmupParamScheduler(MAIN, 0.5, -0.25, rescale_interval=True)
    assert rescaled(0.25) == pytest.approx(MAIN(0.4))  # a fifth of it is over before the run begins
