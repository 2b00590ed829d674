"""Each rule finds its mistake where it is, and nothing is found in a good schedule."""

import math
from typing import Any

import pytest
from registry import RECIPES

import pywarmup as pw
from pywarmup.compat import transformers
from pywarmup.tools.lint import RULES, Finding

T = 100_000
GOOD = {
    **{f"{name}-{index}": s for name, samples in RECIPES.items() for index, s in enumerate(samples)},
    "warmup-cosine": pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=T),
    "warmup-cosine-tenth": pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=T, end_value=3e-5),
    "warmup-constant": pw.warmup_constant(0.1, warmup_steps=500),
    "constant": pw.Constant(0.1),
    "constant-run": pw.Constant(0.1, steps=T),
    "goyal-constant": pw.goyal(0.1, scale=8, warmup_steps=450, total_steps=8_000, warmup="constant"),
    "goyal-steps": pw.goyal(
        0.1, scale=8, warmup_steps=450, total_steps=8_100, then=pw.multi_step(0.1, milestones=[2_250, 4_950])
    ),
    "noam": pw.warmup_inverse_sqrt(512**-0.5 * 4_000**-0.5, warmup_steps=4_000),
    "noam-run": pw.warmup_inverse_sqrt(512**-0.5 * 4_000**-0.5, warmup_steps=4_000).until(T),
    "t5": pw.join(pw.Constant(0.01, steps=10_000), pw.InverseSqrt(0.01, timescale=10_000)),
    "sgdr": pw.cosine_restarts(0.1, cycle_steps=10, growth=2, cycles=4),
    "sgdr-by-hand": pw.join(*(pw.Cosine(0.1 / n, 0.0, steps=100 * n) for n in (1, 2, 3))),
    "rewarmed-by-hand": pw.join(*[pw.Linear(0.0, 0.1, steps=20), pw.Cosine(0.1, 0.01, steps=180)] * 3),
    "rewarmed-after-a-plateau": pw.join(
        pw.wsd(0.1, warmup_steps=50, decay_steps=0, total_steps=500),
        pw.warmup_cosine(0.1, warmup_steps=50, total_steps=1_000),
    ),
    "saw": pw.Linear(0.01, 0.1, steps=50).repeat(3),
    "triangles": pw.triangular(1e-4, 1e-2, up_steps=2_000),
    "triangles-run": pw.triangular(1e-4, 1e-2, up_steps=2_000).until(16_000),
    "one-cycle": pw.one_cycle(0.1, total_steps=T),
    "one-cycle-linear": pw.one_cycle(0.1, total_steps=T, anneal="linear", warmup_fraction=0.45),
    "one-cycle-scaled": pw.one_cycle(1.0, total_steps=T) * 0.1,
    "steps": pw.step_decay(0.1, every=30).until(90),
    "stairs-by-hand": pw.join(pw.Constant(0.1, steps=30), pw.Constant(0.01, steps=30)),
    "multiplied-warmup": pw.Cosine(0.1, 0.0, steps=T) * pw.SaturatingExponential(1.0, timescale=500),
    "multiplied-linear-warmup": pw.Linear(0.0, 1.0, steps=500) * pw.Cosine(0.1, 0.0, steps=T),
    "multiplied-ramp": pw.Linear(0.1, 1.0, steps=500) * pw.Constant(0.1),
    "multiplied-one-cycle": pw.one_cycle(0.1, total_steps=T) * pw.Constant(0.5),
    "range-test": pw.Exponential(1e-7, 10.0, steps=100),
    "momentum": pw.join(pw.Cosine(0.95, 0.85, steps=30_000), pw.Cosine(0.85, 0.95, steps=70_000)),
    "epochs": pw.warmup_cosine(0.1, warmup_steps=5, total_steps=90, init_value=0.01),
    "stretched": pw.warmup_cosine(0.1, warmup_steps=5, total_steps=90).stretch(1_251),
    "extended": pw.anneal(pw.warmup_constant(0.1, warmup_steps=500), at=50_000, over=5_000, shape="1-sqrt"),
    "from-a-checkpoint": pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=T).shift(1_500),
    "error-past-end": pw.warmup_linear(0.1, warmup_steps=100, total_steps=1_000).past_end("error"),
    "cycles-then-a-floor": pw.join(pw.triangular(0.01, 0.1, up_steps=50).until(250), pw.Linear(0.1, 0.0, steps=750)),
    "stairs-with-an-error-past-them": pw.Cosine(0.1, 0.01, steps=90).past_end("error").stairs(7),
    "mirror": pw.Cosine(0.1, 0.0, steps=1_000).past_end("mirror"),
}


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_found_in_a_good_schedule(name: str) -> None:
    assert GOOD[name].lint() == ()


