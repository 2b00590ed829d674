"""The learning-rate range test: its rates, where it stops, and what its curve suggests."""

import json
import math
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pywarmup as pw
from pywarmup.tools import suggestion
from pywarmup.tools.range_result import RangeTest
from pywarmup.tools.range_test import range_test

Floats = NDArray[np.float64]
METHODS = ("steepest", "valley", "slide", "minimum")


def given(losses: list[Any]) -> Callable[[float], Any]:
    """A train step that returns these, one after the other."""
    remaining: Iterator[Any] = iter(losses)
    return lambda lr: next(remaining)


def quadratic(curvatures: Floats, noise: float = 0.0, seed: int = 0) -> Callable[[float], float]:
    """Gradient descent on sum(curvature * w**2) / 2, which diverges above 2 / max(curvatures)."""
    random, weights = np.random.default_rng(seed), np.ones_like(curvatures)

    def train_step(lr: float) -> float:
        loss = float((curvatures * weights**2).sum() / 2)
        weights[:] -= lr * (curvatures * weights + noise * random.normal(size=weights.shape))
        return loss

    return train_step


def curve(losses: Floats, stop_reason: Any = "finished", steps: int | None = None) -> RangeTest:
    """A test that is not smoothed, over rates from 1e-5 to 10."""
    steps = steps or len(losses)
    lrs = pw.Exponential(1e-5, 10.0, steps=steps - 1).array(0, len(losses))
    return RangeTest(lrs, losses, losses, stop_reason, steps)


def dip(points: int = 100, at: float = 0.6, noise: float = 0.0, seed: int = 0) -> Floats:
    """Flat, then falling, then rising steeply: what range tests look like."""
    u = np.linspace(0, 1, points)
    losses = 2.3 - 1.8 / (1 + np.exp(-25 * (u - at))) + 4 * np.clip(u - at - 0.2, 0, None)
    return losses + noise * np.random.default_rng(seed).normal(size=points)


# The rates.


@pytest.mark.parametrize("steps", [2, 3, 100, 1_001])
@pytest.mark.parametrize(("shape", "kind"), [("exponential", pw.Exponential), ("linear", pw.Linear)])
def test_the_rates_are_those_of_a_schedule_and_both_ends_are_exact(shape: Any, kind: Any, steps: int) -> None:
    used: list[float] = []
    test = range_test(lambda lr: used.append(lr) or 1.0, 1e-7, 0.3, steps, shape=shape)
    assert used == test.lrs.tolist() == kind(1e-7, 0.3, steps=steps - 1).array(0, steps).tolist()
    assert (used[0], used[-1], len(test)) == (1e-7, 0.3, steps)
    assert (test.stop_reason, test.steps, test.shape) == ("finished", steps, shape)


def test_the_defaults_are_those_of_the_field() -> None:
    test = range_test(lambda lr: 1.0)
    assert (test.lrs[0], test.lrs[-1], len(test), test.shape) == (1e-7, 10.0, 100, "exponential")
    assert test.lrs == pytest.approx(1e-7 * (10 / 1e-7) ** (np.arange(100) / 99), rel=1e-13)  # torch-lr-finder's


def test_004_a_linear_ramp_may_begin_at_zero() -> None:
    assert range_test(lambda lr: 1.0, 0.0, 0.85, 18, shape="linear").lrs == pytest.approx(np.arange(18) * 0.05)


# Smoothing.


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 0.9, 0.98, 0.999])
def test_smoothed_losses_are_weighted_averages(smoothing: float) -> None:
    losses = dip(noise=0.2)
    test = range_test(given(losses.tolist()), smoothing=smoothing, diverge_at=None)
    weights = [smoothing ** np.arange(n, -1, -1) for n in range(100)]
    expected = [(w * losses[: len(w)]).sum() / w.sum() for w in weights]
    assert test.losses.tolist() == losses.tolist()
    assert test.smoothed == pytest.approx(expected, rel=1e-12)


