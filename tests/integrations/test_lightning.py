"""Lightning: what its loop does with a `Scheduler`, and what its monitor logs."""

import csv
import warnings
from pathlib import Path
from typing import Any

import pytest
from running import run_example

import pywarmup as pw

lightning = pytest.importorskip("lightning")
import torch
from lightning.pytorch.callbacks import GradientAccumulationScheduler, LearningRateMonitor
from lightning.pytorch.loggers import CSVLogger

from pywarmup.torch import Scheduler

BATCHES = 7  # an odd number: accumulation does not divide it
STEPS = 12
SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=3, total_steps=STEPS)


class Module(lightning.LightningModule):
    """Records the rate of every update that the optimizer makes."""

    def __init__(self, interval: str | None = "step", schedule: Any = SCHEDULE) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(4, 4), torch.nn.Linear(4, 1)])
        self.interval, self.schedule = interval, schedule
        self.used: list[list[float]] = []
        self.decays: list[float] = []

    def training_step(self, batch: Any, _: int) -> Any:
        return self.layers[1](self.layers[0](batch[0])).square().mean()

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.AdamW([{"params": layer.parameters()} for layer in self.layers])
        optimizer.register_step_pre_hook(self.record)
        self.scheduler = Scheduler(optimizer, self.schedule)
        if self.interval is None:
            return [optimizer], [self.scheduler]
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": self.scheduler, "interval": self.interval}}

    def record(self, optimizer: Any, *_: Any) -> None:
        self.used.append([group["lr"] for group in optimizer.param_groups])
        self.decays.append(optimizer.param_groups[0]["weight_decay"])

    @property
    def rates(self) -> list[float]:
        assert all(first == second for first, second in self.used)
        return [first for first, _ in self.used]


class Manual(Module):
    automatic_optimization = False

    def training_step(self, batch: Any, _: int) -> None:
        self.optimizers().zero_grad()
        self.manual_backward(super().training_step(batch, _))
        self.optimizers().step()
        self.lr_schedulers().step()


def loader() -> Any:
    data = torch.utils.data.TensorDataset(torch.randn(4 * BATCHES, 4, generator=torch.Generator().manual_seed(0)))
    return torch.utils.data.DataLoader(data, 4)


def trainer(**options: Any) -> Any:
    quiet = {"enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    return lightning.Trainer(**({"accelerator": "cpu", "logger": False, "max_epochs": -1} | quiet | options))


def logged_trainer(folder: Path, monitor: Any = None, **options: Any) -> Any:
    callbacks = [monitor or LearningRateMonitor(), *options.pop("callbacks", [])]
    return trainer(logger=CSVLogger(folder), log_every_n_steps=1, callbacks=callbacks, **options)


def logged(trained: Any, name: str) -> dict[int, float]:
    with open(trained.logger.experiment.metrics_file_path) as file:
        return {int(row["step"]): float(row[name]) for row in csv.DictReader(file)}


def test_example() -> None:
    assert run_example("pytorch/lightning_module").startswith("48 updates; rates 0.0, 0.00111 ...")


@pytest.mark.parametrize("accumulation", [1, 2, 3])
def test_every_update_has_its_rate_and_the_monitor_logs_it(tmp_path: Path, accumulation: int) -> None:
    module = Module()
    done = logged_trainer(tmp_path, max_steps=STEPS, accumulate_grad_batches=accumulation)
    done.fit(module, loader())
    assert module.rates == SCHEDULE[:STEPS].tolist()
    assert module.scheduler.last_epoch == STEPS
    logs = logged(done, "lr-AdamW/pg1")
    assert logs == logged(done, "lr-AdamW/pg2") == {step: SCHEDULE(step) for step in logs}
    assert len(logs) == STEPS


def test_accumulation_that_changes_in_the_course_of_training() -> None:
    module = Module()
    trainer(max_epochs=3, callbacks=[GradientAccumulationScheduler({0: 1, 1: 3, 2: 2})]).fit(module, loader())
    assert module.rates == SCHEDULE[: 7 + 3 + 4].tolist()


def test_groups_and_weight_decay(tmp_path: Path) -> None:
    decay = pw.Linear(0.1, 0.0, steps=STEPS)
    module = Module(schedule={"lr": [SCHEDULE, SCHEDULE * 0.1], "weight_decay": decay})
    done = logged_trainer(tmp_path, LearningRateMonitor(log_weight_decay=True), max_steps=STEPS)
    done.fit(module, loader())
    assert module.used == [[SCHEDULE(step), (SCHEDULE * 0.1)(step)] for step in range(STEPS)]
    assert module.decays == decay[:STEPS].tolist()
    assert list(logged(done, "lr-AdamW/pg2").values()) == (SCHEDULE * 0.1)[:STEPS].tolist()
    assert list(logged(done, "lr-AdamW/pg1-weight_decay").values()) == decay[:STEPS].tolist()


def test_manual_optimization() -> None:
    module = Manual()
    trainer(max_steps=STEPS).fit(module, loader())
    assert module.rates == SCHEDULE[:STEPS].tolist()


@pytest.mark.parametrize("accumulation", [1, 2])
@pytest.mark.parametrize("stop", [1, 5, STEPS - 1])  # in the middle of epochs
def test_resume_goes_on_with_the_same_rates(tmp_path: Path, stop: int, accumulation: int) -> None:
    first = trainer(max_steps=stop, accumulate_grad_batches=accumulation)
    first.fit(Module(), loader())
    first.save_checkpoint(tmp_path / "stopped.ckpt")
    module = Module()
    second = logged_trainer(tmp_path, max_steps=STEPS, accumulate_grad_batches=accumulation)
    second.fit(module, loader(), ckpt_path=tmp_path / "stopped.ckpt", weights_only=True)
    assert module.rates == SCHEDULE[:STEPS][stop:].tolist()
    logs = logged(second, "lr-AdamW/pg1")
    assert logs == {step: SCHEDULE(step) for step in range(stop, STEPS)}


def test_resume_with_another_schedule_is_an_error(tmp_path: Path) -> None:
    first = trainer(max_steps=5)
    first.fit(Module(), loader())
    first.save_checkpoint(tmp_path / "stopped.ckpt")
    longer = pw.warmup_cosine(1e-2, warmup_steps=3, total_steps=2 * STEPS)
    with pytest.raises(ValueError, match=r"saved with another schedule: `lr` was .* and is .* at step 4, the first"):
        trainer(max_steps=STEPS).fit(Module(schedule=longer), loader(), ckpt_path=tmp_path / "stopped.ckpt")


@pytest.mark.parametrize("interval", [None, "epoch"])
def test_pitfall_two_lists_mean_one_step_an_epoch(interval: str | None) -> None:
    """`return [optimizer], [scheduler]` steps the schedule once an epoch, and Lightning does not say so.

    So the whole first epoch of a warmup from zero is trained with the rate zero. Return the dictionary, "step" in it.
    """
    module = Module(interval)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        trainer(max_epochs=3).fit(module, loader())
    assert module.rates == [SCHEDULE(epoch) for epoch in range(3) for _ in range(BATCHES)]
    assert not [str(one.message) for one in caught if "schedule" in str(one.message) or "interval" in str(one.message)]
