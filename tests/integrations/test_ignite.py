"""Ignite: a `Scheduler` as a handler, within Ignite's own wrapper, and in its checkpoints."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running import run_example

import pywarmup as pw

pytest.importorskip("ignite")
import torch
from ignite.engine import Events, create_supervised_trainer
from ignite.handlers import Checkpoint, DiskSaver, LRScheduler

from pywarmup.torch import Scheduler

STEPS = 12
SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=3, total_steps=STEPS)
BATCHES = [(torch.ones(2, 3), torch.ones(2, 1))] * 6


class Run:
    """A model with its engine, and the rates that its optimizer used."""

    def __init__(self, schedule: Any = SCHEDULE, accumulation: int = 1) -> None:
        self.model = torch.nn.Linear(3, 1)
        self.optimizer = torch.optim.AdamW(self.model.parameters())
        self.scheduler = Scheduler(self.optimizer, schedule)
        self.rates: list[float] = []
        self.decays: list[float] = []
        self.optimizer.register_step_pre_hook(self.record)
        self.engine = create_supervised_trainer(
            self.model, self.optimizer, torch.nn.functional.mse_loss, gradient_accumulation_steps=accumulation
        )

    def record(self, *_: Any) -> None:
        self.rates.append(self.optimizer.param_groups[0]["lr"])
        self.decays.append(self.optimizer.param_groups[0]["weight_decay"])

    def by_handler(self) -> Scheduler:
        self.engine.add_event_handler(Events.ITERATION_COMPLETED, lambda: self.scheduler.step())
        return self.scheduler

    def by_wrapper(self) -> LRScheduler:
        wrapper = LRScheduler(self.scheduler, save_history=True)
        self.engine.add_event_handler(Events.ITERATION_STARTED, wrapper)
        return wrapper


WAYS = [Run.by_handler, Run.by_wrapper]


def test_example() -> None:
    assert run_example("pytorch/ignite_engine").startswith("64 updates; rates 0.0, 0.001 ...")


@pytest.mark.parametrize("attach", WAYS)
def test_every_update_has_its_rate(attach: Callable[[Run], Any]) -> None:
    run = Run()
    attach(run)
    run.engine.run(BATCHES, max_epochs=2)
    assert run.rates == SCHEDULE[:STEPS].tolist()
    assert run.scheduler.last_epoch == STEPS


def test_the_history_of_the_wrapper() -> None:
    run = Run()
    run.by_wrapper()
    run.engine.run(BATCHES, max_epochs=2)
    assert [rate for (rate,) in run.engine.state.param_history["lr"]] == SCHEDULE[:STEPS].tolist()


def test_gradient_accumulation() -> None:
    run = Run(accumulation=3)
    run.engine.add_event_handler(Events.ITERATION_COMPLETED(every=3), lambda: run.scheduler.step())
    run.engine.run(BATCHES, max_epochs=2)
    assert run.rates == SCHEDULE[:4].tolist()


@pytest.mark.parametrize("event", [Events.ITERATION_COMPLETED, Events.EPOCH_COMPLETED, Events.STARTED])
def test_pitfall_the_engine_as_argument(event: Any) -> None:
    """Ignite calls a handler with the engine if it takes an argument, and `step` takes one: the `epoch` of torch."""
    run = Run()
    run.engine.add_event_handler(event, run.scheduler.step)
    with pytest.raises(ValueError, match=r"^Scheduler: `epoch` must be a number >= 0 and <= 2\*\*53, got .*Engine"):
        run.engine.run(BATCHES, max_epochs=1)
    assert run.scheduler.last_epoch == 0
    assert run.optimizer.param_groups[0]["lr"] == SCHEDULE(0)


def test_pitfall_the_wrapper_sets_nothing_but_the_rate() -> None:
    """Ignite's wrapper counts for the scheduler and writes `lr` itself; a handler that calls `step` writes all."""
    decay = pw.Linear(0.1, 0.0, steps=STEPS)
    wrapped, handled = Run({"lr": SCHEDULE, "weight_decay": decay}), Run({"lr": SCHEDULE, "weight_decay": decay})
    wrapped.by_wrapper()
    handled.by_handler()
    for run in (wrapped, handled):
        run.engine.run(BATCHES, max_epochs=2)
        assert run.rates == SCHEDULE[:STEPS].tolist()
    assert wrapped.decays == [0.1] * STEPS
    assert handled.decays == decay[:STEPS].tolist()


@pytest.mark.parametrize("attach", WAYS)
@pytest.mark.parametrize("stop", [1, 6, 10])
def test_a_checkpoint_goes_on_with_the_same_rates(tmp_path: Path, attach: Callable[[Run], Any], stop: int) -> None:
    first, second = Run(), Run()
    parts = [
        {"model": run.model, "optimizer": run.optimizer, "scheduler": attach(run), "engine": run.engine}
        for run in (first, second)
    ]
    saver = Checkpoint(parts[0], DiskSaver(tmp_path), global_step_transform=lambda engine, _: engine.state.iteration)
    first.engine.add_event_handler(Events.ITERATION_COMPLETED(once=stop), saver)
    first.engine.run(BATCHES, max_epochs=2)
    Checkpoint.load_objects(parts[1], str(saver.last_checkpoint))
    assert second.scheduler.last_epoch == stop
    second.engine.run(BATCHES, max_epochs=2)
    assert second.rates == SCHEDULE[:STEPS][stop:].tolist()


def test_a_checkpoint_of_another_schedule_is_an_error(tmp_path: Path) -> None:
    first, second = Run(), Run(SCHEDULE * 2.0)
    saver = Checkpoint({"scheduler": first.by_handler()}, DiskSaver(tmp_path))
    first.engine.add_event_handler(Events.COMPLETED, saver)
    first.engine.run(BATCHES, max_epochs=1)
    with pytest.raises(ValueError, match="saved with another schedule"):
        Checkpoint.load_objects({"scheduler": second.scheduler}, str(saver.last_checkpoint))
