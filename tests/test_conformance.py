"""`pywarmup.compat` against recorded values of the real libraries: `pytest tests/test_conformance.py [--cases DIR]`.

A case that a library refuses, we refuse. What it answers in the run, we answer within the rounding of its own
arithmetic, and past the end too, unless its module in conformance/libraries declares why not.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from conformance import compare
from conformance.case import Case, is_number
from conformance.deviation import excused


def test_case(case: Case) -> None:
    excuses = excused(case, compare.deviations(case))
    if any(one.refuses for one in excuses) or (_is_refused_by_the_peer(case) and not excuses):
        with pytest.raises((ValueError, TypeError), match=r"^[\w.]+(: |\(\) ).+") as refusal:
            compare.schedule(case)
        assert "\n" not in str(refusal.value)
        return
    made = compare.schedule(case)
    wrong = [
        f"{trace.name}[{step}]: theirs {theirs!r}, ours {ours!r}, {ratio:.3g} times what is allowed"
        for trace, step, theirs, ours, ratio in compare.differences(case, made)
        if not ratio <= 1
    ]
    assert not wrong, f"{len(wrong)} values differ, {case.callable}({case.arguments}): {'; '.join(wrong[:5])}"
    for step in case.traces[0].steps:
        if 0 <= step <= 2**53:
            assert compare.is_answered(made, step), step


def _is_refused_by_the_peer(case: Case) -> bool:
    return case.construct_error is not None or not any(is_number(value) for value in case.traces[0].values)


def test_the_page_is_what_was_compared() -> None:
    script = Path(__file__).parents[1] / "scripts" / "conformance.py"
    done = subprocess.run([sys.executable, script, "check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), "run scripts/conformance.py table, and look at it"
