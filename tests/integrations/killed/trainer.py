"""transformers' Trainer, with checkpoints every third update; it goes on from the newest that is complete."""

from collections.abc import Callable
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import mse_loss
from transformers import Trainer, TrainerCallback, TrainerState, TrainingArguments

import pywarmup as pw
from pywarmup.torch import Scheduler

STEPS = 300
SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=30, total_steps=STEPS)
Report = Callable[..., None]


class Model(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Dropout(0.1), torch.nn.Linear(16, 1))
        self.last_loss = 0.0

    def forward(self, inputs: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
        loss = mse_loss(self.layers(inputs), labels)
        self.last_loss = loss.item()
        return {"loss": loss}


class Told(TrainerCallback):
    """Reports every update about to be made, and every checkpoint when the weights are written and the rest is not."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """From now on; before, Accelerate asks for the state once to move it to the device."""
        others["optimizer"].optimizer.register_state_dict_pre_hook(lambda _: self.report("saving"))

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        model, optimizer = others["model"], others["optimizer"]
        self.report("update", state.global_step, optimizer.param_groups[0]["lr"].hex(), model.last_loss.hex())


def train(folder: Path, report: Report) -> None:
    torch.manual_seed(0)
    model = Model()
    inputs = torch.randn(56, 8)
    data = [{"inputs": row, "labels": row.sum(0, keepdim=True)} for row in inputs]
    optimizer = torch.optim.AdamW(model.parameters())
    arguments = TrainingArguments(
        output_dir=str(folder), max_steps=STEPS, per_device_train_batch_size=8, save_steps=3, use_cpu=True,
        report_to=[], logging_strategy="no", disable_tqdm=True, full_determinism=True,
    )  # fmt: skip
    optimizers = (optimizer, Scheduler(optimizer, SCHEDULE))
    trainer = Trainer(model, arguments, train_dataset=data, optimizers=optimizers, callbacks=[Told(report)])
    trainer.train(resume_from_checkpoint=newest(folder))
    report("weights", b"".join(one.detach().numpy().tobytes() for one in model.parameters()))


def newest(folder: Path) -> str | None:
    """Trainer writes a checkpoint into its place, `trainer_state.json` last: without that file it is half of one."""
    by_step = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    return next((str(path) for path in reversed(by_step) if is_complete(path)), None)


def is_complete(checkpoint: Path) -> bool:
    try:
        TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    except (FileNotFoundError, JSONDecodeError):
        return False
    return True