def test_smoothed_losses_are_those_of_lightning_and_fastai() -> None:
    losses, average, expected = dip(noise=0.2), 0.0, []
    for step, loss in enumerate(losses):
        average = 0.98 * average + (1 - 0.98) * loss
        expected.append(average / (1 - 0.98 ** (step + 1)))
    assert range_test(given(losses.tolist()), smoothing=0.98, diverge_at=None).smoothed == pytest.approx(expected)


@pytest.mark.parametrize("smoothing", [0.0, 0.3, 0.9, 0.99])
def test_a_constant_loss_stays_what_it_is(smoothing: float) -> None:
    assert range_test(lambda lr: 0.1, smoothing=smoothing).smoothed.tolist() == [0.1] * 100


# Where it stops.


def test_it_stops_when_the_smoothed_loss_is_above_four_times_the_lowest() -> None:
    losses = [2.0, 1.0, 3.9, 4.0, 4.01, 9.0]
    test = range_test(given(losses), steps=6, smoothing=0.0)
    assert (test.stop_reason, test.losses.tolist()) == ("diverged", losses[:5])
    assert range_test(given(losses), steps=6, smoothing=0.0, diverge_at=5.0).losses.tolist() == losses
    assert range_test(given(losses), steps=6, smoothing=0.0, diverge_at=None).stop_reason == "finished"


def test_negative_losses_do_not_diverge_at_once() -> None:
    """As in fastai/fastai#962: 4 times -1 is below -1."""
    assert range_test(lambda lr: -1.0).stop_reason == "finished"
    test = range_test(given([-1.0, -2.0, 3.9, 4.1, 0.0]), steps=5, smoothing=0.0)
    assert (test.stop_reason, len(test)) == ("diverged", 4)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, np.float32("nan")])
def test_it_stops_at_a_loss_that_is_no_number_and_keeps_it(bad: Any) -> None:
    test = range_test(given([2.0, 1.0, bad, 1.0]), steps=4)
    assert (test.stop_reason, len(test)) == ("non-finite", 3)
    assert not math.isfinite(test.losses[-1])
    assert not math.isfinite(test.smoothed[-1])
    assert RangeTest.from_dict(json.loads(json.dumps(test.to_dict(), allow_nan=False))) == test


def test_losses_whose_average_overflows_end_it_too() -> None:
    test = range_test(given([1.7e308, -1.7e308, 1.0]), steps=3)
    assert (test.stop_reason, len(test), test.smoothed[-1]) == ("non-finite", 2, -math.inf)
    with pytest.raises(ValueError, match=r"got 1 .of 1 finite losses"):
        test.suggest(skip_start=0, skip_end=0)


def test_ctrl_c_returns_what_was_measured() -> None:
    def train_step(lr: float) -> float:
        if lr > 0.1:
            raise KeyboardInterrupt
        return 1.0

    test = range_test(train_step)
    assert (test.stop_reason, test.steps) == ("interrupted", 100)
    assert test.lrs.tolist() == [lr for lr in pw.Exponential(1e-7, 10.0, steps=99)[:100].tolist() if lr <= 0.1]


def test_ctrl_c_at_once_returns_an_empty_test() -> None:
    test = range_test(lambda lr: (_ for _ in ()).throw(KeyboardInterrupt))
    assert (len(test), test.stop_reason, repr(test)) == (0, "interrupted", "RangeTest(0 of 100 rates, interrupted)")
    with pytest.raises(ValueError, match="must have at least 3 points, got 0"):
        test.suggest()


def test_an_exception_of_the_train_step_is_its_own() -> None:
    with pytest.raises(ZeroDivisionError):
        range_test(lambda lr: 1 / 0)


# Losses of other libraries.


@pytest.mark.parametrize("loss", [1, 1.0, np.float32(1), np.float64(1), np.array(1.0), np.array([[1.0]]), np.int64(1)])
def test_whatever_is_one_number_is_a_loss(loss: Any) -> None:
    assert range_test(lambda lr: loss, steps=3).losses.tolist() == [1.0] * 3


