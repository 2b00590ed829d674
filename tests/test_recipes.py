"""The recipes, against the formulas of the peers that they name and against torch itself."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pywarmup as pw

EXACT_CASES = json.loads((Path(__file__).parent / "exact.json").read_text())["cases"]
T, W, D, PEAK, END, START = 100, 10, 20, 0.7, 0.07, 0.007


def close(schedule: pw.Schedule, formula: Callable[[float], float], steps: Any = range(T + 30)) -> None:
    points = list(steps)
    expected = [formula(step) for step in points]
    assert schedule(points).tolist() == pytest.approx(expected, rel=0, abs=4e-15 * max(map(abs, expected)))


@pytest.mark.parametrize("case", EXACT_CASES, ids=[case["id"] for case in EXACT_CASES])
def test_warmup_cosine_is_within_two_ulp_of_the_exact_value(case: dict[str, Any]) -> None:
    schedule = pw.warmup_cosine(**case["arguments"])
    expected = np.array(case["values"])
    for values in (schedule(case["steps"]), np.array([schedule(step) for step in case["steps"]])):
        assert (abs(values - expected) <= 2 * np.spacing(expected) * (expected != 0)).all()


def decayed(style: Callable[[float], float]) -> Callable[[float], float]:
    """Hugging Face's get_wsd_schedule and its relatives, absolute: warmup, stable, decay from 1 to 0 by style."""

    def value(step: float) -> float:
        if step < W:
            return START + (PEAK - START) * step / W
        if step < T - D:
            return PEAK
        return END + (PEAK - END) * style(min(1.0, (step - (T - D)) / D))

    return value


DECAYS: dict[str, Callable[[float], float]] = {
    "linear": lambda p: 1 - p,
    "cosine": lambda p: 0.5 * (1 + math.cos(math.pi * p)),
    "1-sqrt": lambda p: 1 - math.sqrt(p),
    "sqrt": lambda p: math.sqrt(1 - p),
    "polynomial": lambda p: (1 - p) ** 3,
    "power": lambda p: 1 - p**3,
    "exponential": lambda p: (PEAK * (END / PEAK) ** p - END) / (PEAK - END),
}
WARMUPS: dict[str, Callable[[float], float]] = {
    "linear": lambda u: u,
    "constant": lambda u: 0.0,
    "cosine": lambda u: (1 - math.cos(math.pi * u)) / 2,
    "1-sqrt": lambda u: 1 - math.sqrt(1 - u),  # the cooldown run backwards
    "polynomial": lambda u: u**3,
    "log": lambda u: math.log(1 + u * W) / math.log(1 + W),
    "exponential": lambda u: (START * (PEAK / START) ** u - START) / (PEAK - START),
}


@pytest.mark.parametrize("style", DECAYS)
def test_wsd_decays(style: Any) -> None:
    schedule = pw.wsd(
        PEAK, warmup_steps=W, decay_steps=D, total_steps=T, end_value=END, init_value=START, decay=style, power=3
    )
    close(schedule, decayed(DECAYS[style]))
    assert (schedule(0), schedule(W), schedule(T - D), schedule(T), schedule(T + 9)) == (START, PEAK, PEAK, END, END)
    assert schedule.total_steps == T
    if style not in ("power", "polynomial"):
        late = pw.anneal(pw.Constant(PEAK), at=T - D, over=D, to=END, shape=style)
        assert late([80, 85, 90, 99, 100]).tolist() == schedule([80, 85, 90, 99, 100]).tolist()


def test_wsd_decays_of_the_survey() -> None:
    values = {
        style: pw.wsd(1.0, warmup_steps=10, decay_steps=20, total_steps=100, end_value=0.1, decay=style)(90)
        for style in ("linear", "cosine", "1-sqrt")
    }
    assert values == pytest.approx({"linear": 0.55, "cosine": 0.55, "1-sqrt": 0.363604}, abs=5e-7)


@pytest.mark.parametrize("style", WARMUPS)
def test_wsd_warmups(style: Any) -> None:
    schedule = pw.wsd(PEAK, warmup_steps=W, decay_steps=D, total_steps=T, init_value=START, warmup=style, power=3)
    close(schedule, lambda t: START + (PEAK - START) * WARMUPS[style](t / W) if t < W else PEAK, range(T - D))
    assert (schedule(0), schedule(W), schedule(T)) == (START, PEAK, 0.0)


def test_wsd_with_a_saturating_factor() -> None:
    schedule = pw.wsd(PEAK, warmup_steps=W, decay_steps=D, total_steps=T, warmup="saturating_exponential")
    close(schedule, lambda t: PEAK * min(1.0, max(0.0, (T - t) / D)) * (1 - math.exp(-(t + 1) / W)))


def test_wsd_with_a_schedule_as_warmup() -> None:
    rise = pw.Logarithmic(0.0, PEAK, steps=W)
    assert pw.wsd(PEAK, warmup_steps=W, decay_steps=D, total_steps=T, warmup=rise) == pw.wsd(
        PEAK, warmup_steps=W, decay_steps=D, total_steps=T, warmup="log"
    )


