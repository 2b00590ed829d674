"""`pywarmup.compat.fairseq` against its formulas, written out here once more: fairseq is installed nowhere."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pywarmup.compat import fairseq

STEPS = range(150)
often = settings(max_examples=200, deadline=None)
rates = st.one_of(st.floats(1e-6, 10.0), st.sampled_from([0.1, 1.0]))
warmups = st.one_of(st.integers(-3, 60), st.integers(0, 100).map(lambda n: n / 4))


def same(ours: Any, theirs: Any, arguments: dict[str, Any], steps: range = STEPS) -> None:
    largest = abs(arguments.get("end_learning_rate", 0.0))
    for step in steps:
        value = theirs(step)
        largest = max(largest, abs(value))
        assert ours(step) == pytest.approx(value, rel=1e-12, abs=1e-13 * largest), (arguments, step)


def line(start: float, end: float, steps: float, step: float) -> float:
    return start + step * (end - start) / steps


@often
@given(rates, warmups, st.floats(-1.0, 1.0), st.floats(0.0, 0.9), st.data())
def test_cosine(lr: float, warmup: float, init: float, floor: float, data: st.DataObject) -> None:
    arguments = {"lr": [lr], "warmup_updates": warmup, "warmup_init_lr": init, "min_lr": lr * floor}
    period = data.draw(st.one_of(st.integers(1, 50), st.just(12.5)))
    growth = data.draw(st.sampled_from([1.0, 2.0]))
    shrink = data.draw(st.sampled_from([0.1, 0.5, 1.0, 0.0]))
    arguments |= {"lr_period_updates": period, "t_mult": growth, "lr_shrink": shrink}

    def formula(step: int) -> float:
        if step < warmup:
            return line(init if init >= 0 else lr * floor, lr, warmup, step)
        begin, length, cycle = 0.0, float(period), 0
        while step - warmup >= begin + length:
            begin, length, cycle = begin + length, length * growth, cycle + 1
        wave = math.cos(math.pi * (step - warmup - begin) / length)
        return shrink**cycle * (lr * floor + 0.5 * (lr - lr * floor) * (1 + wave))

    same(fairseq.CosineLRSchedule(**arguments), formula, arguments)


@pytest.mark.parametrize(("max_update", "warmup"), [(10, 13), (10, 11), (5, 30)])
def test_cosine_of_a_negative_period(max_update: int, warmup: int) -> None:
    period = max_update - warmup

    def formula(step: int) -> float:
        if step < warmup:
            return line(0.01, 0.1, warmup, step)
        cycle = math.floor((step - warmup) / period)
        wave = math.cos(math.pi * (step - warmup - period * cycle) / period)
        return 0.5**cycle * (0.01 + 0.5 * (0.1 - 0.01) * (1 + wave))

    arguments = {"lr": 0.1, "min_lr": 0.01, "max_update": max_update, "warmup_updates": warmup, "lr_shrink": 0.5}
    same(fairseq.CosineLRSchedule(**arguments), formula, arguments, range(60))


@pytest.mark.parametrize("growth", [0.5, 0.75, 0.9])
def test_cosine_of_shorter_periods(growth: float) -> None:
    def formula(step: int) -> float:
        cycle = math.floor(math.log(1 - step / 8 * (1 - growth), growth) + 1e-9)
        begin = (1 - growth**cycle) / (1 - growth) * 8
        return 0.5**cycle * (0.5 * 0.1 * (1 + math.cos(math.pi * (step - begin) / (growth**cycle * 8))))

    ours = fairseq.CosineLRSchedule(lr=0.1, lr_period_updates=8, t_mult=growth, lr_shrink=0.5)
    end = math.ceil(8 / (1 - growth))
    same(ours, formula, {"t_mult": growth}, range(end))
    assert ours(end + 5) == ours(end - 1)


@often
@given(rates, st.one_of(st.integers(1, 60), st.integers(1, 99).map(lambda n: n / 4)), st.floats(-1.0, 1.0))
def test_inverse_square_root(lr: float, warmup: float, init: float) -> None:
    def formula(step: int) -> float:
        return line(max(init, 0.0), lr, warmup, step) if step < warmup else lr * warmup**0.5 * step**-0.5

    arguments = {"lr": [lr], "warmup_updates": warmup, "warmup_init_lr": init}
    same(fairseq.InverseSquareRootSchedule(**arguments), formula, arguments)


@often
@given(rates, warmups, st.floats(-1.0, 2.0), st.floats(-2.0, 4.0), st.integers(1, 80))
def test_polynomial(lr: float, warmup: float, end: float, power: float, total: int) -> None:
    def formula(step: int) -> float:
        if warmup > 0 and step <= warmup:
            return step / warmup * lr
        if step >= total:
            return end
        return float((lr - end) * (1 - (step - warmup) / (total - warmup)) ** power + end)

    arguments: dict[str, Any] = {"lr": [lr], "warmup_updates": warmup, "end_learning_rate": end, "power": power}
    same(fairseq.PolynomialDecayLRSchedule(**arguments, total_num_update=total), formula, arguments | {"total": total})


@often
@given(rates, warmups, st.floats(-1.0, 1.0), st.floats(0.0, 0.9), st.floats(-1.0, 1.0), st.integers(1, 160))
def test_step(lr: float, warmup: float, init: float, floor: float, decay: float, quarters: int) -> None:
    low, period = lr * floor, quarters / 4

    def formula(step: int) -> float:
        if step < warmup:
            return line(init if init >= 0 else low, lr, warmup, step)
        return float(max(lr * decay ** ((step - warmup) // period), low))

    arguments: dict[str, Any] = {"lr": [lr], "warmup_updates": warmup, "warmup_init_lr": init, "min_lr": low}
    arguments |= {"lr_decay": decay, "lr_deacy_period": period}
    same(fairseq.StepLRSchedule(**arguments), formula, arguments)


@often
@given(rates, st.tuples(*[st.integers(0, 50)] * 3), st.floats(-1.0, 2.0), st.floats(1e-6, 2.0))
def test_tri_stage(lr: float, lengths: tuple[int, int, int], init: float, final: float) -> None:
    warmup, hold, decay = lengths[0], lengths[1], lengths[2] + 1

    def formula(step: int) -> float:
        if step < warmup:
            return line(init * lr, lr, warmup, step)
        past = step - warmup - hold
        return lr if past < 0 else lr * math.exp(math.log(final) / decay * past) if past <= decay else final * lr

    arguments: dict[str, Any] = {"lr": [lr], "warmup_steps": warmup, "hold_steps": hold, "decay_steps": decay}
    arguments |= {"init_lr_scale": init, "final_lr_scale": final}
    same(fairseq.TriStageLRSchedule(**arguments), formula, arguments)


def test_tri_stage_by_ratios() -> None:
    by_ratio = fairseq.TriStageLRSchedule(lr=0.1, max_update=99, phase_ratio=(0.25, 0.25, 0.5))
    by_steps = fairseq.TriStageLRSchedule(lr=0.1, warmup_steps=24, hold_steps=24, decay_steps=49)
    assert by_ratio == by_steps
    with pytest.raises(ValueError, match="add up to 1"):
        fairseq.TriStageLRSchedule(lr=0.1, max_update=100, phase_ratio=(0.7, 0.2, 0.1))


@often
@given(rates, st.floats(1.01, 50.0), st.floats(2.0, 60.0), st.sampled_from([0.0, 0.1, 0.9, 1.0, 1.5]), st.booleans())
def test_triangular(lr: float, ratio: float, period: float, shrink: float, shrink_min: bool) -> None:
    half, high = period // 2, lr * ratio

    def formula(step: int) -> float:
        cycle = math.floor(step / (2 * half))
        x = abs(step / half - 2 * (cycle + 1) + 1)
        low = lr * shrink**cycle if shrink_min else lr
        return low + (high * shrink**cycle - low) * max(0.0, 1 - x)

    arguments: dict[str, Any] = {"lr": [lr], "max_lr": high, "lr_period_updates": period, "lr_shrink": shrink}
    same(fairseq.TriangularLRSchedule(**arguments, shrink_min=shrink_min), formula, arguments)


@often
@given(
    st.lists(rates, min_size=1, max_size=4),
    st.one_of(st.none(), st.integers(-2, 8)),
    st.floats(0.0, 1.5),
    st.integers(-2, 60),
    st.integers(1, 40),
)
def test_fixed(lr: list[float], anneal: int | None, shrink: float, warmup: int, length: int) -> None:
    def formula(step: int) -> float:
        epoch = step // length + 1
        before = anneal is None or epoch < anneal
        rate = lr[min(epoch - 1, len(lr) - 1)] if before else lr[-1] * shrink ** (epoch + 1 - (anneal or 0))
        return rate * (step + 1) / warmup if step < warmup else rate

    arguments: dict[str, Any] = {"lr": lr, "force_anneal": anneal, "lr_shrink": shrink, "warmup_updates": warmup}
    same(fairseq.FixedLRSchedule(**arguments, updates_per_epoch=length), formula, arguments)


entries = st.dictionaries(st.integers(1, 30), st.floats(0.0, 1.0), max_size=4)


@often
@given(entries, entries, st.integers(1, 10))
def test_manual(epochs: dict[int, float], updates: dict[int, float], length: int) -> None:
    start = epochs.get(1, updates.get(1, 0.5))

    def formula(step: int) -> float:
        by_update = [key for key in updates if key <= step]
        by_epoch = [key for key in epochs if key <= step // length + 1]
        return updates[max(by_update)] if by_update else epochs[max(by_epoch)] if by_epoch else start

    arguments: dict[str, Any] = {
        "epoch2lr": repr({str(key): rate for key, rate in epochs.items()}),
        "update2lr": {str(key): rate for key, rate in updates.items()},
    }
    same(fairseq.ManualSchedule(**arguments, lr=[0.5], updates_per_epoch=length), formula, arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("CosineLRSchedule", {"lr": [0.1, 0.2], "max_update": 10}),
        ("CosineLRSchedule", {"lr": 0.1, "min_lr": 0.1, "max_update": 10}),
        ("CosineLRSchedule", {"lr": 0.1}),
        ("CosineLRSchedule", {"lr": 0.1, "max_update": 10, "t_mult": 0.0}),
        ("CosineLRSchedule", {"lr": 0.1, "max_update": 10, "warmup_updates": 20, "t_mult": 2.0}),
        ("InverseSquareRootSchedule", {"lr": 0.1, "warmup_updates": 0}),
        ("InverseSquareRootSchedule", {"lr": 0.1, "warmup_updates": -3}),
        ("PolynomialDecayLRSchedule", {"lr": 0.1, "total_num_update": 0}),
        ("StepLRSchedule", {"lr": 0.1, "lr_deacy_period": 0}),
        ("StepLRSchedule", {"lr": 0.1, "lr_decay": 1.5}),
        ("StepLRSchedule", {"lr": 0.1, "min_lr": 0.1}),
        ("TriStageLRSchedule", {"lr": 0.1}),
        ("TriStageLRSchedule", {"lr": 0.1, "decay_steps": 5, "final_lr_scale": 0.0}),
        ("TriangularLRSchedule", {"lr": 0.1, "max_lr": 0.1}),
        ("TriangularLRSchedule", {"lr": 0.1, "max_lr": 0.2, "lr_period_updates": 1}),
        ("FixedLRSchedule", {"lr": []}),
        ("FixedLRSchedule", {"lr": [0.1, 0.2]}),
        ("ManualSchedule", {"lr": 0.1, "update2lr": "[1, 2]"}),
    ],
)
def test_refuses_what_fairseq_cannot_run(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{name}: `.*`.* must be .*got"):
        getattr(fairseq, name)(**arguments)