def test_a_tensor_with_a_gradient_is_a_loss() -> None:
    torch = pytest.importorskip("torch")
    assert range_test(lambda lr: torch.ones(1, requires_grad=True).sum(), steps=3).losses.tolist() == [1.0] * 3


@pytest.mark.parametrize(
    "loss",
    [None, "1.0", b"1", True, [1.0], (1.0,), {}, 1j, np.ones(2), np.array([]), 10**400, np.True_, np.array("1.0")],
)
def test_whatever_is_not_is_refused(loss: Any) -> None:
    with pytest.raises(TypeError, match="range_test: `train_step` must return the loss, one number, got ") as caught:
        range_test(lambda lr: loss)
    assert "\n" not in str(caught.value)


# Suggestions: the formulas of the peers, written out as they have them.


def fastai_valley(lrs: list[float], losses: list[float]) -> float:
    n = len(losses)
    max_start, max_end = 0, 0
    lds = [1] * n
    for i in range(1, n):
        for j in range(i):
            if losses[i] < losses[j] and lds[i] < lds[j] + 1:
                lds[i] = lds[j] + 1
            if lds[max_end] < lds[i]:
                max_end = i
                max_start = max_end - lds[max_end]
    sections = (max_end - max_start) / 3
    return lrs[max(0, max_start + int(sections) + int(sections / 2))]


def fastai_slide(lrs: list[float], losses: list[float]) -> float:
    slopes = np.gradient(losses)
    right, left = -1, -16
    found = lrs[left]
    while left >= -len(losses) and abs(slopes[right] - slopes[left]) > 0.005:
        found = lrs[left]
        right, left = right - 1, left - 1
    return found


def fastai_minimum(lrs: list[float], losses: list[float]) -> float:
    return lrs[losses.index(min(losses))] / 10


def lr_finder_steepest(lrs: list[float], losses: list[float]) -> float:
    slopes = np.gradient(np.array(losses)).tolist()
    return lrs[slopes.index(min(slopes))]


