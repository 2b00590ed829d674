"""Plateau: torch's reduce-on-plateau as a factor over any schedule."""

import copy
import io
import math
import pickle
from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from inspect import signature
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pywarmup as pw

torch = pytest.importorskip("torch")
from torch.optim.lr_scheduler import ReduceLROnPlateau  # noqa: E402

from pywarmup.torch import Plateau, Scheduler  # noqa: E402
from pywarmup.torch.plateau_rule import PlateauState, ReduceOnPlateau  # noqa: E402

NAN, INF = math.nan, math.inf
METRICS = st.lists(
    st.one_of(
        st.sampled_from([1, 1.0, 0.99995, 0.9999, 0.999, 1.0001, 1.001, 0.5, 2.0, 0, -1.0, NAN, INF, -INF]),
        st.floats(-3.0, 3.0),
    ),
    max_size=40,
)
RULES = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["min", "max"]),
        "factor": st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9]),
        "patience": st.integers(0, 3),
        "threshold": st.sampled_from([0.0, 1e-4, 0.01, 0.7]),
        "threshold_mode": st.sampled_from(["rel", "abs"]),
        "cooldown": st.integers(0, 3),
    }
)
EPS = st.sampled_from([0.0, 1e-8, 3.1e-4, 0.0123])
RATES = st.floats(1e-6, 1.0)
MIN_RATES = st.one_of(st.just(0.0), st.floats(1e-5, 0.2))


law = settings(deadline=None, max_examples=100)


def sgd(*rates: float) -> Any:
    return torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": rate} for rate in rates or (0.1,)])


def rates_of(optimizer: Any) -> list[float]:
    return [float(group["lr"]) for group in optimizer.param_groups]


def constant(rate: float = 0.1) -> Scheduler:
    return Scheduler(sgd(), pw.Constant(rate))


def update(scheduler: Scheduler) -> None:
    scheduler.optimizer.step()
    scheduler.step()


def paired(
    plateau: Plateau, rates: Sequence[float], metrics: Sequence[float], **parameters: Any
) -> list[tuple[list[float], list[float]]]:
    """Our rates and torch's after each metric; the counters are compared here."""
    reference = sgd(*rates)
    theirs = ReduceLROnPlateau(reference, **parameters)
    pairs = []
    for metric in metrics:
        update(plateau.scheduler)
        plateau.step(metric)
        theirs.step(metric)
        state = plateau.state
        assert (state.best, state.bad_checks) == (theirs.best, theirs.num_bad_epochs)
        assert state.cooldown_left == theirs.cooldown_counter
        assert plateau.get_last_lr() == rates_of(plateau.optimizer)
        pairs.append((rates_of(plateau.optimizer), rates_of(reference)))
    return pairs


# The same as torch, over a constant.


@law
@given(RULES, METRICS, RATES, MIN_RATES, EPS)
def test_over_a_constant_it_is_torch(rule: Any, metrics: list[float], rate: float, min_lr: float, eps: float) -> None:
    parameters = {**rule, "min_lr": min_lr, "eps": eps}
    for mode in ("value", "factor"):
        schedule = pw.Constant(rate if mode == "value" else 1.0)
        plateau = Plateau(Scheduler(sgd(rate), schedule, mode=mode), **parameters)
        for ours, theirs in paired(plateau, [rate], metrics, **parameters):
            assert ours == pytest.approx(theirs, rel=1e-12, abs=0.0)


@law
@given(RULES, METRICS, st.lists(st.tuples(RATES, MIN_RATES), min_size=2, max_size=4))
def test_over_several_groups_it_is_torch_without_eps(rule: Any, metrics: list[float], groups: Any) -> None:
    rates, floors = [rate for rate, _ in groups], [floor for _, floor in groups]
    parameters = {**rule, "min_lr": floors, "eps": 0.0}
    plateau = Plateau(Scheduler(sgd(*rates), pw.Constant(1.0), mode="factor"), **parameters)
    for ours, theirs in paired(plateau, rates, metrics, **parameters):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=0.0)


@law
@given(RULES, METRICS, st.lists(RATES, min_size=2, max_size=4), EPS)
def test_over_several_groups_it_is_torch_to_eps(
    rule: Any, metrics: list[float], rates: list[float], eps: float
) -> None:
    parameters = {**rule, "eps": eps}
    plateau = Plateau(Scheduler(sgd(*rates), pw.Constant(1.0), mode="factor"), **parameters)
    for ours, theirs in paired(plateau, rates, metrics, **parameters):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=eps / (1.0 - rule["factor"]))
        scales = [rate / given for rate, given in zip(ours, rates, strict=True)]
        assert scales == pytest.approx(scales[:1] * len(rates), rel=1e-12)


