"""A training loop in plain torch that saves itself every third update, and goes on from there."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import mse_loss
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

import pywarmup as pw
from pywarmup.torch import Scheduler

STEPS = 300
SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=30, total_steps=STEPS)
Report = Callable[..., None]


def train(folder: Path, report: Report) -> None:
    """Warmup and cosine with `Scheduler`, whose state is in the checkpoint."""
    model, optimizer = build()
    scheduler = Scheduler(optimizer, SCHEDULE)
    saved = load(folder)
    for name, part in (("model", model), ("optimizer", optimizer), ("scheduler", scheduler)) if saved else ():
        part.load_state_dict(saved[name])
    run(folder, report, model, optimizer, scheduler, saved.get("step", 0))


def train_wrongly(folder: Path, report: Report) -> None:
    """A well-known mistake: `last_epoch` is one less than the number of updates made. The harness must see it."""
    model, optimizer = build(lr=1.0)
    saved = load(folder)
    for name, part in (("model", model), ("optimizer", optimizer)) if saved else ():
        part.load_state_dict(saved[name])
    scheduler = LambdaLR(optimizer, SCHEDULE, last_epoch=saved.get("step", -1))
    run(folder, report, model, optimizer, scheduler, saved.get("step", 0))


def build(lr: float = 1e-3) -> tuple[torch.nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Dropout(0.1), torch.nn.ReLU(), torch.nn.Linear(16, 1))
    return model, torch.optim.AdamW(model.parameters(), lr=lr)


def run(folder: Path, report: Report, model: Any, optimizer: Any, scheduler: LRScheduler, start: int) -> None:
    for step in range(start, STEPS):
        torch.manual_seed(step)  # data and dropout come from the step alone
        inputs = torch.randn(16, 8)
        optimizer.zero_grad()
        loss = mse_loss(model(inputs), inputs.sum(1, keepdim=True))
        loss.backward()
        report("update", step, optimizer.param_groups[0]["lr"].hex(), loss.item().hex())
        optimizer.step()
        scheduler.step()
        if step % 3 == 2:
            parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
            state = {name: part.state_dict() for name, part in parts.items()} | {"step": step + 1}
            save(folder, state, report)
    report("weights", b"".join(one.detach().numpy().tobytes() for one in model.parameters()))


def save(folder: Path, state: dict[str, Any], report: Report) -> None:
    """Write to another file first: a kill in the middle leaves the former checkpoint as it was."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    data = buffer.getvalue()
    folder.mkdir(exist_ok=True)
    with (folder / "new").open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        report("saving")
        file.write(data[len(data) // 2 :])
    os.replace(folder / "new", folder / "checkpoint")


def load(folder: Path) -> dict[str, Any]:
    path = folder / "checkpoint"
    return torch.load(path, weights_only=True) if path.exists() else {}  # type: ignore[no-any-return]