PEERS = {
    "steepest": lr_finder_steepest,
    "valley": fastai_valley,
    "slide": fastai_slide,
    "minimum": fastai_minimum,
}


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("seed", range(8))
def test_suggestions_are_those_of_the_peers(seed: int, noise: float) -> None:
    random = np.random.default_rng(seed)
    steps = int(random.integers(60, 200))
    losses = dip(steps, random.uniform(0.4, 0.7), noise, seed)
    test = range_test(given(losses.tolist()), 1e-6, 1.0, steps, diverge_at=None)
    part = slice(steps // 10, -5)
    lrs, smoothed = test.lrs[part].tolist(), test.smoothed[part].tolist()
    expected = {name: rule(lrs, smoothed) for name, rule in PEERS.items()}
    assert test.suggest("all") == expected
    assert {name: test.suggest(name) for name in METHODS} == expected


RECORDED = [  # what fastai 2.8.12 and torch-lr-finder 0.2.2 return for points 10 to 94 of these curves
    ({}, (0.03764935806792468, 0.004037017258596554, 0.01629750834620644, 0.061359072734131735)),
    (
        {"noise": 0.05, "seed": 3},
        (0.03764935806792468, 0.0657933224657568, 0.3511191734215131, 0.061359072734131735),
    ),
]


@pytest.mark.parametrize(("options", "recorded"), RECORDED)
def test_suggestions_are_those_recorded_from_the_peers(options: Any, recorded: tuple[float, ...]) -> None:
    assert curve(dip(**options)).suggest("all") == pytest.approx(dict(zip(METHODS, recorded, strict=True)), rel=1e-13)


def test_how_many_points_are_left_out() -> None:
    losses = dip(40)
    losses[3], losses[37] = 0.1, 0.05  # in the parts that are skipped
    test = curve(losses)
    assert test.suggest() == test.lrs[losses[4:35].argmin() + 4] / 10
    assert test.suggest(skip_end=0) == test.lrs[37] / 10
    assert test.suggest(skip_start=0) == test.lrs[3] / 10
    assert curve(losses[:38], steps=40).suggest(skip_end=1) == test.lrs[losses[4:37].argmin() + 4] / 10
    with_nan = RangeTest(test.lrs, [*losses[:39], math.nan], [*losses[:39], math.nan], "non-finite", 40)
    assert with_nan.suggest(skip_end=1) == test.lrs[losses[:38].argmin()] / 10


def test_all_leaves_out_what_needs_more_points() -> None:
    assert set(curve(dip(24)).suggest("all")) == set(METHODS)  # 17 are left
    assert set(curve(dip(20)).suggest("all")) == {"steepest", "valley", "minimum"}
    with pytest.raises(ValueError, match="at least 16 points, got 13 "):
        curve(dip(20)).suggest("slide")


def test_valley_of_two_points_is_not_the_last_rate_of_the_test() -> None:
    """fastai's index is -1 there."""
    lrs = np.geomspace(1e-5, 1.0, 9)
    assert suggestion.valley(lrs, np.array([2.0, 1.0, 3, 4, 5, 6, 7, 8, 9])) == lrs[0]


def test_valley_of_a_long_test_does_not_take_long() -> None:
    assert 1e-5 < curve(dip(10_000)).suggest("valley") < 1e-2


# Problems with a known answer.


@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("largest", [0.5, 4.0, 100.0, 3_000.0])
def test_on_a_quadratic_suggestions_are_below_the_stability_limit(largest: float, noise: float) -> None:
    curvatures = largest * np.array([1.0, 0.1, 0.01, 0.001])
    limit = 2 / largest
    test = range_test(quadratic(curvatures, noise * largest**0.5), 1e-7, 100.0, 200)
    assert test.stop_reason == "diverged"
    assert limit < test.lrs[-1] < 20 * limit
    assert all(0 < lr < limit for lr in test.suggest("all").values())


@pytest.mark.parametrize("largest", [0.5, 4.0, 100.0, 3_000.0])
def test_on_a_quadratic_the_default_suggestion_is_useful(largest: float) -> None:
    """Within a factor of 6 of 1 / L, where the steepest direction is solved in one step."""
    test = range_test(quadratic(largest * np.array([1.0, 0.1, 0.01])), 1e-7, 100.0, 200)
    assert 1 / (6 * largest) < test.suggest() < 1 / largest
    assert 2 / largest < test.regions().falling[1] * 4


@pytest.mark.parametrize("method", [None, *METHODS])
def test_gradient_descent_with_a_suggested_rate_converges(method: Any) -> None:
    test = range_test(quadratic(np.array([100.0, 10.0, 1.0])))
    lr = test.suggest(method) if method else test.suggest()
    train_step = quadratic(np.array([100.0, 10.0, 1.0]))
    losses = [train_step(lr) for _ in range(200)]
    assert losses == sorted(losses, reverse=True)


def test_on_digits_the_suggested_rate_trains_at_least_as_well_as_the_default_one() -> None:
    """The example asserts it, for five seeds."""
    pytest.importorskip("sklearn")
    example = Path(__file__).parent.parent / "examples" / "find_rate_digits.py"
    done = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stdout.count("suggested"), done.stderr) == (0, 5, "")


# Curves that suggest nothing.


@pytest.mark.parametrize("method", [*METHODS, "all"])
@pytest.mark.parametrize(
    ("losses", "problem"),
    [
        ([], "the curve must have at least "),
        ([1.0], "the curve must have at least "),
        ([math.nan], "the curve must have at least "),
        (np.linspace(2, 1, 7).tolist(), "the curve must have at least "),
        ([2.0] * 100, "the smoothed loss must fall below 2, "),
        (np.linspace(1, 3, 100).tolist(), "the smoothed loss must fall below "),
        ((2.3 + 0.1 * np.random.default_rng(1).normal(size=100)).tolist(), "by more than its noise (0."),
    ],
)
def test_nothing_is_suggested_where_nothing_can_be_told(losses: list[float], problem: str, method: Any) -> None:
    test = range_test(given([*losses, *[math.nan] * 2]), steps=max(2, len(losses)))
    with pytest.raises(ValueError, match="suggest: ") as caught:
        test.suggest(method)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="regions: "):
        curve(np.array([2.0] * 50)).regions()


