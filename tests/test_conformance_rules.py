"""What the test of conformance excuses, it excuses by facts: other recordings may spell their quirks otherwise."""

from typing import Any

import pytest
import test_conformance
from conformance import compare
from conformance.case import Case, Trace
from conformance.libraries import keras

from pywarmup.compat import optax


def _case(
    name: str, kwargs: dict[str, Any], steps: tuple[float, ...], values: tuple[float | None, ...], **other: Any
) -> Case:
    library, callable_name = name.split(".")
    given: dict[str, Any] = {
        "version": "",
        "base_lr": None,
        "dtype": "float64",
        "evaluation": "pure",
        "errors": (),
        "construct_error": None,
        "quirks": (),
        "quirk_steps": frozenset(),
        "tags": (),
    }
    given |= other
    trace = Trace("main", given["dtype"], steps, values)
    return Case(id=name, library=library, callable=callable_name, kwargs=kwargs, traces=(trace,), **given)


@pytest.mark.parametrize(
    "case",
    [
        _case("optax.constant_schedule", {"value": -0.1}, (0, 1), (-0.1, -0.1)),
        _case("timm.StepLRScheduler", {"decay_t": 5, "noise_range_t": [0, 9]}, (0, 1), (0.1, 0.1), base_lr=0.1),
        _case("timm.StepLRScheduler", {"decay_t": 0, "warmup_t": 2}, (0, 1, 2), (0.0, 0.05, None), base_lr=0.1),
        _case("timm.MultiStepLRScheduler", {"decay_t": [1], "decay_rate": -1}, (0,), (-0.1,), base_lr=0.1),
        _case("fvcore.ExponentialParamScheduler", {"start_value": 1, "decay": -1}, (0.0, 1.0), (1.0, -1.0)),
        _case("fvcore.LinearParamScheduler", {"start_value": 0, "end_value": 1}, (1.0, 2.0), (1.0, 2.0)),
        _case(
            "timm.PolyLRScheduler",
            {"t_initial": 10, "cycle_mul": 3, "cycle_limit": 9, "power": 1},
            (0, 1210),
            (0.5, 0.0),
            base_lr=0.5,
        ),
    ],
    ids=lambda case: case.id,
)
def test_a_deviation_is_known_by_its_arguments(case: Case) -> None:
    test_conformance.test_case(case)


@pytest.mark.parametrize(
    "case",
    [
        _case("timm.PolyLRScheduler", {"t_initial": 10, "cycle_mul": 3, "cycle_limit": 9}, (10,), (0.0,), base_lr=0.5),
        _case("fvcore.LinearParamScheduler", {"start_value": 0, "end_value": 1}, (0.5, 1.0), (0.5, 1.1)),
        _case("fvcore.LinearParamScheduler", {"start_value": 0, "end_value": 1}, (), (), construct_error={"type": "E"}),
        _case("optax.constant_schedule", {"value": 0.1}, (0, 1), (None, None)),
    ],
    ids=lambda case: case.id,
)
def test_what_no_deviation_covers_fails(case: Case) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_conformance.test_case(case)


@pytest.mark.parametrize(("dtype", "excuse"), [("float32", 1.0), ("float64", pytest.approx(0.0, abs=1e-14))])
def test_keras_restart_in_float64_is_excused_only_where_the_logarithm_is_below_the_integer(
    dtype: str, excuse: Any
) -> None:
    given = {"initial_learning_rate": 0.1, "first_decay_steps": 10, "t_mul": 2.0}
    case = _case("keras.CosineDecayRestarts", given, (30,), (0.1,), dtype=dtype)
    assert keras.rounding(case, case.traces[0], 30) == excuse


def test_boundaries_of_optax_may_be_texts_as_json_has_them() -> None:
    case = _case(
        "optax.piecewise_constant_schedule", {"init_value": 1.0, "boundaries_and_scales": {"5": 0.5, "10": 0.5}}, (), ()
    )
    by_name = compare.by_name(case.library, case.callable)(**case.arguments)
    assert by_name == optax.piecewise_constant_schedule(1.0, {5: 0.5, 10: 0.5})
