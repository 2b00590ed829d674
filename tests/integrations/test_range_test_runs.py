"""Range tests in processes of their own: the example, and two processes with one loss, one end, and all as it was."""

import json
from typing import Any

import pytest
from running import run_example, run_worker

torch = pytest.importorskip("torch")

from pywarmup.tools.range_result import RangeTest

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
CHECKS = ["ddp", "ddp_trained", "fsdp2", "zero", "nan_on_one_rank", "ctrl_c_on_one_rank"]


def test_the_suggested_rate_trains_at_least_as_well_as_the_default_one() -> None:
    """The example asserts it, for SGD and Adam from five seeds each."""
    pytest.importorskip("sklearn")
    assert run_example("pytorch/range_test_digits").count("suggested") == 10


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("distributed") / "range_tests.json"
    worker = __file__.replace("test_range_test_runs.py", "distributed/range_tests.py")
    run_worker("distributed/leave", worker, str(path), launcher=TORCHRUN)
    return json.loads(path.read_text())


@pytest.mark.parametrize("check", CHECKS)
def test_all_ranks_measure_the_same_and_everything_is_as_it_was(outcomes: Any, check: str) -> None:
    first, second = outcomes[check]
    assert RangeTest.from_dict(first["test"]) == RangeTest.from_dict(second["test"])
    assert first["unchanged"]
    assert second["unchanged"]


def test_the_loss_is_the_mean_over_the_ranks(outcomes: Any) -> None:
    """The first losses as computed in one process; then rounding drifts apart."""
    losses = outcomes["ddp"][0]["test"]["losses"]
    assert losses[:25] == pytest.approx(outcomes["alone"][0][:25], rel=1e-4)


@pytest.mark.parametrize(
    ("check", "reason", "points"),
    [("ddp", "diverged", None), ("nan_on_one_rank", "non-finite", 8), ("ctrl_c_on_one_rank", "interrupted", 5)],
)
def test_all_ranks_stop_together(outcomes: Any, check: str, reason: str, points: int | None) -> None:
    for outcome in outcomes[check]:
        assert outcome["test"]["stop_reason"] == reason
        assert points is None or len(outcome["test"]["losses"]) == points
