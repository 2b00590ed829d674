"""Accelerate with several processes: by default it calls a scheduler's `step()` once for each of them, per update.

Two ways to the right rates. `samples`: a schedule over samples, and `count=` what one process sees in an update; then
N calls are N times as many samples, which is true. `updates`: a schedule over updates, and Accelerate is told to leave
the stepping to the loop. (With batches split over the processes, `split_batches=True`, there is nothing to do.)

    pip install accelerate
    torchrun --standalone --nproc_per_node 2 examples/pytorch/accelerate_processes.py samples  # or updates
"""

import sys

import torch
from accelerate import Accelerator

import pywarmup as pw
from pywarmup.torch import Scheduler

BATCH, SAMPLES = 4, 256
by_samples = sys.argv[1:] != ["updates"]
accelerator = Accelerator(cpu=True, step_scheduler_with_optimizer=by_samples)
step = BATCH * accelerator.num_processes if by_samples else 1  # how far an update takes the schedule
updates = SAMPLES // (BATCH * accelerator.num_processes)
model = torch.nn.Linear(8, 1)
optimizer = torch.optim.AdamW(model.parameters())
schedule = pw.warmup_cosine(1e-2, warmup_steps=step * updates // 4, total_steps=step * updates)
scheduler = Scheduler(optimizer, schedule, count=BATCH if by_samples else 1)
used: list[float] = []
optimizer.register_step_pre_hook(lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"]))
data = torch.utils.data.TensorDataset(torch.randn(SAMPLES, 8), torch.randn(SAMPLES, 1))
loader = torch.utils.data.DataLoader(data, batch_size=BATCH)
model, optimizer, loader, scheduler = accelerator.prepare(model, optimizer, loader, scheduler)
for inputs, targets in loader:
    accelerator.backward(torch.nn.functional.mse_loss(model(inputs), targets))
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()
accelerator.print("processes:", accelerator.num_processes, "updates:", len(used), "at:", scheduler.scheduler.last_epoch)
accelerator.end_training()
assert used == list(schedule.array(0, step * updates, step))
