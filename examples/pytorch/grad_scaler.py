"""A GradScaler that skips an update: the schedule counts iterations, or only the updates that were made.

torch's examples call `scheduler.step()` in every iteration. To count true updates, look at the scale: the scaler lowers
it when, and only when, it has skipped one.

    python examples/pytorch/grad_scaler.py
"""

import torch

import pywarmup as pw
from pywarmup.torch import Scheduler

schedule = pw.warmup_linear(1e-2, warmup_steps=4, total_steps=12)


def train(counts_skipped: bool) -> list[float]:
    """Return the rates of the updates; the gradient of iteration 5 overflows."""
    model = torch.nn.Linear(8, 1)
    optimizer = torch.optim.AdamW(model.parameters())
    scheduler = Scheduler(optimizer, schedule)
    scaler = torch.amp.GradScaler("cpu")
    used: list[float] = []
    optimizer.register_step_pre_hook(lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"]))
    for iteration in range(12):
        loss = model(torch.randn(16, 8)).square().mean() * (torch.inf if iteration == 5 else 1.0)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scale = scaler.get_scale()
        scaler.update()
        if counts_skipped or scaler.get_scale() >= scale:
            scheduler.step()
        optimizer.zero_grad()
    return used


print("iterations counted:", *[f"{rate:.4f}" for rate in train(counts_skipped=True)])
print("updates counted:   ", *[f"{rate:.4f}" for rate in train(counts_skipped=False)])
assert train(counts_skipped=True) == [schedule(step) for step in range(12) if step != 5]
assert train(counts_skipped=False) == [schedule(step) for step in range(11)]
