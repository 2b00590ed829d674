"""Accelerate with gradient accumulation: the schedule counts updates, though `step()` is called for every batch.

Accelerate's wrapper of a scheduler passes on the calls that belong to an update, and drops the others.

    pip install accelerate
    python examples/pytorch/accelerate_accumulation.py
"""

import torch
from accelerate import Accelerator

import pywarmup as pw
from pywarmup.torch import Scheduler

data = torch.utils.data.TensorDataset(torch.randn(256, 8), torch.randn(256, 1))
loader = torch.utils.data.DataLoader(data, batch_size=4)
model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
optimizer = torch.optim.AdamW(model.parameters())
schedule = pw.warmup_cosine(1e-2, warmup_steps=4, total_steps=16)
scheduler = Scheduler(optimizer, schedule)
used: list[float] = []
optimizer.register_step_pre_hook(lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"]))

accelerator = Accelerator(cpu=True, gradient_accumulation_steps=4)
model, optimizer, loader, scheduler = accelerator.prepare(model, optimizer, loader, scheduler)
for inputs, targets in loader:
    with accelerator.accumulate(model):
        accelerator.backward(torch.nn.functional.mse_loss(model(inputs), targets))
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()

print("batches:", len(loader), "updates:", len(used))
print("rates:  ", *[f"{rate:.2e}" for rate in used])
assert used == list(schedule[:16])
