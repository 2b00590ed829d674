"""A schedule's values as a tensor."""

import numpy as np
import pytest
import torch
from registry import SAMPLES

import pywarmup as pw
from pywarmup.torch import values

DTYPES = [torch.float64, torch.float32, torch.float16]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", SAMPLES)
def test_the_values_are_the_schedules_rounded_once(name: str, dtype: torch.dtype) -> None:
    expected = SAMPLES[name].array(90).astype(str(dtype).removeprefix("torch."))
    actual = values(SAMPLES[name], 90, dtype=dtype)
    assert actual.dtype == dtype
    np.testing.assert_array_equal(actual.numpy(), expected, strict=True)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_a_value_beside_a_tie_goes_to_its_side(dtype: torch.dtype) -> None:
    step = torch.finfo(dtype).eps
    tie = 1 + step / 2
    beside = [tie * (1 - 1e-13), tie, tie * (1 + 1e-13), -tie * (1 + 1e-13), 1e300, 0.0]
    expected = [1.0, 1.0, 1 + step, -1 - step, float("inf"), 0.0]
    assert values(pw.Table(beside), dtype=dtype).tolist() == expected


def test_without_a_length_it_is_the_whole_schedule() -> None:
    schedule = pw.warmup_linear(0.1, warmup_steps=3, total_steps=8)
    assert values(schedule).tolist() == list(schedule)
    assert values(schedule, 20).tolist() == schedule.array(20).tolist()
    assert values(schedule, 0).shape == (0,)
    assert values(pw.Constant(0.1, steps=2.5)).tolist() == pw.Constant(0.1, steps=2.5).array().tolist()


def test_the_tensor_is_on_its_device() -> None:
    schedule = pw.Linear(0.0, 1.0, steps=4)
    assert values(schedule).device == torch.device("cpu")
    assert values(schedule, device="meta").is_meta
    assert values(schedule, device=torch.device("meta"), dtype=torch.bfloat16).is_meta
    with torch.device("meta"):
        assert values(schedule).is_meta


def test_the_tensor_can_be_written_to() -> None:
    tensor = values(pw.Linear(0.0, 1.0, steps=4)).requires_grad_()
    tensor.sum().backward()
    with torch.no_grad():
        tensor += 1
    assert tensor.tolist() == [1.0, 1.25, 1.5, 1.75]


def test_an_endless_schedule_needs_a_length() -> None:
    with pytest.raises(ValueError, match=r"^InverseSqrt: an endless schedule has no length; give `stop`, or .until"):
        values(pw.InverseSqrt(0.1, timescale=10))


@pytest.mark.parametrize(("n", "error"), [(-1, ValueError), (2.5, TypeError), (True, TypeError), ("3", TypeError)])
def test_what_is_no_length_is_refused(n: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^Linear: `stop` must be an integer >= 0 and <= 2\*\*53, got "):
        values(pw.Linear(0.0, 1.0, steps=4), n)  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", [torch.int64, torch.complex64, torch.bool, "float32", np.float32, None], ids=str)
def test_what_is_no_floating_dtype_is_refused(dtype: object) -> None:
    with pytest.raises(TypeError, match=r"^values: `dtype` must be a floating torch.dtype, got "):
        values(pw.Linear(0.0, 1.0, steps=4), dtype=dtype)  # type: ignore[arg-type]


def test_what_is_no_schedule_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^values: `schedule` must be a schedule, got 3$"):
        values(3)  # type: ignore[arg-type]