@pytest.mark.parametrize("name", sorted(name for name, s in GOOD.items() if s.total_steps is not None))
def test_saying_the_length_again_changes_nothing(name: str) -> None:
    total = GOOD[name].total_steps
    assert total is not None
    assert GOOD[name].lint(total_steps=total, steps_per_epoch=total / 4) == ()


L = pw.Linear(0.0, 0.1, steps=50)
C = pw.Cosine(0.1, 0.0, steps=950)
RUN = pw.join(L, C)
MISTAKES: dict[str, tuple[pw.Schedule, dict[str, Any], list[tuple[str, int]]]] = {
    "run-within-warmup": (
        RUN,
        {"total_steps": 40},
        [("decay-after-run", 40), ("long-warmup", 50), ("peak-never-reached", 50)],
    ),
    "endless-within-warmup": (
        pw.warmup_constant(0.1, warmup_steps=50),
        {"total_steps": 40},
        [("long-warmup", 50), ("peak-never-reached", 50)],
    ),
    "peak-between-stages": (
        pw.join(pw.Linear(0.0, 0.1, steps=10), pw.Linear(0.09, 0.0, steps=90)),
        {},
        [("peak-never-reached", 10), ("stage-jump", 10)],
    ),
    "short-warmup-from-zero": (
        pw.warmup_linear(0.1, warmup_steps=4, total_steps=100),
        {},
        [("zero-at-first-update", 0)],
    ),
    "zeros-first": (
        pw.join(pw.Constant(0.0, steps=10), pw.Linear(0.0, 0.1, steps=90), pw.Cosine(0.1, 0.0, steps=900)),
        {},
        [("zero-at-first-update", 0)],
    ),
    "all-zero": (pw.Constant(0.0), {}, [("zero-at-first-update", 0)]),
    "jump-up": (pw.join(L, pw.Cosine(0.2, 0.0, steps=950)), {}, [("stage-jump", 50)]),
    "jump-down": (pw.join(L, pw.Constant(0.1, steps=500), pw.Linear(0.05, 0.0, steps=450)), {}, [("stage-jump", 550)]),
    "jump-in-scaled": (pw.join(L, pw.Cosine(0.2, 0.0, steps=950)) * 3, {}, [("stage-jump", 50)]),
    "jump-to-floor": (pw.join(L, C, pw.Constant(0.01, steps=100)), {}, [("stage-jump", 1_000)]),
    "jump-in-a-cycle": (
        pw.join(L, pw.Cosine(0.2, 0.0, steps=950)).repeat(2),
        {},
        [("stage-jump", 50), ("stage-jump", 1_050)],
    ),
    "long-warmup": (pw.warmup_cosine(0.1, warmup_steps=210, total_steps=1_000), {}, [("long-warmup", 210)]),
    "long-warmup-of-the-run": (
        pw.warmup_constant(0.1, warmup_steps=50),
        {"total_steps": 240},
        [("long-warmup", 50)],
    ),
    "long-warmup-as-a-factor": (pw.Linear(0.0, 1.0, steps=210) * C, {}, [("long-warmup", 210)]),
    "short-warmup-as-a-factor": (pw.Linear(0.0, 1.0, steps=5) * C, {}, [("zero-at-first-update", 0)]),
    "warmup-as-long-as-the-run": (
        transformers.get_linear_schedule_with_warmup(1_000, 1_000, base_lr=5e-5),
        {"total_steps": 1_000},
        [("long-warmup", 1_000)],
    ),
    "warmup-a-bit-longer-than-the-run": (
        transformers.get_constant_schedule_with_warmup(1_000, base_lr=5e-5),
        {"total_steps": 990},
        [("long-warmup", 1_000)],
    ),
    "long-goyal": (
        pw.goyal(0.1, scale=8, warmup_steps=30, total_steps=90, then=pw.multi_step(0.1, milestones=[30])),
        {},
        [("long-warmup", 30)],
    ),
    "negative": (pw.Linear(0.1, 0.0, steps=100) - 0.02, {}, [("negative-value", 81)]),
    "negative-end": (pw.PiecewiseLinear([(0, 0.1), (100, -0.1)]), {}, [("negative-value", 51)]),
    "run-shorter": (RUN, {"total_steps": 900}, [("decay-after-run", 900)]),
    "until": (RUN.until(800), {}, [("decay-after-run", 800)]),
    "until-in-the-last-stage": (pw.join(L, C.until(500)) * 2, {}, [("decay-after-run", 550)]),
    "until-in-a-stretched-stage": (RUN.until(800).stretch(3), {}, [("decay-after-run", 2_400)]),
    "until-in-a-shifted-stage": (RUN.until(800).shift(100), {}, [("decay-after-run", 700)]),
    "until-with-an-error-past-it": (RUN.until(800).past_end("error"), {}, [("decay-after-run", 800)]),
    "until-twice": (RUN.until(800).until(800), {}, [("decay-after-run", 800)]),
    "decay-before-a-floor": (
        pw.join(L, pw.Cosine(0.1, 0.01, steps=950), pw.Constant(0.01)),
        {"total_steps": 900},
        [("decay-after-run", 900)],
    ),
    "decay-never-begins": (
        pw.wsd(0.1, warmup_steps=50, decay_steps=100, total_steps=1_000),
        {"total_steps": 900},
        [("decay-after-run", 900)],
    ),
    "cycle-cut": (
        pw.cosine_restarts(0.1, cycle_steps=100, warmup_steps=10),
        {"total_steps": 250},
        [("cycle-cut", 250)],
    ),
    "cycle-cut-by-until": (pw.triangular(0.01, 0.1, up_steps=50).until(250), {}, [("cycle-cut", 250)]),
    "mirror-cut": (pw.Cosine(0.1, 0.0, steps=100).past_end("mirror"), {"total_steps": 130}, [("cycle-cut", 130)]),
    "cycle-cut-in-stairs": (
        pw.cosine_restarts(0.1, cycle_steps=100).stairs(10),
        {"total_steps": 250},
        [("cycle-cut", 250)],
    ),
    "growing-cycle-cut": (
        pw.cosine_restarts(0.1, cycle_steps=100, growth=2, end_value=0.001),
        {"total_steps": 650},
        [("cycle-cut", 650)],
    ),
    "partial-epoch": (RUN, {"steps_per_epoch": 300}, [("partial-epoch", 1_000)]),
    "zero-after-the-end": (RUN, {"total_steps": 1_100}, [("ends-before-run", 1_000)]),
    "error-in-a-part": (
        pw.Cosine(0.1, 0.01, steps=90).past_end("error") + pw.Linear(0.1, 0.0, steps=100),
        {},
        [("ends-before-run", 90)],
    ),
    "zero-after-a-stretched-end": (RUN.stretch(3), {"total_steps": 3_300}, [("ends-before-run", 3_000)]),
    "error-after-the-end": (
        pw.Cosine(0.1, 0.01, steps=900).past_end("error"),
        {"total_steps": 1_000},
        [("ends-before-run", 900)],
    ),
}
ADVICE: dict[str, tuple[pw.Schedule, dict[str, Any], list[tuple[str, int]]]] = {
    "zero-first": (RUN, {}, [("zero-at-first-update", 0)]),
    "tenth": (pw.Cosine(0.1, 0.01, steps=900), {}, [("high-floor", 900)]),
    "hundredth": (pw.Cosine(0.1, 0.001, steps=900), {}, []),
    "constant": (pw.Constant(0.1), {"total_steps": 70}, [("high-floor", 70)]),
    "held": (pw.Cosine(0.1, 0.001, steps=900), {"total_steps": 1_000}, [("ends-before-run", 900)]),
    "repeated": (pw.Cosine(0.1, 0.001, steps=900).past_end("repeat"), {"total_steps": 1_800}, []),
}


