"""`pywarmup.compat.paddle` against its formulas, written out here once more: Paddle is installed nowhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import pywarmup as pw
from pywarmup.compat import paddle

STEPS = range(120)
often = settings(max_examples=200, deadline=None)
rates = st.one_of(st.floats(1e-250, 10.0), st.sampled_from([0.1, 1.0, 0.0]))
lengths = st.integers(1, 60)


def same(ours: pw.Schedule, theirs: Callable[[int], float], *arguments: Any, last: int = STEPS[-1]) -> None:
    largest = 0.0
    for step in range(last + 1):
        value = theirs(step)
        largest = max(largest, abs(value))
        assert ours(step) == pytest.approx(value, rel=1e-12, abs=1e-13 * largest), (arguments, step)


def cosine(top: float, low: float, progress: float) -> float:
    return low + (top - low) * (1 + math.cos(math.pi * progress)) / 2


@often
@given(st.floats(0.01, 1e4), st.floats(0.1, 100.0), rates)
def test_noam(size: float, warmup: float, rate: float) -> None:
    def formula(step: int) -> float:
        return rate * size**-0.5 * min(step**-0.5 if step else 1.0, warmup**-1.5 * step)

    same(paddle.NoamDecay(size, warmup, rate), formula, size, warmup, rate)


@often
@given(rates, st.floats(1e-3, 0.999))
def test_exponential_natural_and_inverse(rate: float, gamma: float) -> None:
    same(paddle.ExponentialDecay(rate, gamma), lambda step: rate * gamma**step)
    same(paddle.NaturalExpDecay(rate, gamma), lambda step: rate * math.exp(-gamma * step))
    same(paddle.InverseTimeDecay(rate, gamma), lambda step: rate / (1 + gamma * step))


@often
@given(rates, st.floats(-2.0, -1e-3))
def test_inverse_time_up_to_its_pole(rate: float, gamma: float) -> None:
    last = math.ceil(-1 / gamma) - 1
    assume(last < 200 and abs(1 + gamma * last) > 1e-3)
    ours = paddle.InverseTimeDecay(rate, gamma)
    same(ours, lambda step: rate / (1 + gamma * step), last=last)
    assert ours(last + 1) == ours(last) == ours(10**6)


@often
@given(rates, lengths, rates, st.floats(0.1, 4.0), st.booleans())
def test_polynomial(rate: float, steps: int, end: float, power: float, cycle: bool) -> None:
    def formula(step: int) -> float:
        length = steps * max(1, math.ceil(step / steps)) if cycle else steps
        return (rate - end) * (1 - min(step, length) / length) ** power + end

    ours = paddle.PolynomialDecay(rate, steps, end, power, cycle)
    largest = max(rate, end)
    for step in STEPS:
        assert ours(step) == pytest.approx(formula(step), rel=1e-12, abs=1e-13 * largest + 1e-16), (steps, power, step)


@often
@given(rates, st.one_of(lengths, st.integers(1, 99).map(lambda n: n / 4)), st.floats(0.01, 1.0), st.floats(0.0, 1.0))
def test_linear(rate: float, steps: float, start: float, end: float) -> None:
    def formula(step: int) -> float:
        last = min(step, math.floor(steps))
        return rate * (start + (end - start) * last / steps)

    same(paddle.LinearLR(rate, steps, start, end), formula, rate, steps, start, end)


@often
@given(st.lists(st.floats(-5.0, 90.0), min_size=1, max_size=6), st.data())
def test_piecewise(boundaries: list[float], data: st.DataObject) -> None:
    count = len(boundaries)
    values = data.draw(st.lists(st.floats(-1.0, 1.0), min_size=count + 1, max_size=count + 3))

    def formula(step: int) -> float:
        return next((value for end, value in zip(boundaries, values, strict=False) if step < end), values[-1])

    same(paddle.PiecewiseDecay(boundaries, values), formula, boundaries, values)


@often
@given(rates, st.sets(st.integers(-5, 90), max_size=6), st.floats(-1.0, 0.99), lengths)
def test_steps(rate: float, milestones: set[int], gamma: float, size: int) -> None:
    ordered = sorted(milestones)
    passed = paddle.MultiStepDecay(rate, ordered, gamma)
    same(passed, lambda step: rate * gamma ** sum(one <= step for one in ordered), rate, ordered, gamma)
    same(paddle.StepDecay(rate, size, gamma), lambda step: rate * gamma ** (step // size), rate, size, gamma)


@often
@given(rates, lengths, st.floats(-1.0, 2.0), st.integers(1, 3))
def test_cosines(rate: float, steps: int, low: float, growth: int) -> None:
    def restarting(step: int) -> float:
        length = steps
        while step >= length:
            step, length = step - length, length * growth
        return cosine(rate, low, step / length)

    scale = max(rate, abs(low), 1e-300)
    for ours, formula in (
        (paddle.CosineAnnealingDecay(rate, steps, low), lambda step: cosine(rate, low, step / steps)),
        (paddle.CosineAnnealingWarmRestarts(rate, steps, growth, low), restarting),
    ):
        for step in STEPS:
            assert ours(step) == pytest.approx(formula(step), abs=1e-13 * scale), (rate, steps, low, growth, step)


@often
@given(rates, lengths, st.floats(0.5, 50.0), rates, st.floats(0.0, 1.0), st.booleans(), st.booleans())
def test_one_cycle(
    top: float, total: int, divide: float, end: float, part: float, is_linear: bool, is_three_phase: bool
) -> None:
    part = part / 2 - 1e-3 if is_three_phase and part > 0.002 else part / 2
    assume(abs(part * total - 1) > 1e-6)
    values = [top / divide, top, top / divide, end] if is_three_phase else [top / divide, top, end]
    ends = [0.0, part * total - 1, *([2 * part * total - 2] if is_three_phase else []), total - 1.0]

    def formula(step: int) -> float:
        phase = next((i for i in range(1, len(ends)) if step <= ends[i]), len(ends) - 1)
        progress = (step - ends[phase - 1]) / (ends[phase] - ends[phase - 1])
        start, stop = values[phase - 1], values[phase]
        return start + (stop - start) * progress if is_linear else cosine(start, stop, progress)

    shape: Any = "linear" if is_linear else "cos"
    ours = paddle.OneCycleLR(top, total, divide, end, part, shape, is_three_phase)
    for step in range(total):
        assert ours(step) == pytest.approx(formula(step), abs=1e-11 * max(top, end)), (total, part, shape, step)
    assert ours(total) == ours(total + 10) == ours(total - 1)


@often
@given(rates, rates, lengths, st.one_of(st.none(), lengths), st.floats(-1.0, 1.0), st.data())
def test_cyclic(low: float, high: float, up: int, down: int | None, gamma: float, data: st.DataObject) -> None:
    mode = data.draw(st.sampled_from(["triangular", "triangular2", "exp_range"]))
    size = up + (down or up)

    def triangle(step: int) -> float:
        at = step % size
        return (high - low) * (at / up if at <= up else (size - at) / (size - up))

    def formula(step: int) -> float:
        scale = {"triangular": 1.0, "triangular2": 0.5 ** (step // size), "exp_range": gamma**step}[mode]
        return low + triangle(step) * scale

    by_cycle = paddle.CyclicLR(low, high, up, down, scale_fn=lambda x: 1 / x, total_steps=len(STEPS))
    by_step = paddle.CyclicLR(
        low, high, up, down, scale_fn=lambda x: x, scale_mode="iterations", total_steps=len(STEPS)
    )
    curves: list[tuple[pw.Schedule, Callable[[int], float]]] = [
        (paddle.CyclicLR(low, high, up, down, mode, gamma), formula),
        (by_cycle, lambda step: low + triangle(step) / (1 + step // size)),
        (by_step, lambda step: low + triangle(step) * step),
    ]
    for ours, theirs in curves:
        for step in STEPS:
            assert ours(step) == pytest.approx(theirs(step), abs=1e-11 * max(low, high)), (mode, up, down, step)


def test_functions() -> None:
    def wave(step: int) -> float:
        return 1 + math.sin(step)

    product = [1.0]
    for step in range(1, 50):
        product.append(product[-1] * wave(step))
    same(paddle.LambdaDecay(0.1, wave, total_steps=50), lambda step: 0.1 * wave(step), last=49)
    same(paddle.MultiplicativeDecay(0.1, wave, total_steps=50), lambda step: 0.1 * product[step], last=49)


@often
@given(lengths, rates, st.floats(0.01, 5.0))
def test_warmup(steps: int, start: float, rise: float) -> None:
    end = start + rise
    ours = paddle.LinearWarmup(paddle.StepDecay(end, 7, 0.5), steps, start, end)

    def formula(step: int) -> float:
        return (end - start) * step / steps + start if step < steps else end * 0.5 ** ((step - steps) // 7)

    same(ours, formula, steps, start, end)
    assert paddle.LinearWarmup(0.3, steps, start, end)(steps) == 0.3


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("NoamDecay", (0, 4)),
        ("NoamDecay", (4, 0)),
        ("NoamDecay", (4, -3)),
        ("ExponentialDecay", (0.1, 1.0)),
        ("ExponentialDecay", (0.1, 0.0)),
        ("NaturalExpDecay", (0.1, 0.0)),
        ("PolynomialDecay", (0.1, 0)),
        ("PolynomialDecay", (0.1, 2.5)),
        ("PolynomialDecay", (0.1, 5, 0.0, 0.0)),
        ("LinearLR", (0.1, 0)),
        ("LinearLR", (0.1, 5, 0.0)),
        ("LinearLR", (0.1, 5, 0.5, 1.5)),
        ("PiecewiseDecay", ([], [0.1])),
        ("PiecewiseDecay", ([1, 2], [0.1, 0.2])),
        ("MultiStepDecay", (0.1, [3, 3])),
        ("MultiStepDecay", (0.1, [3], 1.0)),
        ("MultiStepDecay", (0.1, 3)),
        ("StepDecay", (0.1, 0)),
        ("StepDecay", (0.1, 2.0)),
        ("StepDecay", (0.1, 2, 1.0)),
        ("CosineAnnealingDecay", (0.1, 0)),
        ("CosineAnnealingWarmRestarts", (0.1, 0)),
        ("CosineAnnealingWarmRestarts", (0.1, 5, 0)),
        ("OneCycleLR", (0.1, 10, 25.0, 0.0, 0.1)),
        ("OneCycleLR", (0.1, 10, 25.0, 0.0, 1)),
        ("OneCycleLR", (0.1, 10, 25.0, 0.0, 0.6, "cos", True)),
        ("OneCycleLR", (0.1, 10, 25.0, 0.0, 0.3, "poly")),
        ("CyclicLR", (0.1, 0.2, 0)),
        ("CyclicLR", (0.1, 0.2, 5, None, "square")),
        ("CyclicLR", (0.1, 0.2, 5, None, "exp_range", 1)),
        ("LinearWarmup", (0.1, 0, 0.0, 0.1)),
        ("LinearWarmup", (0.1, 5, 0.1, 0.1)),
        ("LambdaDecay", (0.1, 0.5)),
        ("MultiplicativeDecay", (0.1, None)),
    ],
)
def test_refuses_what_paddle_refuses(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises((ValueError, TypeError), match=f"^{name}: `.*` must "):
        getattr(paddle, name)(*arguments)


@pytest.mark.parametrize("name", ["LambdaDecay", "MultiplicativeDecay"])
def test_a_function_needs_a_length(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: `total_steps` must be given"):
        getattr(paddle, name)(0.1, lambda step: 1.0)
