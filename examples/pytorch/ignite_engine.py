"""A schedule in an Ignite engine, saved and loaded by Ignite's Checkpoint: the run stops halfway and goes on.

Run it: `python examples/pytorch/ignite_engine.py`
"""

import tempfile
from typing import Any

import torch
from ignite.engine import Events, create_supervised_trainer
from ignite.handlers import Checkpoint, DiskSaver

import pywarmup as pw
from pywarmup.torch import Scheduler

SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=10, total_steps=64)
rates: list[float] = []


def build() -> dict[str, Any]:
    model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2))
    optimizer = torch.optim.AdamW(model.parameters())
    optimizer.register_step_pre_hook(lambda *_: rates.append(optimizer.param_groups[0]["lr"]))
    scheduler = Scheduler(optimizer, SCHEDULE)
    trainer = create_supervised_trainer(model, optimizer, torch.nn.functional.cross_entropy)
    trainer.add_event_handler(Events.ITERATION_COMPLETED, lambda: scheduler.step())  # not `scheduler.step`
    return {"model": model, "optimizer": optimizer, "scheduler": scheduler, "trainer": trainer}


inputs = torch.randn(512, 8, generator=torch.Generator().manual_seed(0))
batches = list(zip(inputs.chunk(32), (inputs[:, 0] > 0).long().chunk(32), strict=True))
with tempfile.TemporaryDirectory() as folder:
    first, second = build(), build()
    saver = Checkpoint(first, DiskSaver(folder))
    first["trainer"].add_event_handler(Events.EPOCH_COMPLETED, saver)
    first["trainer"].run(batches, max_epochs=1)
    Checkpoint.load_objects(second, str(saver.last_checkpoint))
second["trainer"].run(batches, max_epochs=2)
print(f"{len(rates)} updates; rates {rates[0]}, {rates[1]:.3g} ... {rates[32]:.3g} after loading ... {rates[-1]:.3g}")
assert rates == list(SCHEDULE[:64])
