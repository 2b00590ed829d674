"""Accelerate: every update has the rate of the true number of updates or samples, with accumulation and processes."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import run_example, run_worker

torch = pytest.importorskip("torch")
accelerate = pytest.importorskip("accelerate", reason="accelerate is not installed")

import accelerate_worker as worker
from accelerate.scheduler import AcceleratedScheduler

TWO = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2")


@pytest.fixture(autouse=True)
def fresh_accelerate() -> Iterator[None]:
    yield
    accelerate.state.AcceleratorState._reset_state(reset_partial_state=True)
    accelerate.state.GradientState._reset_state()


def test_the_example_of_accumulation_runs() -> None:
    assert "batches: 64 updates: 16" in run_example("pytorch/accelerate_accumulation")


@pytest.mark.parametrize(("way", "end"), [("samples", 256), ("updates", 32)])
def test_the_example_runs_in_two_processes(way: str, end: int) -> None:
    printed = run_example("pytorch/accelerate_processes", way, launcher=TWO)
    assert f"processes: 2 updates: 32 at: {end}" in printed


def test_a_scheduler_is_wrapped_and_saved(tmp_path: Path) -> None:
    """Accelerate passes over what is no LRScheduler, without a word."""
    run = worker.Run(worker.SCHEDULE)
    assert isinstance(run.scheduler, AcceleratedScheduler)
    run.train(updates=5)
    run.accelerator.save_state(str(tmp_path))
    assert torch.load(tmp_path / "scheduler.bin", weights_only=True)["last_epoch"] == 5


def test_one_process_counts_right() -> None:
    worker.check_ways_of_counting(world=1)


def test_one_process_accumulates_right() -> None:
    with pytest.warns(UserWarning, match="came before"):  # the last of its checks steps for micro-batches too
        worker.check_accumulation(world=1)


def test_one_process_resumes_right(tmp_path: Path) -> None:
    worker.check_resume(1, tmp_path)


def test_the_steps_of_micro_batches_are_dropped_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert worker.Run(worker.SCHEDULE, accumulation=4).train() == list(worker.SCHEDULE[:6])


def test_two_processes_count_accumulate_and_resume_and_one_goes_on(tmp_path: Path) -> None:
    assert "2 processes: right" in run_worker("accelerate_worker", str(tmp_path), launcher=TWO)
    alone = worker.Run(worker.BY_SAMPLES, count=worker.BATCH)
    alone.accelerator.load_state(str(tmp_path))
    position = 5 * 2 * worker.BATCH  # five updates of two processes
    assert alone.train(updates=3) == list(worker.BY_SAMPLES[position : position + 3 * worker.BATCH : worker.BATCH])