def test_trapezoid_is_wsd() -> None:
    arguments: dict[str, Any] = {"warmup_steps": W, "decay_steps": D, "total_steps": T, "end_value": END}
    assert pw.trapezoid(PEAK, **arguments) == pw.wsd(PEAK, **arguments)


# transformers: factors of the base rate.

HUGGING_FACE: dict[str, tuple[pw.Schedule, Callable[[float], float]]] = {
    "constant": (pw.warmup_constant(PEAK, warmup_steps=W), lambda s: 1.0),
    "linear": (pw.warmup_linear(PEAK, warmup_steps=W, total_steps=T), lambda s: max(0.0, (T - s) / (T - W))),
    "cosine": (
        pw.warmup_cosine(PEAK, warmup_steps=W, total_steps=T),
        lambda s: 0.5 * (1 + math.cos(math.pi * min(1.0, (s - W) / (T - W)))),
    ),
    "polynomial": (
        pw.warmup_polynomial(PEAK, warmup_steps=W, total_steps=T, end_value=1e-7, power=2),
        lambda s: ((PEAK - 1e-7) * (1 - min(1.0, (s - W) / (T - W))) ** 2 + 1e-7) / PEAK,
    ),
    "inverse_sqrt": (pw.warmup_inverse_sqrt(PEAK, warmup_steps=W), lambda s: 1 / math.sqrt(s / W)),
    "inverse_sqrt-timescale": (
        pw.warmup_inverse_sqrt(PEAK, warmup_steps=W, timescale=500),
        lambda s: 1 / math.sqrt((s + 500 - W) / 500),
    ),
    "inverse_sqrt-floor": (
        pw.warmup_inverse_sqrt(PEAK, warmup_steps=W, end_value=0.3),
        lambda s: max(0.3 / PEAK, 1 / math.sqrt(s / W)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HUGGING_FACE)
def test_warmups_of_transformers(name: str) -> None:
    schedule, after = HUGGING_FACE[name]
    close(schedule, lambda s: PEAK * (s / W if s < W else after(s)))
    assert schedule(0) == 0.0
    assert schedule(W) == PEAK


def test_warmup_exponential() -> None:
    schedule = pw.warmup_exponential(PEAK, warmup_steps=W, total_steps=T, init_value=START, end_value=END)

    def formula(s: float) -> float:
        return START * (PEAK / START) ** (s / W) if s < W else PEAK * (END / PEAK) ** min(1, (s - W) / (T - W))

    close(schedule, formula)


@pytest.mark.parametrize("peak", [0.1, 3e-4, 1 / 3, 1e300, 5e-324, 0.7])
@pytest.mark.parametrize(("warmup", "total"), [(0, 1), (1, 2), (7, 1000), (2.5, 31.25), (3, 10**12)])
def test_peaks_and_ends_are_exact(peak: float, warmup: float, total: float) -> None:
    arguments: dict[str, Any] = {"warmup_steps": warmup, "total_steps": total}
    for recipe in (pw.warmup_linear, pw.warmup_cosine, pw.warmup_polynomial):
        schedule = recipe(peak, **arguments, end_value=peak / 2)
        assert schedule(warmup) == peak
        assert schedule(total) == schedule(total + 1) == peak / 2
        assert schedule(0) == (0.0 if warmup else peak)
        assert schedule.total_steps == total
    assert pw.warmup_inverse_sqrt(peak, **arguments)(warmup) == peak
    assert pw.warmup_constant(peak, **arguments)(total) == peak
    assert pw.goyal(peak, scale=0.5, **arguments)(warmup) == peak * 0.5
    assert pw.cosine_restarts(peak, cycle_steps=total, warmup_steps=warmup)(warmup) == peak
    assert pw.triangular(0.0, peak, up_steps=total)(total) == peak
    assert pw.one_cycle(peak, total_steps=total * 10)(int(0.3 * total * 10)) == peak


# optax.


@pytest.mark.parametrize("total", [100, 1000, 77])
def test_one_cycle_of_optax(total: int) -> None:
    rise, start, end = int(0.3 * total), PEAK / 25, PEAK / (25 * 1e4)

    def formula(s: float) -> float:
        if s < rise:
            return start + (PEAK - start) * (1 - math.cos(math.pi * s / rise)) / 2
        return PEAK + (end - PEAK) * (1 - math.cos(math.pi * min(1, (s - rise) / (total - rise)))) / 2

    schedule = pw.one_cycle(PEAK, total_steps=total)
    close(schedule, formula, range(total + 20))
    assert (schedule(rise), schedule.total_steps) == (PEAK, total)


def test_one_cycle_of_three_phases() -> None:
    schedule = pw.one_cycle(PEAK, total_steps=T, anneal="linear", three_phase=True)
    points = [0, 30, 60, 100]
    values = [PEAK / 25, PEAK, PEAK / 25, PEAK / 25 / 1e4]
    close(schedule, lambda s: float(np.interp(s, points, values)))
    assert schedule(points).tolist() == values


# The Transformer.


@pytest.mark.parametrize(("width", "warmup"), [(512, 4000), (768, 100), (1, 1)])
def test_noam(width: int, warmup: int) -> None:
    schedule = pw.noam(2.0, d_model=width, warmup_steps=warmup)
    close(
        schedule,
        lambda s: 2.0 * width**-0.5 * min((s + 1) ** -0.5, (s + 1) * warmup**-1.5),
        range(0, 3 * warmup + 5, max(1, warmup // 50)),
    )


# torch itself.


def torch_rates(make: Callable[[Any, Any], Any], base: float, steps: int) -> list[float]:
    """The rates that torch uses, update by update."""
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base, momentum=0.9)
    scheduler = make(torch.optim.lr_scheduler, optimizer)
    rates = []
    for _ in range(steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return rates


TORCH: dict[str, tuple[pw.Schedule, Callable[[Any, Any], Any]]] = {
    "StepLR": (pw.step_decay(PEAK, every=30, factor=0.3), lambda m, o: m.StepLR(o, 30, gamma=0.3)),
    "MultiStepLR": (
        pw.multi_step(PEAK, milestones=[30, 35, 80], factor=0.3),
        lambda m, o: m.MultiStepLR(o, [30, 35, 80], gamma=0.3),
    ),
    "CosineAnnealingWarmRestarts": (
        pw.cosine_restarts(PEAK, cycle_steps=10, growth=2, end_value=END),
        lambda m, o: m.CosineAnnealingWarmRestarts(o, 10, T_mult=2, eta_min=END),
    ),
    "CosineAnnealingWarmRestarts-1": (
        pw.cosine_restarts(PEAK, cycle_steps=7),
        lambda m, o: m.CosineAnnealingWarmRestarts(o, 7),
    ),
    "CyclicLR": (
        pw.triangular(END, PEAK, up_steps=20, down_steps=30),
        lambda m, o: m.CyclicLR(o, END, PEAK, step_size_up=20, step_size_down=30),
    ),
    "CyclicLR-triangular2": (
        pw.triangular2(END, PEAK, up_steps=20),
        lambda m, o: m.CyclicLR(o, END, PEAK, step_size_up=20, mode="triangular2"),
    ),
    "CyclicLR-exp_range": (
        pw.exp_range(END, PEAK, up_steps=20, decay_rate=0.99),
        lambda m, o: m.CyclicLR(o, END, PEAK, step_size_up=20, mode="exp_range", gamma=0.99),
    ),
}


@pytest.mark.parametrize("name", TORCH)
def test_recipes_of_torch(name: str) -> None:
    schedule, make = TORCH[name]
    rates = torch_rates(make, PEAK, 300)
    assert schedule[:300].tolist() == pytest.approx(rates, rel=0, abs=1e-12 * PEAK)


@pytest.mark.parametrize(("first", "growth"), [(10, 3), (1, 2), (3, 5), (7, 1)])
def test_restarts_are_at_the_running_sums(first: int, growth: int) -> None:
    schedule = pw.cosine_restarts(1.0, cycle_steps=first, growth=growth, decay=0.5)
    begin, length, peak = 0, first, 1.0
    while begin < 10**6 and peak > 1e-6:
        assert schedule(begin) == peak
        assert schedule(begin + length - 1) < peak or length == 1
        begin, length, peak = begin + length, length * growth, peak / 2
    if (first, growth) == (10, 3):  # 10 + 30 + 90 + 270 + 810
        assert schedule(1210) == 0.5**5


def test_rewarmup_in_each_cycle() -> None:
    schedule = pw.cosine_restarts(PEAK, cycle_steps=10, growth=1, end_value=END, rewarmup_steps=4)

    def formula(s: float) -> float:
        s %= 10
        return END + (PEAK - END) * (s / 4 if s < 4 else (1 + math.cos(math.pi * (s - 4) / 6)) / 2)

    close(schedule, formula)
    assert [schedule(4 + 10 * c) for c in range(5)] == [PEAK] * 5


def test_cycles_end() -> None:
    schedule = pw.cosine_restarts(PEAK, cycle_steps=10, growth=2, cycles=3, warmup_steps=5, end_value=END)
    assert schedule.total_steps == 5 + 70
    assert schedule(75) == schedule(1000) == END


def test_anneal_continues_any_schedule() -> None:
    base = pw.warmup_cosine(PEAK, warmup_steps=W, total_steps=T)
    late = pw.anneal(base, at=50, over=30, to=END)
    close(late, lambda s: base(s) if s < 50 else base(50) + (END - base(50)) * min(1, (s - 50) / 30))
    assert pw.anneal(pw.Constant(1.0), at=0, over=4) == pw.Linear(1.0, 0.0, steps=4)