def test_noise_alone_rarely_suggests_anything() -> None:
    suggested = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        test = range_test(lambda lr, random=random: 2.3 + 0.1 * random.normal())  # type: ignore[misc]
        try:
            test.suggest()
            suggested += 1
        except ValueError:
            pass
    assert suggested <= 2


# Regions.


def test_the_regions_of_a_curve() -> None:
    lrs, losses = np.geomspace(1e-5, 10, 100), dip()
    regions = curve(losses).regions()
    fall = losses[10] - losses.min()
    begin = np.flatnonzero(losses[: losses.argmin()] >= losses[10] - 0.1 * fall)[-1]
    assert regions.too_small == pytest.approx((1e-5, lrs[begin]))
    assert regions.falling == pytest.approx((lrs[begin], lrs[losses.argmin()]))
    assert regions.diverging == pytest.approx((lrs[losses.argmin()], 10.0))


def test_a_loss_that_falls_to_the_end_has_no_diverging_region() -> None:
    assert curve(np.linspace(2, 1, 50)).regions().diverging is None


# The value.


def example() -> RangeTest:
    return range_test(quadratic(np.array([100.0, 1.0])))


def test_it_is_a_value() -> None:
    test = example()
    assert test == example()
    assert hash(test) == hash(example())
    assert test != range_test(quadratic(np.array([100.0, 2.0])))
    assert test != 3
    copied = pickle.loads(pickle.dumps(test))
    assert copied == test
    for one in (test, copied):
        for name in ("lrs", "losses", "smoothed"):
            with pytest.raises(ValueError, match="read-only"):
                getattr(one, name)[0] = 1.0
        with pytest.raises(AttributeError):
            one.lrs = np.zeros(3)


def test_it_does_not_keep_the_arrays_it_was_given() -> None:
    losses = dip()
    test = curve(losses)
    losses[0] = 7.0
    assert test.losses[0] == dip()[0]


def test_its_data_are_plain() -> None:
    test = example()
    data = json.loads(json.dumps(test.to_dict(), allow_nan=False))
    assert list(data) == ["lrs", "losses", "smoothed", "stop_reason", "steps", "shape"]
    assert RangeTest.from_dict(data) == test
    for wrong in ({}, {**data, "more": 1}, [], None, 3):
        with pytest.raises(ValueError, match="RangeTest: `data` must have the keys lrs, losses, "):
            RangeTest.from_dict(wrong)  # type: ignore[arg-type]


def test_its_representation_tells_what_happened() -> None:
    assert repr(curve(np.array([2.0, 1.0, 1.5]), steps=4)) == (
        "RangeTest(3 of 4 rates from 1e-05 to 0.1, finished; lowest smoothed loss 1 at 0.001)"
    )