def test_a_difference_of_eps_is_not_enough() -> None:
    for eps, wanted in ((0.5, 1.0), (math.nextafter(0.5, 0.0), 0.5)):
        pairs = paired(
            Plateau(constant(1.0), factor=0.5, patience=0, eps=eps), [1.0], [1, 1], factor=0.5, patience=0, eps=eps
        )
        assert pairs[-1] == ([wanted], [wanted])


def test_its_parameters_are_torchs() -> None:
    theirs = list(signature(ReduceLROnPlateau).parameters.values())[1:]
    ours = list(signature(Plateau).parameters.values())[1:]
    assert [(one.name, one.default) for one in ours] == [(one.name, one.default) for one in theirs]
    rule = {name: one.default for name, one in signature(ReduceOnPlateau).parameters.items()}
    assert rule == {one.name: one.default for one in theirs if one.name in rule}


def test_its_defaults_are_torchs() -> None:
    metrics = [1.0] * 30
    pairs = paired(Plateau(constant()), [0.1], metrics)
    assert len({theirs[0] for _, theirs in pairs}) == 3
    for ours, theirs in pairs:
        assert ours == pytest.approx(theirs, rel=1e-12)


# The rule.


@law
@given(RULES, METRICS)
def test_the_rule_is_pure(rule: Any, metrics: list[float]) -> None:
    rule = ReduceOnPlateau(**rule)
    state, replayed = rule.start(), [rule.start()]
    for metric in metrics:
        before = replace(state)
        after = rule.update(state, metric)
        assert state == before
        assert rule.update(before, metric) == after
        state = after
        replayed.append(after)
    assert [rule.update(state, metric) for state, metric in zip(replayed, metrics, strict=False)] == replayed[1:]


def test_rule_and_state_are_frozen() -> None:
    rule = ReduceOnPlateau()
    with pytest.raises(FrozenInstanceError):
        rule.factor = 0.5  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        rule.start().scale = 0.5  # type: ignore[misc]


# Over schedules that move.

SCHEDULE = pw.warmup_cosine(0.1, warmup_steps=5, total_steps=40)


@pytest.mark.parametrize("plateau_first", [False, True])
def test_warmup_and_cosine_are_scaled_down_to_the_floor(plateau_first: bool) -> None:
    scheduler = Scheduler(sgd(), SCHEDULE)
    plateau = Plateau(scheduler, factor=0.5, patience=1, min_lr=0.003)
    scale = 1.0
    for step in range(41):
        rate = SCHEDULE(step)
        assert rates_of(plateau.optimizer) == [max(rate * scale, min(rate, 0.003))]
        # Every third step an evaluation; the metric never improves on the first.
        if step % 3 == 2 and plateau_first:
            plateau.step(1.0)
        update(scheduler)
        if step % 3 == 2 and not plateau_first:
            plateau.step(1.0)
        scale *= 0.5 if step in (8, 14, 20, 26) else 1.0  # after that min_lr, or the schedule, is reached
        assert plateau.state.scale == scale
    assert SCHEDULE(40) == 0.0


def test_a_floor_does_not_lift_a_warmup() -> None:
    scheduler = Scheduler(sgd(), pw.warmup_constant(0.1, warmup_steps=10))
    plateau = Plateau(scheduler, min_lr=0.02, patience=0)
    plateau.load_state_dict({"best": 1.0, "bad_checks": 0, "cooldown_left": 0, "scale": 0.5})
    seen = []
    for _ in range(11):
        seen += rates_of(plateau.optimizer)
        update(scheduler)
    assert seen == pytest.approx([0.0, 0.01, 0.02, 0.02, 0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05])


def test_a_reduction_that_lowers_nothing_now_is_not_made() -> None:
    plateau = Plateau(Scheduler(sgd(), SCHEDULE), patience=0, cooldown=2)
    for _ in range(2):
        plateau.step(1.0)
    assert plateau.state == PlateauState(1.0, 0, 2, 1.0)
    assert plateau.get_last_lr() == [0.0]


@pytest.mark.parametrize("mode", ["value", "factor"])
def test_min_lr_for_each_group(mode: Any) -> None:
    optimizer, base = sgd(0.1, 0.2), {"value": (0.1, 0.1), "factor": (0.1, 0.2)}[mode]
    scheduler = Scheduler(optimizer, pw.Constant(0.1 if mode == "value" else 1.0), mode=mode)
    plateau = Plateau(scheduler, factor=0.5, patience=0, min_lr=[0.03, 0.001])
    plateau.step(1.0)
    for reductions in range(1, 8):
        plateau.step(1.0)
        wanted = [max(rate * 0.5**reductions, least) for rate, least in zip(base, (0.03, 0.001), strict=True)]
        assert rates_of(optimizer) == pytest.approx(wanted, rel=1e-12)


