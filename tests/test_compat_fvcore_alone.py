"""What `pywarmup.compat.fvcore` refuses, and what it holds; its numbers are compared elsewhere."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from refusals import NO_NUMBERS, NO_SEQUENCES, check_refused

import pywarmup as pw
from pywarmup.compat import fvcore

LINE = fvcore.LinearParamScheduler(0.0, 1.0)
CALLS: list[tuple[Callable[..., pw.Schedule], dict[str, Any]]] = [
    (fvcore.ConstantParamScheduler, {"value": 0.1}),
    (fvcore.CosineParamScheduler, {"start_value": 0.1, "end_value": 0.0}),
    (fvcore.LinearParamScheduler, {"start_value": 0.1, "end_value": 0.0}),
    (fvcore.ExponentialParamScheduler, {"start_value": 0.1, "decay": 0.5}),
    (fvcore.PolynomialDecayParamScheduler, {"base_value": 0.1, "power": 0.5}),
    (fvcore.MultiStepParamScheduler, {"values": [0.1, 0.01], "num_updates": 90, "milestones": [30]}),
    (fvcore.StepParamScheduler, {"num_updates": 90, "values": [0.1, 0.01]}),
    (
        fvcore.StepWithFixedGammaParamScheduler,
        {"base_value": 0.1, "num_decays": 3, "gamma": 0.5, "num_updates": 90},
    ),
    (
        fvcore.CompositeParamScheduler,
        {"schedulers": [LINE, LINE], "lengths": [0.5, 0.5], "interval_scaling": ["fixed", "rescaled"]},
    ),
]


@pytest.mark.parametrize(("build", "arguments"), CALLS, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_no_number_is_refused_by_name(build: Callable[..., pw.Schedule], arguments: dict[str, Any]) -> None:
    for field in inspect.signature(build).parameters:
        for wrong in NO_SEQUENCES if isinstance(arguments[field], list) else NO_NUMBERS:
            takes_none = build is fvcore.MultiStepParamScheduler and wrong is None and field != "values"
            if not takes_none:
                check_refused(build, arguments | {field: wrong}, match=f": `{field}")


@pytest.mark.parametrize(
    ("build", "wrong"),
    [
        (fvcore.ExponentialParamScheduler, {"decay": -0.5}),
        (fvcore.PolynomialDecayParamScheduler, {"power": -0.5}),
        (fvcore.MultiStepParamScheduler, {"values": []}),
        (fvcore.MultiStepParamScheduler, {"milestones": []}),
        (fvcore.MultiStepParamScheduler, {"milestones": [30, 60]}),
        (fvcore.MultiStepParamScheduler, {"milestones": [90]}),
        (fvcore.MultiStepParamScheduler, {"milestones": [0]}),
        (fvcore.MultiStepParamScheduler, {"milestones": [-3]}),
        (fvcore.MultiStepParamScheduler, {"milestones": [60, 30], "values": [1.0, 0.5, 0.2]}),
        (fvcore.MultiStepParamScheduler, {"milestones": [30, 30], "values": [1.0, 0.5, 0.2]}),
        (fvcore.MultiStepParamScheduler, {"milestones": None, "num_updates": None}),
        (fvcore.MultiStepParamScheduler, {"milestones": [], "num_updates": None, "values": []}),
        (fvcore.MultiStepParamScheduler, {"milestones": None, "num_updates": 1}),
        (fvcore.MultiStepParamScheduler, {"milestones": None, "num_updates": 4, "values": [1.0, 0.5, 0.2]}),
        (fvcore.StepParamScheduler, {"num_updates": 0}),
        (fvcore.StepParamScheduler, {"num_updates": -1}),
        (fvcore.StepParamScheduler, {"values": []}),
        (fvcore.StepWithFixedGammaParamScheduler, {"base_value": 0.0}),
        (fvcore.StepWithFixedGammaParamScheduler, {"gamma": -0.5}),
        (fvcore.StepWithFixedGammaParamScheduler, {"num_decays": 0}),
        (fvcore.StepWithFixedGammaParamScheduler, {"num_decays": 3.0}),
        (fvcore.StepWithFixedGammaParamScheduler, {"num_updates": 0}),
        (fvcore.StepWithFixedGammaParamScheduler, {"num_updates": 90.0}),
        (fvcore.StepWithFixedGammaParamScheduler, {"gamma": 1e200}),
        (fvcore.CompositeParamScheduler, {"schedulers": [], "lengths": [], "interval_scaling": []}),
        (fvcore.CompositeParamScheduler, {"schedulers": [LINE]}),
        (fvcore.CompositeParamScheduler, {"schedulers": [LINE, 0.1]}),
        (fvcore.CompositeParamScheduler, {"lengths": [0.5, 0.4]}),
        (fvcore.CompositeParamScheduler, {"lengths": [1.0]}),
        (fvcore.CompositeParamScheduler, {"interval_scaling": ["fixed"]}),
        (fvcore.CompositeParamScheduler, {"interval_scaling": ["fixed", "scaled"]}),
        (fvcore.CompositeParamScheduler, {"interval_scaling": "fixed"}),
    ],
)
def test_what_fvcore_refuses_or_should_is_refused(build: Callable[..., pw.Schedule], wrong: dict[str, Any]) -> None:
    check_refused(build, next(arguments for one, arguments in CALLS if one is build) | wrong)


def test_schedules_are_one_step_long_and_hold_their_last_value() -> None:
    for build, arguments in CALLS:
        schedule = build(**arguments)
        if build in (fvcore.ExponentialParamScheduler, fvcore.CosineParamScheduler):
            continue
        assert schedule.total_steps == 1, build
        assert schedule(1.0) == schedule(1.5) == schedule(1e9), build


def test_a_cosine_rises_again_and_an_exponential_falls_on() -> None:
    assert fvcore.CosineParamScheduler(0.1, 0.0)(2.0) == 0.1
    assert fvcore.ExponentialParamScheduler(1.0, 0.5)(3.0) == 0.125


def test_a_composed_schedule_goes_on_as_its_last_does() -> None:
    cosine = fvcore.CosineParamScheduler(0.1, 0.0)
    schedule = fvcore.CompositeParamScheduler([LINE, cosine], [0.5, 0.5], ["rescaled", "rescaled"])
    assert schedule.total_steps == 1.0
    assert schedule(1.5) == 0.1


def test_until_its_own_beginning_a_rescaled_scheduler_has_its_first_value() -> None:
    parts = [fvcore.ConstantParamScheduler(7.0), fvcore.LinearParamScheduler(0.5, 1.0)]
    schedule = fvcore.CompositeParamScheduler(parts, [0.25, 0.75], ["rescaled", "rescaled"])
    assert schedule(0.25 - 1.1e-6) == 7.0
    assert schedule(0.25 - 0.9e-6) == schedule(0.25) == 0.5
    assert schedule(0.625) == 0.75


def test_schedulers_without_a_part_are_never_asked() -> None:
    parts = [fvcore.ConstantParamScheduler(value) for value in (1.0, 2.0, 3.0)]
    for lengths, expected in (([0.0, 0.0, 1.0], {3.0}), ([0.5, 0.0, 0.5], {1.0, 3.0}), ([1.0, 0.0, 0.0], {1.0})):
        schedule = fvcore.CompositeParamScheduler(parts, lengths, ["rescaled"] * 3)
        assert set(schedule.stretch(100)[:101]) == expected


def test_values_may_be_negative() -> None:
    assert fvcore.LinearParamScheduler(-1.0, 1.0)([0, 0.25, 0.5, 1]).tolist() == [-1.0, -0.5, 0.0, 1.0]
    assert fvcore.CosineParamScheduler(-2.0, -4.0)([0, 0.5, 1]).tolist() == [-2.0, -3.0, -4.0]
    assert fvcore.ExponentialParamScheduler(-2.0, 0.5)(1) == -1.0
    assert fvcore.PolynomialDecayParamScheduler(-2.0, 1)(0.5) == -1.0


def test_what_is_no_scheduler_of_fvcore_is_not_converted() -> None:
    for other in (None, 3, "cosine", LINE, fvcore.LinearParamScheduler):
        with pytest.raises(TypeError, match=r"^from_fvcore: `scheduler` must be one of fvcore's CompositeParamSch"):
            fvcore.from_fvcore(other)
