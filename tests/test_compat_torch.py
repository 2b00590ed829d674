"""`pywarmup.compat.torch` against the installed torch: random arguments, and what docstrings promise."""

import contextlib
import math
import re
import warnings
from typing import Any

import pytest
import torch
from conformance.libraries import torch as library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch_schedulers import LEAVES, REFUSED, Drawn, compositions, rates

import pywarmup as pw
from pywarmup.compat import torch as compat

STEPS = 45
FAILURES = (ValueError, ZeroDivisionError, NotImplementedError, OverflowError, TypeError)
RELATIVE = 1e-11  # of the peak: torch makes each rate from the one before
draws = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def theirs(name: str, arguments: dict[str, Any], base_lr: float) -> list[float]:
    """Return the rates of torch's scheduler as far as they go; none if it cannot be constructed."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=base_lr, momentum=0.9)
    found: list[float] = []
    with warnings.catch_warnings(), contextlib.suppress(*FAILURES):
        warnings.simplefilter("ignore")  # optimizer.step() is not called
        scheduler = library.real(name, arguments, optimizer)
        found.append(float(optimizer.param_groups[0]["lr"]))
        for _ in range(STEPS):
            scheduler.step()
            found.append(float(optimizer.param_groups[0]["lr"]))
    return found


def defined(name: str, arguments: dict[str, Any], found: list[float]) -> list[float]:
    """Return the rates up to the end of the run, or to the first one that is none."""
    if name == "OneCycleLR":
        found = found[: arguments["total_steps"]]
    return found[: next((i for i, rate in enumerate(found) if not math.isfinite(rate)), len(found))]


def check(drawn: Drawn, base_lr: float) -> None:
    name, arguments = drawn
    peer = defined(name, arguments, theirs(name, arguments, base_lr))
    try:
        made = library.build(name, arguments, base_lr)
    except ValueError as error:
        if peer and not REFUSED.search(str(error)):
            raise AssertionError(drawn) from error
        return
    assert peer, f"torch refuses {drawn}"
    peak = max(base_lr, abs(arguments.get("eta_min", 0.0)), arguments.get("swa_lr", 0.0), *map(abs, peer))
    for step, rate in enumerate(peer):
        try:
            ours = made(step)
        except ValueError:
            assert "ChainedScheduler" in repr(drawn), (drawn, step)  # a cosine that comes back twice
            return
        assert abs(ours - rate) <= RELATIVE * peak + 1e-300, (drawn, step, rate, ours)


@pytest.mark.parametrize("swa_lr", [1e-30, 0.0, 0.05, 1.0, 1e30])
def test_a_chain_with_rates_of_very_different_sizes(swa_lr: float) -> None:
    check(("ChainedScheduler", {"schedulers": [("ConstantLR", {}), ("SWALR", {"swa_lr": swa_lr})]}), 0.1)


@pytest.mark.parametrize("name", LEAVES)
def test_random_arguments(name: str) -> None:
    @draws
    @given(LEAVES[name], rates)
    def test(arguments: dict[str, Any], base_lr: float) -> None:
        check((name, arguments), base_lr)

    test()


@draws
@given(compositions(), st.sampled_from([0.1, 1.0]))
def test_random_compositions(drawn: Drawn, base_lr: float) -> None:
    check(drawn, base_lr)


def test_a_schedule_is_the_composition_that_one_would_write() -> None:
    assert compat.LinearLR(0.5, total_iters=2, base_lr=0.1) == pw.Linear(0.05, 0.1, steps=2)
    assert compat.CosineAnnealingLR(8, base_lr=0.1) == pw.Cosine(0.1, 0.0, steps=8).past_end("mirror")
    warmup, decay = compat.LinearLR(0.5, total_iters=2, base_lr=0.1), compat.CosineAnnealingLR(8, base_lr=0.1)
    assert compat.SequentialLR([warmup, decay], [2]) == pw.join(warmup, decay)
    exponential = compat.ExponentialLR(0.9, base_lr=0.1)
    assert compat.ChainedScheduler([exponential]) == exponential


@pytest.mark.parametrize("name", ["triangular", "exp_range", "three", "two"])
def test_momentum_is_what_torch_writes(name: str) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1, momentum=0.9)
    cyclic = {"step_size_up": 3, "step_size_down": 5, "gamma": 0.9, "base_momentum": 0.7, "max_momentum": 0.99}
    one = {"total_steps": STEPS + 1, "pct_start": 0.4, "base_momentum": 0.6, "max_momentum": 0.9}
    if name in ("two", "three"):
        one["three_phase"] = name == "three"
        scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, **one)
        made = compat.OneCycleMomentum(**one)
    else:
        scheduler = torch.optim.lr_scheduler.CyclicLR(optimizer, 0.01, 0.1, mode=name, **cyclic)
        made = compat.CyclicMomentum(mode=name, **cyclic)
    for step in range(STEPS):
        assert made(step) == pytest.approx(optimizer.param_groups[0]["momentum"], rel=1e-13)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("scale_mode", ["cycle", "iterations"])
def test_a_scale_function_becomes_a_table(scale_mode: str) -> None:
    arguments: dict[str, Any] = {"step_size_up": 3, "scale_fn": lambda x: 1.0 / (1 + x), "scale_mode": scale_mode}
    peer = library.peer("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, **arguments}, list(range(40)))
    made = compat.CyclicLR(0.01, 0.1, **arguments, total_steps=40)
    assert made[:40].tolist() == pytest.approx(peer, rel=1e-13)


@pytest.mark.parametrize("name", ["LambdaLR", "MultiplicativeLR"])
def test_functions_become_tables(name: str) -> None:
    arguments = {"lr_lambda": lambda step: 1.0 / (1 + step % 7), "base_lr": 0.3}
    peer = library.peer(name, arguments, list(range(40)))
    assert getattr(compat, name)(**arguments, total_steps=40)[:40].tolist() == pytest.approx(peer, rel=1e-13)


def test_a_function_that_is_a_schedule_needs_no_table() -> None:
    schedule = pw.Cosine(1.0, 0.0, steps=10)
    assert compat.LambdaLR(schedule, base_lr=0.5) == schedule * 0.5


def test_a_chain_within_a_chain_is_one_chain() -> None:
    inner = [("LinearLR", {"total_iters": 2}), ("StepLR", {"step_size": 5, "gamma": 0.4})]
    chain = ("ChainedScheduler", {"schedulers": inner})
    check(("ChainedScheduler", {"schedulers": [chain, ("CosineAnnealingLR", {"T_max": 10})]}), 0.1)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("milestone", [5, 9, 10, 11, 12, 15, 30, 31])
def test_a_sequence_in_a_chain_starts_anew_around_the_steps_where_a_cosine_comes_back(
    order: int, milestone: int
) -> None:
    children = [("ConstantLR", {"factor": 0.5, "total_iters": 20}), ("ExponentialLR", {"gamma": 0.9})]
    sequence = ("SequentialLR", {"schedulers": children, "milestones": [milestone]})
    check(("ChainedScheduler", {"schedulers": [sequence, ("CosineAnnealingLR", {"T_max": 10})][::order]}), 0.1)


CHAINS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "a cosine to a floor": [("LinearLR", {"total_iters": 4}), ("CosineAnnealingLR", {"T_max": 10, "eta_min": 0.01})],
    "a cosine of one step": [("StepLR", {"step_size": 3}), ("CosineAnnealingLR", {"T_max": 1, "eta_min": 0.01})],
    "a cosine that comes back": [("ExponentialLR", {"gamma": 0.9}), ("CosineAnnealingLR", {"T_max": 5})],
    "two cosines": [("CosineAnnealingLR", {"T_max": 5}), ("CosineAnnealingLR", {"T_max": 5})],
    "an average": [("SWALR", {"swa_lr": 0.05, "anneal_epochs": 6}), ("ExponentialLR", {"gamma": 0.9})],
    "restarts first": [("CosineAnnealingWarmRestarts", {"T_0": 5}), ("LinearLR", {"total_iters": 7})],
    "a chain": [
        ("LinearLR", {"total_iters": 4}),
        ("ChainedScheduler", {"schedulers": [("CosineAnnealingLR", {"T_max": 3}), ("StepLR", {"step_size": 2})]}),
    ],
    "a factor of zero": [("ExponentialLR", {"gamma": 0.0}), ("CosineAnnealingLR", {"T_max": 2})],
    "none": [
        ("ConstantLR", {"factor": 0.0, "total_iters": 50}),
        ("CosineAnnealingLR", {"T_max": 5, "eta_min": 0.01}),
    ],
}


@pytest.mark.parametrize("children", CHAINS.values(), ids=CHAINS)
def test_a_chain_without_closed_form_is_a_table_of_so_many_steps(children: list[tuple[str, dict[str, Any]]]) -> None:
    check(("ChainedScheduler", {"schedulers": children, "total_steps": STEPS + 1}), 0.1)
    made = library.build("ChainedScheduler", {"schedulers": children, "total_steps": 40}, 0.1)
    assert made(1000) == made(39)


def test_a_chain_with_a_closed_form_is_no_table() -> None:
    warmup, decay = compat.LinearLR(total_iters=4, base_lr=0.1), compat.StepLR(5, base_lr=0.1)
    assert compat.ChainedScheduler([warmup, decay], total_steps=3) == compat.ChainedScheduler([warmup, decay])
    cosine = compat.CosineAnnealingLR(9, 0.01, base_lr=0.1)
    with pytest.raises(ValueError, match=r"ChainedScheduler: a cosine .* or give `total_steps` for a table"):
        compat.ChainedScheduler([warmup, cosine])
    for wrong in (0, -1, 2.5, True, "3", math.nan):
        with pytest.raises((TypeError, ValueError), match="ChainedScheduler: `total_steps` must be an integer >= 1"):
            compat.ChainedScheduler([warmup, cosine], total_steps=wrong)  # type: ignore[arg-type]


def test_a_factor_of_zero_ends_with_the_full_rate_though_torch_divides_by_it() -> None:
    made = compat.ConstantLR(0.0, 3, base_lr=0.1)
    assert made[:5].tolist() == [0.0, 0.0, 0.0, 0.1, 0.1]
    decay = compat.ExponentialLR(0.5, base_lr=0.1)
    assert compat.SequentialLR([made, decay], [10])[9:12].tolist() == [0.1, 0.1, 0.05]


def test_a_constant_that_never_ends_begins_in_a_sequence() -> None:
    decay, held = compat.ExponentialLR(0.5, base_lr=0.1), compat.ConstantLR(0.0, 0, base_lr=0.1)
    assert compat.SequentialLR([decay, held], [2])[:5].tolist() == [0.1, 0.05, 0.1, 0.1, 0.1]  # torch's closed form


def test_a_nested_sequence_that_would_fail_after_its_turn_does_not() -> None:
    chain = ("ChainedScheduler", {"schedulers": [("StepLR", {"step_size": 4}), ("ExponentialLR", {"gamma": 0.9})]})
    inner = ("SequentialLR", {"schedulers": [("CosineAnnealingLR", {"T_max": 5}), chain], "milestones": [5]})
    check(("SequentialLR", {"schedulers": [inner, ("ExponentialLR", {"gamma": 0.9})], "milestones": [3]}), 0.1)


@pytest.mark.parametrize("name", ["LinearLR", "PolynomialLR"])
def test_more_steps_than_float64_counts_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: `total_iters` must be a number <= 2\\*\\*53, got 1e\\+30$"):
        getattr(compat, name)(total_iters=1e30, base_lr=0.1)


def test_a_multiplicative_child_goes_on_from_the_rate_that_it_finds() -> None:
    children = [("LinearLR", {"total_iters": 4}), ("MultiplicativeLR", {"lr_lambda": lambda e: 0.9, "total_steps": 50})]
    check(("SequentialLR", {"schedulers": children, "milestones": [3]}), 0.1)


def test_any_schedule_can_follow_in_a_sequence_but_not_multiply_in_a_chain() -> None:
    warmup, other = compat.LinearLR(total_iters=5, base_lr=0.1), pw.Rex(0.1, 0.0, steps=9)
    assert compat.SequentialLR([warmup, other], [5]) == pw.join(warmup, other)
    rise, decay = pw.Linear(0.0, 0.1, steps=5), compat.CosineAnnealingLR(9, base_lr=0.1)
    assert compat.SequentialLR([rise, decay], [5]) == pw.join(rise, decay)
    assert compat.SequentialLR([rise, other], [5]) == pw.join(rise, other)
    assert compat.SequentialLR([other], []) is other
    with pytest.raises(
        ValueError, match=r"ChainedScheduler: `schedulers\[1\]` must be a schedule that pywarmup.compat"
    ):
        compat.ChainedScheduler([warmup, other])


def test_a_composition_that_torch_fails_on_raises_at_that_step() -> None:
    first = compat.ConstantLR(0.5, 2, base_lr=0.1)
    nested = compat.SequentialLR([compat.ConstantLR(1.0, 2, base_lr=0.1)], [])
    made = compat.SequentialLR([first, nested], [3])
    assert made[:3].tolist() == [0.05, 0.05, 0.1]
    with pytest.raises(ValueError, match="PastEnd: `step` must be a number"):
        made(3)


def test_rules_of_schedules_are_forgotten_with_them() -> None:
    from pywarmup.compat.torch import rules

    before = len(rules._made)
    kept = [compat.ExponentialLR(0.9, base_lr=0.1) for _ in range(10)]
    assert len(rules._made) == before + 10
    kept.clear()
    assert len(rules._made) == before


NUMBERS: list[tuple[str, dict[str, Any]]] = [
    ("ConstantLR", {"factor": 0.5, "total_iters": 5, "base_lr": 0.1}),
    ("LinearLR", {"start_factor": 0.5, "end_factor": 1.0, "total_iters": 5, "base_lr": 0.1}),
    ("ExponentialLR", {"gamma": 0.9, "base_lr": 0.1}),
    ("StepLR", {"step_size": 3, "gamma": 0.9, "base_lr": 0.1}),
    ("MultiStepLR", {"milestones": [1, 2], "gamma": 0.9, "base_lr": 0.1}),
    ("PolynomialLR", {"total_iters": 5, "power": 2.0, "base_lr": 0.1}),
    ("CosineAnnealingLR", {"T_max": 5, "eta_min": 0.01, "base_lr": 0.1}),
    ("CosineAnnealingWarmRestarts", {"T_0": 5, "T_mult": 2, "eta_min": 0.01, "base_lr": 0.1}),
    ("SWALR", {"swa_lr": 0.01, "anneal_epochs": 5, "base_lr": 0.1}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.2, "step_size_up": 5, "gamma": 0.9, "mode": "exp_range"}),
    ("CyclicMomentum", {"base_momentum": 0.1, "max_momentum": 0.2, "step_size_up": 5, "step_size_down": 3}),
    ("OneCycleLR", {"max_lr": 0.1, "total_steps": 50, "div_factor": 5, "final_div_factor": 5}),
    ("OneCycleLR", {"max_lr": 0.1, "epochs": 5, "steps_per_epoch": 5, "pct_start": 0.3}),
    ("OneCycleMomentum", {"base_momentum": 0.1, "max_momentum": 0.2, "total_steps": 5, "pct_start": 0.3}),
    ("LambdaLR", {"lr_lambda": lambda step: 1.0, "base_lr": 0.1, "total_steps": 5}),
    ("MultiplicativeLR", {"lr_lambda": lambda step: 1.0, "base_lr": 0.1, "total_steps": 5}),
]
BAD = [math.nan, math.inf, -math.inf, True, "3", None, [0.1], object(), b"3", 1j]
OPTIONAL = {("OneCycleLR", "total_steps"), ("OneCycleMomentum", "total_steps"), ("CyclicMomentum", "step_size_down")}


@pytest.mark.parametrize(("name", "arguments"), NUMBERS, ids=[name for name, _ in NUMBERS])
def test_what_is_no_finite_number_is_refused_in_one_line(name: str, arguments: dict[str, Any]) -> None:
    function = getattr(compat, name)
    assert function(**arguments)(1) >= 0
    for field in arguments:
        for value in BAD:
            if value is None and ((name, field) in OPTIONAL or arguments.get("epochs")):
                continue
            if field == "milestones" and value == [0.1]:
                continue
            with pytest.raises((TypeError, ValueError), match=rf"^{name}: [^\n]*`[^\n]*$"):
                function(**arguments | {field: value})


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: compat.ConstantLR(1.5, base_lr=0.1), "ConstantLR: `factor` must be a number in [0, 1], got 1.5"),
        (lambda: compat.ConstantLR(base_lr=-0.1), "ConstantLR: `base_lr` must be a finite number >= 0, got -0.1"),
        (lambda: compat.LinearLR(0.0, base_lr=0.1), "LinearLR: `start_factor` must be a number in (0, 1], got 0.0"),
        (lambda: compat.LinearLR(1.0, -1, base_lr=0.1), "LinearLR: `end_factor` must be a number in [0, 1], got -1"),
        (lambda: compat.StepLR(0, base_lr=0.1), "StepLR: `step_size` must be a number other than 0, got 0"),
        (
            lambda: compat.MultiStepLR([1, "2"], base_lr=0.1),
            "MultiStepLR: `milestones[1]` must be a finite number, got '2'",
        ),
        (
            lambda: compat.MultiStepLR({2: 3}, base_lr=0.1),
            "MultiStepLR: `milestones` must be a sequence of steps, got {2: 3}",
        ),
        (
            lambda: compat.CosineAnnealingLR(0, base_lr=0.1),
            "CosineAnnealingLR: `T_max` must be a number of steps other than 0 and <= 2**53, got 0",
        ),
        (
            lambda: compat.CosineAnnealingWarmRestarts(5.0, base_lr=0.1),
            "CosineAnnealingWarmRestarts: `T_0` must be an integer >= 1, got 5.0",
        ),
        (
            lambda: compat.CosineAnnealingWarmRestarts(5, 0, base_lr=0.1),
            "CosineAnnealingWarmRestarts: `T_mult` must be an integer >= 1, got 0",
        ),
        (lambda: compat.SWALR(0.1, -1, base_lr=0.1), "SWALR: `anneal_epochs` must be an integer >= 0, got -1"),
        (
            lambda: compat.SWALR(0.1, 1, "sin", base_lr=0.1),
            "SWALR: `anneal_strategy` must be one of 'cos', 'linear', got 'sin'",
        ),
        (
            lambda: compat.CyclicLR(0.1, 0.2, 0),
            "CyclicLR: `step_size_up` must be a number of steps > 0 and <= 2**53, got 0",
        ),
        (
            lambda: compat.CyclicLR(0.1, 0.2, mode="square"),
            "CyclicLR: `mode` must be one of 'triangular', 'triangular2', 'exp_range', got 'square'",
        ),
        (
            lambda: compat.CyclicLR(0.1, 0.2, scale_fn=math.cos),
            "CyclicLR: `total_steps` must be given: `scale_fn` is any function, and becomes a table of its values",
        ),
        (
            lambda: compat.OneCycleLR(0.1),
            "OneCycleLR: `total_steps` must be given, or both `epochs` and `steps_per_epoch`",
        ),
        (lambda: compat.OneCycleLR(0.1, 0), "OneCycleLR: `total_steps` must be an integer >= 1, got 0"),
        (lambda: compat.OneCycleLR(0.1, 9, pct_start=1), "OneCycleLR: `pct_start` must be a float in [0, 1], got 1"),
        (
            lambda: compat.OneCycleLR(0.1, 10, pct_start=0.1),
            "OneCycleLR: `pct_start` must not be 1 / total_steps (torch divides by 0), got 0.1",
        ),
        (
            lambda: compat.OneCycleLR(0.1, 10, div_factor=0),
            "OneCycleLR: `div_factor` must be a number other than 0, got 0",
        ),
        (
            lambda: compat.LambdaLR(math.cos, base_lr=0.1),
            "LambdaLR: `total_steps` must be given: `lr_lambda` is any function, and becomes a table of its values",
        ),
        (
            lambda: compat.LambdaLR(lambda step: 1 / step if step else math.nan, base_lr=0.1, total_steps=3),
            "LambdaLR: `lr_lambda(0)` must be a finite number, got nan",
        ),
        (lambda: compat.SequentialLR([], []), "SequentialLR: `schedulers` must have at least one schedule, got []"),
        (lambda: compat.SequentialLR([0.1], []), "SequentialLR: `schedulers[0]` must be a schedule, got 0.1"),
        (
            lambda: compat.SequentialLR([compat.ExponentialLR(1.0, base_lr=0.1)], [3]),
            "SequentialLR: `milestones` must be one fewer than `schedulers` (1), got [3]",
        ),
        (
            lambda: compat.SequentialLR([compat.StepLR(1, base_lr=0.1), compat.StepLR(1, base_lr=0.2)], [3]),
            "SequentialLR: `schedulers` must have the same base_lr, got 0.1, 0.2",
        ),
        (
            lambda: compat.ChainedScheduler("ab"),
            "ChainedScheduler: `schedulers` must be a sequence of schedules, got 'ab'",
        ),
        (
            lambda: compat.ReduceLROnPlateau(factor=0.1),
            "ReduceLROnPlateau: it follows a metric, so it is no function of the step; use pywarmup.torch.Plateau",
        ),
    ],
)
def test_messages(call: Any, problem: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(problem)}$"):
        call()


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_the_same_steps_as_far_as_one_looks(name: str) -> None:
    """Huge numbers neither overflow nor take for ever."""
    huge: dict[str, dict[str, Any]] = {
        "ConstantLR": {"total_iters": 2**60},
        "ExponentialLR": {"gamma": 1e300},
        "StepLR": {"step_size": 1e300},
        "MultiStepLR": {"milestones": [2**60, 10**300]},
        "CosineAnnealingWarmRestarts": {"T_0": 1, "T_mult": 10**6},
        "SWALR": {"swa_lr": 1e300, "anneal_epochs": 2**50},
        "CyclicLR": {"base_lr": 0.0, "max_lr": 1e300, "step_size_up": 1e15},
        "OneCycleLR": {"max_lr": 1e300, "total_steps": 2**52},
        "CosineAnnealingLR": {"T_max": 1e15},
        "LinearLR": {"total_iters": 1e15},
        "PolynomialLR": {"total_iters": 1e15, "power": 1e6},
    }
    rate = {} if name == "CyclicLR" else {"base_lr": 0.1}
    made = getattr(compat, name)(**huge[name], **rate)
    assert all(math.isfinite(made(step)) for step in (0, 1, 10, 2**40))
