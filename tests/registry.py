"""Samples of every kind and recipe: what the generic tests go over."""

import pywarmup as pw
from pywarmup import _core
from pywarmup.serialize import KINDS

L = pw.Linear(0.0, 0.1, steps=10)
C = pw.Cosine(0.1, 0.01, steps=90)

SHAPES = {
    "constant": [pw.Constant(0.1), pw.Constant(-0.5, steps=7)],
    "linear": [
        pw.Linear(0.0, 1.0, steps=100),
        pw.Linear(3e-4, 3e-5, steps=977),
        pw.Linear(0.3, 0.1, steps=12.5),
    ],
    "cosine": [
        pw.Cosine(1.0, 0.0, steps=100),
        pw.Cosine(3e-4, 3e-5, steps=977),
        pw.Cosine(0.0, 0.7, steps=31.75),
        pw.Cosine(0.1, 0.001, steps=333, exponent=2.5),
        pw.Cosine(0.0, 0.1, steps=100, exponent=0.5),
    ],
    "polynomial": [
        pw.Polynomial(1.0, 0.0, steps=100, power=2),
        pw.Polynomial(0.0, 0.3, steps=977, power=0.9),
        pw.Polynomial(0.3, 0.1, steps=50, power=0),
    ],
    "exponential": [pw.Exponential(1e-7, 10.0, steps=100), pw.Exponential(0.1, 1e-5, steps=977)],
    "exponential_decay": [
        pw.ExponentialDecay(0.1, decay_rate=0.96, every=10),
        pw.ExponentialDecay(0.1, decay_rate=0.5, every=30, staircase=True),
        pw.ExponentialDecay(0.1, decay_rate=0, every=30),
        pw.ExponentialDecay(1e-3, decay_rate=1.01, every=1).until(1000),
    ],
    "natural_exponential_decay": [pw.NaturalExponentialDecay(0.1, decay_rate=0.01)],
    "inverse_sqrt": [pw.InverseSqrt(0.1, timescale=100), pw.InverseSqrt(0.1, timescale=100, offset=3)],
    "inverse_time": [
        pw.InverseTime(0.1, decay_rate=0.5, every=10),
        pw.InverseTime(0.1, decay_rate=0.5, every=10, staircase=True),
    ],
    "power_law": [
        pw.PowerLaw(0.1, power=-0.51, timescale=100),
        pw.PowerLaw(0.1, power=0.3, timescale=10, offset=1),
    ],
    "one_minus_sqrt": [pw.OneMinusSqrt(1.0, 0.0, steps=100), pw.OneMinusSqrt(0.0, 0.3, steps=977)],
    "square_root": [pw.SquareRoot(1.0, 0.0, steps=100), pw.SquareRoot(0.0, 0.3, steps=977)],
    "logarithmic": [pw.Logarithmic(0.0, 1.0, steps=99), pw.Logarithmic(0.5, 0.0, steps=977)],
    "saturating_exponential": [pw.SaturatingExponential(0.1, timescale=50)],
    "scaled_exponential": [
        pw.ScaledExponential(1.0, 0.0, steps=100, ratio=0.5),
        pw.ScaledExponential(0.01, 0.3, steps=977, ratio=0.1),
    ],
    "radam": [pw.RAdam(1.0, beta2=0.999), pw.RAdam(0.1, beta2=0.7)],
    "tanh": [pw.Tanh(1.0, 0.0, steps=100), pw.Tanh(0.1, 0.3, steps=977, lower=-3, upper=5)],
    "rex": [pw.Rex(1.0, 0.0, steps=100), pw.Rex(0.0, 0.3, steps=977)],
    "piecewise_constant": [
        pw.PiecewiseConstant([1.0, 0.5, 0.1], milestones=[30, 70]),
        pw.PiecewiseConstant([2.0], milestones=[]),
    ],
    "piecewise_linear": [pw.PiecewiseLinear([(0, 0.1), (10, 1.0), (100, 0.0), (300.5, -0.2)])],
    "table": [pw.Table([0.1, 0.2, 0.3]), pw.Table([float(i % 7) for i in range(500)])],
}
COMBINATORS = {
    "join": [pw.join(L, C), pw.join(L, pw.Constant(0.1, steps=5), C, pw.InverseSqrt(0.01, timescale=3))],
    "product": [C * pw.SaturatingExponential(1.0, timescale=20), L * C * pw.Constant(2.0)],
    "sum": [L + C, pw.Constant(0.5) - L],
    "minimum": [pw.minimum(L, C)],
    "maximum": [pw.maximum(L, C, pw.Constant(0.02))],
    "scale": [C * 8, -L],
    "offset": [C + 0.5, L - 1],
    "clip": [C.clip(0.02, 0.08), pw.join(L, C).clip(lower=0.05)],
    "shift": [pw.join(L, C).shift(7), C.shift(2.5)],
    "stretch": [
        pw.join(L, C).stretch(3),
        pw.RAdam(1.0, beta2=0.99).stretch(2.5),
        pw.Table([1.0, 2.0]).stretch(4),
    ],
    "repeat": [
        C.repeat(),
        L.repeat(5, decay=0.5),
        pw.join(L, C).repeat(growth=2),
        L.repeat(6, growth=1.5, decay=0.9),
        pw.Linear(1.0, 0.0, steps=0.1).repeat(),
    ],
    "until": [C.until(40), pw.InverseSqrt(0.1, timescale=10).until(300)],
    "reverse": [pw.join(L, C).reverse()],
    "stairs": [
        pw.join(L, C).stairs(7),
        pw.Cosine(0.1, 0.01, steps=91.5).stairs(2.5),
        pw.noam(d_model=64, warmup_steps=9).stairs(3),
    ],
    "warp": [pw.join(L, C).warp(2), pw.Cosine(0.1, 0.01, steps=91.5).warp(0.5)],
    "past_end": [C.past_end("mirror"), L.past_end("repeat"), C.past_end("error")],
}
RECIPES = {
    "warmup_constant": [
        pw.warmup_constant(0.1, warmup_steps=10),
        pw.warmup_constant(0.1, warmup_steps=10, total_steps=50),
    ],
    "warmup_linear": [pw.warmup_linear(0.1, warmup_steps=10, total_steps=100)],
    "warmup_cosine": [pw.warmup_cosine(3e-4, warmup_steps=20, total_steps=1000, end_value=3e-5)],
    "warmup_polynomial": [pw.warmup_polynomial(0.1, warmup_steps=10, total_steps=100, power=2)],
    "warmup_exponential": [
        pw.warmup_exponential(0.1, warmup_steps=10, total_steps=100, init_value=1e-5, end_value=1e-4)
    ],
    "warmup_inverse_sqrt": [pw.warmup_inverse_sqrt(0.1, warmup_steps=10, total_steps=500, end_value=0.03)],
    "cosine_restarts": [
        pw.cosine_restarts(0.1, cycle_steps=100, growth=2, warmup_steps=10),
        pw.cosine_restarts(0.1, cycle_steps=50, decay=0.5, end_value=0.001, rewarmup_steps=5),
    ],
    "wsd": [
        pw.wsd(
            1.0,
            warmup_steps=10,
            decay_steps=20,
            total_steps=100,
            end_value=0.1,
            decay=decay,
            warmup=warmup,
            init_value=0.05,
        )
        for decay in ("linear", "cosine", "1-sqrt", "sqrt", "exponential", "scaled-exponential", "polynomial", "power")
        for warmup in (
            "linear",
            "constant",
            "exponential",
            "cosine",
            "polynomial",
            "1-sqrt",
            "log",
            "saturating_exponential",
        )
    ],
    "trapezoid": [pw.trapezoid(0.1, warmup_steps=10, decay_steps=20, total_steps=100)],
    "goyal": [pw.goyal(0.1, scale=8, warmup_steps=5, total_steps=90, then=pw.multi_step(0.1, milestones=[30, 60]))],
    "one_cycle": [
        pw.one_cycle(0.1, total_steps=100, anneal=anneal, three_phase=three_phase)
        for anneal in ("cosine", "linear")
        for three_phase in (False, True)
    ],
    "triangular": [pw.triangular(0.001, 0.1, up_steps=20, down_steps=30)],
    "triangular2": [pw.triangular2(0.001, 0.1, up_steps=20)],
    "exp_range": [pw.exp_range(0.001, 0.1, up_steps=20, decay_rate=0.99)],
    "step_decay": [pw.step_decay(0.1, every=30)],
    "multi_step": [pw.multi_step(0.1, milestones=[30, 80])],
    "noam": [pw.noam(d_model=512, warmup_steps=400)],
    "anneal": [
        pw.anneal(
            pw.wsd(1.0, warmup_steps=10, decay_steps=20, total_steps=100),
            at=50,
            over=30,
            to=0.01,
            shape="cosine",
        )
    ],
}
SAMPLES = {
    f"{kind}-{index}": schedule
    for group in (SHAPES, COMBINATORS, RECIPES)
    for kind, schedules in group.items()
    for index, schedule in enumerate(schedules)
}


def last_step(schedule: pw.Schedule) -> int:
    """A step beyond the end, where the schedule allows one."""
    errs = isinstance(schedule, pw.PastEnd) and schedule.policy == "error"
    total = 400 if schedule.total_steps is None else int(schedule.total_steps)
    return total if errs else total + 40


def test_the_registry_has_samples_of_every_kind() -> None:
    assert set(SHAPES) | set(COMBINATORS) == set(_core.PARAMETERS) == set(KINDS)
