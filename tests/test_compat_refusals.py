"""What no schedule can be made of is refused in one line, by each function of these libraries."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest

import pywarmup as pw

CURVE = pw.Linear(0.1, 0.0, steps=5)
CYCLE = {"param_name": "lr", "start_value": 0.1, "end_value": 0.01, "cycle_size": 10}
# Arguments that are right, all of which are numbers or lists of numbers but those in OTHERS.
CALLS: dict[str, dict[str, dict[str, Any]]] = {
    "mmengine": {
        "ConstantLR": {"factor": 0.5, "begin": 2, "end": 5, "base_lr": 0.1},
        "LinearLR": {"start_factor": 0.5, "end_factor": 0.9, "begin": 2, "end": 5, "base_lr": 0.1},
        "ExponentialLR": {"gamma": 0.9, "begin": 2, "end": 5, "base_lr": 0.1},
        "StepLR": {"step_size": 3, "gamma": 0.1, "base_lr": 0.1},
        "MultiStepLR": {"milestones": [3, 5], "gamma": 0.1, "base_lr": 0.1},
        "CosineAnnealingLR": {"T_max": 10, "eta_min": 0.01, "begin": 2, "end": 12, "base_lr": 0.1},
        "PolyLR": {"eta_min": 0.01, "power": 2.0, "begin": 2, "end": 12, "base_lr": 0.1},
        "CosineRestartLR": {"periods": [3, 4], "restart_weights": [1, 0.5], "eta_min": 0.0, "base_lr": 0.1},
        "OneCycleLR": {"eta_max": 1.0, "total_steps": 20, "pct_start": 0.3, "div_factor": 25.0, "base_lr": 0.1},
        "param_scheduler": {"configs": [{"type": "PolyLR", "end": 9}], "base_lr": 0.1, "epoch_length": 3},
    },
    "ignite": {
        "LinearCyclicalScheduler": CYCLE | {"cycle_mult": 2.0, "start_value_mult": 0.5, "end_value_mult": 0.5},
        "CosineAnnealingScheduler": CYCLE | {"cycle_mult": 2.0, "start_value_mult": 0.5, "warmup_duration": 3},
        "PiecewiseLinear": {"param_name": "lr", "milestones_values": [(0, 0.0), (5, 0.1)]},
        "ConcatScheduler": {"schedulers": [CURVE, CURVE], "durations": [3]},
        "create_lr_scheduler_with_warmup": {
            "lr_scheduler": CURVE,
            "warmup_start_value": 0.0,
            "warmup_duration": 5,
            "warmup_end_value": 0.2,
            "base_lr": 0.1,
        },
    },
    "fairseq": {
        "CosineLRSchedule": {"lr": 0.1, "max_update": 100, "warmup_updates": 10, "min_lr": 0.01, "t_mult": 2.0},
        "InverseSquareRootSchedule": {"lr": 0.1, "warmup_updates": 10, "warmup_init_lr": 0.01},
        "PolynomialDecayLRSchedule": {"lr": 0.1, "warmup_updates": 10, "total_num_update": 100, "power": 2.0},
        "StepLRSchedule": {"lr": 0.1, "warmup_updates": 10, "min_lr": 0.01, "lr_deacy_period": 20, "lr_decay": 0.5},
        "TriStageLRSchedule": {"lr": 0.1, "warmup_steps": 5, "hold_steps": 5, "decay_steps": 10, "init_lr_scale": 0.1},
        "TriangularLRSchedule": {"lr": 0.1, "max_lr": 0.5, "lr_period_updates": 20, "lr_shrink": 0.5},
        "FixedLRSchedule": {"lr": [0.1, 0.2], "warmup_updates": 5, "force_anneal": 3, "updates_per_epoch": 10},
        "ManualSchedule": {"lr": 0.1, "epoch2lr": {"2": 0.2}, "update2lr": {"3-5": 0.1}, "updates_per_epoch": 10},
    },
    "paddle": {
        "NoamDecay": {"d_model": 64, "warmup_steps": 10, "learning_rate": 1.0},
        "ExponentialDecay": {"learning_rate": 0.1, "gamma": 0.9},
        "NaturalExpDecay": {"learning_rate": 0.1, "gamma": 0.1},
        "InverseTimeDecay": {"learning_rate": 0.1, "gamma": 0.1},
        "PolynomialDecay": {"learning_rate": 0.1, "decay_steps": 10, "end_lr": 0.01, "power": 2.0},
        "LinearLR": {"learning_rate": 0.1, "total_steps": 10, "start_factor": 0.5, "end_factor": 0.9},
        "PiecewiseDecay": {"boundaries": [3, 5], "values": [0.1, 0.2, 0.3]},
        "MultiStepDecay": {"learning_rate": 0.1, "milestones": [3, 5], "gamma": 0.5},
        "StepDecay": {"learning_rate": 0.1, "step_size": 10, "gamma": 0.5},
        "CosineAnnealingDecay": {"learning_rate": 0.1, "T_max": 10, "eta_min": 0.01},
        "CosineAnnealingWarmRestarts": {"learning_rate": 0.1, "T_0": 10, "T_mult": 2, "eta_min": 0.01},
        "OneCycleLR": {"max_learning_rate": 0.1, "total_steps": 20, "divide_factor": 25.0, "phase_pct": 0.3},
        "CyclicLR": {"base_learning_rate": 0.1, "max_learning_rate": 0.2, "step_size_up": 5, "step_size_down": 3},
        "LinearWarmup": {"learning_rate": CURVE, "warmup_steps": 5, "start_lr": 0.0, "end_lr": 0.1},
        "LambdaDecay": {"learning_rate": 0.1, "lr_lambda": abs, "total_steps": 5},
        "MultiplicativeDecay": {"learning_rate": 0.1, "lr_lambda": abs, "total_steps": 5},
    },
}
OTHERS = {"param_name"}  # any value will do
NUMBERS = [float("nan"), float("inf"), -float("inf"), "3", b"3", True, [], {}, object(), 1j, 10**400]
FUNCTIONS = [(library, name) for library, calls in CALLS.items() for name in calls]
ARGUMENTS = [(*one, field) for one in FUNCTIONS for field in CALLS[one[0]][one[1]] if field not in OTHERS]


def call(library: str, name: str, arguments: dict[str, Any]) -> pw.Schedule:
    made = getattr(importlib.import_module(f"pywarmup.compat.{library}"), name)(**arguments)
    assert isinstance(made, pw.Schedule)
    return made


@pytest.mark.parametrize(("library", "name"), FUNCTIONS)
def test_right_arguments(library: str, name: str) -> None:
    made = call(library, name, CALLS[library][name])
    assert pw.from_json(made.to_json()) == made
    assert all(rate >= 0.0 for rate in made([0, 1, 50, 10**6]))


@pytest.mark.parametrize(("library", "name", "field"), ARGUMENTS)
@pytest.mark.parametrize("value", NUMBERS, ids=[str(type(one).__name__) + str(one)[:4] for one in NUMBERS])
def test_one_wrong_argument(library: str, name: str, field: str, value: Any) -> None:
    if field in ("configs", "epoch2lr", "update2lr", "milestones") and value in ([], {}):
        return  # nothing is asked for
    with pytest.raises((ValueError, TypeError), match=r"^\w+: `.+` must .+") as refusal:
        call(library, name, CALLS[library][name] | {field: value})
    assert "\n" not in str(refusal.value)


LISTS = [(*one, value) for one in ARGUMENTS if isinstance(CALLS[one[0]][one[1]][one[2]], list) for value in NUMBERS[:7]]


@pytest.mark.parametrize(("library", "name", "field", "value"), LISTS)
def test_one_wrong_item(library: str, name: str, field: str, value: Any) -> None:
    items = [*CALLS[library][name][field][:-1], value]
    with pytest.raises((ValueError, TypeError), match=r"^\w+: `.+` must .+"):
        call(library, name, CALLS[library][name] | {field: items})


@pytest.mark.parametrize(("library", "name", "field"), ARGUMENTS)
@pytest.mark.parametrize("value", [0, -1, -0.5, 0.5, 1e-30, 1e300, 2**53, 10**18])
def test_odd_numbers_are_answered_or_refused(library: str, name: str, field: str, value: float) -> None:
    for rate in answered(library, name, CALLS[library][name] | {field: value}):
        assert abs(rate) < float("inf")


def answered(library: str, name: str, arguments: dict[str, Any]) -> list[float]:
    """Return some rates, or none after a refusal in one line."""
    problem = ""
    try:
        return list(call(library, name, arguments)([0, 1, 7, 1000]))
    except (ValueError, TypeError) as error:
        problem = str(error)
    assert re.match(r"^[\w. ]+: .+$", problem)
    return []


@pytest.mark.parametrize(
    ("configs", "problem"),
    [
        ([{"type": "NoLR"}], "must be one of 'ConstantLR'"),
        ([{"begin": 3}], "must be one of 'ConstantLR'"),
        ([3], "must be a dict"),
        ([{"type": "LinearLR", "by_epoch": False, "end": 5}, {"type": "PolyLR", "begin": 5, "end": 9}], "epoch_length"),
        ([{"type": "LinearLR", "convert_to_iter_based": True}], "epoch_length"),
        ([{"type": "LinearLR", "end": 5}, {"type": "PolyLR", "eta_min": 0.1, "begin": 4, "end": 9}], "overlap"),
        ([{"type": "LinearLR", "end": 5}, {"type": "OneCycleLR", "total_steps": 9, "begin": 5}], "only one"),
        (
            [
                {"type": "LinearLR", "end": 5, "end_factor": 0.5},
                {"type": "CosineAnnealingLR", "T_max": 3, "begin": 5, "end": 20},
            ],
            "T_max",
        ),
    ],
)
def test_mmengine_schedulers_that_do_not_go_together(configs: list[Any], problem: str) -> None:
    with pytest.raises((ValueError, TypeError), match=rf"^param_scheduler: .*{problem}"):
        call("mmengine", "param_scheduler", {"configs": configs, "base_lr": 0.1})
