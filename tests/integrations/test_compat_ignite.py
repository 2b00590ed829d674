"""`pywarmup.compat.ignite` against the installed Ignite, on random arguments."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("ignite")
pytest.importorskip("hypothesis")

from conformance.libraries.ignite import peer
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pywarmup.compat import ignite, torch

TOLERANCE = 1e-12  # of the largest value that is given: torch's schedulers make each rate from the one before
STEPS = range(200)
often = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))

values = st.one_of(st.floats(-2.0, 2.0), st.floats(0.0, 1e6), st.sampled_from([0.0, 1.0, 1e-300]))
cycles = {"start_value": values, "end_value": values, "cycle_size": st.integers(2, 30)}
growing = {
    "cycle_mult": st.one_of(st.sampled_from([0.5, 0.9, 1.0, 1.05, 2.0, 3]), st.floats(0.4, 3.0)),
    "start_value_mult": st.one_of(st.floats(0.2, 1.5), st.sampled_from([0.0, -0.5])),
    "end_value_mult": st.one_of(st.floats(0.2, 1.5), st.sampled_from([0.0, -0.5])),
}
warmups = {"warmup_duration": st.integers(0, 12)}


def same(name: str, arguments: dict[str, Any], ours: Any, theirs: list[float]) -> None:
    for step, value in zip(STEPS, theirs, strict=False):
        scale = max([1e-290, *map(abs, theirs[: step + 1]), *(abs(x) for x in arguments.values() if type(x) is float)])
        assert ours(step) == pytest.approx(value, rel=0, abs=TOLERANCE * scale), (name, arguments, step)


def answered(name: str, arguments: dict[str, Any]) -> list[float]:
    """Return what Ignite answers until its first error."""
    try:
        return peer(name, arguments, STEPS)
    except ZeroDivisionError:
        low, high = 0, len(STEPS)  # it answers fewer than `high` steps
        while high - low > 1:
            middle = (low + high) // 2
            try:
                peer(name, arguments, range(middle))
            except ZeroDivisionError:
                high = middle
            else:
                low = middle
        return peer(name, arguments, range(low))


@often
@given(st.fixed_dictionaries(cycles, optional=growing | warmups))
def test_cosine_cycles(arguments: dict[str, Any]) -> None:
    arguments = {"param_name": "lr"} | arguments
    ours = ignite.CosineAnnealingScheduler(**arguments)
    same("CosineAnnealingScheduler", arguments, ours, answered("CosineAnnealingScheduler", arguments))


@often
@given(st.fixed_dictionaries(cycles, optional=growing), st.booleans(), st.integers(0, 12))
def test_linear_cycles(arguments: dict[str, Any], monotonic: bool, warmup: int) -> None:
    arguments = {"param_name": "lr"} | arguments | {"monotonic": monotonic}
    arguments |= {"warmup_duration": warmup} if monotonic else {}
    ours = ignite.LinearCyclicalScheduler(**arguments)
    same("LinearCyclicalScheduler", arguments, ours, answered("LinearCyclicalScheduler", arguments))


@often
@given(st.lists(st.tuples(st.integers(-5, 60), values), min_size=1, max_size=8))
def test_lines(points: list[tuple[int, float]]) -> None:
    points.sort(key=lambda point: point[0])
    arguments = {"param_name": "lr", "milestones_values": points}
    ours = ignite.PiecewiseLinear(**arguments)
    scale = {"largest": max(abs(value) for _, value in points)}
    same("PiecewiseLinear", scale, ours, peer("PiecewiseLinear", arguments, STEPS))


warmed = st.fixed_dictionaries(
    {"warmup_start_value": values, "warmup_duration": st.integers(2, 20)},
    optional={"warmup_end_value": st.one_of(values, st.just(0.1))},
)
of_torch = st.one_of(
    st.tuples(st.just("ExponentialLR"), st.fixed_dictionaries({"gamma": st.floats(0.5, 1.1)})),
    st.tuples(st.just("StepLR"), st.fixed_dictionaries({"step_size": st.integers(1, 20)})),
    st.tuples(st.just("LinearLR"), st.fixed_dictionaries({"total_iters": st.integers(1, 20)})),
    st.tuples(st.just("CosineAnnealingWarmRestarts"), st.fixed_dictionaries({"T_0": st.integers(1, 20)})),
)


@often
@given(warmed, of_torch)
def test_warmup_before_a_scheduler_of_torch(arguments: dict[str, Any], after: tuple[str, dict[str, Any]]) -> None:
    name, kwargs = after
    ours = ignite.create_lr_scheduler_with_warmup(getattr(torch, name)(**kwargs, base_lr=0.1), **arguments)
    given_to_peer = arguments | {"scheduler": name, "scheduler_kwargs": kwargs, "base_lr": 0.1}
    theirs = peer("create_lr_scheduler_with_warmup", given_to_peer, STEPS)
    same("create_lr_scheduler_with_warmup", arguments | {"base": 0.1}, ours, theirs)


@often
@given(warmed, st.fixed_dictionaries(cycles), st.booleans())
def test_warmup_before_a_scheduler_of_ignite(arguments: dict[str, Any], cycle: dict[str, Any], meets: bool) -> None:
    cycle = {"param_name": "lr"} | cycle
    if meets:
        arguments = arguments | {"warmup_end_value": cycle["start_value"]}
    name = "CosineAnnealingScheduler"
    ours = ignite.create_lr_scheduler_with_warmup(getattr(ignite, name)(**cycle), **arguments, base_lr=0.1)
    given_to_peer = arguments | {"scheduler": name, "scheduler_kwargs": cycle, "base_lr": 0.1}
    theirs = peer("create_lr_scheduler_with_warmup", given_to_peer, STEPS)
    same("create_lr_scheduler_with_warmup", arguments | cycle | {"base": 0.1}, ours, theirs)


@often
@given(st.data())
def test_one_after_the_other(data: st.DataObject) -> None:
    from ignite import handlers
    from torch.nn import Parameter
    from torch.optim import SGD

    sizes = data.draw(st.lists(st.integers(2, 20), min_size=2, max_size=4))
    durations = data.draw(st.lists(st.integers(-1, 40), min_size=len(sizes) - 1, max_size=len(sizes) - 1))
    assume(durations)
    each = [("lr", 1.0 / (i + 1), 0.0, size) for i, size in enumerate(sizes)]
    ours = ignite.ConcatScheduler([ignite.CosineAnnealingScheduler(*one) for one in each], durations)
    optimizer = SGD([Parameter(__import__("torch").zeros(1))], lr=0.1)
    theirs = handlers.ConcatScheduler([handlers.CosineAnnealingScheduler(optimizer, *one) for one in each], durations)
    for step in STEPS:
        theirs(engine=None)
        assert ours(step) == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-14), (sizes, durations, step)


REFUSED: dict[str, list[dict[str, Any]]] = {
    "CosineAnnealingScheduler": [{"start_value": 1.0, "end_value": 0.0, "cycle_size": size} for size in (1, 0, -3)],
    "LinearCyclicalScheduler": [
        {"start_value": 1.0, "end_value": 0.0, "cycle_size": 1},
        {"start_value": 1.0, "end_value": 0.0, "cycle_size": 9, "warmup_duration": 2},
    ],
    "PiecewiseLinear": [
        {"milestones_values": []},
        {"milestones_values": [(3, 1.0), (2, 0.0)]},
        {"milestones_values": [(3, 1.0, 2.0)]},
        {"milestones_values": [(3.5, 1.0)]},
    ],
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_what_the_peer_refuses(name: str) -> None:
    for arguments in REFUSED[name]:
        with pytest.raises((ValueError, TypeError)):
            peer(name, {"param_name": "lr"} | arguments, [0])
        with pytest.raises((ValueError, TypeError), match=f"^{name}: `"):
            getattr(ignite, name)("lr", **arguments)
