"""Lightning's Trainer, with checkpoints every third update, also within an epoch; it goes on from the newest."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from torch.nn.functional import mse_loss

import pywarmup as pw
from pywarmup.torch import Scheduler

STEPS = 300
SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=30, total_steps=STEPS)
Report = Callable[..., None]


class Batches:
    """Seven batches an epoch; Lightning saves and loads how many have been taken."""

    taken = 0

    def __len__(self) -> int:
        return 7

    def __iter__(self) -> Iterator[torch.Tensor]:
        for _ in range(7 - self.taken % 7):
            self.taken += 1
            yield torch.randn(16, 8, generator=torch.Generator().manual_seed(self.taken))

    def state_dict(self) -> dict[str, int]:
        return {"taken": self.taken}

    def load_state_dict(self, state: dict[str, int]) -> None:
        self.taken = state["taken"]


class Module(lightning.LightningModule):
    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report
        self.layers = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))

    def training_step(self, batch: torch.Tensor, _: int) -> torch.Tensor:
        self.loss = mse_loss(self.layers(batch), batch.sum(1, keepdim=True))
        return self.loss

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.AdamW(self.parameters())
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": Scheduler(optimizer, SCHEDULE), "interval": "step"},
        }

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        self.report("update", self.global_step, optimizer.param_groups[0]["lr"].hex(), self.loss.item().hex())

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self.report("saving")


def train(folder: Path, report: Report) -> None:
    folder.mkdir(exist_ok=True)
    tempfile.tempdir = str(folder)  # where a checkpoint is written first, so that it takes its place by a rename
    torch.manual_seed(0)
    module = Module(report)
    saver = ModelCheckpoint(folder, "{step}", every_n_train_steps=3, save_top_k=-1)
    trainer = lightning.Trainer(
        accelerator="cpu", max_steps=STEPS, callbacks=[saver], logger=False, enable_progress_bar=False,
        enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(module, Batches(), ckpt_path=newest(folder))
    report("weights", b"".join(one.detach().numpy().tobytes() for one in module.parameters()))


def newest(folder: Path) -> Path | None:
    return max(folder.glob("*.ckpt"), key=lambda path: int(path.stem.split("=")[1]), default=None)
