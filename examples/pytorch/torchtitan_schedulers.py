"""torchtitan's way: one optimizer and one scheduler for each part of the model, and a checkpoint of the step alone.

torchtitan fills a container with `LambdaLR(optimizer, factor)`, one for each optimizer. A schedule of factors (peak 1)
can be given to it as it is: `LRSchedulersContainer(optimizers, schedule)`. Or fill it with schedulers, as here: derive
from `LRSchedulersContainer`, and its `step`, its metrics and its checkpoints work as they are.

    python examples/pytorch/torchtitan_schedulers.py
"""

import torch

import pywarmup as pw
from pywarmup.torch import Scheduler


class Schedulers:  # with torchtitan: Schedulers(LRSchedulersContainer), of which only __init__ is left
    def __init__(self, optimizers, schedule):
        self.schedulers = [Scheduler(optimizer, schedule, mode="factor") for optimizer in optimizers]

    def step(self):
        """Belongs after the steps of the optimizers."""
        for scheduler in self.schedulers:
            scheduler.step()


schedule = pw.wsd(1.0, warmup_steps=3, decay_steps=4, total_steps=12)
parts = [torch.nn.Linear(8, 8), torch.nn.Linear(8, 1)]
optimizers = [torch.optim.AdamW(part.parameters(), lr=lr) for part, lr in zip(parts, (1e-2, 2e-3), strict=True)]
schedulers = Schedulers(optimizers, schedule)
used = []
for _ in range(12):
    parts[1](parts[0](torch.randn(16, 8))).square().mean().backward()
    used.append([optimizer.param_groups[0]["lr"] for optimizer in optimizers])
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()
    schedulers.step()
print("parts 1, 2:", *["{:.4f}, {:.4f};".format(*rates) for rates in used])
assert used == [[1e-2 * schedule(step), 2e-3 * schedule(step)] for step in range(12)]