def test_a_schedule_for_each_group() -> None:
    schedules = [pw.Constant(0.1), pw.Linear(0.2, 0.1, steps=10)]
    scheduler = Scheduler(sgd(0.1, 0.1), schedules)
    plateau = Plateau(scheduler, factor=0.5, patience=0, min_lr=[0.0, 0.06])
    for _ in range(3):
        plateau.step(1.0)
    for step in range(11):
        late = schedules[1](step)
        assert rates_of(plateau.optimizer) == pytest.approx([0.025, max(0.25 * late, 0.06)], rel=1e-12)
        update(scheduler)


def test_one_schedule_stays_one_where_groups_do_not_differ() -> None:
    scheduler = Scheduler(sgd(0.1, 0.2), SCHEDULE)
    plateau = Plateau(scheduler, min_lr=[0.0, 0.0])
    assert scheduler._reduction is None
    plateau.load_state_dict(plateau.state_dict() | {"scale": 0.5})
    assert scheduler._reduction is not None
    assert scheduler._reduction(scheduler._rates) == (SCHEDULE * 0.5,)


@pytest.mark.parametrize("order", ["scheduler first", "plateau first"])
def test_a_saved_schedule_that_is_kept_is_reduced_too(order: str) -> None:
    saved = Scheduler(sgd(0.1), pw.Constant(0.1))
    reduced = Plateau(saved, factor=0.5, patience=0)
    reduced.step(1.0)
    reduced.step(1.0)
    scheduler = Scheduler(sgd(0.1), pw.Constant(0.4), on_change="keep_saved")
    plateau = Plateau(scheduler)
    loads = [(scheduler, saved), (plateau, reduced)]
    for target, source in loads if order == "scheduler first" else reversed(loads):
        target.load_state_dict(source.state_dict())
    assert rates_of(scheduler.optimizer) == [0.05]


def test_a_group_of_rate_zero_has_no_floor() -> None:
    scheduler = Scheduler(sgd(0.0, 0.1), pw.Constant(1.0), mode="factor")
    plateau = Plateau(scheduler, patience=0, min_lr=0.05)
    for _ in range(2):
        plateau.step(1.0)
    assert rates_of(plateau.optimizer) == pytest.approx([0.0, 0.05])


def test_a_group_added_later_is_reduced_too_or_named() -> None:
    for min_lr in (0.0, [0.0, 0.01]):
        plateau = Plateau(Scheduler(sgd(0.1, 0.1), pw.Constant(0.1)), patience=0, min_lr=min_lr)
        plateau.step(1.0)
        plateau.optimizer.add_param_group({"params": [torch.zeros(1)], "lr": 0.1, "initial_lr": 0.1})
        if min_lr == 0.0:
            update(plateau.scheduler)
            plateau.step(1.0)
            assert rates_of(plateau.optimizer) == pytest.approx([0.01] * 3)
            continue
        before = plateau.state
        with pytest.raises(ValueError, match=r"`min_lr` must be one number, or one for each of the 3 groups, got \[0"):
            plateau.step(1.0)
        assert plateau.state is before


def test_a_group_added_later_has_a_floor_before_it_has_an_initial_rate() -> None:
    plateau = Plateau(Scheduler(sgd(0.1), pw.Constant(1.0), mode="factor"), min_lr=0.05)
    plateau.optimizer.add_param_group({"params": [torch.zeros(1)], "lr": 0.2})
    assert "initial_lr" not in plateau.optimizer.param_groups[1]
    plateau.load_state_dict(plateau.state_dict() | {"scale": 0.1})
    assert rates_of(plateau.optimizer) == pytest.approx([0.05, 0.05])


def test_a_new_plateau_starts_anew() -> None:
    scheduler = constant()
    for _ in range(2):
        plateau = Plateau(scheduler, patience=0)
        assert rates_of(scheduler.optimizer) == [0.1]
        plateau.step(1.0)
        plateau.step(1.0)
        assert rates_of(scheduler.optimizer) == pytest.approx([0.01])


# Saving, loading, copying.


