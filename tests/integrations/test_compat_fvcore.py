"""`pywarmup.compat.fvcore` against the installed fvcore, on random arguments."""

import math
from typing import Any

import pytest

pytest.importorskip("fvcore.common.param_scheduler")
pytest.importorskip("hypothesis")

from conformance.libraries.fvcore import built, peer
from fvcore.common import param_scheduler
from hypothesis import event, given, settings
from hypothesis import strategies as st

from pywarmup.compat import detectron2, fvcore

TOLERANCE = 1e-14
many = settings(max_examples=100, deadline=None)

values = st.sampled_from([0.0, 1e-30, 1e-5, 0.1, 1.0, 1e30, -0.1, 3]) | st.floats(1e-6, 10.0)
counts = st.integers(-1, 200) | st.sampled_from([1, 2, 3, 90_000, 2_000_000])

CURVES: dict[str, dict[str, Any]] = {
    "ConstantParamScheduler": {"value": values},
    "CosineParamScheduler": {"start_value": values, "end_value": values},
    "LinearParamScheduler": {"start_value": values, "end_value": values},
    "ExponentialParamScheduler": {
        "start_value": values,
        "decay": st.sampled_from([0.0, 1e-4, 0.02, 0.5, 1.0, 3.0]) | st.floats(1e-3, 2.0),
    },
    "PolynomialDecayParamScheduler": {
        "base_value": values,
        "power": st.sampled_from([0.0, 1, 0.9, 2.0, 0.5]) | st.floats(0.1, 5.0),
    },
}
DROPS: dict[str, dict[str, Any]] = {
    "StepParamScheduler": {"num_updates": counts | st.just(2.5), "values": st.lists(values, max_size=7)},
    "StepWithFixedGammaParamScheduler": {
        "base_value": values,
        "num_decays": st.integers(0, 30),
        "gamma": st.sampled_from([0.0, 0.1, 0.5, 0.97, 1.0, 1.1]),
        "num_updates": counts,
    },
}


def calls(table: dict[str, dict[str, Any]]) -> Any:
    return st.one_of(st.tuples(st.just(name), st.fixed_dictionaries(fields)) for name, fields in table.items())


@st.composite
def multi_steps(draw: Any) -> tuple[str, dict[str, Any]]:
    """As a rule milestones that fit."""
    total = draw(st.integers(1, 300) | st.sampled_from([90_000, 1_000_000, 7.5]))
    milestones = draw(st.lists(st.integers(1, int(total)), max_size=4, unique=draw(st.booleans())).map(sorted))
    amount = max(1, len(milestones) + draw(st.sampled_from([1, 1, 1, 0, 2])))
    given = draw(st.sampled_from([{"num_updates": total, "milestones": milestones}, {"num_updates": total}, {}]))
    if not given:
        amount, given = max(1, len(milestones)), {"milestones": milestones}
    return "MultiStepParamScheduler", {"values": draw(st.lists(values, min_size=amount, max_size=amount)), **given}


@st.composite
def composites(draw: Any, children: Any) -> tuple[str, dict[str, Any]]:
    schedulers = [list(one) for one in draw(st.lists(children, min_size=1, max_size=4))]
    weights = [draw(st.sampled_from([0, 1, 1, 2, 5, 30])) for _ in schedulers]
    total = sum(weights) or 1
    lengths = [weight / total for weight in weights]
    if draw(st.sampled_from([False, False, False, True])):
        lengths[draw(st.integers(0, len(lengths) - 1))] += draw(st.sampled_from([1e-4, -5e-4, 2e-3, -0.4]))
    scaling = [draw(st.sampled_from(["rescaled", "fixed"])) for _ in schedulers]
    return "CompositeParamScheduler", {"schedulers": schedulers, "lengths": lengths, "interval_scaling": scaling}


def wheres(*edges: float) -> list[float]:
    """Parts of a run: updates, and those next to where something changes."""
    updates = [n / total for total in (7, 64, 90) for n in range(total + 1)]
    near = [math.nextafter(edge - 1e-6, side) for edge in edges for side in (0.0, edge, 1.0)]
    return sorted({where for where in [*updates, *near, *edges] if 0.0 <= where <= 1.0})


def compare(name: str, arguments: dict[str, Any], steps: list[float], window: bool = False) -> None:
    try:
        peer(name, arguments, [])
    except (ValueError, ZeroDivisionError, IndexError):
        event("refused")
        with pytest.raises(ValueError, match=r"^\w+: "):
            built(fvcore, name, arguments)
        return
    ours = built(fvcore, name, arguments)
    answers = {step: value for step in steps if (value := answer(name, arguments, step)) is not None}
    peak = max((abs(value) for value in answers.values()), default=0.0)
    for step, value in answers.items():
        # A part of the run that is short makes much of the rounding of `where`.
        blur = abs(ours(step + 2**-51) - ours(max(0.0, step - 2**-51))) if window else 0.0
        assert abs(ours(step) - value) <= TOLERANCE * peak + 4 * math.ulp(value) + blur, (step, value, ours(step))


