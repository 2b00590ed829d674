"""What the five source documents name, each with the document's own formula beside it."""

import math
from collections.abc import Callable

import numpy as np
import pytest

import pywarmup as pw
from pywarmup.counting import epochs_for, linear_scaling, total_steps, updates_per_epoch

EXACT = {"rel": 4e-15, "abs": 1e-16}


def close(schedule: pw.Schedule, formula: Callable[[float], float], steps: object) -> None:
    """One at a time and as an array, the schedule is the formula, to the rounding of the formula at its peak."""
    points = list(steps)  # type: ignore[call-overload]
    expected = [formula(step) for step in points]
    assert [schedule(step) for step in points] == pytest.approx(expected, rel=0, abs=4e-15 * max(expected))
    assert schedule(points).tolist() == [schedule(step) for step in points]


def torch_rates(factor: Callable[[int], float], base_lr: float, updates: int, groups: int = 1) -> list[list[float]]:
    """The rates that updates use under the real LambdaLR."""
    torch = pytest.importorskip("torch")
    parameters = [torch.nn.Parameter(torch.zeros(1)) for _ in range(groups)]
    optimizer = torch.optim.SGD(
        [{"params": [parameter], "lr": base_lr * (1 + i)} for i, parameter in enumerate(parameters)], lr=base_lr
    )
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    rates = []
    for _ in range(updates):
        rates.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    return rates


# Document 000: WarmupLinearSchedule(optimizer, warmup_steps, t_total).


def warmup_linear_lambda(step: float, warmup_steps: float, t_total: float) -> float:
    if step < warmup_steps:
        return float(step) / float(max(1, warmup_steps))
    return max(0.0, float(t_total - step) / float(max(1.0, t_total - warmup_steps)))