def trained(steps: int, *, metrics: Sequence[float] = (), start: Plateau | None = None) -> Plateau:
    plateau = start or Plateau(Scheduler(sgd(), SCHEDULE), factor=0.5, patience=1, cooldown=1, min_lr=0.001)
    for step in range(steps):
        update(plateau.scheduler)
        plateau.step(metrics[step] if metrics else 1.0)
    return plateau


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_resumed_run_goes_on_as_it_would_have(order: Sequence[int]) -> None:
    plateau = trained(9)
    assert plateau.state.scale == 0.125
    file = io.BytesIO()
    torch.save([part.state_dict() for part in (plateau, plateau.scheduler, plateau.optimizer)], file)
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    resumed = trained(0)
    for part in order:
        (resumed, resumed.scheduler, resumed.optimizer)[part].load_state_dict(saved[part])
    assert resumed.state == plateau.state
    assert rates_of(resumed.optimizer) == rates_of(plateau.optimizer) == plateau.get_last_lr()
    for _ in range(20):
        trained(1, start=plateau)
        trained(1, start=resumed)
        assert rates_of(resumed.optimizer) == rates_of(plateau.optimizer)


def test_a_rate_that_is_a_tensor_stays_that_tensor() -> None:
    rate = torch.tensor(0.1, dtype=torch.float64)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    plateau = Plateau(Scheduler(optimizer, pw.Constant(0.1)), factor=0.5, patience=0)
    plateau.step(1.0)
    plateau.step(1.0)
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == 0.05


def test_its_state_is_flat_plain_and_of_fixed_keys() -> None:
    for plateau in (trained(0), trained(9, metrics=[torch.tensor(1.0)] * 9), trained(1, metrics=[np.float32(2)])):
        types = {name: type(value) for name, value in plateau.state_dict().items()}
        assert types == {"best": float, "bad_checks": int, "cooldown_left": int, "scale": float}
    assert trained(0).state_dict() == {"best": INF, "bad_checks": 0, "cooldown_left": 0, "scale": 1.0}


@pytest.mark.parametrize(
    "clone", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["deepcopy", "pickle"]
)
def test_copies_stay_together_and_apart_from_the_original(clone: Callable[[Any], Any]) -> None:
    plateau = trained(9)
    optimizer, scheduler, copied = clone((plateau.optimizer, plateau.scheduler, plateau))
    assert copied.scheduler is scheduler
    assert copied.optimizer is scheduler.optimizer is optimizer
    before, ahead = rates_of(plateau.optimizer), rates_of(trained(6, start=copied).optimizer)
    assert rates_of(plateau.optimizer) == before != ahead
    assert rates_of(trained(6, start=plateau).optimizer) == ahead


# Bad input.

NUMBER, COUNT = "a finite number >= 0", "an integer >= 0"
KEYS = "a mapping with the keys best, bad_checks, cooldown_left, scale"


def named(field: str, rule: str, value: object) -> str:
    return f"Plateau: `{field}` must be {rule}, got {value!r}"


def refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message


PARAMETERS: list[tuple[str, str, type[Exception], list[Any]]] = [
    ("mode", "'min' or 'max'", ValueError, ["MIN", ""]),
    ("mode", "'min' or 'max'", TypeError, [None, 1, True, b"min", ["min"]]),
    ("threshold_mode", "'rel' or 'abs'", ValueError, ["relative"]),
    ("threshold_mode", "'rel' or 'abs'", TypeError, [None]),
    ("factor", "a number >= 0 and < 1", ValueError, [1.0, 1, 10, -0.1, NAN, INF]),
    ("factor", "a number >= 0 and < 1", TypeError, ["0.1", b"1", None, True, 1j, [0.1], np.array([0.1, 0.2])]),
    ("patience", COUNT, ValueError, [-1]),
    ("patience", COUNT, TypeError, [1.0, "1", None, True, np.True_, NAN, INF]),
    ("cooldown", COUNT, ValueError, [-1]),
    ("cooldown", COUNT, TypeError, [0.5, "1", None, False]),
    ("threshold", NUMBER, ValueError, [-1e-4, NAN, INF]),
    ("threshold", NUMBER, TypeError, ["1", None, True]),
    ("threshold", "less than 1 for mode 'min' and threshold_mode 'rel'", ValueError, [1.0, 5.0]),
    ("eps", NUMBER, ValueError, [-1e-8, NAN, INF]),
    ("eps", NUMBER, TypeError, ["1", None, True]),
    ("min_lr", NUMBER, ValueError, [-1.0, NAN, INF, 10**400 - 10**399 * 9]),
    ("min_lr", NUMBER, TypeError, ["1", None, True, {}]),
    ("min_lr", "one number, or one for each of the 1 groups", ValueError, [[], [0.1, 0.2]]),
]


