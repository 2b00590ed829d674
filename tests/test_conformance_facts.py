"""Deviations are told by facts: other recordings may word their quirks otherwise, or name none."""

from dataclasses import replace

import pytest
from conformance import compare
from conformance.case import RECORDED, Case, load
from conformance.deviation import Deviation, excused
from test_conformance import test_case as check

LIBRARIES = ("torch", "transformers", "pytorch_warmup", "ildoonet", "nanogpt")
QUIRKY = [case for case in load(RECORDED) if case.library in LIBRARIES and case.quirks]
CYCLE = next(case for case in QUIRKY if case.id == "torch.OneCycleLR.00")


@pytest.mark.parametrize("case", QUIRKY, ids=[case.id for case in QUIRKY])
def test_a_case_without_quirks(case: Case) -> None:
    check(replace(case, quirks=(), quirk_steps=frozenset()))


def test_only_the_step_beyond_the_end_is_excused() -> None:
    excuses = excused(CYCLE, compare.deviations(CYCLE))
    main = CYCLE.traces[0]
    assert compare.steps_excused(CYCLE, main, excuses) == {10}
    wrong = replace(main, values=(*main.values[:9], 0.05, *main.values[10:]))
    with pytest.raises(AssertionError, match=r"1 values differ, .* main\[9\]: theirs 0.05, ours 4e-07"):
        check(replace(CYCLE, traces=(wrong,)))


def test_a_fact_decides_alone() -> None:
    always = Deviation("OneCycleLR", "", "", fact=lambda case: True)
    never = Deviation("OneCycleLR", "", "", fact=lambda case: False)
    assert excused(CYCLE, [always, never]) == [always]
    assert excused(CYCLE, [replace(never, fact=None), replace(always, fact=None, where="x y")]) == [
        replace(never, fact=None)
    ]
    for steps, expected in (((1, 2), {1, 2}), (lambda case, step: step == 3, {3}), ("closed_form", set())):
        one = replace(always, steps=steps)
        assert compare.steps_excused(CYCLE, CYCLE.traces[0], [one]) == expected


def test_a_library_that_answers_only_negative_rates_does_not_refuse() -> None:
    (case,) = [case for case in load(RECORDED) if case.id == "torch.MultiStepLR.01"]
    down = replace(case.traces[0], values=tuple(-value for value in case.traces[0].values))  # type: ignore[operator]
    check(replace(case, traces=(down,)))
