"""What each of several processes does for test_accelerate.py: `torchrun ... accelerate_worker.py FOLDER`."""

import sys
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, DataLoaderConfiguration
from accelerate.state import AcceleratorState

import pywarmup as pw
from pywarmup.torch import Scheduler

SAMPLES, BATCH = 96, 4
SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=6, total_steps=24)
BY_SAMPLES = SCHEDULE.stretch(BATCH)  # the same over samples


class Run:
    """One training: `used` has the rates of the updates, in the order they were made."""

    def __init__(self, schedule: pw.Schedule, count: float = 1, accumulation: int = 1, **options: Any) -> None:
        AcceleratorState._reset_state()
        self.accelerator = Accelerator(cpu=True, gradient_accumulation_steps=accumulation, **options)
        self.used: list[float] = []
        model = torch.nn.Linear(8, 1)
        optimizer = torch.optim.AdamW(model.parameters())
        optimizer.register_step_pre_hook(lambda optimizer, *_: self.used.append(optimizer.param_groups[0]["lr"]))
        scheduler = Scheduler(optimizer, schedule, count=count)
        data = torch.utils.data.TensorDataset(torch.randn(SAMPLES, 8), torch.randn(SAMPLES, 1))
        loader = torch.utils.data.DataLoader(data, batch_size=BATCH)
        prepared = self.accelerator.prepare(model, optimizer, loader, scheduler)
        self.model, self.optimizer, self.loader, self.scheduler = prepared

    def train(self, updates: int | None = None, asks: bool = False) -> list[float]:
        """Make that many updates, or those of an epoch; `asks` steps the scheduler only for updates, by itself."""
        self.used.clear()
        for inputs, targets in self.loader:
            with self.accelerator.accumulate(self.model):
                self.accelerator.backward(torch.nn.functional.mse_loss(self.model(inputs), targets))
                self.optimizer.step()
                if not asks or self.accelerator.sync_gradients:
                    self.scheduler.step()
                self.optimizer.zero_grad()
            if len(self.used) == updates:
                break
        return self.used


def check_ways_of_counting(world: int) -> None:
    """Each of them gives every update its rate; what Accelerate does by default gives them every `world`-th."""
    updates = SAMPLES // (BATCH * world)
    assert Run(SCHEDULE).train() == list(SCHEDULE[: world * updates : world])
    assert Run(SCHEDULE, step_scheduler_with_optimizer=False).train() == list(SCHEDULE[:updates])
    split = Run(SCHEDULE, dataloader_config=DataLoaderConfiguration(split_batches=True))
    assert split.train() == list(SCHEDULE[: SAMPLES // BATCH])
    by_samples = Run(BY_SAMPLES, count=BATCH)
    assert by_samples.train() == list(BY_SAMPLES[: SAMPLES : world * BATCH])
    assert by_samples.scheduler.scheduler.last_epoch == SAMPLES


def check_accumulation(world: int) -> None:
    """Counting what a process saw in an update; with Accelerate's switch the loop must leave out micro-batches."""
    updates = SAMPLES // (BATCH * world * 2)
    by_samples = Run(BY_SAMPLES, count=2 * BATCH, accumulation=2)
    assert by_samples.train() == list(BY_SAMPLES[: SAMPLES : world * BATCH * 2])
    switch = {"accumulation": 2, "step_scheduler_with_optimizer": False}
    assert Run(SCHEDULE, **switch).train(asks=True) == list(SCHEDULE[:updates])
    assert Run(SCHEDULE, **switch).train() == list(SCHEDULE[1 : 2 * updates : 2])


def check_resume(world: int, folder: Path) -> None:
    """Save after five updates, load into a new run."""
    first = Run(BY_SAMPLES, count=BATCH)
    first.train(updates=5)
    first.accelerator.save_state(str(folder))
    second = Run(BY_SAMPLES, count=BATCH)
    second.accelerator.load_state(str(folder))
    stride = world * BATCH
    assert second.scheduler.get_last_lr() == [BY_SAMPLES(5 * stride)]
    assert second.train(updates=5) == list(BY_SAMPLES[5 * stride : 10 * stride : stride])


if __name__ == "__main__":
    processes = Accelerator(cpu=True).num_processes
    check_ways_of_counting(processes)
    check_accumulation(processes)
    check_resume(processes, Path(sys.argv[1]))
    last = Accelerator(cpu=True)
    last.print(f"{processes} processes: right")
    last.end_training()
