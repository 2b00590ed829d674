"""Bad input of `pywarmup.compat.transformers`, and what it refuses that transformers takes; nothing to install."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import pywarmup as pw
from pywarmup.compat import transformers as hf

RUN = {"num_warmup_steps": 3, "num_training_steps": 20}
FUNCTIONS: list[tuple[Callable[..., pw.Schedule], dict[str, Any]]] = [
    (hf.get_constant_schedule, {}),
    (hf.get_constant_schedule_with_warmup, {"num_warmup_steps": 3}),
    (hf.get_linear_schedule_with_warmup, RUN),
    (hf.get_cosine_schedule_with_warmup, RUN | {"num_cycles": 0.5}),
    (hf.get_cosine_with_hard_restarts_schedule_with_warmup, RUN | {"num_cycles": 2}),
    (hf.get_polynomial_decay_schedule_with_warmup, RUN | {"lr_end": 0.0, "power": 2.0}),
    (hf.get_inverse_sqrt_schedule, {"num_warmup_steps": 3, "timescale": 3}),
    (hf.get_cosine_with_min_lr_schedule_with_warmup, RUN | {"num_cycles": 0.5, "min_lr": 0.01}),
    (hf.get_cosine_with_min_lr_schedule_with_warmup, RUN | {"min_lr_rate": 0.01}),
    (
        hf.get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
        RUN | {"num_cycles": 0.5, "min_lr_rate": 0.01, "warmup_lr_rate": 0.1},
    ),
    (hf.get_wsd_schedule, RUN | {"num_decay_steps": 4, "min_lr_ratio": 0.1, "num_cycles": 0.5}),
    (hf.get_wsd_schedule, {"num_warmup_steps": 3, "num_decay_steps": 4, "num_stable_steps": 5}),
]
EACH = [
    pytest.param(function, arguments | {"base_lr": 0.1}, field, id=f"{function.__name__}-{field}")
    for function, arguments in FUNCTIONS
    for field in (*arguments, "base_lr")
]


@pytest.mark.parametrize(("function", "arguments", "field"), EACH)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, True, "3", [], {}, 1j])
def test_what_is_no_finite_number_is_refused(
    function: Callable[..., pw.Schedule], arguments: dict[str, Any], field: str, value: Any
) -> None:
    with pytest.raises((TypeError, ValueError), match=rf"^{function.__name__}: `{field}` must be .*, got ") as refusal:
        function(**arguments | {field: value})
    assert "\n" not in str(refusal.value)
    assert isinstance(refusal.value, ValueError) == (isinstance(value, float | int) and value is not True)


@pytest.mark.parametrize(("function", "arguments", "field"), [each for each in EACH if "steps" in each.values[2]])
def test_more_steps_than_doubles_count_are_refused(
    function: Callable[..., pw.Schedule], arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValueError, match=rf"^{function.__name__}: `{field}` must be a finite number from -2\*\*53 to"):
        function(**arguments | {field: 2.0**60})


@pytest.mark.parametrize(("function", "arguments"), FUNCTIONS)
@pytest.mark.parametrize(("value", "error"), [(-2, ValueError), (0.5, TypeError), (None, TypeError), (True, TypeError)])
def test_a_bad_last_epoch(
    function: Callable[..., pw.Schedule], arguments: dict[str, Any], value: Any, error: type[Exception]
) -> None:
    with pytest.raises(error, match=rf"^{function.__name__}: `last_epoch` must be an integer >= -1"):
        function(**arguments, last_epoch=value, base_lr=0.1)
    assert function(**arguments, last_epoch=7, base_lr=0.1) == function(**arguments, base_lr=0.1)


@pytest.mark.parametrize(
    ("function", "changed", "field"),
    [
        (hf.get_polynomial_decay_schedule_with_warmup, {"lr_end": 0.1}, "lr_end"),
        (hf.get_polynomial_decay_schedule_with_warmup, {"lr_end": -0.1}, "lr_end"),
        (hf.get_polynomial_decay_schedule_with_warmup, {"base_lr": 0.0}, "base_lr"),
        (
            hf.get_polynomial_decay_schedule_with_warmup,
            {"num_warmup_steps": 0, "num_training_steps": 0},
            "num_training_steps",
        ),
        (hf.get_cosine_with_hard_restarts_schedule_with_warmup, {"num_cycles": 1e300}, "num_cycles"),
        (hf.get_cosine_schedule_with_warmup, {"num_cycles": 1e300}, "num_cycles"),
        (hf.get_cosine_schedule_with_warmup, {"num_cycles": 1e-300}, "num_cycles"),
        (hf.get_cosine_with_min_lr_schedule_with_warmup, {}, "min_lr_rate"),
        (hf.get_cosine_with_min_lr_schedule_with_warmup, {"min_lr": 0.01, "min_lr_rate": 0.1}, "min_lr_rate"),
        (hf.get_cosine_with_min_lr_schedule_with_warmup, {"min_lr": 0.01, "base_lr": 0.0}, "base_lr"),
        (
            hf.get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
            {"min_lr": 0.01, "warmup_lr_rate": -0.5},
            "warmup_lr_rate",
        ),
        (hf.get_wsd_schedule, {"num_decay_steps": 5, "warmup_type": "exp"}, "warmup_type"),
        (hf.get_wsd_schedule, {"num_decay_steps": 5, "decay_type": "exp"}, "decay_type"),
        (hf.get_wsd_schedule, {"num_decay_steps": 5, "num_training_steps": None}, "num_training_steps"),
    ],
)
def test_bad_input(function: Callable[..., pw.Schedule], changed: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=rf"^{function.__name__}: `{field}` must be "):
        function(**RUN | {"base_lr": 0.1} | changed)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"timescale": 0, "num_warmup_steps": 3}, "timescale"),
        ({"timescale": -2, "num_warmup_steps": 0}, "timescale"),
        ({"num_warmup_steps": -2}, "num_warmup_steps"),
    ],
)
def test_an_inverse_sqrt_needs_a_time(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=rf"^get_inverse_sqrt_schedule: `{field}` must be a number of steps >"):
        hf.get_inverse_sqrt_schedule(**arguments, base_lr=0.1)


@pytest.mark.parametrize("name", ["cosines", "LINEAR", "", None, 3, [], math.nan])
def test_an_unknown_name(name: Any) -> None:
    with pytest.raises(ValueError, match=r"^get_scheduler: `name` must be one of 'linear', 'cosine', .*, got "):
        hf.get_scheduler(name, 2, 10, base_lr=0.1)


@pytest.mark.parametrize("name", ["reduce_lr_on_plateau", "greedy"])
def test_what_follows_a_metric_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^get_scheduler: .* \(`name` is .*\); use pywarmup.torch.Plateau$"):
        getattr(hf, name)(base_lr=0.1)
    with pytest.raises(ValueError, match=r"^get_scheduler: .* \(`name` is .*\); use pywarmup.torch.Plateau$"):
        getattr(hf, name)(scheduler_specific_kwargs={"patience": 1}, metrics=[1.0, 0.9], base_lr=0.1)


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("linear", "num_warmup_steps"),
        ("constant_with_warmup", "num_warmup_steps"),
        ("warmup_stable_decay", "num_warmup_steps"),
        ("linear", "num_training_steps"),
        ("polynomial", "num_training_steps"),
    ],
)
def test_a_missing_length(name: str, missing: str) -> None:
    with pytest.raises(ValueError, match=rf"^get_scheduler: `{missing}` must be given for '{name}', got None$"):
        getattr(hf, name)(**RUN | {missing: None}, base_lr=0.1)


@pytest.mark.parametrize(
    "specific",
    [{"power": 2}, {"num_warmup_steps": 3}, {"optimizer": None}, {"base_lr": 0.1}, [], [("a", 1)], "ab", 3, {1: 2}],
)
def test_other_arguments_are_refused(specific: Any) -> None:
    with pytest.raises(TypeError, match=r"^get_scheduler: `scheduler_specific_kwargs` must be ") as refusal:
        hf.get_scheduler("cosine", 2, 10, specific, base_lr=0.1)
    assert "\n" not in str(refusal.value)


def test_what_get_scheduler_ignores() -> None:
    wrong: Any = ["what", "ever"]
    assert hf.constant(3, 2, wrong, base_lr=0.1) == pw.Constant(0.1)
    assert hf.constant_with_warmup(2, 0, wrong, base_lr=0.1) == hf.get_constant_schedule_with_warmup(2, base_lr=0.1)
    assert hf.inverse_sqrt(2, -5, base_lr=0.1) == hf.get_inverse_sqrt_schedule(2, base_lr=0.1)


@pytest.mark.parametrize("field", ["num_warmup_steps", "num_training_steps"])
@pytest.mark.parametrize("value", ["many", True, math.nan])
def test_numbers_that_it_ignores_are_numbers(field: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=rf"^get_scheduler: `{field}` must be "):
        hf.constant(**{field: value}, base_lr=0.1)


def test_restarts_due_at_whole_steps_are_the_peak() -> None:
    for steps in range(1, 80):
        for cycles in range(1, steps + 1):
            made = hf.get_cosine_with_hard_restarts_schedule_with_warmup(0, steps, cycles, base_lr=1.0)
            due = [step for step in range(steps) if step * cycles % steps == 0]
            assert (made(due) == 1.0).all(), (steps, cycles)
            assert made(steps) == made(10**9) == 0.0


def test_common_schedules_are_simple_and_end() -> None:
    assert hf.linear(2, 10, base_lr=0.1) == pw.warmup_linear(0.1, warmup_steps=2, total_steps=10)
    assert hf.cosine(0, 10, base_lr=0.1) == pw.Cosine(0.1, 0.0, steps=10).past_end("mirror")
    assert hf.polynomial(0, 10, base_lr=0.1) == pw.Polynomial(0.1, 1e-7, steps=10, power=1.0)
    assert hf.cosine_with_restarts(0, 10, {"num_cycles": 5}, base_lr=0.1) == pw.Cosine(0.1, 0.0, steps=2).repeat(5)
    wsd = hf.warmup_stable_decay(2, 10, {"num_decay_steps": 3}, base_lr=0.1)
    assert wsd == pw.wsd(0.1, warmup_steps=2, decay_steps=3, total_steps=10, decay="cosine")


@pytest.mark.parametrize(("style", "num_cycles"), [("linear", 0.5), ("cosine", 0.5), ("cosine", 1.5), ("1-sqrt", 0.5)])
def test_a_negative_floor_of_a_decay_is_cut_at_0_for_ever(style: str, num_cycles: float) -> None:
    made = hf.get_wsd_schedule(2, 4, 10, decay_type=style, min_lr_ratio=-1.0, num_cycles=num_cycles, base_lr=1.0)
    assert made([0, 1, 2, 6, 10, 10**6]).tolist() == [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
