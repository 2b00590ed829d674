"""The goals of benches/goals.toml about instructions: unlike times, they are the same on a busy machine."""

import platform
import sys
from pathlib import Path

import pytest

BENCHES = Path(__file__).parent.parent / "benches"
if not BENCHES.exists():
    pytest.skip("the benches are not in this copy", allow_module_level=True)
if platform.machine() not in ("x86_64", "AMD64"):
    pytest.skip("the goals about instructions are for x86-64", allow_module_level=True)
sys.path.append(str(BENCHES))  # last: what is tested is the installed package

import goals  # noqa: E402
import instructions  # noqa: E402

GOALS = [goal for goal in goals.all_goals() if goal.question == "instructions"]


@pytest.fixture(scope="module")
def counts() -> goals.Values:
    try:
        measured = instructions.measure()
    except instructions.UnavailableError as error:
        pytest.skip(str(error))
    return {("instructions", instructions.case_of(name), name): count for name, count in measured.items()}


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.name.replace(" ", "-"))
def test_instructions(goal: goals.Goal, counts: goals.Values) -> None:
    if not goal.applies:
        pytest.skip(f"a goal for Python {goal.python}")
    assert (goal.question, goal.case, goal.ours) in counts
    measured = goal.measured(counts)
    if measured is None:
        pytest.skip(f"{goal.peer!r} is not installed")
    assert goal.is_met(measured), f"{goal.name}: {measured:.2f} instead of {goal.wanted}"


def test_there_are_goals() -> None:
    assert GOALS
