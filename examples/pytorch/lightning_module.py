"""A schedule in a Lightning module, one value for every optimizer update, with gradient accumulation.

Run it: `python examples/pytorch/lightning_module.py`
"""

from typing import Any

import lightning
import torch

import pywarmup as pw
from pywarmup.torch import Scheduler


class Classifier(lightning.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2))
        self.rates: list[float] = []

    def training_step(self, batch: list[torch.Tensor], _: int) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(self.layers(batch[0]), batch[1])

    def configure_optimizers(self) -> Any:
        steps = int(self.trainer.estimated_stepping_batches)  # optimizer updates, not batches
        self.schedule = pw.warmup_cosine(1e-2, warmup_steps=steps // 5, total_steps=steps)
        optimizer = torch.optim.AdamW(self.parameters())
        optimizer.register_step_pre_hook(lambda *_: self.rates.append(optimizer.param_groups[0]["lr"]))
        scheduler = Scheduler(optimizer, self.schedule)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}  # not "epoch"


inputs = torch.randn(512, 8, generator=torch.Generator().manual_seed(0))
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, (inputs[:, 0] > 0).long()), 16)
quiet: Any = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False)
model = Classifier()
lightning.Trainer(accelerator="cpu", max_epochs=3, accumulate_grad_batches=2, **quiet).fit(model, loader)
print(f"{len(model.rates)} updates; rates {model.rates[0]}, {model.rates[1]:.3g} ... {model.rates[-1]:.3g}")
assert model.rates == list(model.schedule[:48])