def test_a_run_may_end_at_the_turn_of_a_mirror() -> None:
    late_by_one = transformers.get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
        0, 1_000, min_lr_rate=0.1, warmup_lr_rate=0.01, base_lr=5e-5
    )
    assert late_by_one.lint(total_steps=1_000) == ()
    assert [finding.rule for finding in late_by_one.lint(total_steps=1_001)] == ["cycle-cut"]


def found(findings: tuple[Finding, ...]) -> list[tuple[str, int]]:
    return sorted((finding.rule, finding.step) for finding in findings)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_where_it_is_and_nothing_else(name: str) -> None:
    schedule, options, expected = MISTAKES[name]
    findings = schedule.lint(**options)
    assert found(findings) == expected
    assert {finding.level for finding in findings} == {"warning"}


@pytest.mark.parametrize("name", ADVICE)
def test_advice_comes_only_when_asked_for(name: str) -> None:
    schedule, options, expected = ADVICE[name]
    assert schedule.lint(**options) == ()
    findings = schedule.lint(advice=True, **options)
    assert found(findings) == expected
    assert {finding.level for finding in findings} <= {"advice"}


def test_every_rule_has_a_mistake() -> None:
    cases = [*MISTAKES.values(), *ADVICE.values()]
    assert {rule for _, _, expected in cases for rule, _ in expected} == set(RULES)