def answer(name: str, arguments: dict[str, Any], step: float) -> float | None:
    try:
        return peer(name, arguments, [step])[0]
    except (RuntimeError, IndexError, ZeroDivisionError, TypeError):
        return None


@many
@given(calls(CURVES))
def test_curves(call: Any) -> None:
    compare(*call, wheres())


@many
@given(calls(DROPS))
def test_even_drops_change_where_theirs_do_to_the_bit(call: Any) -> None:
    name, arguments = call
    parts = len(arguments["values"]) or 1 if "values" in arguments else arguments["num_decays"] + 1
    compare(name, arguments, wheres(*(index / parts for index in range(parts + 1))))


@many
@given(multi_steps())
def test_milestones_change_where_theirs_do_to_the_bit(call: Any) -> None:
    name, arguments = call
    total = arguments.get("num_updates") or (arguments["milestones"] or [1])[-1]
    compare(name, arguments, wheres(*(step / total for step in arguments.get("milestones", []))))


@many
@given(composites(calls(CURVES) | calls(DROPS) | composites(calls(CURVES))))
def test_composites(call: Any) -> None:
    name, arguments = call
    steps = [step for step in wheres() if not is_within_a_window(arguments, step)]
    compare(name, arguments, steps, window=True)


def is_within_a_window(arguments: dict[str, Any], step: float) -> bool:
    """Whether a rescaled scheduler is asked for a `where` below 0, or a change is too near to be told from rounding."""
    begin = 0.0
    for (name, child), length, scaling in zip(
        arguments["schedulers"], arguments["lengths"], arguments["interval_scaling"], strict=True
    ):
        if begin and -2e-6 < step - begin < 0.0:
            return True
        if name == "CompositeParamScheduler" and length:
            local = (step - begin) / length if scaling == "rescaled" else step
            if is_within_a_window(child, local):
                return True
        begin += length
    return False


def test_the_next_scheduler_takes_over_where_theirs_does_to_the_bit() -> None:
    for lengths in ([0.1, 0.9], [0.3, 0.7], [1 / 3, 2 / 3], [0.25, 0.25, 0.5], [0.1, 0.2, 0.7]):
        parts = [["ConstantParamScheduler", {"value": float(index)}] for index in range(len(lengths))]
        for scaling in ("rescaled", "fixed"):
            arguments = {"schedulers": parts, "lengths": lengths, "interval_scaling": [scaling] * len(parts)}
            steps = wheres(*(sum(lengths[: index + 1]) for index in range(len(lengths) - 1)))[:-1]
            made = built(fvcore, "CompositeParamScheduler", arguments)
            assert [made(step) for step in steps] == peer("CompositeParamScheduler", arguments, steps)


def test_lengths_are_left_as_they_were() -> None:
    lengths = [0.5, 0.4999]
    part = fvcore.ConstantParamScheduler(1.0)
    fvcore.CompositeParamScheduler([part, part], lengths, ["fixed", "fixed"])
    assert lengths == [0.5, 0.4999]


@many
@given(calls(CURVES) | calls(DROPS) | multi_steps() | composites(calls(CURVES) | composites(calls(CURVES))))
def test_a_living_scheduler_becomes_the_schedule_of_its_arguments(call: Any) -> None:
    name, arguments = call
    try:
        living = built(param_scheduler, name, arguments)
    except (ValueError, ZeroDivisionError, IndexError):
        return
    made = fvcore.from_fvcore(living)
    expected = built(fvcore, name, arguments)
    assert made == expected


def test_what_is_no_scheduler_of_theirs_is_refused() -> None:
    class Mine(param_scheduler.CosineParamScheduler):
        pass

    composed = param_scheduler.CompositeParamScheduler([Mine(0.1, 0.0)], [1.0], ["fixed"])
    for other in (Mine(0.1, 0.0), composed, lambda where: 0.1, None, fvcore.ConstantParamScheduler(0.1)):
        with pytest.raises(TypeError, match=r"^from_fvcore: `scheduler` must be one of fvcore's"):
            fvcore.from_fvcore(other)


def test_a_warmup_of_detectron2_is_composed_as_theirs_is() -> None:
    main = param_scheduler.CosineParamScheduler(1.0, 0.1)
    warmup = param_scheduler.LinearParamScheduler(0.001, main(0.1))
    theirs = param_scheduler.CompositeParamScheduler([warmup, main], [0.1, 0.9], ["rescaled", "fixed"])
    theirs.__class__ = type("WarmupParamScheduler", (type(theirs),), {"__module__": "detectron2.solver.lr_scheduler"})
    expected = detectron2.WarmupParamScheduler(fvcore.CosineParamScheduler(1.0, 0.1), 0.001, 0.1)
    made = fvcore.from_fvcore(theirs)
    for where in wheres():
        assert made(where) == pytest.approx(theirs(where), rel=1e-14)
        assert made(where) == pytest.approx(expected(where), rel=1e-14)