@pytest.mark.parametrize(("warmup", "total"), [(10, 100), (0, 7), (1, 2), (500, 17_000), (10, 312.5), (3, 31.25)])
def test_000_warmup_linear_schedule(warmup: int, total: float) -> None:
    factor = pw.warmup_linear(1.0, warmup_steps=warmup, total_steps=total)
    rate = pw.warmup_linear(5e-5, warmup_steps=warmup, total_steps=total)
    steps = range(0, int(total) + 20, max(1, int(total) // 200))
    close(factor, lambda step: warmup_linear_lambda(step, warmup, total), steps)
    close(rate, lambda step: 5e-5 * warmup_linear_lambda(step, warmup, total), steps)
    assert factor(0) == (0.0 if warmup else 1.0)
    assert (factor(warmup), factor(total), factor(total + 50)) == (1.0, 0.0, 0.0)


def test_000_the_slopes() -> None:
    rate = pw.warmup_linear(0.1, warmup_steps=10, total_steps=100)[:101]
    assert np.diff(rate[:11]) == pytest.approx(0.1 / 10, rel=1e-12)
    assert np.diff(rate[10:]) == pytest.approx(-0.1 / (100 - 10), rel=1e-12)


def test_000_as_a_factor_of_lambda_lr() -> None:
    factor = pw.warmup_linear(1.0, warmup_steps=10, total_steps=100)
    rates = torch_rates(factor, 5e-5, 110, groups=2)  # no_decay has a group of its own
    expected = torch_rates(lambda step: warmup_linear_lambda(step, 10, 100), 5e-5, 110, groups=2)
    assert np.array(rates) == pytest.approx(np.array(expected), **EXACT)
    assert all(second == pytest.approx(2 * first) for first, second in rates)


def test_000_counting() -> None:
    examples, batch, accumulation, epochs = 10_000, 32, 4, 3
    batches = math.ceil(examples / batch)
    per_epoch = batches // accumulation
    assert updates_per_epoch(batches, accumulation=accumulation, leftover="drop") == per_epoch == 78
    t_total = total_steps(samples=examples, batch_size=batch, accumulation=accumulation, epochs=epochs, leftover="drop")
    assert t_total == per_epoch * epochs == 234  # the document's first variant forgets the epochs
    assert int(examples / batch / accumulation) == 78
    assert epochs_for(234, batches=batches, accumulation=accumulation, leftover="drop") == 3
    documented = 1_000 // (batches // accumulation) + 1  # one too many where it divides
    assert epochs_for(1_000, batches=batches, accumulation=accumulation, leftover="drop") == documented == 13


def test_000_a_small_end() -> None:
    rate = pw.warmup_linear(0.01, warmup_steps=10, total_steps=100, end_value=0.01 / 100)
    assert (rate(10), rate(100)) == (0.01, 0.0001)


# Document 001: linear and exponential warmup from lr_init to lr_target.


def test_001_linear_and_exponential_warmup() -> None:
    steps = 50
    linear, exponential = pw.Linear(0.01, 0.1, steps=steps), pw.Exponential(0.01, 0.1, steps=steps)
    close(linear, lambda t: 0.01 + t / steps * (0.1 - 0.01), range(steps + 1))
    close(exponential, lambda t: 0.01 * (0.1 / 0.01) ** (t / steps), range(steps + 1))
    for warmup in (linear, exponential):
        assert (warmup(0), warmup(steps), warmup(steps + 7)) == (0.01, 0.1, 0.1)
    assert (exponential[1:steps] < linear[1:steps]).all()
    assert (np.diff(exponential[: steps + 1]) > 0).all()


@pytest.mark.parametrize("warmup", [pw.Linear(0.01, 0.1, steps=10), pw.Exponential(0.01, 0.1, steps=10)])
def test_001_warmup_with_what_follows(warmup: pw.Schedule) -> None:
    cosine = pw.join(warmup, pw.Cosine(0.1, 0.0, steps=90))
    close(cosine, lambda t: warmup(t) if t < 10 else 0.05 * (1 + math.cos(math.pi * (t - 10) / 90)), range(100))
    stairs = pw.join(warmup, pw.step_decay(0.1, every=30))
    close(stairs, lambda t: warmup(t) if t < 10 else 0.1 * 0.1 ** ((t - 10) // 30), range(150))
    constant = pw.join(warmup, pw.Constant(0.1))  # an adaptive optimizer does the rest
    close(constant, lambda t: warmup(t) if t < 10 else 0.1, range(30))
    assert cosine(10) == stairs(10) == constant(10) == 0.1


# Document 002: CosineAnnealingWarmUpRestarts(T_0, T_mult, eta_max, T_warmup), as it means to be.


def warm_restarts(step: int, first: int, growth: int, peak: float, warmup: int) -> float:
    if step < warmup:
        return peak * step / warmup
    step -= warmup
    length = first
    while step >= length:
        step -= length
        length *= growth
    return peak * (1 + math.cos(math.pi * step / length)) / 2


@pytest.mark.parametrize("growth", [1, 2, 3])
def test_002_warmup_and_restarts(growth: int) -> None:
    schedule = pw.cosine_restarts(0.1, cycle_steps=100, growth=growth, warmup_steps=10)
    close(schedule, lambda step: warm_restarts(step, 100, growth, 0.1, 10), range(2_000))
    begin, length = 10, 100
    for _ in range(8):
        assert schedule(begin) == 0.1
        assert schedule(begin - 1) < 0.1
        begin, length = begin + length, length * growth


def test_002_the_documents_numbers() -> None:
    schedule = pw.cosine_restarts(0.1, cycle_steps=100, growth=2, warmup_steps=10)
    assert schedule([0, 5, 10, 110, 310, 710, 1510]).tolist() == [0.0, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1]
    assert schedule([60, 210, 510]).tolist() == pytest.approx([0.05] * 3, **EXACT)
    assert 0 < schedule(109) < 1e-4


# Document 003: Goyal et al., and GradualWarmupScheduler(optimizer, multiplier, total_epoch, after_scheduler).


def test_003_linear_scaling() -> None:
    assert linear_scaling(0.1, batch_size=8192, base_batch_size=256) == 0.1 * 32
    assert 256 * 32 == 8192


def test_003_constant_and_gradual_warmup() -> None:
    constant = pw.goyal(0.1, scale=32, warmup_steps=5, total_steps=90, warmup="constant")
    gradual = pw.goyal(0.1, scale=32, warmup_steps=5, total_steps=90)
    close(constant, lambda epoch: 0.1 if epoch < 5 else 3.2, range(90))
    close(gradual, lambda epoch: 0.1 + (3.2 - 0.1) * min(epoch, 5) / 5, np.arange(0, 90, 0.125).tolist())
    increments = np.diff(gradual(np.arange(0, 5.01, 0.25)))
    assert increments == pytest.approx(3.1 / 20, rel=1e-12)
    assert gradual(5) == 0.1 * 32


def test_003_the_original_schedule_goes_on_scaled() -> None:
    def document(epoch: float) -> float:
        return 0.1 + 3.1 * epoch / 5 if epoch < 5 else 3.2 * 0.1 ** sum(epoch >= m for m in (30, 60, 80))

    after = pw.multi_step(0.1, milestones=[25, 55, 75])
    schedule = pw.goyal(0.1, scale=32, warmup_steps=5, total_steps=90, then=after)
    close(schedule, document, np.arange(0, 90, 0.5).tolist())


@pytest.mark.parametrize(
    ("after", "formula"),
    [
        (pw.Cosine(1.0, 0.0, steps=20), lambda t: (1 + math.cos(math.pi * min(t, 20) / 20)) / 2),
        (pw.step_decay(1.0, every=10), lambda t: 0.1 ** (t // 10)),
        (pw.Constant(1.0), lambda t: 1.0),
    ],
)
def test_003_gradual_warmup_keeps_the_multiplied_rate(after: pw.Schedule, formula: Callable[[float], float]) -> None:
    schedule = pw.goyal(1.0, scale=8, warmup_steps=5, total_steps=40, then=after)
    steps = [*range(40), 2.5, 12.25, 17.75]  # scheduler.step(epoch) in any order, whole epochs or not
    close(schedule, lambda t: 1 + 7 * t / 5 if t < 5 else 8 * formula(t - 5), steps)
    assert schedule([0, 1, 2, 3, 4, 5]).tolist() == pytest.approx([1, 2.4, 3.8, 5.2, 6.6, 8.0])
    rates = torch_rates(schedule, 0.1, 40)
    assert [rate for (rate,) in rates] == pytest.approx((0.1 * schedule[:40]).tolist(), **EXACT)


def test_003_multiplier_one_starts_at_zero() -> None:
    schedule = pw.join(pw.Linear(0.0, 1.0, steps=5), pw.Cosine(1.0, 0.0, steps=20))
    assert schedule([0, 1, 2, 3, 4, 5]).tolist() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert schedule(6) == pytest.approx((1 + math.cos(math.pi / 20)) / 2)


# Document 004: the learning-rate range test.

MIN_LR, D = 1e-5, 5e-5
LINEAR = pw.Linear(MIN_LR, (1 + D * 17_000 / MIN_LR) * MIN_LR, steps=17_000)
EXPONENTIAL = pw.Exponential(MIN_LR, 2**17 * MIN_LR, steps=17_000)


def linear_ramp(it: float) -> float:
    return (1 + D * it / MIN_LR) * MIN_LR


def exponential_ramp(it: float) -> float:
    return 2 ** (it / 1000) * MIN_LR


def test_004_the_ramps() -> None:
    iterations = np.linspace(0, 17_000)
    assert iterations.shape == (50,)
    for schedule, ramp in ((LINEAR, linear_ramp), (EXPONENTIAL, exponential_ramp)):
        assert schedule(iterations) == pytest.approx(ramp(iterations), rel=1e-12)  # type: ignore[arg-type]
        assert schedule(iterations).tolist() == [schedule(it) for it in iterations.tolist()]
        assert schedule(0) == MIN_LR
    assert LINEAR(17_000) == pytest.approx(0.85001, rel=1e-15)
    assert EXPONENTIAL(17_000) == pytest.approx(1.31072, rel=1e-15)


def test_004_the_ramps_without_end() -> None:
    doubling = pw.ExponentialDecay(MIN_LR, decay_rate=2, every=1000)
    iterations = np.linspace(0, 17_000)
    assert doubling(iterations) == pytest.approx(exponential_ramp(iterations), rel=1e-12)  # type: ignore[arg-type]


@pytest.mark.parametrize(("schedule", "ramp"), [(LINEAR, linear_ramp), (EXPONENTIAL, exponential_ramp)])
def test_004_as_a_factor_of_lambda_lr(schedule: pw.Schedule, ramp: Callable[[float], float]) -> None:
    factor = schedule / MIN_LR
    assert factor(0) == pytest.approx(1.0, rel=1e-15)
    rates = torch_rates(factor, MIN_LR, 200)
    expected = torch_rates(lambda it: ramp(it) / MIN_LR, MIN_LR, 200)
    assert np.array(rates) == pytest.approx(np.array(expected), rel=1e-13)


def paper_triangle(iteration: float, size: float, base: float, peak: float) -> tuple[int, float]:
    """Smith 2017, section 3.2."""
    cycle = math.floor(1 + iteration / (2 * size))
    x = abs(iteration / size - 2 * cycle + 1)
    return cycle, (peak - base) * max(0.0, 1 - x)


@pytest.mark.parametrize("size", [2000, 20, 7.5])
def test_004_cyclical_rates(size: float) -> None:
    base, peak, gamma = 0.001, 0.006, 0.9999
    steps = np.linspace(0, 6.9 * size, 300).tolist()
    scale = {
        "triangular": lambda cycle, step: 1.0,
        "triangular2": lambda cycle, step: 1 / 2 ** (cycle - 1),
        "exp_range": lambda cycle, step: gamma**step,
    }
    schedules = {
        "triangular": pw.triangular(base, peak, up_steps=size),
        "triangular2": pw.triangular2(base, peak, up_steps=size),
        "exp_range": pw.exp_range(base, peak, up_steps=size, decay_rate=gamma),
    }
    for name, schedule in schedules.items():
        expected = []
        for step in steps:
            cycle, height = paper_triangle(step, size, base, peak)
            expected.append(base + height * scale[name](cycle, step))
        assert schedule(steps).tolist() == pytest.approx(expected, rel=1e-12)
        assert schedule(0) == base
    assert schedules["triangular"](size) == pytest.approx(peak, rel=1e-15)