@pytest.mark.parametrize("name", MISTAKES)
def test_what_is_ignored_is_not_returned(name: str) -> None:
    schedule, options, expected = MISTAKES[name]
    assert schedule.lint(ignore={rule for rule, _ in expected}, **options) == ()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_finding_reads_well(name: str) -> None:
    schedule, options, _ = MISTAKES[name]
    for finding in schedule.lint(**options):
        first, second = str(finding).split("\n")
        assert first == f"warning at step {finding.step:,}: {finding.message} [{finding.rule}]"
        assert second.startswith(f"    {finding.why}; ")
        assert all(text and len(text) < 150 for text in (finding.message, finding.why, finding.remedy))


def test_warnings_come_first_and_by_step() -> None:
    findings = pw.join(L, pw.Cosine(0.2, 0.1, steps=900)).lint(total_steps=1_001, steps_per_epoch=7, advice=True)
    assert [(finding.level, finding.rule) for finding in findings] == [
        ("warning", "stage-jump"),
        ("advice", "zero-at-first-update"),
        ("advice", "ends-before-run"),
        ("advice", "high-floor"),
    ]


def test_the_remedies_remedy() -> None:
    assert "let the stage begin at 0.1" in pw.join(L, pw.Cosine(0.2, 0.0, steps=950)).lint()[0].remedy
    assert pw.join(L, pw.Cosine(0.1, 0.0, steps=950)).lint() == ()
    assert "at most 200 steps" in pw.warmup_cosine(0.1, warmup_steps=210, total_steps=1_000).lint()[0].remedy
    assert pw.warmup_cosine(0.1, warmup_steps=200, total_steps=1_000).lint() == ()
    restarts = pw.cosine_restarts(0.1, cycle_steps=100, warmup_steps=10)
    assert restarts.lint(total_steps=250)[0].remedy == "end the run at step 310, or 210"
    assert restarts.lint(total_steps=310) == restarts.lint(total_steps=210) == ()
    long = pw.cosine_restarts(0.1, cycle_steps=1_000_003, warmup_steps=10)
    assert long.lint(total_steps=2_500_001)[0].remedy == "end the run at step 3,000,019, or 2,000,016"
    assert long.lint(total_steps=3_000_019) == long.lint(total_steps=2_000_016) == ()
    assert RUN.lint(steps_per_epoch=300)[0].remedy == "use 900 or 1,200 steps"
    assert pw.warmup_linear(0.1, warmup_steps=4, total_steps=100).shift(1).lint() == ()


@pytest.mark.parametrize(("total", "epoch"), [(90, 0.1), (100.1, 7.7), (2**53, 2**20), (0.3, 0.1)])
def test_whole_epochs_may_be_fractional_steps(total: float, epoch: float) -> None:
    assert pw.Constant(0.1).lint(total_steps=total, steps_per_epoch=epoch) == ()
    findings = pw.Constant(0.1).lint(total_steps=total, steps_per_epoch=1.01 * epoch)
    assert [finding.rule for finding in findings] == ["partial-epoch"]


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"total_steps": 0}, ValueError, "lint: `total_steps` must be "),
    ({"total_steps": -1}, ValueError, "lint: `total_steps` must be "),
    ({"total_steps": math.nan}, ValueError, "lint: `total_steps` must be "),
    ({"total_steps": math.inf}, ValueError, "lint: `total_steps` must be "),
    ({"total_steps": 2**60}, ValueError, "lint: `total_steps` must be "),
    ({"total_steps": "10"}, TypeError, "lint: `total_steps` must be "),
    ({"total_steps": True}, TypeError, "lint: `total_steps` must be "),
    ({"steps_per_epoch": 0}, ValueError, "lint: `steps_per_epoch` must be "),
    ({"steps_per_epoch": "1"}, TypeError, "lint: `steps_per_epoch` must be "),
    ({"advice": 1}, TypeError, "lint: `advice` must be "),
    ({"ignore": "stage-jump"}, TypeError, "lint: `ignore` must be a collection of names of rules, got 'stage-jump'"),
    ({"ignore": None}, TypeError, "lint: `ignore` must be a collection of names of rules, got None"),
    ({"ignore": ["stage-jmp"]}, ValueError, "lint: `ignore` must be among peak-never-reached, zero-at-first-update, "),
    ({"ignore": [[]]}, ValueError, "lint: `ignore` must be among "),
]


@pytest.mark.parametrize(("options", "error", "message"), BAD)
def test_bad_input(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as raised:
        RUN.lint(**options)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("total", [1, 0.5, 2**53])
def test_any_length_of_a_run_is_looked_at(total: float) -> None:
    for schedule in GOOD.values():
        for finding in schedule.lint(total_steps=total, steps_per_epoch=3, advice=True):
            assert finding.step >= 0
