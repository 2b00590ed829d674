"""`pywarmup.compat.mmengine` against the installed mmengine, on random arguments."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("mmengine")
pytest.importorskip("hypothesis")

from conformance.libraries.mmengine import peer
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pywarmup.compat import mmengine

TOLERANCE = 1e-11  # of the largest rate and of where a curve leads to: mmengine makes each rate from the one before

rates = st.one_of(st.floats(1e-12, 1e6), st.sampled_from([0.0, 1.0, 0.1, 3e-4]))
fractions = st.floats(0.015625, 1.0)
factors = st.floats(-2.0, 2.0)
thirds = st.integers(1, 120).map(lambda n: n / 4)


@st.composite
def windows(draw: st.DrawFn) -> dict[str, int]:
    begin = draw(st.sampled_from([0, 0, 0, 1, 5, 12, -4]))
    end = draw(st.one_of(st.just(mmengine.window.INF), st.integers(begin + 1, 60)))
    return {"begin": begin, "end": end} if draw(st.booleans()) or end < 1e9 else {"begin": begin}


@st.composite
def restarts(draw: st.DrawFn) -> dict[str, Any]:
    periods = draw(st.lists(st.integers(0, 20), min_size=1, max_size=4))
    weights = draw(st.lists(st.floats(0.0, 2.0), min_size=len(periods), max_size=len(periods)))
    return {"periods": periods, "restart_weights": weights} | draw(floors)


floors = st.one_of(
    st.fixed_dictionaries({"eta_min": st.floats(-1.0, 2.0)}), st.fixed_dictionaries({"eta_min_ratio": st.floats(0, 2)})
)
cosines = st.fixed_dictionaries({}, optional={"T_max": st.one_of(st.integers(0, 50), thirds)})
ARGUMENTS = {
    "ConstantLR": st.fixed_dictionaries({}, optional={"factor": fractions}),
    "LinearLR": st.fixed_dictionaries({}, optional={"start_factor": fractions, "end_factor": st.floats(0.0, 1.0)}),
    "ExponentialLR": st.fixed_dictionaries({"gamma": factors}),
    "StepLR": st.fixed_dictionaries({"step_size": st.integers(1, 30)}, optional={"gamma": factors}),
    "MultiStepLR": st.fixed_dictionaries(
        {"milestones": st.lists(st.one_of(st.integers(-2, 40), st.just(7.5)), max_size=5)}, optional={"gamma": factors}
    ),
    "CosineAnnealingLR": st.tuples(cosines, st.one_of(st.just({}), floors)).map(lambda both: both[0] | both[1]),
    "PolyLR": st.fixed_dictionaries({}, optional={"eta_min": st.floats(-1.0, 2.0), "power": st.floats(0.0, 4.0)}),
    "OneCycleLR": st.fixed_dictionaries(
        {"eta_max": rates, "total_steps": st.integers(1, 40)},
        optional={
            "pct_start": st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 0.5, 1.0])),
            "anneal_strategy": st.sampled_from(["cos", "linear"]),
            "div_factor": st.floats(0.5, 100.0),
            "final_div_factor": st.floats(0.5, 1e5),
            "three_phase": st.booleans(),
        },
    ),
    "CosineRestartLR": restarts(),
}


def check(name: str, arguments: dict[str, Any], ours: Any, steps: range) -> None:
    theirs = peer(name, arguments, steps)
    base = arguments["base_lr"]
    scale = max(
        [base, *map(abs, theirs), abs(arguments.get("eta_min") or 0), base * (arguments.get("eta_min_ratio") or 0)]
    )
    allowed = TOLERANCE * scale + 1e-300
    for step, value in zip(steps, theirs, strict=True):
        assert ours(step) == pytest.approx(value, rel=0, abs=allowed), (name, arguments, step)


@pytest.mark.parametrize("name", ARGUMENTS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_equals_the_peer(name: str, data: st.DataObject) -> None:
    arguments = data.draw(ARGUMENTS[name]) | data.draw(windows()) | {"base_lr": data.draw(rates)}
    last = 70
    if name == "OneCycleLR":
        first = max(arguments["begin"], 0)
        last = (
            first + arguments["total_steps"] - 1 if arguments.get("end", 1e9) > first + arguments["total_steps"] else 70
        )
        assume(arguments.get("pct_start", 0.3) * arguments["total_steps"] != 1)
    check(name, arguments, getattr(mmengine, name)(**arguments), range(last + 1))


MULTIPLYING = ["ConstantLR", "LinearLR", "ExponentialLR", "StepLR", "MultiStepLR"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), names=st.lists(st.sampled_from(MULTIPLYING), min_size=2, max_size=3), rate=st.floats(1e-6, 10))
def test_windows_that_overlap(data: st.DataObject, names: list[str], rate: float) -> None:
    parts = [data.draw(ARGUMENTS[name]) | data.draw(windows()) for name in names]
    assume(all(part["begin"] >= 0 for part in parts))
    ours = mmengine.param_scheduler(
        [{"type": name} | part for name, part in zip(names, parts, strict=True)], base_lr=rate
    )
    numbered = {str(i): part for i, part in enumerate(parts)}
    check("+".join(names), numbered | {"base_lr": rate}, ours, range(70))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.data(),
    first=st.sampled_from(MULTIPLYING),
    then=st.sampled_from(["PolyLR", "CosineAnnealingLR", "CosineRestartLR", *MULTIPLYING]),
    lengths=st.tuples(st.integers(1, 20), st.integers(0, 5), st.integers(1, 30)),
)
def test_windows_one_after_the_other(data: st.DataObject, first: str, then: str, lengths: tuple[int, int, int]) -> None:
    end = lengths[0]
    begin = end + lengths[1]
    one = data.draw(ARGUMENTS[first]) | {"begin": 0, "end": end}
    two = data.draw(ARGUMENTS[then]) | {"begin": begin, "end": begin + lengths[2]}
    assume(one.get("gamma", 0.5) > 0)
    if then == "CosineAnnealingLR":
        two["T_max"] = data.draw(st.integers(lengths[2], 60))
    ours = mmengine.param_scheduler([{"type": first} | one, {"type": then} | two], base_lr=0.1)
    check(f"{first}+{then}", {"one": one, "two": two, "base_lr": 0.1}, ours, range(70))


@pytest.mark.parametrize("length", [1, 3, 7])
def test_converted_to_iterations(length: int) -> None:
    from mmengine.optim import scheduler

    for name, arguments in {
        "LinearLR": {"start_factor": 0.1, "begin": 1, "end": 4},
        "CosineAnnealingLR": {"T_max": 5, "begin": 2},
        "MultiStepLR": {"milestones": [2, 5], "begin": 1},
        "StepLR": {"step_size": 2},
        "CosineRestartLR": {"periods": [2, 4], "restart_weights": [1, 0.5], "eta_min": 0.0},
        "OneCycleLR": {"eta_max": 1.0, "total_steps": 6},
    }.items():
        config = {"type": name, "convert_to_iter_based": True} | arguments
        ours = mmengine.param_scheduler([config], base_lr=0.1, epoch_length=length)
        check_converted(getattr(scheduler, name), arguments, length, ours)


def check_converted(scheduler: Any, arguments: dict[str, Any], length: int, ours: Any) -> None:
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    theirs = scheduler.build_iter_from_epoch(optimizer, epoch_length=length, **arguments)
    for step in range(6 * length):
        assert ours(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-11, abs=1e-13), (arguments, step)
        optimizer.step()
        theirs.step()


def test_epochs_and_iterations() -> None:
    import torch
    from mmengine.optim import scheduler

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    warmup = scheduler.LinearLR(optimizer, start_factor=0.01, by_epoch=False, begin=0, end=25)
    main = scheduler.MultiStepLR(optimizer, milestones=[2, 5], begin=0, end=8, by_epoch=True)
    ours = mmengine.param_scheduler(
        [
            {"type": "LinearLR", "start_factor": 0.01, "by_epoch": False, "begin": 0, "end": 25},
            {"type": "MultiStepLR", "milestones": [2, 5], "begin": 0, "end": 8, "by_epoch": True},
        ],
        base_lr=0.1,
        epoch_length=10,
    )
    for step in range(100):
        assert ours(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-11), step
        optimizer.step()
        warmup.step()
        if step % 10 == 9:
            main.step()


@pytest.mark.parametrize("name", ARGUMENTS)
def test_refuses_what_the_peer_refuses(name: str) -> None:
    required = {
        "ExponentialLR": {"gamma": 0.9},
        "StepLR": {"step_size": 3},
        "MultiStepLR": {"milestones": [3]},
        "OneCycleLR": {"eta_max": 1.0, "total_steps": 10},
        "CosineRestartLR": {"periods": [3], "eta_min": 0.0},
    }.get(name, {})
    for wrong in ({"begin": 5, "end": 5}, {"begin": 5, "end": 3}):
        with pytest.raises(ValueError, match="end"):
            peer(name, required | wrong | {"base_lr": 0.1}, [0])
        with pytest.raises(ValueError, match=f"^{name}: `end` must be larger than `begin`"):
            getattr(mmengine, name)(**required, **wrong, base_lr=0.1)