ONE = [1.0]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3, ONE, ONE, "finished", 1), TypeError, "RangeTest: `lrs` must be a sequence of numbers, got 3"),
        ((ONE, "a", ONE, "finished", 1), TypeError, "RangeTest: `losses` must be a sequence of numbers, got 'a'"),
        ((ONE, [ONE], ONE, "finished", 1), TypeError, "RangeTest: `losses` must be a sequence of numbers, got [[1.0]]"),
        ((ONE, [], ONE, "finished", 1), ValueError, "RangeTest: `losses` must have one number for each of the 1 rates"),
        ((ONE, ONE, ONE, "done", 1), ValueError, "`stop_reason` must be 'finished' or 'diverged' or "),
        ((ONE, ONE, ONE, "finished", 0), ValueError, "RangeTest: `steps` must be at least 1, got 0"),
        ((ONE * 2, ONE * 2, ONE * 2, "finished", 1), ValueError, "at least the number of rates (2), got 1"),
        (([-1.0], ONE, ONE, "finished", 1), ValueError, "`lrs` must be finite numbers >= 0 that do not decrease"),
        (([math.nan], ONE, ONE, "finished", 1), ValueError, "`lrs` must be finite numbers >= 0 that do not decrease"),
        (([2.0, 1.0], ONE * 2, ONE * 2, "finished", 2), ValueError, "that do not decrease"),
        ((ONE * 2, [math.inf, 1.0], ONE * 2, "finished", 2), ValueError, "`losses` must be finite up to the last one"),
        ((ONE, ONE, ONE, "finished", 1, "log"), ValueError, "`shape` must be 'exponential' or 'linear', got 'log'"),
    ],
)
def test_what_is_no_curve_is_refused(arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        RangeTest(*arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


# Bad arguments.


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"train_step": 3}, TypeError, "`train_step` must be a function of the rate, got 3"),
        ({"start": 0}, ValueError, "`start` must be a finite number > 0, got 0"),
        ({"start": -1.0}, ValueError, "`start` must be a finite number > 0, got -1.0"),
        ({"start": math.nan}, ValueError, "`start` must be a finite number > 0, got nan"),
        ({"start": True}, TypeError, "`start` must be a finite number > 0, got True"),
        ({"start": "a"}, TypeError, "`start` must be a finite number > 0, got 'a'"),
        ({"start": -1.0, "shape": "linear"}, ValueError, "`start` must be a finite number >= 0, got -1.0"),
        ({"end": math.inf}, ValueError, "`end` must be a finite number > 0, got inf"),
        ({"end": 1e-7}, ValueError, "`end` must be above `start` (1e-07), got 1e-07"),
        ({"steps": 1}, ValueError, "`steps` must be an integer >= 2 and <= 2**53, got 1"),
        ({"steps": 2**53 + 1}, ValueError, "`steps` must be an integer >= 2 and <= 2**53, got 9007199254740993"),
        ({"steps": 10.0}, TypeError, "`steps` must be an integer, got 10.0; write int(10.0)"),
        ({"steps": True}, TypeError, "`steps` must be an integer, got True"),
        ({"shape": "exp"}, ValueError, "`shape` must be 'exponential' or 'linear', got 'exp'"),
        ({"smoothing": 1.0}, ValueError, "`smoothing` must be a number >= 0 and < 1, got 1.0"),
        ({"smoothing": -0.1}, ValueError, "`smoothing` must be a number >= 0 and < 1, got -0.1"),
        ({"smoothing": math.nan}, ValueError, "`smoothing` must be a finite number, got nan"),
        ({"diverge_at": 1}, ValueError, "`diverge_at` must be None or a finite number > 1, got 1"),
        ({"diverge_at": "4"}, TypeError, "`diverge_at` must be a finite number, got '4'"),
        ({"progress": "yes"}, TypeError, "`progress` must be True or False, got 'yes'"),
    ],
)
def test_bad_arguments(options: dict[str, Any], error: type[Exception], message: str) -> None:
    calls: list[float] = []
    with pytest.raises(error) as caught:
        range_test(**{"train_step": calls.append} | options)
    assert str(caught.value) == f"range_test: {message}"
    assert not calls


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"method": "steep"}, ValueError),
        ({"method": None}, TypeError),
        ({"skip_start": -1}, ValueError),
        ({"skip_start": 1.5}, TypeError),
        ({"skip_end": True}, TypeError),
        ({"skip_end": None}, TypeError),
        ({"skip_end": 10**20}, ValueError),
    ],
)
def test_bad_arguments_of_suggest(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^suggest: "):
        curve(dip()).suggest(**options)


# Progress and pictures.


def test_a_progress_bar_is_shown_if_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    range_test(lambda lr: 1.0)
    range_test(lambda lr: 1.0, progress=False)
    assert capsys.readouterr().err == ""  # it is no terminal
    range_test(lambda lr: 1.0, progress=True)
    assert "range test" in capsys.readouterr().err


def run_without(module: str, code: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.modules[{module!r}] = None; from pywarmup.tools.range_test import range_test; {code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/")


@pytest.mark.skipif(sys.platform == "win32", reason="it takes a pseudo-terminal")
@pytest.mark.parametrize("without", ["nothing", "tqdm"])
def test_on_a_terminal_a_bar_is_shown_by_itself_if_tqdm_is_there(without: str) -> None:
    pytest.importorskip("tqdm")
    import fcntl
    import termios

    terminal, end = os.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))  # tqdm shows nothing in no columns
    code = f"import sys; sys.modules[{without!r}] = None; from pywarmup.tools.range_test import range_test; "
    subprocess.run([sys.executable, "-c", f"{code}range_test(lambda lr: 1.0)"], stderr=end, check=True, cwd="/")
    os.write(end, b"end")
    shown = b""
    while not shown.endswith(b"end"):
        shown += os.read(terminal, 10_000)
    assert (b"range test" in shown) == (without == "nothing")
    os.close(end)
    os.close(terminal)


def test_without_tqdm_only_a_bar_that_was_asked_for_is_missed() -> None:
    assert run_without("tqdm", "range_test(lambda lr: 1.0)").returncode == 0
    last = run_without("tqdm", "range_test(lambda lr: 1.0, progress=True)").stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: range_test: `progress=True` needs tqdm, which cannot be imported (")
    assert last.endswith("; install it with `pip install tqdm`")


def test_without_matplotlib_only_the_picture_is_missed() -> None:
    code = "t = range_test(lambda lr: 1.0); print(t); t.plot()"
    done = run_without("matplotlib", code)
    assert "100 of 100 rates" in done.stdout
    assert done.stderr.strip().splitlines()[-1].endswith('install it with `pip install "pywarmup-schedules[plot]"`')


@pytest.fixture
def axes() -> Any:
    figure = pytest.importorskip("matplotlib.figure")
    return figure.Figure().subplots()


def test_the_picture_has_curves_regions_and_the_suggestion(axes: Any) -> None:
    test = range_test(given(dip(noise=0.1).tolist()))
    assert test.plot(axes) is axes
    assert [line.get_label() for line in axes.lines] == ["loss", "smoothed loss", f"minimum: {test.suggest():.2g}"]
    assert axes.lines[1].get_ydata().tolist() == test.smoothed.tolist()
    assert axes.lines[2].get_xdata() == [test.suggest()]
    assert [patch.get_label() for patch in axes.patches] == ["too small", "falling", "diverging"]
    assert (axes.get_xscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log", "learning rate", "loss")
    axes.figure.canvas.draw()


def test_the_picture_of_a_linear_ramp_is_linear(axes: Any) -> None:
    assert range_test(given(dip().tolist()), 0.0, 1.0, shape="linear").plot(axes).get_xscale() == "linear"


@pytest.mark.parametrize("losses", [[1.0, 1.0], [2.0, math.nan], [1.0, 2.0, 3.0], [1e300, -1e300, 1.0]])
def test_a_curve_that_suggests_nothing_is_drawn_without(axes: Any, losses: list[float]) -> None:
    range_test(given(losses), steps=len(losses)).plot(axes)
    assert len(axes.lines) == 2
    axes.figure.canvas.draw()


def test_the_picture_shows_the_fall_and_not_only_the_explosion(axes: Any) -> None:
    losses = dip()
    losses[-3:] = 1e2, 1e5, 1e9
    assert range_test(given(losses.tolist()), diverge_at=None).plot(axes).get_ylim()[1] < 5


def test_the_picture_shows_all_of_the_fall(axes: Any) -> None:
    test = range_test(given(dip(noise=0.1).tolist()), diverge_at=None)
    test.plot(axes)
    assert axes.get_ylim()[0] < test.losses.min()


def test_what_cannot_be_drawn_is_refused(axes: Any) -> None:
    with pytest.raises(ValueError, match="plot: `test` must have a finite loss, got RangeTest"):
        range_test(lambda lr: math.nan).plot(axes)
    with pytest.raises(ValueError, match="plot: `method` must be "):
        curve(dip()).plot(axes, method="all")  # type: ignore[arg-type]