@pytest.mark.parametrize(
    ("field", "rule", "error", "value"),
    [(field, rule, error, value) for field, rule, error, values in PARAMETERS for value in values],
    ids=lambda value: repr(value)[:20],
)
def test_a_bad_parameter_is_named(field: str, rule: str, error: type[Exception], value: Any) -> None:
    shown = named(field, rule, value)
    message = shown if len(repr(value)) <= 120 else named(field, rule, "")[:-2] + repr(value)[:120] + "..."
    refused(lambda: Plateau(constant(), **{field: value}), error, message)


def test_a_bad_item_of_min_lr_is_named() -> None:
    refused(lambda: Plateau(constant(), min_lr=[-0.1]), ValueError, named("min_lr[0]", NUMBER, -0.1))
    refused(lambda: Plateau(constant(), min_lr=[0.1, "x"]), TypeError, named("min_lr[1]", NUMBER, "x"))  # type: ignore[list-item]


def test_torchs_large_thresholds_are_taken_where_they_mean_something() -> None:
    for parameters in ({"threshold_mode": "abs"}, {"mode": "max"}):
        assert Plateau(constant(), threshold=5.0, **parameters).rule.threshold == 5.0  # type: ignore[arg-type]


def test_what_drives_no_learning_rate_is_named() -> None:
    optimizer = sgd()
    for one in (optimizer, torch.optim.lr_scheduler.ConstantLR(optimizer), None, SCHEDULE):
        with pytest.raises(TypeError, match=r"^Plateau: `scheduler` must be a pywarmup.torch.Scheduler, got [^\n]*$"):
            Plateau(one)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^Plateau: `scheduler` must be one with a schedule for 'lr', got [^\n]*$"):
        Plateau(Scheduler(optimizer, {"weight_decay": SCHEDULE}))


@pytest.mark.parametrize(
    "metric",
    [
        "0.5",
        b"1",
        None,
        True,
        np.True_,
        torch.tensor(True),
        1j,
        torch.tensor(1j),
        {},
        [1.0],
        torch.zeros(2),
        np.ones(2),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_bad_metric_changes_nothing(metric: Any) -> None:
    plateau = trained(9)
    before, rates = plateau.state, rates_of(plateau.optimizer)
    message = named("metric", "a number, or a tensor of one number", metric)
    refused(lambda: plateau.step(metric), TypeError, message)
    assert plateau.state is before
    assert rates_of(plateau.optimizer) == rates


@pytest.mark.parametrize(
    "metric",
    [2, 2.0, Fraction(2), np.float32(2), np.array(2), torch.tensor(2), torch.tensor([2.0], requires_grad=True)],
    ids=repr,
)
def test_a_metric_is_any_number(metric: Any) -> None:
    plateau = trained(1, metrics=[metric])
    assert plateau.state.best == 2.0
    assert type(plateau.state.best) is float


@pytest.mark.parametrize(
    ("change", "error", "field", "rule"),
    [
        ({"scale": 2.0}, ValueError, "scale", "a number in [0, 1]"),
        ({"scale": NAN}, ValueError, "scale", "a number in [0, 1]"),
        ({"scale": "1"}, TypeError, "scale", "a number in [0, 1]"),
        ({"best": NAN}, ValueError, "best", "a number other than nan"),
        ({"best": None}, TypeError, "best", "a number other than nan"),
        ({"bad_checks": -1}, ValueError, "bad_checks", COUNT),
        ({"bad_checks": 0.5}, TypeError, "bad_checks", COUNT),
        ({"cooldown_left": True}, TypeError, "cooldown_left", COUNT),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_bad_number_in_a_state_changes_nothing(change: Any, error: type[Exception], field: str, rule: str) -> None:
    plateau = trained(9)
    before, rates = plateau.state, rates_of(plateau.optimizer)
    state = trained(0).state_dict() | change
    refused(lambda: plateau.load_state_dict(state), error, named(field, rule, change[field]))
    assert plateau.state is before
    assert rates_of(plateau.optimizer) == rates


def test_a_state_of_other_keys_is_refused() -> None:
    plateau = trained(9)
    before, good = plateau.state, plateau.state_dict()
    without = {name: value for name, value in good.items() if name != "scale"}
    for bad, error in (({}, ValueError), (without, ValueError), (good | {"x": 1}, ValueError), (None, TypeError)):
        message = named("state_dict", KEYS, bad)
        refused(lambda: plateau.load_state_dict(bad), error, message)  # noqa: B023
    torchs = ReduceLROnPlateau(sgd()).state_dict()
    with pytest.raises(ValueError, match=r"^Plateau: `state_dict` must be a mapping with the keys best, "):
        plateau.load_state_dict(torchs)
    assert plateau.state is before
